// Registering: likely duplicates come first, a lost session loses nothing, an error stands at its field.
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { patient, renderScreen, serve, type Answer } from '../test-page';
import { RegisterScreen } from './register-screen';

afterEach(() => vi.unstubAllGlobals());

const refusal = (status: number, more: object): Answer => ({ status, body: { status, detail: 'refused', ...more } });
const place = { path: '/desk/registration', at: '/desk/registration' };

async function fillIn() {
  const user = userEvent.setup();
  await user.type(screen.getByLabelText('Family name'), 'Okafor');
  await user.click(screen.getByRole('button', { name: 'Register' }));
  return user;
}

describe('registering', () => {
  it('registers past a likely duplicate only after it was called another person', async () => {
    const asked = serve({
      'POST /api/patients': ({ body }) =>
        (body as { notSameAs: string[] }).notSameAs.includes('p1')
          ? { status: 201, body: { ...patient, id: 'p9' } }
          : refusal(409, { code: 'possible-duplicates', related: ['p1'] }),
      'GET /api/patients/p1': () => ({ body: patient }),
    });
    renderScreen(<RegisterScreen />, place);
    const user = await fillIn();
    expect(await screen.findByText('This may be a patient who is registered already')).toBeVisible();
    expect(await screen.findByText('943 476 5919')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Register as a new patient' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Not the same person' }));
    await user.click(screen.getByRole('button', { name: 'Register as a new patient' }));
    expect(await screen.findByText('elsewhere')).toBeVisible();
    expect(asked.filter(({ method }) => method === 'POST').at(-1)?.body).toMatchObject({ notSameAs: ['p1'] });
  });

  it('asks about duplicates again when the name was changed after comparing', async () => {
    serve({
      'POST /api/patients': () => refusal(409, { code: 'possible-duplicates', related: ['p1'] }),
      'GET /api/patients/p1': () => ({ body: patient }),
    });
    renderScreen(<RegisterScreen />, place);
    const user = await fillIn();
    await user.click(await screen.findByRole('button', { name: 'Not the same person' }));
    await user.type(screen.getByLabelText('Family name'), 'e');
    expect(screen.queryByRole('button', { name: 'Not the same person' })).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Register' })).toBeEnabled();
  });

  it('puts the server’s objection at the field it names', async () => {
    serve({ 'POST /api/patients': () => refusal(422, { code: 'birth-date-invalid', location: 'birthDate', detail: 'Nobody is that old' }) });
    renderScreen(<RegisterScreen />, place);
    await fillIn();
    await waitFor(() => expect(screen.getByLabelText('Date of birth')).toHaveAccessibleDescription(/Nobody is that old/));
  });

  it('keeps what was typed when the session has ended', async () => {
    serve({ 'POST /api/patients': () => refusal(401, { code: 'session-ended' }) });
    const store = renderScreen(<RegisterScreen />, place);
    await fillIn();
    expect(await screen.findByText(/Your session has ended. Nothing was saved/)).toBeVisible();
    expect(screen.getByLabelText('Family name')).toHaveValue('Okafor');
    expect(store.getState().session.phase).toBe('expired');
  });

  it('is not offered to whoever may not', () => {
    serve({});
    renderScreen(<RegisterScreen />, { ...place, activities: ['B0820'] });
    expect(screen.getByText('Your account may not register patients')).toBeVisible();
    expect(screen.queryByLabelText('Family name')).not.toBeInTheDocument();
  });
});
