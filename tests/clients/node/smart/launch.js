//! SMART App Launch with npm fhirclient in Chromium: an application of another origin, our sign-in and consent screens, and
//! what the application then may and may not.

import { equal, holds, tell } from '../checked.js';
import { browser, looksRight, Person } from './people.js';
import { ANOTHER, laboratory, LABORATORY, NAME, observation, PATIENT, VITAL, writeRecords } from './records.js';

const { GALEN_BASE: iss, GALEN_APP, GALEN_CLIENT: clientId, GALEN_PAT, GALEN_DOCTOR } = process.env;
const origin = new URL(iss).origin;
const STANDALONE = 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const back = (page) => page.waitForURL((url) => url.origin === GALEN_APP && url.pathname === '/');
const launches = (person, scope) => person.opens(`${GALEN_APP}/launch`, { clientId, scope, iss });
const shown = (page) => page.locator('#patient:not(:empty)').textContent();
const codesShown = (page) => page.locator('#observations li').allTextContents();
const words = (scope) => scope.split(' ').sort();
const state = (page) => page.evaluate(() => globalThis.client.state.tokenResponse);

/** What the application's own request is answered with: `ok`, or the refusal as its page can read it. */
const asks = (page, path, sent) =>
  page.evaluate(
    async ([path, sent]) => {
      const { client } = globalThis;
      const headers = { authorization: client.getAuthorizationHeader(), 'content-type': 'application/fhir+json' };
      const request = sent ? { method: 'POST', body: JSON.stringify(sent) } : {};
      const answer = await fetch(`${client.state.serverUrl}/${path}`, { headers, ...request });
      const { resourceType } = await answer.json();
      return { status: answer.status, resourceType, challenge: answer.headers.get('www-authenticate') };
    },
    [path, sent],
  );

async function isOutOfScope(page, path, sent) {
  const { status, resourceType, challenge } = await asks(page, path, sent);
  equal([status, resourceType], [403, 'OperationOutcome'], path);
  holds(challenge.includes('insufficient_scope'), challenge);
}

async function allows(page) {
  await page.getByRole('heading', { name: 'Connect Growth chart?' }).waitFor();
  await button(page, 'Allow').click();
  await back(page);
}

/** The first time: sign-in, consent, and the patient's record in the application. */
async function aPatientConnects(pat) {
  const page = await launches(pat, STANDALONE);
  await page.waitForURL((url) => url.origin === origin && url.pathname === '/authorize');
  await page.getByLabel('Name', { exact: true }).waitFor();
  await looksRight(page, 'sign-in');
  await pat.signsInAnew(page, JSON.parse(GALEN_PAT));
  await page.getByRole('heading', { name: 'Connect Growth chart?' }).waitFor();
  equal(await page.getByText('SMARTLEY, Pat').count(), 1);
  holds(await page.getByText(`The answer goes to ${GALEN_APP}`).isVisible(), 'whom it is told');
  equal(await page.getByRole('checkbox').count(), 4);
  await looksRight(page, 'consent');
  await allows(page);
  equal(await shown(page), NAME);
  equal(await codesShown(page), [...VITAL, ...LABORATORY]);
  const token = await state(page);
  equal([token.patient, words(token.scope)], [PATIENT, words(STANDALONE)]);
  equal(await page.evaluate(() => globalThis.client.getFhirUser()), `Patient/${PATIENT}`);
  equal(await page.evaluate(() => globalThis.client.user.read().then(({ id }) => id)), PATIENT);
  await isOutOfScope(page, 'Condition');
  equal((await asks(page, 'Observation', observation(PATIENT, 'laboratory', '718-7', 9))).status, 403);
  equal((await asks(page, `Patient/${ANOTHER}`)).status, 404, 'what the patient may not see is not there');
  return page;
}

/** A refresh gives new tokens, and the old refresh token ends all of them. */
async function refreshes(page) {
  const before = await state(page);
  await page.evaluate(() => globalThis.client.refresh());
  const after = await state(page);
  holds(after.access_token !== before.access_token && after.refresh_token !== before.refresh_token, 'both are new');
  equal((await asks(page, `Patient/${PATIENT}`)).status, 200);
  const replayed = await page.evaluate(async (token) => {
    globalThis.client.state.tokenResponse.refresh_token = token;
    return globalThis.client.refresh().then(() => 'refreshed', (error) => error.message);
  }, before.refresh_token);
  holds(replayed.includes('invalid_grant'), replayed);
  equal((await asks(page, `Patient/${PATIENT}`)).status, 401, 'the whole family has ended');
}

async function aPatientRefuses(pat) {
  const page = await launches(pat, STANDALONE);
  await button(page, 'Refuse').click();
  await back(page);
  const problem = await page.locator('#problem:not(:empty)').textContent();
  holds(problem.startsWith('access_denied'), problem);
}

async function aPatientAllowsLess(pat) {
  const page = await launches(pat, STANDALONE);
  await page.getByRole('checkbox', { name: /measurements and results/ }).uncheck();
  await allows(page);
  await page.locator('#problem:not(:empty)').waitFor();
  equal(words((await state(page)).scope), words(STANDALONE.replace(' patient/Observation.rs', '')));
  await isOutOfScope(page, 'Observation');
  equal((await asks(page, `Patient/${PATIENT}`)).status, 200);
}

/** The address that a chart opens the application with. */
async function launchOf(doctor, page, patient) {
  const { status, body } = await doctor.asks(page, '/api/launches', { client: clientId, patient });
  equal(status, 201);
  holds(body.url.startsWith(`${GALEN_APP}/launch?iss=`), body.url);
  return body.url;
}

/** From a chart: the patient comes with the launch. */
async function aDoctorLaunches(doctor, chart, scope, codes) {
  const page = await doctor.opens(await launchOf(doctor, chart, PATIENT), { clientId, scope });
  await page.getByText('SMARTLEY, Pat').waitFor();
  if (scope.includes('?')) await page.getByText('only category laboratory').waitFor();
  await allows(page);
  equal(await shown(page), NAME);
  equal(await codesShown(page), codes, scope);
  const token = await state(page);
  equal([token.patient, words(token.scope), token.need_patient_banner], [PATIENT, words(scope), true]);
  await isOutOfScope(page, `Patient/${ANOTHER}`);
  await isOutOfScope(page, 'Condition');
  await isOutOfScope(page, 'Observation', observation(PATIENT, 'laboratory', '718-7', 9));
}

/** Without a chart, the doctor says whose record it is. */
async function aDoctorChooses(doctor) {
  const page = await launches(doctor, 'launch/patient patient/*.rs');
  await page.getByLabel(/Whose record/).fill('smartley');
  await page.getByRole('radio', { name: /SMARTLEY, Pat/ }).check();
  await looksRight(page, 'consent-choose');
  await allows(page);
  equal(await shown(page), NAME);
  equal((await state(page)).patient, PATIENT);
}

/** A launch is its user's: another person's session gets nothing of it. */
async function anotherPersonsLaunch(doctor, chart, pat) {
  const scope = 'launch patient/Patient.read patient/Observation.read';
  const page = await pat.opens(await launchOf(doctor, chart, PATIENT), { clientId, scope });
  await page.getByText('This launch was begun by somebody else').waitFor();
  equal(await button(page, 'Allow').count(), 0);
}

async function isSentNowhere(pat) {
  const address = `${origin}/oauth/authorize?response_type=code&client_id=${clientId}&redirect_uri=http://localhost:1/`;
  const page = await pat.opens(address, {});
  await page.getByRole('heading', { name: 'The application cannot be connected' }).waitFor();
  equal(new URL(page.url()).origin, origin);
}

await writeRecords();
const [pat, doctor] = await Promise.all([Person.begin(), Person.begin()]);
try {
  await refreshes(await aPatientConnects(pat));
  await aPatientRefuses(pat);
  await aPatientAllowsLess(pat);
  await isSentNowhere(pat);
  const chart = await doctor.opens(`${origin}/sign-in`, {});
  await doctor.signsInAnew(chart, JSON.parse(GALEN_DOCTOR));
  await chart.getByRole('heading', { name: /^(Today|Patients)$/, level: 1 }).waitFor();
  const v1 = 'launch patient/Observation.read patient/Patient.read';
  await aDoctorLaunches(doctor, chart, v1, [...VITAL, ...LABORATORY]);
  const v2 = `launch patient/Observation.rs?category=${laboratory} patient/Patient.r`;
  await aDoctorLaunches(doctor, chart, v2, LABORATORY);
  await aDoctorChooses(doctor);
  await anotherPersonsLaunch(doctor, chart, pat);
  await Promise.all([pat.leaves(), doctor.leaves()]);
} finally {
  await browser.close();
}
tell('fhirclient, launched in Chromium');
