// A page of the shell for tests: store, kit and router around it, and a server that answers by address.
import { Surroundings } from './page/surroundings';
import { createMemoryRouter, makeStore, RouterProvider, sessionStarted, type AppStore, type Session } from '@galen/core';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';

export const ada: Session = { name: 'ada', user: 'u1', roles: ['R8000'], activities: ['B0360', 'G-BREAK-GLASS'], csrf: 'c1' };

type Answer = { status?: number; body: unknown };
export type Asked = { method: string; path: string; body: unknown };

/** Answers by method and path; what is not listed is not found. */
export function serve(answers: Record<string, (body: unknown) => Answer>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    asked.push({ method, path: url, body });
    const answer = answers[`${method} ${url}`]?.(body) ?? { status: 404, body: { code: 'not-found', detail: 'nothing' } };
    return new Response(answer.status === 204 ? null : JSON.stringify(answer.body), { status: answer.status ?? 200 });
  });
  return asked;
}

export function renderPage(element: ReactNode, { store = makeStore(), session = null as Session | null, at = '/' } = {}): AppStore {
  if (session) store.dispatch(sessionStarted(session));
  const router = createMemoryRouter([{ path: '*', element: <Surroundings store={store}>{element}</Surroundings> }], {
    initialEntries: [at],
  });
  render(<RouterProvider router={router} />);
  return store;
}
