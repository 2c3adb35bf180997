// Parts that do not load and a server that goes away: it is said, the rest works, and it comes back by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './harness/journeys.mjs';
import { banner, openChart, part, searchBox, settled } from './harness/screens.mjs';

const journeys = await begin();
const { hospital } = journeys;
const PATIENT = 'demo-patient-00011';
/** Longer than the longest wait between two looks for the server. */
const BACK_MS_MAX = 20_000;

for (const [fault, answer] of [
  ['is not there', (route) => route.fulfill({ status: 500, body: '' })],
  ['cannot be fetched', (route) => route.abort()],
  ['is no program', (route) => route.fulfill({ contentType: 'text/javascript', body: 'this is not JavaScript' })],
]) {
  test(`a portal that ${fault} leaves the shell working, and opens when tried again`, async (t) => {
    // The federation's runtime warns of what trying again is.
    const context = await journeys.context(t, { role: 'doctor', expected: /The remote "doctor" is already registered/ });
    const page = await context.newPage();
    await page.route('**/assets/doctor/remoteEntry.js*', answer);
    await page.goto('/doctor/patients');
    await page.getByRole('alert').getByText('Clinical could not be opened').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('ad');
    await page.getByRole('dialog').getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Appearance' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.unroute('**/assets/doctor/remoteEntry.js*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await searchBox(page).waitFor();
  });
}

test('a part of a portal that does not load is tried again by itself', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await openChart(page, PATIENT, 'summary');
  await page.route('**/assets/doctor/results-*.js', (route) => route.abort());
  await page.getByRole('link', { name: 'Results', exact: true }).click();
  const failed = await page.waitForEvent('requestfailed', (request) => /\/results-/.test(request.url()));
  assert.ok(failed);
  await page.locator('.chart-part .g-skeletons').waitFor();
  await banner(page).waitFor();
  await page.unroute('**/assets/doctor/results-*.js');
  await page.getByRole('grid', { name: 'Results' }).waitFor();
});

test('a list of portals that does not come is asked for again by itself', async (t) => {
  const context = await journeys.context(t, { role: 'doctor' });
  const page = await context.newPage();
  await page.route('**/portals.json', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto('/doctor/patients');
  await page.getByText('The list of portals could not be loaded').waitFor();
  await page.unroute('**/portals.json');
  await searchBox(page).waitFor();
});

test('who opens Galen while the server is away is told, and is let in when it is back', async (t) => {
  const context = await journeys.context(t);
  const page = await context.newPage();
  await page.route('**/api/session', (route) => route.abort());
  await page.goto('/');
  await page.getByText('The hospital cannot be reached').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Sign in' }).count(), 0);
  await page.unroute('**/api/session');
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
});

test('while the server is gone what is open stays, the rest says so, and all of it recovers by itself', { timeout: 120_000 }, async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await openChart(page, PATIENT, 'problems');
  const typing = await journeys.visit(t, '/desk/registration', { role: 'receptionist' });
  await typing.getByLabel('Family name').fill('Patientwhile');
  await typing.getByLabel('Given names').fill('Away');

  await hospital.stop();
  await page.getByRole('link', { name: 'Documents', exact: true }).click();
  await part(page, 'Documents').getByText('Documents unavailable').waitFor();
  await page.getByText('Connection lost. Trying to reconnect.').waitFor();
  assert.equal(await page.getByText('No documents recorded').count(), 0);
  await page.getByRole('link', { name: 'Problems', exact: true }).click();
  await part(page, 'Active problems').locator('.line').first().waitFor();
  await part(page, 'Active problems').getByText(/offline/).waitFor();
  await banner(page).getByText('ADÉBÁYÒ').waitFor();
  await typing.getByRole('button', { name: 'Register', exact: true }).click();
  await typing.getByText('The server cannot be reached. Nothing was saved; your entries are kept.').first().waitFor();
  await page.getByRole('link', { name: 'Documents', exact: true }).click();

  await hospital.start();
  await page.locator('.g-toasts').getByText('Connected again').waitFor({ timeout: BACK_MS_MAX });
  await page.getByText('Connection lost. Trying to reconnect.').waitFor({ state: 'hidden' });
  await part(page, 'Documents').locator('.line').first().waitFor({ timeout: BACK_MS_MAX });
  await settled(page);
  await typing.getByText('Connection lost. Trying to reconnect.').waitFor({ state: 'hidden', timeout: BACK_MS_MAX });
  await typing.getByRole('button', { name: 'Register', exact: true }).click();
  await typing.getByText('PATIENTWHILE, Away').first().waitFor();
});

test('a search while the server is gone finds when it is back, without another key', { timeout: 120_000 }, async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await searchBox(page).waitFor();
  await hospital.stop();
  await searchBox(page).fill('adebayo');
  await page.getByText('This does not mean that there is no such patient.').waitFor();
  await hospital.start();
  await page.getByRole('option').first().waitFor({ timeout: BACK_MS_MAX });
});
