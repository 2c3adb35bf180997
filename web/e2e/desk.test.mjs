// The front desk at work: booking, moving and taking back, checking in, requests and the queue; and the doctor's day.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocks, boardPath, today } from './harness/desk-screens.mjs';
import { begin } from './harness/journeys.mjs';
import { banner, plain, tabTo } from './harness/screens.mjs';

const journeys = await begin();
const { hospital } = journeys;

const CLINIC = 'demo-clinic-medical';
const STEP_MINUTES = 5;
/** As high as a minute is on the board. */
const MINUTE_PX = 2.4;

const ask = async (path, role = 'receptionist') => {
  const answer = await hospital.ask(path, { cookie: await hospital.session(role) });
  assert.equal(answer.status, 200, path);
  return answer.json();
};
const board = (day) => ask(`/api/clinics/${CLINIC}/days/${day}`);
const appointment = (id) => ask(`/api/appointments/${id}`);
const toast = (page, text) => page.locator('.g-toasts').getByText(text);
const later = (days) => new Date(Date.parse(`${today()}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const clock = (instant) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
const familyOf = ({ who }) => who.family.toLocaleUpperCase();

/** A day ahead on which the sample doctor has somebody who can be moved to a free time nearby. */
async function movable() {
  for (let days = 1; days <= 14; days += 1) {
    const day = later(days);
    const { columns } = await board(day);
    const column = columns.find(({ schedule }) => schedule.id === 'demo-schedule-demo-staff-001');
    for (const entry of column?.entries ?? []) {
      const { status, start, end, service, schedules } = entry.appointment;
      if (status !== 'booked' || !entry.who) continue;
      const minutes = (Date.parse(end) - Date.parse(start)) / 60_000;
      const from = new Date(Date.parse(start) - 90 * 60_000).toISOString();
      const to = new Date(Date.parse(end) + 90 * 60_000).toISOString();
      const { choices } = await ask(`/api/appointments/times?service=${service}&from=${from}&to=${to}&schedules=${schedules.join(';')}`);
      const free = choices.find((choice) => Date.parse(choice.start) !== Date.parse(start));
      const taken = column.entries.find((other) => other.appointment.status === 'booked' && other !== entry && Math.abs(Date.parse(other.appointment.start) - Date.parse(start)) < 5_400_000);
      if (free && taken) return { day, entry, minutes, free: Date.parse(free.start), taken: Date.parse(taken.appointment.start) };
    }
  }
  return assert.fail('nobody can be moved');
}

const blockOf = (page, entry) => blocks(page).filter({ hasText: `${clock(entry.appointment.start)} ${familyOf(entry)}` });

async function openDay(t, day) {
  const page = await journeys.visit(t, boardPath(day), { role: 'receptionist' });
  await blocks(page).first().waitFor();
  return page;
}

/** Presses on a block and lets go so many minutes further down. */
async function drag(page, block, minutes) {
  await block.scrollIntoViewIfNeeded();
  const box = await block.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + 6];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + 10, { steps: 3 });
  await page.mouse.move(x, y + minutes * MINUTE_PX, { steps: 8 });
  await page.mouse.up();
}

test('an appointment is dragged to a free time, and undone', async (t) => {
  const { day, entry, free } = await movable();
  const { id, start } = entry.appointment;
  const page = await openDay(t, day);
  await drag(page, blockOf(page, entry), (free - Date.parse(start)) / 60_000);
  await toast(page, `Moved: ${familyOf(entry)}`).waitFor();
  assert.equal(Date.parse((await appointment(id)).start), free);
  await page.locator('.g-toasts').getByRole('button', { name: /^Undo/ }).click();
  await toast(page, `Moved back: ${familyOf(entry)}`).waitFor();
  assert.equal((await appointment(id)).start, start);
  await blockOf(page, entry).waitFor();
});

test('what the server refuses is said in place, and nothing moves', async (t) => {
  const { day, entry, taken } = await movable();
  const { id, start, version } = entry.appointment;
  const page = await openDay(t, day);
  await drag(page, blockOf(page, entry), (taken - Date.parse(start)) / 60_000);
  await page.getByText(`Not moved: ${familyOf(entry)}`).waitFor();
  await page.getByText('This time is taken').waitFor();
  await blockOf(page, entry).waitFor();
  assert.deepEqual((await appointment(id)).version, version);
});

test('the same without a mouse: picked up, carried with the arrows, dropped', async (t) => {
  const { day, entry, free } = await movable();
  const { id, start } = entry.appointment;
  const page = await openDay(t, day);
  await tabTo(page, blockOf(page, entry), 200);
  await page.keyboard.press('Space');
  const steps = (free - Date.parse(start)) / 60_000 / STEP_MINUTES;
  for (let step = 0; step < Math.abs(steps); step += 1) await page.keyboard.press(steps > 0 ? 'ArrowDown' : 'ArrowUp');
  await page.locator('[aria-live="assertive"]').getByText(clock(free)).waitFor();
  await page.keyboard.press('Space');
  await toast(page, `Moved: ${familyOf(entry)}`).waitFor();
  assert.equal(Date.parse((await appointment(id)).start), free);
});

test('a picked-up appointment is let go of with Esc', async (t) => {
  const { day, entry } = await movable();
  const page = await openDay(t, day);
  await blockOf(page, entry).focus();
  await page.keyboard.press('Space');
  await page.getByText('Moving').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await page.getByText('Moving').waitFor({ state: 'detached' });
  assert.equal((await appointment(entry.appointment.id)).version, entry.appointment.version);
});

test('somebody is booked: found, offered times, one kept, confirmed', async (t) => {
  const page = await journeys.visit(t, `/desk/book?clinic=${CLINIC}`, { role: 'receptionist' });
  await page.getByRole('combobox', { name: 'Find a patient' }).fill('demo-nobody');
  const patients = await ask('/api/patients?text=an&count=30');
  const patient = patients.patients.find((one) => one.nhsNumber && one.family && !one.deceased && !one.replacedBy);
  await page.getByRole('combobox', { name: 'Find a patient' }).fill(patient.nhsNumber);
  const option = page.getByRole('option').first();
  await option.waitFor();
  assert.match(plain(await option.innerText()), /Born .* NHS No\. /);
  await option.click();
  await page.getByRole('combobox', { name: 'For', exact: true }).selectOption({ label: 'Blood test, 10 min' });
  await page.getByLabel('Reason for coming').fill('Before clinic');
  const time = page.locator('.time').first();
  await time.waitFor();
  await time.click();
  await page.getByText(/^Kept for you until/).waitFor();
  await page.getByRole('button', { name: 'Confirm booking' }).click();
  await toast(page, `Booked: ${patient.family.toLocaleUpperCase()}`).waitFor();
  const { appointments } = await ask(`/api/appointments?patient=${patient.id}`);
  const made = appointments.find(({ description, status }) => description === 'Before clinic' && status === 'booked');
  assert.ok(made, JSON.stringify(appointments));
  const letter = await hospital.ask(`/api/appointments/${made.id}/letter`, { cookie: await hospital.session('receptionist') });
  assert.equal(letter.headers.get('content-type'), 'application/pdf');
  assert.equal(Buffer.from(await letter.arrayBuffer()).subarray(0, 5).toString(), '%PDF-');
});

test('who arrived is checked in, and called off is somebody else, with a reason', async (t) => {
  const page = await openDay(t, today());
  const arrived = blocks(page).filter({ hasText: 'Arrived' }).last();
  const name = (await arrived.locator('strong').innerText()).trim();
  await arrived.click();
  const details = page.getByRole('complementary');
  await details.getByRole('button', { name: 'Check in' }).click();
  await toast(page, `${name}: Checked in`).waitFor();
  await details.getByText('Checked in').first().waitFor();

  const { day, entry } = await movable();
  await page.goto(boardPath(day));
  await blockOf(page, entry).click();
  await page.getByRole('button', { name: 'Cancel appointment' }).click();
  await page.getByRole('dialog').getByLabel('The clinic').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel appointment' }).click();
  await toast(page, 'Cancelled').waitFor();
  assert.equal((await appointment(entry.appointment.id)).status, 'cancelled');
});

test('what a patient asked for is approved', async (t) => {
  const { requests } = await ask('/api/appointment-requests');
  assert.ok(requests.length > 0, 'the demo has requests');
  const page = await journeys.visit(t, '/desk/requests', { role: 'receptionist' });
  await page.getByRole('button', { name: 'Approve' }).first().click();
  await toast(page, 'Approved').waitFor();
  assert.equal((await appointment(requests[0].appointment.id)).status, 'booked');
  assert.equal((await ask('/api/appointment-requests')).requests.length, requests.length - 1);
});

test('a walk-in gets a token, is called, and the waiting room sees no name', async (t) => {
  const page = await journeys.visit(t, `/desk/queue/${CLINIC}`, { role: 'receptionist' });
  await page.getByRole('button', { name: 'Give a token' }).click();
  const box = page.getByRole('dialog').getByRole('combobox', { name: 'Find a patient' });
  await box.fill('an');
  const option = page.getByRole('dialog').getByRole('option').filter({ hasNotText: 'Deceased' }).first();
  await option.waitFor();
  const name = (await option.locator('.identity-who').innerText()).trim();
  await option.click();
  await toast(page, 'Token A001').waitFor();
  await page.getByRole('combobox', { name: 'Call to' }).selectOption({ label: 'Consulting Room 2' });
  await page.getByRole('button', { name: 'Call next' }).click();
  await toast(page, 'A001 called to Consulting Room 2').waitFor();
  const screen = await journeys.visit(t, `/desk/display/${CLINIC}`, { role: 'receptionist' });
  await screen.getByText('A001').waitFor();
  const shown = await screen.locator('.display').innerText();
  assert.match(shown, /Consulting Room 2/);
  assert.ok(!shown.includes(name.split(',')[0]), shown);
});

test('the doctor sees who waits, starts, finishes, and opens the chart', async (t) => {
  const page = await journeys.visit(t, '/doctor', { role: 'doctor' });
  const rows = page.locator('.today-row');
  await page.locator('.today-there').first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/doctor/today');
  const times = await rows.locator('.today-time strong').allInnerTexts();
  assert.deepEqual(times, [...times].sort(), 'in order');
  const waiting = rows.filter({ has: page.getByRole('button', { name: /^(Start|Finish):/ }) }).first();
  assert.match(plain(await waiting.innerText()), /Arrived \d\d:\d\d · waiting \d+ minutes?/);
  const name = (await waiting.getByRole('link').innerText()).trim();
  const own = rows.filter({ hasText: name }).first();
  if (await own.getByRole('button', { name: /^Start:/ }).count()) {
    await own.getByRole('button', { name: /^Start:/ }).click();
    await own.getByText('Checked in').waitFor();
  }
  await own.getByRole('button', { name: /^Finish:/ }).click();
  await own.getByText('Seen').waitFor({ state: 'attached' });
  // Those who were seen are kept together, out of the way.
  if (!(await own.isVisible())) await page.getByText(/^Earlier today/).click();
  await own.getByRole('link').click();
  await banner(page).waitFor();
  assert.match(await banner(page).innerText(), new RegExp(name.split(',')[0]));
});

test('what one desk does, the other sees as it happens', async (t) => {
  const { day, entry, free } = await movable();
  const { id, version, schedules } = entry.appointment;
  const page = await openDay(t, day);
  await page.getByText('live', { exact: false }).first().waitFor();
  await blockOf(page, entry).waitFor();
  const { name, value, csrf } = await hospital.signIn('clerk');
  const body = JSON.stringify({ version, start: new Date(free).toISOString(), schedules });
  const moved = await hospital.ask(`/api/appointments/${id}/reschedule`, { method: 'POST', cookie: { name, value }, headers: { 'x-csrf-token': csrf }, body });
  assert.equal(moved.status, 200, await moved.text());
  await blocks(page).filter({ hasText: `${clock(free)} ${familyOf(entry)}` }).waitFor();
});
