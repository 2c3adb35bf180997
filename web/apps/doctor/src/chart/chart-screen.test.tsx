// The chart's safety: allergies in four states, sections that say when they could not be read, sealed records.
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bundle, renderScreen, serve, type Answer } from '@galen/patients/test-page';
import ChartScreen from './chart-screen';

afterEach(() => vi.unstubAllGlobals());

const place = { path: '/doctor/patients/:id/*', at: '/doctor/patients/p1/summary' };
const person = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Okafor', given: ['Ann'] }], gender: 'female' };
const fault: Answer = { status: 500, body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] } };
const nkda = { code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] } };
const LISTS = ['Condition', 'AllergyIntolerance', 'MedicationRequest', 'MedicationStatement', 'Observation'];

function open(more: Record<string, () => Answer> = {}, activities?: string[]) {
  const empty = Object.fromEntries(LISTS.map((type) => [`GET /fhir/${type}`, () => bundle()]));
  const asked = serve({ 'GET /fhir/Patient/p1': () => ({ body: person }), ...empty, ...more });
  const store = renderScreen(<ChartScreen />, { ...place, ...(activities && { activities }) });
  return { asked, store };
}

const banner = async () => within(await screen.findByRole('region', { name: 'Patient' }));
const panel = async (name: string) => within(await screen.findByRole('region', { name }));

describe('the allergies in the banner', () => {
  const allergy = { resourceType: 'AllergyIntolerance', id: 'a1', code: { text: 'Penicillin' }, criticality: 'high' };

  it.each([
    ['Known allergies', bundle(allergy)],
    ['No known allergies', bundle({ resourceType: 'AllergyIntolerance', id: 'a2', ...nkda })],
    ['Allergies not recorded', bundle()],
    ['Allergies unavailable', fault],
  ])('are "%s"', async (text, answer) => {
    open({ 'GET /fhir/AllergyIntolerance': () => answer });
    expect(await (await banner()).findByText(text)).toBeVisible();
  });
});

describe('a section that could not be read', () => {
  it('says so and never looks like nothing recorded', async () => {
    open({ 'GET /fhir/Condition': () => fault });
    const problems = await panel('Active problems');
    expect(await problems.findByText('Active problems unavailable')).toBeVisible();
    expect(problems.queryByText('No active problems recorded')).not.toBeInTheDocument();
    expect(problems.getByRole('button', { name: 'Try again' })).toBeVisible();
  });

  it('needs all of its sources: prescriptions without statements are not the medications', async () => {
    open({ 'GET /fhir/MedicationStatement': () => fault });
    expect(await (await panel('Current medications')).findByText('Current medications unavailable')).toBeVisible();
  });

  it('is empty only when the server said so', async () => {
    open();
    expect(await (await panel('Active problems')).findByText('No active problems recorded')).toBeVisible();
  });
});

describe('a sealed record', () => {
  const sealed = (): Answer => ({
    status: 403,
    body: {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'forbidden', details: { text: 'sealed', coding: [{ code: 'record-sealed' }] } }],
    },
  });

  it('asks whoever may for a reason, and reads nothing else', async () => {
    const { asked, store } = open({ 'GET /fhir/Patient/p1': sealed }, ['B0360', 'G-BREAK-GLASS']);
    expect(await screen.findByRole('button', { name: 'Open by break-glass' })).toBeVisible();
    await waitFor(() => expect(store.getState().breakGlass.patient).toBe('p1'));
    expect(asked.map(({ path }) => path)).toEqual(['/fhir/Patient/p1']);
  });

  it('stays shut for whoever may not', async () => {
    open({ 'GET /fhir/Patient/p1': sealed }, ['B0360']);
    expect(await screen.findByText(/your account may not open sealed records/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Open by break-glass' })).not.toBeInTheDocument();
  });
});

describe('a patient', () => {
  it('without a name or a birth date is said to be so', async () => {
    open({ 'GET /fhir/Patient/p1': () => ({ body: { resourceType: 'Patient', id: 'p1' } }) });
    expect((await (await banner()).findAllByText('Not Known')).length).toBeGreaterThan(1);
  });

  it('who was merged points to the record that goes on', async () => {
    const link = [{ type: 'replaced-by', other: { reference: 'Patient/p7' } }];
    open({ 'GET /fhir/Patient/p1': () => ({ body: { ...person, link } }) });
    expect(await screen.findByRole('link', { name: 'Open the record that goes on' })).toHaveAttribute('href', '/doctor/patients/p7/summary');
  });

  it('has the name in the tab’s title', async () => {
    open();
    await waitFor(() => expect(document.title).toBe('OKAFOR, Ann · Summary · Galen'));
  });
});
