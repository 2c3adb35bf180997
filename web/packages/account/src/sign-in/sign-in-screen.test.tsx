// Signing in as one meets it: wrong, first time, locked out, demo.
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ada, renderPage, serve } from '../test-page';
import { SignInScreen } from './sign-in-screen';

const REFUSED = { status: 401, body: { status: 401, code: 'sign-in-refused', detail: 'wrong' } };
const WAIT = { status: 429, body: { status: 429, code: 'too-many-sign-in-tries', detail: 'wait' } };

afterEach(() => vi.unstubAllGlobals());

async function signIn(name: string, password: string) {
  const user = userEvent.setup();
  await user.type(screen.getByLabelText('Name'), name);
  await user.type(screen.getByLabelText('Password'), password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  return user;
}

describe('the sign-in screen', () => {
  it('asks for name and password before it asks the server', async () => {
    const asked = serve({});
    renderPage(<SignInScreen tools={null} />);
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(screen.getAllByText('Enter Name').length).toBeGreaterThan(0);
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(0);
  });

  it('sends the code as soon as it is complete, and signs in', async () => {
    const asked = serve({
      'POST /api/session': (body) => ((body as { code?: string }).code === '123456' ? { body: ada } : { status: 202, body: { next: 'code' } }),
    });
    const store = renderPage(<SignInScreen tools={null} />);
    const user = await signIn('ada', 'secret');
    await user.type(await screen.findByLabelText('One-time code'), '123 456');
    await waitFor(() => expect(store.getState().session.phase).toBe('signed-in'));
    expect(asked.findLast(({ method }) => method === 'POST')?.body).toEqual({ name: 'ada', password: 'secret', code: '123456' });
  });

  it.each([
    ['a refusal without saying what was wrong', REFUSED, /The name, the password or the one-time code is wrong/],
    ['how long a lock lasts', WAIT, /Wait 15 minutes/],
  ])('tells %s', async (_what, answer, text) => {
    serve({ 'POST /api/session': () => answer });
    renderPage(<SignInScreen tools={null} />);
    await signIn('ada', 'wrong');
    expect(await screen.findByText(text)).toBeVisible();
    expect(screen.getByLabelText('Name')).toHaveValue('ada');
  });

  it('leads through a new password and an authenticator the first time', async () => {
    const asked = serve({
      'POST /api/session': (body) =>
        (body as { newPassword?: string }).newPassword === undefined
          ? { status: 202, body: { next: 'newPassword' } }
          : { status: 202, body: { next: 'enrolment', enrolment: 'otpauth://totp/Galen:ada?secret=ABCDEFGH&issuer=Galen' } },
    });
    renderPage(<SignInScreen tools={null} />);
    const user = await signIn('ada', 'first');
    await user.type(await screen.findByLabelText('New password'), 'a green bicycle');
    await user.type(screen.getByLabelText('New password, again'), 'a green bicyle');
    await user.click(screen.getByRole('button', { name: 'Continue' }));
    expect((await screen.findAllByText('The two do not match')).length).toBeGreaterThan(0);
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
    await user.clear(screen.getByLabelText('New password, again'));
    await user.type(screen.getByLabelText('New password, again'), 'a green bicycle');
    await user.click(screen.getByRole('button', { name: 'Continue' }));
    expect(await screen.findByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible();
    expect(screen.getByText('ABCD EFGH')).toBeVisible();
  });
});

describe('the demo accounts', () => {
  const account = { name: 'dr', password: 'p', code: '111111', role: 'Doctor', person: 'Dr Demo', about: 'Ward 1' };

  it('are not there on any other hospital', async () => {
    const asked = serve({});
    renderPage(<SignInScreen tools={null} />);
    await waitFor(() => expect(asked.some(({ path }) => path === '/api/demo/sign-ins')).toBe(true));
    expect(screen.queryByText('Demo hospital')).not.toBeInTheDocument();
  });

  it('sign in with the code of the moment, not of when the list was made', async () => {
    let code = 111_111;
    const asked = serve({
      'GET /api/demo/sign-ins': () => ({ body: { hospital: 'St. Demo', accounts: [{ ...account, code: String((code += 1)) }] } }),
      'POST /api/session': () => ({ body: ada }),
    });
    const store = renderPage(<SignInScreen tools={null} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in as Dr Demo, Doctor' }));
    await waitFor(() => expect(store.getState().session.phase).toBe('signed-in'));
    expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ name: 'dr', password: 'p', code: '111113' });
  });
});
