// Searching as one types: only the last question's answer counts, and a failure is not "nobody".
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { patient, renderScreen, serve } from '../test-page';
import { PatientPicker } from './patient-picker';

afterEach(() => vi.unstubAllGlobals());

const picked = vi.fn();

function Box() {
  const [typed, setTyped] = useState('');
  return <PatientPicker label="Find" typed={typed} onTyped={setTyped} onPick={({ id }) => picked(id)} />;
}

const second = { ...patient, id: 'p2', given: ['Bea'], deceased: '2024-03-01', birthDate: null };

describe('the search box', () => {
  it('offers patients with at least two identifiers, and opens the arrowed one with Enter', async () => {
    serve({ 'GET /api/patients': () => ({ body: { patients: [patient, second] } }) });
    renderScreen(<Box />);
    const user = userEvent.setup();
    await user.type(screen.getByRole('combobox', { name: 'Find' }), 'oka');
    const options = await screen.findAllByRole('option');
    expect(options[0]).toHaveTextContent(/OKAFOR, Ann.*28-Feb-1970.*943 476 5919.*100200300/);
    expect(options[1]).toHaveTextContent(/Deceased.*Born.*Not Known/);
    await user.keyboard('{ArrowDown}{Enter}');
    expect(picked).toHaveBeenCalledWith('p2');
  });

  it('asks once for what was typed in one go, and drops an answer that comes too late', async () => {
    const answers = new Map<string, () => void>();
    const asked = serve({
      'GET /api/patients': ({ search }) =>
        new Promise((resolve) => {
          const text = search.get('text') ?? '';
          answers.set(text, () => resolve({ body: { patients: [{ ...patient, given: [text] }] } }));
        }),
    });
    renderScreen(<Box />);
    const user = userEvent.setup();
    const box = screen.getByRole('combobox', { name: 'Find' });
    await user.type(box, 'oka');
    await waitFor(() => expect(answers.has('oka')).toBe(true));
    await user.type(box, 'for');
    await waitFor(() => expect(answers.has('okafor')).toBe(true));
    answers.get('okafor')?.();
    await screen.findByText('OKAFOR, okafor');
    answers.get('oka')?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.queryByText('OKAFOR, oka')).not.toBeInTheDocument();
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['says when there is nobody', { body: { patients: [] } }, 'Nobody found'],
    ['says when it could not search, which is something else', { status: 500, body: { code: 'fault', detail: 'broken' } }, 'Search is unavailable'],
  ])('%s', async (_what, answer, text) => {
    serve({ 'GET /api/patients': () => answer });
    renderScreen(<Box />);
    await userEvent.type(screen.getByRole('combobox', { name: 'Find' }), 'oka');
    expect(await screen.findByText(text)).toBeVisible();
  });
});
