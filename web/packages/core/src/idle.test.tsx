// The lock of an unattended screen.
import { act, fireEvent, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IDLE_MINUTES_MAX, useIdleLock } from './idle';
import { CoreProvider } from './provider';
import { sessionStarted } from './session';
import { makeStore } from './store';
import { ada } from './test-server';

const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('locks after the limit without a sign of life, and not before', () => {
  const store = makeStore();
  store.dispatch(sessionStarted(ada));
  const wrapper = ({ children }: { children: ReactNode }) => <CoreProvider store={store}>{children}</CoreProvider>;
  renderHook(() => useIdleLock(true), { wrapper });
  const pass = (minutes: number) => act(() => void vi.advanceTimersByTime(minutes * MINUTE_MS));

  pass(IDLE_MINUTES_MAX - 1);
  fireEvent.keyDown(document.body, { key: 'a' });
  pass(IDLE_MINUTES_MAX - 1);
  expect(store.getState().session.phase).toBe('signed-in');
  pass(2);
  expect(store.getState().session.phase).toBe('expired');
});
