// Every screen of the patients' portal, wide and narrow, light and dark; and none wider than the narrowest phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './harness/journeys.mjs';
import { bookFor, openClinic, PatientAccount, somebody } from './harness/patients.mjs';
import { PATIENT_SCREENS } from './harness/patient-screen-list.mjs';
import { graveFindings, overflow, pictures } from './harness/pictures.mjs';
import { BEFORE_VISIT } from './harness/questionnaires.mjs';

const PATIENT = 'screens-patient';
const NARROWEST = { width: 320, height: 640 };
const HOUR_MS = 3_600_000;

const journeys = await begin({ records: [BEFORE_VISIT, ...somebody(PATIENT)] });
const { hospital } = journeys;
const account = await PatientAccount.open(hospital, 'zainab', PATIENT);
const clinic = await openClinic(hospital);
const staff = await hospital.session('administrator');

/** Two days ahead, at ten in the morning of London's winter or nine of its summer: within the opening either way. */
const morning = (days) => new Date(Math.floor(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS + days * 24 * HOUR_MS + 9 * HOUR_MS).toISOString();
await bookFor(hospital, staff, { patient: PATIENT, service: clinic.nurse, schedule: clinic.schedules[0], start: morning(2) });
const later = await bookFor(hospital, staff, { patient: PATIENT, service: clinic.specialist, schedule: clinic.schedules[1], start: morning(9) });
// Somebody with an appointment in nine days is offered an earlier one.
const post = async (path, body) => {
  const answer = await hospital.ask(path, { method: 'POST', cookie: staff, headers: { 'x-csrf-token': staff.csrf }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const dayOf = (days) => morning(days).slice(0, 10);
const waits = await post('/api/waiting-list', { patient: PATIENT, service: clinic.specialist, wishes: { first: dayOf(0), last: dayOf(9), days: ['mon', 'wed', 'fri'], replaces: later.id } });
await post(`/api/appointments/${waits.id}/offer`, { version: waits.version, start: morning(4), schedules: [clinic.schedules[1]] });
hospital.share('patient', await account.signIn(hospital));

pictures(journeys, PATIENT_SCREENS);

for (const { name, role, go } of PATIENT_SCREENS) {
  test(`${name}: usable at 320 pixels`, { timeout: 60_000 }, async (t) => {
    const page = await journeys.visit(t, 'about:blank', { role, viewport: NARROWEST });
    await go(page);
    assert.equal(await overflow(page), '');
    assert.deepEqual(await graveFindings(page), []);
  });
}
