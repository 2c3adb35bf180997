// What a person connected: listed in the words of the consent, ended when asked twice, and never shown as held when it is not known.
import type { AuthorizationView } from '@galen/core';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ada, renderPage, serve } from '../test-page';
import { applicationsOf } from './applications';
import ConnectionsScreen from './connections-screen';

afterEach(() => vi.unstubAllGlobals());

const LIST = 'GET /api/authorizations';
const END = 'DELETE /api/authorizations/';
const scope = { scope: 'patient/Observation.rs', level: 'patient', kind: 'Observation', reads: true, writes: false, deletes: false };
const growth: AuthorizationView = {
  id: 'a1',
  clientId: 'c1',
  client: 'Growth chart',
  scopes: [scope],
  patient: { id: 'p1', name: 'ADAMS, Ann' },
  ended: false,
  created: '2026-03-01T10:00:00.000Z',
  expires: '2026-05-30T10:00:00.000Z',
};
const again: AuthorizationView = {
  ...growth,
  id: 'a2',
  patient: { id: 'p2', name: 'BROWN, Bea' },
  created: '2026-02-01T10:00:00.000Z',
  expires: '2026-04-30T10:00:00.000Z',
};

function open(answers: Parameters<typeof serve>[0]) {
  const asked = serve(answers);
  renderPage(<ConnectionsScreen />, { session: ada, at: '/connections' });
  return { ended: () => asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path) };
}

/** A server that forgets what was ended. */
function holding(all: readonly AuthorizationView[]) {
  const ended = new Set<string>();
  const end = (id: string) => () => {
    ended.add(id);
    return { status: 204, body: null };
  };
  return {
    [LIST]: () => ({ body: all.filter(({ id }) => !ended.has(id)) }),
    ...Object.fromEntries(all.map(({ id }) => [`${END}${id}`, end(id)])),
  };
}

const panel = async (name: string) => within(await screen.findByRole('region', { name }));
const press = async (name: string | RegExp) => userEvent.click(await screen.findByRole('button', { name }));

describe('the applications', () => {
  it('are one for each that was allowed, however often', () => {
    const later: AuthorizationView = { ...growth, id: 'a3', scopes: [scope, { ...scope, scope: 'patient/Patient.r', kind: 'Patient' }], ended: true };
    const other: AuthorizationView = { ...growth, id: 'b1', clientId: 'c2', client: 'Diary', ended: true };
    const found = applicationsOf([later, growth, other, again]);
    expect(found.map(({ name, authorizations, ended }) => [name, authorizations, ended])).toEqual([
      ['Growth chart', ['a3', 'a1', 'a2'], false],
      ['Diary', ['b1'], true],
    ]);
    expect(found[0]).toMatchObject({ since: again.created, until: growth.expires });
    expect(found[0]?.scopes.map((one) => one.scope)).toEqual(['patient/Observation.rs', 'patient/Patient.r']);
    expect(found[0]?.patients.map(({ id }) => id)).toEqual(['p1', 'p2']);
  });
});

describe('the screen of connected applications', () => {
  it('says what each may do, on whose record, and since when', async () => {
    open(holding([growth, again]));
    const shown = await panel('Growth chart');
    expect(shown.getByText('See measurements and results')).toBeVisible();
    expect(shown.getByText("In this patient's record only")).toBeVisible();
    expect(shown.getByText('Records of')).toBeVisible();
    expect(shown.getByText('ADAMS, Ann')).toBeVisible();
    expect(shown.getByText('BROWN, Bea')).toBeVisible();
    expect(shown.getByText(/^01-Feb-2026/)).toBeVisible();
    expect(document.title).toBe('Connected applications · Galen');
  });

  it('disconnects after asking, all that the application has', async () => {
    const { ended } = open(holding([growth, again]));
    await press('Disconnect Growth chart');
    expect(await screen.findByRole('dialog', { name: 'Disconnect Growth chart?' })).toBeVisible();
    expect(ended()).toEqual([]);
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Disconnect' }));
    expect(await screen.findByText('No application is connected')).toBeVisible();
    expect(ended().sort()).toEqual(['/api/authorizations/a1', '/api/authorizations/a2']);
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).toHaveFocus());
  });

  it('leaves everything as it is when the answer is no', async () => {
    const { ended } = open(holding([growth]));
    await press('Disconnect Growth chart');
    await press('Cancel');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(ended()).toEqual([]);
    expect((await panel('Growth chart')).getByText('See measurements and results')).toBeVisible();
  });

  it('stays in the dialog when the server refuses, and says why', async () => {
    const refused = () => ({ status: 503, body: { code: 'busy', detail: 'Too much at once' } });
    open({ ...holding([growth]), [`${END}a1`]: refused });
    await press('Disconnect Growth chart');
    await press('Disconnect');
    expect(await screen.findByText('Too much at once')).toBeVisible();
    expect(screen.getByRole('dialog', { name: 'Disconnect Growth chart?' })).toBeVisible();
  });

  it('takes one that is gone already for disconnected', async () => {
    const gone = () => ({ status: 404, body: { code: 'not-found', detail: 'nothing' } });
    open({ ...holding([growth]), [`${END}a1`]: gone });
    await press('Disconnect Growth chart');
    await press('Disconnect');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('says that an application was switched off, and names one that is not registered any more', async () => {
    open(holding([{ ...growth, client: '', ended: true }]));
    const shown = await panel('Application that is no longer registered');
    expect(shown.getByText('Switched off by the hospital')).toBeVisible();
  });

  it('says so when nothing is connected', async () => {
    open(holding([]));
    expect(await screen.findByText('No application is connected')).toBeVisible();
  });

  it('says that it does not know when the list cannot be read, and reads it again', async () => {
    let isAway = true;
    open({ [LIST]: () => (isAway ? { status: 500, body: { code: 'fault', detail: 'Something broke' } } : { body: [] }) });
    expect(await screen.findByText('Connected applications unavailable')).toBeVisible();
    expect(screen.queryByText('No application is connected')).not.toBeInTheDocument();
    isAway = false;
    await press('Try again');
    expect(await screen.findByText('No application is connected')).toBeVisible();
  });
});
