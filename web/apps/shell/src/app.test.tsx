// The page as a whole: who is there decides what is shown, and a lost session hides it without losing it.
import { draftChanged, makeStore, sessionExpired, sessionTakenOver } from '@galen/core';
import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Page } from './app';
import { ada, renderPage, serve } from '@galen/account/testing';

class Silent {
  addEventListener(): void {}
  postMessage(): void {}
  close(): void {}
}

beforeEach(() => void vi.stubGlobal('BroadcastChannel', Silent));
afterEach(() => vi.unstubAllGlobals());

/** Whoever may do nothing has no portal, and what is said then stands for the screens. */
const idle = { ...ada, activities: [] };
const bob = { ...idle, name: 'bob', user: 'u2', csrf: 'c2' };

function open(session: object | null, at = '/doctor/patients/p1/summary') {
  serve({
    'GET /api/session': () => (session ? { body: session } : { status: 401, body: { code: 'not-signed-in', detail: '' } }),
  });
  const store = makeStore();
  renderPage(<Page store={store} />, { store, at });
  return store;
}

describe('the page', () => {
  it('asks a stranger to sign in', async () => {
    open(null);
    expect(await screen.findByLabelText('Password')).toBeVisible();
  });

  it('asks a stranger to sign in before it shows what an application asks for', async () => {
    open(null, '/authorize?request=r1');
    expect(await screen.findByLabelText('Password')).toBeVisible();
    expect(screen.queryByText('This request cannot be shown')).not.toBeInTheDocument();
  });

  it('shows what an application asks for, in place of the portals, to anybody who is signed in', async () => {
    open(idle, '/authorize?request=r1');
    expect(await screen.findByText('This request cannot be shown')).toBeVisible();
    expect(screen.queryByText('No screens for you here')).not.toBeInTheDocument();
  });

  it('tells somebody without a portal so', async () => {
    open(idle);
    expect(await screen.findByText('No screens for you here')).toBeVisible();
  });

  it('hides everything behind signing in again, and keeps what was typed', async () => {
    const store = open(idle);
    await screen.findByText('No screens for you here');
    act(() => void store.dispatch(draftChanged({ form: 'f', value: 'typed' })));
    act(() => void store.dispatch(sessionExpired()));
    expect(await screen.findByRole('dialog', { name: 'Sign in again' })).toBeVisible();
    expect(screen.getByText('No screens for you here')).not.toBeVisible();
    expect(store.getState().drafts).toEqual({ f: 'typed' });
  });

  it('shows nothing of the one before when another tab signs in as somebody else', async () => {
    const store = open(idle);
    await screen.findByText('No screens for you here');
    act(() => void store.dispatch(sessionTakenOver(bob)));
    expect(await screen.findByRole('dialog', { name: 'You are now signed in as bob' })).toBeVisible();
    await waitFor(() => expect(screen.queryByText('No screens for you here')).not.toBeInTheDocument());
  });
});
