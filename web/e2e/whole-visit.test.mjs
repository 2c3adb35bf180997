// One patient's way through everything: an account by code, a time booked, told by mail and text message, moved, checked in;
// live on the desk's board and on the doctor's day; and who saw the record.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from './harness/codes.mjs';
import { blocks, boardPath } from './harness/desk-screens.mjs';
import { begin, NARROW } from './harness/journeys.mjs';
import { openTimes } from './harness/patient-screen-list.mjs';
import { patient } from './harness/records.mjs';
import { banner, settled } from './harness/screens.mjs';

const PASSWORD = 'quiet heron over wet slate';
const SERVICE = 'Walk-up clinic';
const CLINIC = 'demo-clinic-medical';
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const FAMILY = 'WHOLEVISIT';
/** Messages leave within seconds; a machine with other work takes longer. */
const TOLD_WITHIN_MS = 60_000;

const journeys = await begin({
  records: [
    patient('visitor', {
      family: 'Wholevisit', given: ['Mair'], birthDate: '1980-03-01',
      telecom: [{ system: 'phone', use: 'mobile', value: '07700 900810' }, { system: 'email', value: 'mair@example.org' }],
    }),
  ],
});
const { hospital } = journeys;

async function made(role, path, body) {
  const cookie = await hospital.session(role);
  const answer = await hospital.ask(path, { method: 'POST', cookie, headers: { 'x-csrf-token': cookie.csrf }, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/** A clinic that never closes and asks for no notice, so that a time of the next minutes is free whenever this runs. */
async function openClinic() {
  await made('administrator', '/api/services', { name: SERVICE, portal: 'self-book', minutes: 20, noticeMinutes: 0 });
  await made('administrator', '/api/schedules', {
    actor: 'Practitioner/demo-staff-001', clinic: CLINIC, zone: 'Europe/London', sessions: [{ days: DAYS, start: '00:00', end: '00:00' }],
  });
}

async function activate(page, code) {
  await page.getByRole('link', { name: 'I have a code and no account yet' }).click();
  await page.getByLabel('Code from your letter').fill(code);
  await page.getByLabel('Your date of birth').fill('01-Mar-1980');
  await page.getByLabel('Choose a name to sign in with').fill('mair.visit');
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('New password, again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make my account' }).click();
  await page.getByText('Your account is ready.').waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Name', { exact: true }).fill('mair.visit');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('form').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  await page.getByLabel('One-time code').fill(codeOf(await page.locator('.enrolment-secret').innerText()));
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
}

/** Messages to the patient in the outlet, once there are as many. */
async function told(channel, count) {
  const until = Date.now() + TOLD_WITHIN_MS;
  for (;;) {
    const all = (await hospital.outlet(channel)).filter((line) => JSON.stringify(line).includes(channel === 'email' ? 'mair@example.org' : '447700900810'));
    if (all.length >= count) return all;
    assert.ok(Date.now() < until, `${all.length} of ${count} messages by ${channel}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** By these channels from now on, at whatever hour this runs. */
async function prefer(...channels) {
  const cookie = await hospital.session('receptionist');
  const path = '/api/patients/visitor/message-preferences';
  const { version } = await (await hospital.ask(path, { cookie })).json();
  const preferences = { channels, quietHours: { from: '00:00', until: '00:00' } };
  const answer = await hospital.ask(path, { method: 'PUT', cookie, headers: { 'x-csrf-token': cookie.csrf }, body: JSON.stringify({ version, preferences }) });
  assert.ok(answer.ok, await answer.text());
}

/** The code that the front desk shows once it knows who it is. */
async function given(t) {
  const desk = await journeys.visit(t, '/desk/registration/visitor', { role: 'receptionist' });
  await desk.getByRole('button', { name: 'Show a code' }).click();
  const code = await desk.locator('.account-code').innerText();
  await desk.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await desk.getByText('A code for the patient.').waitFor();
  return code;
}

const onBoard = (page) => blocks(page).filter({ hasText: FAMILY });

test('a patient comes, from the letter to who saw the record', { timeout: 240_000 }, async (t) => {
  await openClinic();
  const code = await given(t);
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London' }).format(new Date(Date.now() + 20 * 60_000));
  const board = await journeys.visit(t, boardPath(day), { role: 'receptionist' });
  await board.getByText('live', { exact: false }).first().waitFor();
  assert.equal(await onBoard(board).count(), 0);

  await prefer('email', 'sms');
  const phone = await journeys.visit(t, '/my', { viewport: NARROW });
  await activate(phone, code);
  await openTimes(phone, SERVICE);
  await phone.locator('.p-time-grid button').first().click();
  await phone.locator('.p-review').waitFor();
  await phone.getByRole('button', { name: 'Book it' }).click();
  await phone.getByText('Booked', { exact: true }).waitFor();
  await onBoard(board).first().waitFor();
  const [mail] = await told('email', 1);
  assert.match(JSON.stringify(mail), /BEGIN:VCALENDAR|text\/calendar/, 'the invitation is for a calendar');
  await prefer('sms', 'email');

  const [{ id, start }] = await own(phone);
  await phone.goto(`/my/appointments/${id}`);
  await phone.getByRole('link', { name: 'Move to another time' }).click();
  await phone.getByRole('group', { name: 'Choose a day' }).waitFor();
  await settled(phone);
  await phone.locator('.p-time-grid button').first().click();
  await phone.getByRole('button', { name: 'Move it' }).click();
  await phone.getByText('Booked', { exact: true }).waitFor();
  const [moved] = await own(phone);
  assert.deepEqual([moved.id, moved.start === start], [id, false]);
  await told('sms', 1);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit' }).format(new Date(moved.start));
  await onBoard(board).filter({ hasText: clock }).waitFor();

  await phone.goto(`/my/appointments/${id}`);
  await phone.getByRole('button', { name: 'I am here' }).click();
  await onBoard(board).filter({ hasText: 'Arrived' }).waitFor();

  const doctor = await journeys.visit(t, '/doctor/today', { role: 'doctor' });
  const row = doctor.getByRole('listitem').filter({ hasText: FAMILY });
  await row.first().waitFor();
  await row.first().getByRole('link').first().click();
  await banner(doctor).waitFor();

  await phone.goto('/my/more/accesses');
  await phone.locator('.p-card', { hasText: 'For your care' }).first().waitFor();
});

/** The patient's appointments, by the page's own session. */
function own(page) {
  return page.evaluate(async () => {
    const answer = await fetch('/api/appointments?patient=visitor', { credentials: 'same-origin' });
    const { appointments } = await answer.json();
    return appointments.filter(({ status }) => status === 'booked');
  });
}
