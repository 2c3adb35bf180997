// The waiting list from end to end: a patient waits, somebody else cancels, the time is offered and taken, and the desk sees it
// as it happens. A series across a holiday. What lies in a leave is moved with one press.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, NARROW } from './harness/journeys.mjs';
import { openTimes } from './harness/patient-screen-list.mjs';
import { PatientAccount } from './harness/patients.mjs';
import { patient } from './harness/records.mjs';
import { plain } from './harness/screens.mjs';

const CLINIC = 'demo-clinic-medical';
const SERVICE = 'Travel vaccination';
const TOLD_WITHIN_MS = 20_000;
const ZONE = 'Europe/London';
const people = ['waiter', 'leaver', 'regular', 'moved'];

const journeys = await begin({
  records: people.map((id, at) => patient(id, { family: `Waits${id}`, given: ['Wanda'], birthDate: '1980-03-01', telecom: [{ system: 'phone', value: `07700 90091${at}`, use: 'mobile' }] })),
});
const { hospital } = journeys;

async function made(role, path, body, method = 'POST') {
  const cookie = typeof role === 'string' ? await hospital.session(role) : role;
  const answer = await hospital.ask(path, { method, cookie, headers: { 'x-csrf-token': cookie.csrf, 'idempotency-key': crypto.randomUUID() }, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

const service = await made('administrator', '/api/services', { name: SERVICE, portal: 'self-book', minutes: 20, noticeMinutes: 60 });
const timetable = (closed = []) => ({
  actor: 'Practitioner/demo-staff-001', clinic: CLINIC, zone: ZONE, closed,
  sessions: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '09:00', end: '09:20', services: [service.id] }],
});
const schedule = await made('administrator', '/api/schedules', timetable());
/** Every day has one time; whoever takes it takes the day. */
const timesOf = async (days) => {
  const cookie = await hospital.session('receptionist');
  const query = `service=${service.id}&schedules=${schedule.id}&from=${new Date().toISOString()}&to=${new Date(Date.now() + days * 86_400_000).toISOString()}&count=100`;
  return (await (await hospital.ask(`/api/appointments/times?${query}`, { cookie })).json()).choices;
};
const book = (who, start) => made('receptionist', '/api/appointments', { patient: who, service: service.id, schedules: [schedule.id], start });
const quiet = async (who) => {
  const cookie = await hospital.session('receptionist');
  const path = `/api/patients/${who}/message-preferences`;
  const { version } = await (await hospital.ask(path, { cookie })).json();
  await made('receptionist', path, { version, preferences: { channels: ['sms'], quietHours: { from: '00:00', until: '00:00' } } }, 'PUT');
};

async function told(number, pattern) {
  const until = Date.now() + TOLD_WITHIN_MS;
  for (;;) {
    const all = (await hospital.outlet('sms')).map((line) => JSON.stringify(line)).filter((line) => line.includes(number) && pattern.test(line));
    if (all.length > 0) return all;
    assert.ok(Date.now() < until, `no message like ${pattern} to ${number}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('a patient waits, another cancels, the offer is told, taken, and seen at the desk', { timeout: 180_000 }, async (t) => {
  await quiet('waiter');
  // All of the next four days is taken: tomorrow's by whoever will cancel.
  const times = await timesOf(5);
  const [first, ...others] = times.slice(1);
  const gone = await book('leaver', first.start);
  const later = await book('waiter', others.at(-1).start);
  const account = await PatientAccount.open(hospital, 'wanda.waits', 'waiter');
  const cookie = await account.signIn(hospital);
  const phone = await journeys.visit(t, `/my/appointments/${later.id}`, { cookie, viewport: NARROW });
  await phone.getByRole('button', { name: 'Tell me if a time comes free' }).click();
  await phone.getByRole('button', { name: 'Put me on the list' }).click();
  await phone.getByText('You are on the waiting list for this').waitFor();
  const desk = await journeys.visit(t, '/desk/waiting', { role: 'receptionist' });
  const entry = desk.locator('.waiting-entry').filter({ hasText: 'WAITSWAITER' });
  await entry.getByText('would replace a later appointment').waitFor();
  await phone.goto('/my/home');
  await phone.getByRole('heading', { name: 'Welcome' }).waitFor();

  await made('receptionist', `/api/appointments/${gone.id}/cancel`, { version: gone.version, reason: 'pat' });
  await entry.getByText(/^Offered:/).waitFor();
  const [message] = await told('447700900910', /a time is free/);
  assert.match(message, /We keep it until/);
  await phone.getByRole('link', { name: /A time is free: say if you want it/ }).click();
  await phone.getByRole('heading', { name: 'A time is free for you' }).waitFor();
  assert.match(plain(await phone.locator('main, .patient').first().innerText()), /your appointment on .* is cancelled/);
  assert.ok(!(await timesOf(5)).some(({ start }) => start === first.start), 'it is kept for them');
  await phone.getByRole('button', { name: 'Yes, book it' }).click();
  await phone.getByText('Booked', { exact: true }).first().waitFor();
  await entry.waitFor({ state: 'detached' });
  const { appointments } = await (await hospital.ask('/api/appointments?patient=waiter', { cookie })).json();
  assert.deepEqual(appointments.map(({ status, start }) => [status, start]).sort(), [['booked', first.start], ['cancelled', later.start]].sort());
  assert.ok((await timesOf(6)).some(({ start }) => start === later.start), 'the later time is free for others');
});

test('without an appointment one waits for any time, is offered one by hand, and turns it down', { timeout: 120_000 }, async (t) => {
  await quiet('leaver');
  const account = await PatientAccount.open(hospital, 'lena.leaves', 'leaver');
  const cookie = await account.signIn(hospital);
  const phone = await journeys.visit(t, '/my/home', { cookie, viewport: NARROW });
  await openTimes(phone, SERVICE);
  await phone.getByRole('button', { name: 'Tell me if a time comes free' }).click();
  await phone.getByLabel('Time of day').selectOption('morning');
  await phone.getByRole('button', { name: 'Put me on the list' }).click();
  await phone.getByText('You are on the waiting list for this').waitFor();
  const desk = await journeys.visit(t, '/desk/waiting', { role: 'receptionist' });
  await desk.getByRole('button', { name: /^Offer a time: .*WAITSLEAVER/i }).click();
  await desk.getByRole('dialog').locator('.time').nth(2).click();
  await desk.locator('.waiting-entry').filter({ hasText: 'WAITSLEAVER' }).getByText(/^Offered:/).waitFor();
  await phone.getByRole('link', { name: 'Show' }).click();
  await phone.getByRole('button', { name: 'No, I wait for another' }).click();
  await phone.getByRole('heading', { name: 'You are on the waiting list' }).waitFor();
  await desk.locator('.waiting-entry').filter({ hasText: 'WAITSLEAVER' }).getByText('1 offer made').waitFor();
  await desk.getByRole('button', { name: /^Remove: .*WAITSLEAVER/i }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await desk.locator('.waiting-entry').filter({ hasText: 'WAITSLEAVER' }).waitFor({ state: 'detached' });
  await told('447700900911', /no longer on our waiting list/);
});

test('a series across a holiday says so, and is booked as it was agreed', { timeout: 120_000 }, async (t) => {
  const free = await timesOf(60);
  const first = free.find(({ start }) => Date.parse(start) > Date.now() + 8 * 86_400_000).start.slice(0, 10);
  const holiday = new Date(Date.parse(`${first}T12:00:00Z`) + 7 * 86_400_000).toISOString().slice(0, 10);
  await made('administrator', `/api/schedules/${schedule.id}`, { version: 1, timetable: timetable([holiday]) }, 'PUT');
  const desk = await journeys.visit(t, `/desk/book?clinic=${CLINIC}&patient=regular&schedule=${schedule.id}&from=${first}T08:00:00Z`, { role: 'receptionist' });
  await desk.getByText('WAITSREGULAR').first().waitFor();
  await desk.getByRole('combobox', { name: 'For', exact: true }).selectOption({ label: `${SERVICE}, 20 min` });
  await desk.getByRole('combobox', { name: 'With', exact: true }).selectOption(schedule.id);
  await desk.getByRole('combobox', { name: 'Room' }).selectOption('none');
  await desk.getByRole('checkbox', { name: 'A series' }).check();
  await desk.getByRole('combobox', { name: 'How many' }).selectOption('3');
  await desk.getByRole('button', { name: 'Show the times' }).click();
  const times = desk.locator('.series-time');
  await times.nth(2).waitFor();
  assert.equal(await times.count(), 3);
  await times.nth(1).getByText('Holiday').waitFor();
  const submit = desk.getByRole('button', { name: /^Book \d appointment/ });
  assert.ok(await submit.isDisabled(), 'nothing is dropped silently: somebody says what becomes of it');
  await times.nth(1).getByRole('button').first().click();
  await desk.getByRole('button', { name: 'Book 3 appointments' }).click();
  await desk.getByRole('heading', { name: '3 appointments booked' }).waitFor();
  const cookie = await hospital.session('receptionist');
  const { appointments } = await (await hospital.ask('/api/appointments?patient=regular', { cookie })).json();
  assert.equal(appointments.length, 3);
  assert.equal(new Set(appointments.map(({ series }) => series)).size, 1);
  assert.ok(appointments.every(({ start, status }) => status === 'booked' && !start.startsWith(holiday)));
});

test('what lies in a leave is listed, and moved with one press', { timeout: 120_000 }, async (t) => {
  const free = (await timesOf(40)).find(({ start }) => Date.parse(start) > Date.now() + 25 * 86_400_000);
  const booked = await book('moved', free.start);
  const day = Date.parse(free.start);
  await made('administrator', `/api/schedules/${schedule.id}/exceptions`, { start: new Date(day - 3_600_000).toISOString(), end: new Date(day + 3_600_000).toISOString(), comment: 'leave' });
  const desk = await journeys.visit(t, '/desk/to-move', { role: 'receptionist' });
  const one = desk.locator('.g-panel').filter({ hasText: 'WAITSMOVED' });
  await one.getByText('On leave').waitFor();
  await one.getByRole('button', { name: 'Propose times' }).click();
  await one.locator('.time').first().click();
  await one.waitFor({ state: 'detached' });
  const cookie = await hospital.session('receptionist');
  const now = await (await hospital.ask(`/api/appointments/${booked.id}`, { cookie })).json();
  assert.deepEqual([now.status, now.start === free.start], ['booked', false]);
});
