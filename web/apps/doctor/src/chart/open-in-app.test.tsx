// Opening another application on a patient: offered where there is one, in a tab that cannot reach back.
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderScreen, serve, type Answer } from '@galen/patients/test-page';
import { OpenInApp } from './open-in-app';

const URL_OF_APP = 'https://app.example/launch?iss=x&launch=l1';
const opened = vi.fn<typeof window.open>();

function tab() {
  return { opener: window as unknown, location: { replace: vi.fn<(address: string) => void>() }, close: vi.fn<() => void>() };
}

beforeEach(() => vi.stubGlobal('open', opened));
afterEach(() => {
  vi.unstubAllGlobals();
  opened.mockReset();
});

function open(launch: Answer = { status: 201, body: { launch: 'l1', url: URL_OF_APP } }, applications = [{ client: 'c1', name: 'Growth chart' }]) {
  const asked = serve({ 'GET /api/launches': () => ({ body: applications }), 'POST /api/launches': () => launch });
  renderScreen(<OpenInApp patient="p1" />);
  return asked;
}

async function choose() {
  await userEvent.click(await screen.findByRole('button', { name: 'Open in app' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Growth chart', hidden: true }));
}

describe('opening an application', () => {
  it('goes to the address that the server made, without a way back to this page', async () => {
    const made = tab();
    opened.mockReturnValue(made as unknown as Window);
    const asked = open();
    await choose();
    await waitFor(() => expect(made.location.replace).toHaveBeenCalledWith(URL_OF_APP));
    expect(made.opener).toBeNull();
    expect(asked.at(-1)?.body).toEqual({ client: 'c1', patient: 'p1' });
  });

  it('closes the tab and says why when the server refuses', async () => {
    const made = tab();
    opened.mockReturnValue(made as unknown as Window);
    open({ status: 404, body: { code: 'no-such-client', detail: 'No application that can be launched has this id' } });
    await choose();
    expect(await screen.findByText('No application that can be launched has this id')).toBeVisible();
    expect(made.close).toHaveBeenCalled();
  });

  it('launches nothing when the browser opens no tab', async () => {
    opened.mockReturnValue(null);
    const asked = open();
    await choose();
    expect(await screen.findByText(/Allow pop-ups for this page/)).toBeVisible();
    expect(asked.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('is not offered where there is no application', async () => {
    const asked = open(undefined, []);
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(screen.queryByRole('button', { name: 'Open in app' })).not.toBeInTheDocument();
  });
});
