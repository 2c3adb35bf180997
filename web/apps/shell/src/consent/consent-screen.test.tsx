// Deciding about an application: what is sent, where it leads, and what is said when it cannot be.
import type { ConsentView } from '@galen/core';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ada, renderPage, serve } from '@galen/account/testing';
import { ConsentScreen } from './consent-screen';

afterEach(() => vi.unstubAllGlobals());

const SHOWN = 'GET /api/authorizations/request?request=r1';
const DECIDED = 'POST /api/authorizations/request';
const BACK = 'https://app.example/cb?code=c1';
const plain = { reads: false, writes: false, deletes: false };
const growth: ConsentView = {
  client: 'Growth chart',
  destination: 'https://app.example',
  scopes: [
    { ...plain, scope: 'openid' },
    { ...plain, scope: 'launch/patient' },
    { ...plain, scope: 'patient/Observation.rs', level: 'patient', kind: 'Observation', reads: true },
    { ...plain, scope: 'patient/Patient.r', level: 'patient', kind: 'Patient', reads: true },
  ],
  patient: { id: 'p1', name: 'ADAMS, Ann', birthDate: '1980-02-03' },
  choosePatient: false,
};

function open(consent: ConsentView, more: Parameters<typeof serve>[0] = {}) {
  const leave = vi.fn<(address: string) => void>();
  const asked = serve({ [SHOWN]: () => ({ body: consent }), [DECIDED]: () => ({ body: { redirect: BACK } }), ...more });
  renderPage(<ConsentScreen leave={leave} />, { session: ada, at: '/authorize?request=r1' });
  return { leave, sent: () => asked.filter(({ method }) => method === 'POST').map(({ body }) => body) };
}

describe('the consent screen', () => {
  it('names the application, where the answer goes, and whose record it is', async () => {
    open(growth);
    expect(await screen.findByRole('heading', { name: 'Connect Growth chart?' })).toBeVisible();
    expect(screen.getByText(/The answer goes to https:\/\/app\.example/)).toBeVisible();
    expect(screen.getByText('ADAMS, Ann')).toBeVisible();
    expect(screen.getByText('Signed in as ada')).toBeVisible();
  });

  it('allows what was left switched on, and goes back', async () => {
    const { leave, sent } = open(growth);
    await userEvent.click(await screen.findByRole('checkbox', { name: /name, birth date/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    await waitFor(() => expect(leave).toHaveBeenCalledWith(BACK));
    expect(sent()).toEqual([{ request: 'r1', allow: true, scopes: ['launch/patient', 'patient/Observation.rs', 'openid'] }]);
  });

  it('refuses, and tells the application', async () => {
    const { leave, sent } = open(growth);
    await userEvent.click(await screen.findByRole('button', { name: 'Refuse' }));
    await waitFor(() => expect(leave).toHaveBeenCalledWith(BACK));
    expect(sent()).toEqual([{ request: 'r1', allow: false }]);
  });

  it('sends nothing when nothing is left', async () => {
    const { sent } = open(growth);
    await screen.findByRole('heading', { name: 'Connect Growth chart?' });
    for (const box of screen.getAllByRole('checkbox')) await userEvent.click(box);
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect(await screen.findByText('Leave something switched on, or refuse')).toBeVisible();
    expect(sent()).toEqual([]);
  });

  it('asks staff whose record, and sends the one chosen', async () => {
    const { patient: _settled, ...open_ended } = growth;
    const found = { id: 'p2', version: 1, family: 'Brown', given: ['Bea'], birthDate: '1990-05-06', mrn: '17' };
    const { leave, sent } = open({ ...open_ended, choosePatient: true }, {
      'GET /api/patients?text=brown&count=6': () => ({ body: { patients: [found], next: null } }),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Allow' }));
    expect((await screen.findAllByText('Choose whose record it is about')).length).toBeGreaterThan(0);
    expect(sent()).toEqual([]);
    await userEvent.type(screen.getByLabelText(/Whose record/), 'brown');
    await userEvent.click(await screen.findByRole('radio', { name: /BROWN, Bea/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Allow' }));
    await waitFor(() => expect(leave).toHaveBeenCalled());
    expect(sent()).toEqual([expect.objectContaining({ patient: 'p2' })]);
  });

  it('says why a request cannot be decided', async () => {
    const over = { status: 410, body: { status: 410, code: 'request-expired', detail: 'Too old', next: 'Begin again in the application' } };
    const { leave } = open(growth, { [SHOWN]: () => over });
    expect(await screen.findByText('Too old. Begin again in the application')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Allow' })).not.toBeInTheDocument();
    expect(leave).not.toHaveBeenCalled();
  });

  it('stays when the server refuses the answer', async () => {
    const used = { status: 409, body: { status: 409, code: 'launch-used', detail: 'This launch was used already' } };
    const { leave } = open(growth, { [DECIDED]: () => used });
    await userEvent.click(await screen.findByRole('button', { name: 'Allow' }));
    expect(await screen.findByText('This launch was used already')).toBeVisible();
    expect(leave).not.toHaveBeenCalled();
  });
});
