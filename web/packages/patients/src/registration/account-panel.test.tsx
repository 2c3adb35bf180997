// Giving codes: shown once, listed without the code, withdrawn.
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderScreen, serve } from '../test-page';
import { AccountPanel } from './account-panel';

afterEach(() => vi.unstubAllGlobals());

const place = { path: '/desk', at: '/desk' };
const open = { id: 'i1', patient: 'p1', issued: '2026-11-27T10:00:00Z', until: '2026-12-27T10:00:00Z' };

describe('codes for the portal', () => {
  it('shows a code once, and lists it without the code', async () => {
    const kept: object[] = [];
    serve({
      'GET /api/patients/p1/invitations': () => ({ body: { invitations: [...kept] } }),
      'POST /api/patients/p1/invitations': () => {
        kept.push(open);
        return { status: 201, body: { ...open, code: 'abcde-fghij-klmno-pqrst' } };
      },
    });
    renderScreen(<AccountPanel id="p1" />, place);
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Show a code' }));
    await waitFor(() => expect(screen.getByText('abcde-fghij-klmno-pqrst')).toBeVisible());
    await user.click(screen.getByRole('button', { name: 'Close' }));
    expect(await screen.findByText(/A code for the patient/)).toBeVisible();
    await waitFor(() => expect(screen.queryByText('abcde-fghij-klmno-pqrst')).not.toBeInTheDocument());
  });

  it('says why there is no code', async () => {
    serve({
      'GET /api/patients/p1/invitations': () => ({ body: { invitations: [open] } }),
      'POST /api/patients/p1/invitations': () => ({ status: 409, body: { status: 409, code: 'account-exists', detail: 'There is an account already' } }),
    });
    renderScreen(<AccountPanel id="p1" />, place);
    const user = userEvent.setup();
    await screen.findByText(/A code for the patient/);
    await user.click(screen.getByRole('button', { name: 'Show a code' }));
    expect(await screen.findByText('There is an account already')).toBeVisible();
  });

  it('withdraws a code', async () => {
    const asked = serve({
      'GET /api/patients/p1/invitations': () => ({ body: { invitations: [{ ...open, proxy: { name: 'Ann', kinship: 'PRN', scopes: ['record'], until: open.until } }] } }),
      'DELETE /api/invitations/i1': () => ({ body: open }),
    });
    renderScreen(<AccountPanel id="p1" />, place);
    await userEvent.setup().click(await screen.findByRole('button', { name: 'Withdraw' }));
    await waitFor(() => expect(asked.some(({ method }) => method === 'DELETE')).toBe(true));
    expect(screen.getByText(/A code for Ann/)).toBeVisible();
  });

  it('does not look like "no codes" when they cannot be loaded', async () => {
    serve({ 'GET /api/patients/p1/invitations': () => ({ status: 500, body: { status: 500 } }) });
    renderScreen(<AccountPanel id="p1" />, place);
    expect(await screen.findByText('The codes could not be loaded')).toBeVisible();
  });
});
