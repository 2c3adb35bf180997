// Drafts through the hook that forms use.
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it } from 'vitest';
import { useDraft } from './drafts';
import { CoreProvider } from './provider';
import { sessionEnded, sessionExpired, sessionStarted } from './session';
import { makeStore } from './store';
import { ada } from './test-server';

it('a draft outlives its form and a lost session, but not the person', () => {
  const store = makeStore();
  store.dispatch(sessionStarted(ada));
  const wrapper = ({ children }: { children: ReactNode }) => <CoreProvider store={store}>{children}</CoreProvider>;
  const form = () => renderHook(() => useDraft('register', { family: '' }), { wrapper });

  const first = form();
  expect(first.result.current).toMatchObject({ value: { family: '' }, isDirty: false });
  act(() => first.result.current.change({ family: 'Ng' }));
  first.unmount();

  act(() => void store.dispatch(sessionExpired()));
  const second = form();
  expect(second.result.current).toMatchObject({ value: { family: 'Ng' }, isDirty: true });

  act(() => void store.dispatch(sessionEnded()));
  expect(second.result.current).toMatchObject({ value: { family: '' }, isDirty: false });
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('Ng');
});
