// A screen of the portal for tests: store, kit and router around it, and a server that answers by address.
import { CoreProvider, createMemoryRouter, makeStore, RouterProvider, sessionStarted, type AppStore } from '@galen/core';
import { GalenProvider } from '@galen/ui';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';

export interface Answer {
  status?: number;
  body: unknown;
}

export interface Asked {
  method: string;
  path: string;
  search: URLSearchParams;
  body: unknown;
}

export const patient = {
  id: 'p1',
  version: 3,
  family: 'Okafor',
  given: ['Ann'],
  gender: 'female',
  birthDate: '1970-02-28',
  nhsNumber: '9434765919',
  mrn: '100200300',
};

export const bundle = (...resources: object[]) => ({
  body: { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) },
});

/** Answers by method and path; what is not listed is a fault, so that a screen cannot pass by luck. */
export function serve(answers: Record<string, (asked: Asked) => Answer | Promise<Answer>>): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const { pathname, searchParams } = new URL(url, 'http://hospital.test');
    const asked: Asked = {
      method: init.method ?? 'GET',
      path: pathname,
      search: searchParams,
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
    };
    log.push(asked);
    const answer = (await answers[`${asked.method} ${pathname}`]?.(asked)) ?? { status: 500, body: { code: 'fault', detail: 'not scripted' } };
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  });
  return log;
}

export function renderScreen(element: ReactNode, { path = '*', at = '/', activities = ['B0360', 'B0820', 'B0340', 'B0825', 'G-PATIENT-MERGE'] } = {}): AppStore {
  const store = makeStore();
  store.dispatch(sessionStarted({ name: 'ada', user: 'u1', roles: ['R8000'], activities, csrf: 'c1' }));
  const router = createMemoryRouter([{ path, element }, { path: '*', element: <p>elsewhere</p> }], { initialEntries: [at] });
  render(
    <CoreProvider store={store}>
      <GalenProvider colorScheme="light">
        <RouterProvider router={router} />
      </GalenProvider>
    </CoreProvider>,
  );
  return store;
}
