// The front desk's screens, the doctor's day, and the screen of a waiting room.
import { settled } from './screens.mjs';

const CLINIC = 'demo-clinic-medical';
/** The first grown-up of the demo: somebody who can be booked. */
const PATIENT = 'demo-patient-00010';

export const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London' }).format(new Date());
/** A day ahead on which clinics are open. */
const nextWorkday = () => {
  const day = new Date(`${today()}T12:00:00Z`);
  do day.setUTCDate(day.getUTCDate() + 1);
  while ([0, 6].includes(day.getUTCDay()));
  return day.toISOString().slice(0, 10);
};
export const boardPath = (day = today(), clinic = CLINIC) => `/desk/board/${clinic}/${day}`;
/** The blocks of a board, or the lines of its list on a narrow screen. */
export const blocks = (page) => page.locator('.g-day-block');

async function openBoard(page, path = boardPath()) {
  await page.goto(path);
  await blocks(page).first().waitFor();
  await settled(page);
}

async function openQueue(page) {
  await page.route('**/queue', (route) => route.fulfill({ json: QUEUE }));
  await page.goto(`/desk/queue/${CLINIC}`);
  await page.getByText('A014').waitFor();
}

const ticket = (number, more) => ({
  number, token: `A0${number}`, state: 'waiting', priority: false, arrived: '2026-11-27T09:10:00.000Z', due: '2026-11-27T09:40:00.000Z',
  who: { id: PATIENT, family: 'Featherstonehaugh', given: ['Constance'], birthDate: '1951-02-03', nhsNumber: '9990000018', gender: 'female' }, ...more,
});
/** Answers of the server, so that no screen waits for another. */
const QUEUE = {
  at: '2026-11-27T09:45:00.000Z', finished: 9, seen: [],
  rooms: [{ id: 'r1', actor: 'Location/r1', name: 'Consulting Room 1', capacity: 1, active: true, services: [], isOwn: false }],
  called: [ticket(12, { state: 'called', place: 'Consulting Room 2' })],
  waiting: [ticket(14, { priority: true }), ticket(13, { appointment: 'a1' }), ticket(15, { who: undefined })],
  skipped: [ticket(10, { state: 'skipped', place: 'Treatment Room 1' })],
};
const DISPLAY = {
  clinic: 'Medical Outpatients', zone: 'Europe/London', at: '2026-11-27T09:45:00.000Z', next: ['A014', 'A013', 'A015', 'A016'],
  called: [['A012', 'Consulting Room 2'], ['A011', 'Treatment Room 1'], ['A009', 'Consulting Room 1']].map(([token, place], at) => ({ token, place, called: `2026-11-27T09:4${at}:00.000Z` })),
};

const occurrence = (number, day, state, nearest) => ({
  number, day, state, ...(state !== 'clock-change' && { start: `${day}T09:00:00.000Z`, end: `${day}T09:20:00.000Z` }),
  ...(nearest && { nearest: { start: nearest, end: nearest, schedules: ['demo-schedule-demo-staff-001'] } }),
});
const PREVIEW = {
  zone: 'Europe/London',
  occurrences: [
    occurrence(1, '2026-12-11', 'free'), occurrence(2, '2026-12-18', 'taken', '2026-12-18T09:20:00.000Z'), occurrence(3, '2026-12-25', 'holiday', '2026-12-24T09:00:00.000Z'),
    occurrence(4, '2027-01-01', 'holiday', '2026-12-31T09:00:00.000Z'), occurrence(5, '2027-01-08', 'free'), occurrence(6, '2027-01-15', 'leave'),
  ],
};
const TO_MOVE = {
  until: '2027-02-27T00:00:00.000Z', hasMore: false,
  appointments: [['leave', 'a1', '2026-12-02T10:20:00.000Z'], ['holiday', 'a2', '2026-12-25T09:40:00.000Z']].map(([why, id, start]) => ({
    why, missing: [{ id: 'demo-schedule-demo-staff-001', actor: 'Practitioner/demo-staff-001', name: 'Dr Ada Lovelace', capacity: 1, active: true, services: [], isOwn: false }],
    appointment: { id, version: 1, status: 'booked', start, end: start, patient: PATIENT, service: 'demo-service-medical-review', schedules: ['demo-schedule-demo-staff-001'], isRequest: false, isOffer: false, steps: ['reschedule', 'cancel'], zone: 'Europe/London' },
    who: { id: PATIENT, family: 'Featherstonehaugh', given: ['Constance'], birthDate: '1951-02-03', nhsNumber: '9990000018', gender: 'female' }, serviceName: 'Medical clinic, follow-up',
  })),
};

/** The booking of somebody, with a service chosen. */
async function openBooking(page) {
  await page.goto(`/desk/book?clinic=${CLINIC}&patient=${PATIENT}`);
  await page.getByRole('combobox', { name: 'For', exact: true }).selectOption({ label: 'Blood test, 10 min' });
  await page.locator('.time').first().waitFor();
}

async function openWaiting(page) {
  await page.goto('/desk/waiting');
  await page.locator('.waiting-entry').first().waitFor();
  await settled(page);
}

async function planSeries(page) {
  await page.route('**/api/appointment-series/preview', (route) => route.fulfill({ json: PREVIEW }));
  await openBooking(page);
  await page.getByRole('combobox', { name: 'Room' }).selectOption('none');
  await page.getByRole('checkbox', { name: 'A series' }).check();
  await page.getByRole('button', { name: 'Show the times' }).click();
  await page.locator('.series-time').nth(5).waitFor();
  await page.locator('.series-time').nth(1).getByRole('button').first().click();
}

export const DESK_SCREENS = [
  { name: 'desk-board', role: 'receptionist', go: (page) => openBoard(page) },
  { name: 'desk-board-details', role: 'receptionist', go: async (page) => {
    await openBoard(page);
    await blocks(page).filter({ hasText: 'Checked in' }).first().click();
    await page.getByRole('complementary').getByText('NHS No.').waitFor();
    await settled(page);
  } },
  { name: 'desk-board-rooms', role: 'receptionist', go: async (page) => {
    await openBoard(page);
    await page.getByLabel('Show').selectOption('rooms');
    await page.getByText('Consulting Room 1').first().waitFor({ state: 'attached' });
  } },
  { name: 'desk-board-refused', role: 'receptionist', go: async (page) => {
    await page.route('**/attendance', (route) => route.fulfill({ status: 422, json: { code: 'too-early', detail: 'The patient may still come', next: 'Wait 15 minutes from the beginning' } }));
    await openBoard(page);
    await blocks(page).filter({ hasText: 'Checked in' }).first().click();
    await page.getByRole('complementary').getByRole('button', { name: 'Seen', exact: true }).click();
    await page.getByText('This was not done').waitFor();
  } },
  { name: 'desk-board-unavailable', role: 'receptionist', go: async (page) => {
    await page.route('**/api/clinics/*/days/*', (route) => route.fulfill({ status: 500, json: {} }));
    await page.goto(boardPath());
    await page.getByText('This day could not be loaded').waitFor();
  } },
  { name: 'desk-book', role: 'receptionist', go: async (page) => {
    await page.goto(`/desk/book?clinic=${CLINIC}&patient=${PATIENT}`);
    await page.getByRole('combobox', { name: 'For', exact: true }).selectOption({ label: 'Blood test, 10 min' });
    await page.locator('.time').first().waitFor();
    await settled(page);
  } },
  { name: 'desk-waiting', role: 'receptionist', go: openWaiting },
  { name: 'desk-waiting-offer', role: 'receptionist', go: async (page) => {
    await openWaiting(page);
    await page.getByRole('button', { name: /^Offer a time:/ }).first().click();
    await page.getByRole('dialog').locator('.time, .g-empty').first().waitFor();
    await settled(page);
  } },
  { name: 'desk-waiting-join', role: 'receptionist', go: async (page) => {
    await openBooking(page);
    await page.getByRole('button', { name: 'Waiting list…' }).click();
    await page.getByRole('dialog').getByText('Days that suit').waitFor();
    await settled(page);
  } },
  { name: 'desk-waiting-unavailable', role: 'receptionist', go: async (page) => {
    await page.route('**/api/waiting-list*', (route) => route.fulfill({ status: 500, json: {} }));
    await page.goto('/desk/waiting');
    await page.getByText('The waiting list is unavailable').waitFor();
  } },
  { name: 'desk-series', role: 'receptionist', go: planSeries },
  { name: 'desk-to-move', role: 'receptionist', go: async (page) => {
    await page.route('**/api/appointments-to-move*', (route) => route.fulfill({ json: TO_MOVE }));
    await page.goto('/desk/to-move');
    await page.getByRole('button', { name: 'Propose times' }).first().click();
    await page.locator('.time').first().waitFor();
    await settled(page);
  } },
  { name: 'desk-move', role: 'receptionist', go: async (page) => {
    await openBoard(page, boardPath(nextWorkday()));
    await blocks(page).filter({ hasText: 'Booked' }).first().click();
    await page.getByRole('complementary').getByRole('button', { name: 'Other time or room' }).click();
    await page.getByRole('dialog').locator('.time, .g-empty').first().waitFor();
    await settled(page);
  } },
  { name: 'arabic-desk-waiting', role: 'receptionist', language: 'ar', go: openWaiting },
  { name: 'desk-requests', role: 'receptionist', go: async (page) => {
    await page.goto('/desk/requests');
    await page.getByRole('button', { name: 'Approve' }).first().waitFor();
  } },
  { name: 'desk-queue', role: 'receptionist', go: openQueue },
  { name: 'desk-display', role: 'receptionist', go: async (page) => {
    await page.route('**/queue-display', (route) => route.fulfill({ json: DISPLAY }));
    await page.goto(`/desk/display/${CLINIC}`);
    await page.getByText('A012').waitFor();
  } },
  { name: 'desk-register', role: 'receptionist', go: async (page) => {
    await page.goto('/desk/registration');
    await page.getByLabel('Family name').waitFor();
  } },
  { name: 'doctor-today', role: 'doctor', go: async (page) => {
    await page.goto('/doctor/today');
    await page.locator('.today-there').first().waitFor();
  } },
  { name: 'doctor-today-unavailable', role: 'doctor', go: async (page) => {
    await page.route('**/api/own-days/*', (route) => route.fulfill({ status: 500, json: {} }));
    await page.goto('/doctor/today');
    await page.getByText('Today’s appointments unavailable').waitFor();
  } },
  { name: 'arabic-desk-board', role: 'receptionist', language: 'ar', go: (page) => openBoard(page) },
  { name: 'arabic-doctor-today', role: 'doctor', language: 'ar', go: async (page) => {
    await page.goto('/doctor/today');
    await page.locator('.today-there').first().waitFor();
  } },
];
