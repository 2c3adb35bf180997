// The page's appearance is there before what is drawn in it.
import { render } from '@testing-library/react';
import { useEffect } from 'react';
import { expect, it } from 'vitest';
import { GalenProvider } from './provider';

it('is dark for whatever draws itself when it turns dark', () => {
  const drawn: (string | null)[] = [];
  function Drawing({ scheme }: { scheme: string }) {
    useEffect(() => void drawn.push(document.documentElement.getAttribute('data-mantine-color-scheme')), [scheme]);
    return null;
  }
  const page = (scheme: 'light' | 'dark') => <GalenProvider colorScheme={scheme}><Drawing scheme={scheme} /></GalenProvider>;
  const { rerender } = render(page('light'));
  rerender(page('dark'));
  expect(drawn).toEqual(['light', 'dark']);
});
