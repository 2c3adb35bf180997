// The tab's title follows what is in front, and names nobody whose screen is gone.
import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useTitle } from './title';

function Titled({ parts }: { parts: readonly (string | undefined)[] }) {
  useTitle(...parts);
  return null;
}

it('names the screen first, then the product', () => {
  render(<Titled parts={['OKAFOR, Ann', undefined, 'Results']} />);
  expect(document.title).toBe('OKAFOR, Ann · Results · Galen');
});

it('is only the product when the screen is gone', () => {
  render(<Titled parts={['OKAFOR, Ann']} />).unmount();
  expect(document.title).toBe('Galen');
});

it('is of what lies in front, and of what changed beneath it when that is gone', () => {
  const both = (beneath: string, front?: string) => (
    <>
      <Titled parts={[beneath]} />
      {front !== undefined && <Titled parts={[front]} />}
    </>
  );
  const { rerender } = render(both('Chart'));
  rerender(both('Chart', 'Sign in again'));
  rerender(both('Chart, results', 'Sign in again'));
  expect(document.title).toBe('Sign in again · Galen');
  rerender(both('Chart, results'));
  expect(document.title).toBe('Chart, results · Galen');
});
