// Applications of others: allowed, listed, disconnected; and opened on the record that is open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './harness/journeys.mjs';
import { openChart, tabTo } from './harness/screens.mjs';

const APP = 'https://app.example';
const REDIRECT = `${APP}/cb`;
const PATIENT = 'demo-patient-00011';
const SCOPE = 'launch/patient patient/Patient.rs patient/Observation.rs offline_access';
/** PKCE's pair of RFC 7636. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const journeys = await begin();
const { hospital } = journeys;

async function register(name, ...words) {
  const added = await hospital.command('client', 'add', '--name', name, '--redirect-uri', REDIRECT, '--json', ...words);
  return JSON.parse(added).clientId;
}

/** A page whose application answers with a page of its own. */
async function visit(t, path, options) {
  const context = await journeys.context(t, { ...options, application: APP });
  await context.route(`${APP}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>App</title>' }));
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

/** Where the application sends the browser to be allowed. */
async function asking(client) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: REDIRECT,
    scope: SCOPE,
    state: 's1',
    aud: `${hospital.origin}/fhir`,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  const answer = await hospital.ask(`/oauth/authorize?${query}`, { redirect: 'manual' });
  return answer.headers.get('location');
}

async function tokenFor(client, code) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: client,
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
  });
  const answer = await hospital.ask('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

const sees = async (token) => {
  const headers = { authorization: `Bearer ${token}` };
  return (await hospital.ask(`/fhir/Observation?patient=${PATIENT}`, { headers })).status;
};

test('an application is allowed, listed and disconnected by keyboard, and its token is refused at once', async (t) => {
  const client = await register('Growth chart', '--scopes', SCOPE);
  const page = await visit(t, await asking(client), { role: 'doctor' });
  await page.getByRole('heading', { name: 'Connect Growth chart?' }).waitFor();
  await page.getByLabel('Whose record? Find the patient').fill('adebayo');
  await page.getByRole('radio').first().check();
  const named = await page.getByRole('radio').first().getAttribute('value');
  assert.equal(named, PATIENT);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL((url) => url.origin === APP);
  const token = await tokenFor(client, new URL(page.url()).searchParams.get('code'));
  assert.equal(await sees(token.access_token), 200);

  await page.goto('/');
  await page.getByRole('heading', { name: /^(Today|Patients)$/, level: 1 }).waitFor();
  const account = page.getByRole('button', { name: 'Account' });
  await tabTo(page, account);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Connected applications' }).waitFor();
  await page.waitForFunction(() => document.activeElement.role === 'menuitem');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/connections');
  const panel = page.getByRole('region', { name: 'Growth chart' });
  await panel.getByText('See measurements and results').waitFor();
  await panel.getByText('ADÉBÁYÒ').waitFor();
  await panel.getByText('Stay connected', { exact: true }).waitFor();

  await tabTo(page, panel.getByRole('button', { name: 'Disconnect Growth chart' }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Disconnect Growth chart?' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await sees(token.access_token), 200, 'closing the question changes nothing');
  await page.waitForFunction(() => document.activeElement.ariaLabel === 'Disconnect Growth chart');
  await page.keyboard.press('Enter');
  await tabTo(page, dialog.getByRole('button', { name: 'Disconnect' }));
  await page.keyboard.press('Enter');
  await page.getByText('No application is connected').waitFor();
  // The focus is not lost with its button.
  await page.waitForFunction(() => document.activeElement.tagName === 'H1');
  assert.equal(await sees(token.access_token), 401);
  const again = await hospital.ask('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'refresh_token', client_id: client, refresh_token: token.refresh_token }),
  });
  assert.equal(again.status, 400);
  assert.equal((await again.json()).error, 'invalid_grant');
});

test('an application that can be launched opens on the patient, in a tab of its own', async (t) => {
  await register('Risk score', '--scopes', 'launch patient/*.rs', '--launch-url', `${APP}/launch`);
  const page = await visit(t, 'about:blank', { role: 'nurse' });
  await openChart(page, PATIENT, 'summary');
  await page.getByRole('button', { name: 'Open in app' }).click();
  const opening = page.context().waitForEvent('page');
  await page.getByRole('menuitem', { name: 'Risk score' }).click();
  const tab = await opening;
  await tab.waitForURL(`${APP}/launch?**`);
  const { searchParams } = new URL(tab.url());
  assert.equal(searchParams.get('iss'), `${hospital.origin}/fhir`);
  assert.match(searchParams.get('launch'), /^[\w-]{43}$/);
  assert.equal(await tab.evaluate(() => globalThis.opener), null);
  assert.ok(!tab.url().includes(PATIENT), 'whose record it is, the address does not say');
});

test('without an application to open there is no button', async (t) => {
  const page = await journeys.visit(t, 'about:blank', { role: 'nurse' });
  await page.route('**/api/launches', (route) => route.fulfill({ json: [] }));
  await openChart(page, PATIENT, 'summary');
  assert.equal(await page.getByRole('button', { name: 'Open in app' }).count(), 0);
});
