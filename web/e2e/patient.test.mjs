// What a patient does by phone: signs in, books, moves, cancels, reads results, answers questions, in any of three languages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, NARROW } from './harness/journeys.mjs';
import { bookFor, NURSE, openClinic, PatientAccount, PREPARATION, SPECIALIST } from './harness/patients.mjs';
import { chooseTime, openTimes } from './harness/patient-screen-list.mjs';
import { BEFORE_VISIT } from './harness/questionnaires.mjs';
import { interpreted, observation, patient, range } from './harness/records.mjs';
import { plain, settled } from './harness/screens.mjs';

const DAY_MS = 86_400_000;
const people = ['booker', 'mover', 'canceller', 'asker', 'reader', 'answerer', 'traveller', 'stranger', 'returner'];

const glucose = (id, value, days, code) =>
  observation(`glucose-${id}`, 'reader', {
    code: '2345-7', text: 'Glucose', value, unit: 'mmol/L', at: new Date(Date.now() - days * DAY_MS).toISOString(), ...range(4, 6, 'mmol/L'), ...interpreted(code),
  });

const journeys = await begin({
  records: [
    BEFORE_VISIT,
    ...people.map((id) => patient(id, { family: 'Portal', given: [id], birthDate: '1970-02-28' })),
    patient('beginner', { family: 'Portal', given: ['beginner'], birthDate: '1980-03-01' }),
    patient('child', { family: 'Portal', given: ['child'], birthDate: '2019-05-05' }),
    glucose('now', 6.2, 1, 'H'),
    glucose('before', 5.1, 40, 'N'),
    observation('secret', 'stranger', { code: '2345-7', text: 'Somebody else’s glucose', value: 9, unit: 'mmol/L', at: new Date().toISOString() }),
  ],
});
const { hospital } = journeys;
const clinic = await openClinic(hospital);
const staff = await hospital.session('administrator');
const desk = await hospital.session('receptionist');
const accounts = new Map();

/** The session of a person, made when the first test needs it. */
async function as(person) {
  const known = accounts.get(person) ?? PatientAccount.open(hospital, `portal.${person}`, person).then((account) => account.signIn(hospital));
  accounts.set(person, known);
  return known;
}

async function phone(t, person, path, more = {}) {
  return journeys.visit(t, path, { cookie: await as(person), viewport: NARROW, ...more });
}

/** Appointments as the server has them, by the patient's own session. */
async function held(person) {
  const cookie = await as(person);
  const { appointments } = await (await hospital.ask(`/api/appointments?patient=${person}`, { cookie })).json();
  return appointments;
}

const at = (days, hour) => new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + days * DAY_MS + hour * 3_600_000).toISOString();
const booked = (person, start, schedule = 0) => bookFor(hospital, staff, { patient: person, service: clinic.nurse, schedule: clinic.schedules[schedule], start });

test('a patient signs in on the page of their own, and is greeted by their next appointment', async (t) => {
  const account = await PatientAccount.open(hospital, 'portal.newcomer', 'stranger');
  const page = await journeys.visit(t, '/my', { viewport: NARROW });
  await page.getByLabel('Name', { exact: true }).fill(account.name);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('form').getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('One-time code').fill(account.code());
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  await page.getByText('You have no appointment to come').waitFor();
  assert.equal(new URL(page.url()).pathname, '/my/home');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('books at once: the time is held, counted down, and confirmed', async (t) => {
  const page = await phone(t, 'booker', '/my/home');
  await chooseTime(page, NURSE);
  assert.deepEqual((await held('booker')).map(({ status }) => status), ['pending']);
  assert.match(plain(await page.locator('.p-review').innerText()), /We keep this time for you: (10:00|9:\d\d) minutes/);
  await page.getByText(PREPARATION).first().waitFor();
  await page.getByRole('button', { name: 'Book it' }).click();
  await page.getByText('Booked', { exact: true }).waitFor();
  const [only, ...others] = await held('booker');
  assert.deepEqual([only.status, others.length], ['booked', 0]);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Add to my calendar' }).click();
  const file = await (await downloading).createReadStream();
  let text = '';
  for await (const part of file) text += part;
  assert.match(text, new RegExp(`UID:${only.id}@galen\r\n`));
  assert.match(text, new RegExp(`DTSTART:${only.start.replace(/[-:]|\.\d+/g, '')}`));
});

test('turns back before confirming: the time is free for others at once', async (t) => {
  const page = await phone(t, 'traveller', '/my/home');
  await chooseTime(page, NURSE);
  const [{ id }] = await held('traveller');
  await page.getByRole('button', { name: 'Choose another time' }).click();
  await page.getByRole('group', { name: 'Choose a day' }).waitFor();
  await page.waitForResponse((answer) => answer.url().endsWith(`/api/appointments/${id}/cancel`)).catch(() => undefined);
  assert.equal((await held('traveller'))[0].status, 'cancelled');
  await page.goto('/my/appointments');
  await page.getByText('You have no appointment to come').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Before', exact: true }).count(), 0, 'what was never booked is no appointment of before');
});

test('a time held by a page that was loaded anew is let go, and stands in nobody’s way', async (t) => {
  const page = await phone(t, 'returner', '/my/home');
  await chooseTime(page, NURSE);
  const [{ id }] = (await held('returner')).filter(({ status }) => status === 'pending');
  const released = page.waitForResponse((answer) => answer.url().endsWith(`/api/appointments/${id}/cancel`) && answer.ok());
  await chooseTime(page, NURSE);
  await released;
  const again = (await held('returner')).filter(({ status }) => status === 'pending');
  assert.deepEqual(again.map((one) => one.id === id), [false], 'one is held, and it is another');
});

test('asks for a time where the clinic decides, and is told that it is not booked yet', async (t) => {
  const page = await phone(t, 'asker', '/my/home');
  await chooseTime(page, SPECIALIST);
  assert.deepEqual(await held('asker'), [], 'nothing is kept before it is asked for');
  await page.getByLabel('Why do you want to come?').fill('My heart beats fast');
  await page.getByRole('button', { name: 'Ask for this time' }).click();
  await page.getByText('Do not come before we tell you that it is booked.').waitFor();
  const [request] = await held('asker');
  assert.deepEqual([request.status, request.description], ['pending', 'My heart beats fast']);
  await page.goto('/my/home');
  await page.getByText('The clinic is looking at your request').waitFor();
});

test('moves an appointment; the old time is given back', async (t) => {
  const before = await booked('mover', at(3, 10));
  const page = await phone(t, 'mover', `/my/appointments/${before.id}`);
  await page.getByRole('link', { name: 'Move to another time' }).click();
  await page.getByRole('group', { name: 'Choose a day' }).waitFor();
  await settled(page);
  await page.locator('.p-day:not(:disabled)').nth(4).click();
  await page.locator('.p-time-grid button').first().click();
  await page.getByRole('button', { name: 'Move it' }).click();
  await page.getByText('Booked', { exact: true }).waitFor();
  const [after, ...others] = await held('mover');
  assert.equal(others.length, 0);
  assert.equal(after.id, before.id);
  assert.notEqual(after.start, before.start);
});

test('cancels with a reason; without one nothing is sent', async (t) => {
  const { id } = await booked('canceller', at(4, 11));
  const page = await phone(t, 'canceller', `/my/appointments/${id}`);
  await page.getByRole('button', { name: 'Cancel appointment' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Yes, cancel it' }).click();
  await dialog.getByText('Choose a reason').waitFor();
  assert.equal((await held('canceller'))[0].status, 'booked');
  await dialog.getByLabel('I cannot come then').check();
  await dialog.getByRole('button', { name: 'Yes, cancel it' }).click();
  await page.getByText('You do not need to come.').waitFor();
  assert.equal((await held('canceller'))[0].status, 'cancelled');
});

test('a time that somebody else takes meanwhile is said to be taken, and another can be chosen', async (t) => {
  const page = await phone(t, 'booker', '/my/home');
  await openTimes(page, NURSE);
  await page.route('**/api/appointments/holds', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', json: { status: 409, code: 'already-booked', detail: 'This time is taken' } }));
  await page.locator('.p-time-grid button').first().click();
  await page.getByText('Somebody else just took this time. Choose another one.').waitFor();
  assert.ok((await page.locator('.p-time-grid button').count()) > 0);
});

test('reads results in plain words, with those before, and never somebody else’s', async (t) => {
  const page = await phone(t, 'reader', '/my/results');
  const card = page.locator('.p-card', { hasText: 'Glucose' });
  await card.getByText('A little above the usual range').waitFor();
  assert.match(plain(await card.innerText()), /6\.2 mmol\/L/);
  assert.equal(await page.getByText('Somebody else’s glucose').count(), 0);
  await card.getByRole('link').click();
  await page.locator('.g-trend canvas').waitFor();
  await page.getByRole('button', { name: 'Table' }).click();
  assert.match(plain(await page.getByRole('table').innerText()), /6\.2.*5\.1/);
  assert.match(new URL(page.url()).pathname, /^\/my\/results\/glucose-now$/, 'the address does not say what was tested');
});

test('somebody else’s appointment is not there, by whichever address', async (t) => {
  const { id } = await booked('stranger', at(5, 12), 1);
  const page = await phone(t, 'reader', `/my/appointments/${id}`);
  await page.getByText('There is no such appointment').waitFor();
});

test('downloads the whole record, digit for digit', async (t) => {
  const page = await phone(t, 'reader', '/my/record');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as FHIR file' }).click();
  let text = '';
  for await (const part of await (await downloading).createReadStream()) text += part;
  const { type, entry } = JSON.parse(text);
  assert.equal(type, 'collection');
  const kinds = entry.map(({ resource }) => resource.resourceType);
  assert.ok(kinds.includes('Patient') && kinds.filter((kind) => kind === 'Observation').length === 2);
  assert.ok(!text.includes('Somebody else'));
});

test('downloads the record as a document, in the language of the screen', async (t) => {
  const page = await phone(t, 'reader', '/my/record');
  await page.getByLabel('Language').selectOption('cy');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Lawrlwytho fel PDF' }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), 'my-record.pdf');
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  const text = Buffer.concat(parts).toString('latin1');
  assert.ok(text.startsWith('%PDF-') && text.includes('/Lang(cy)'));
});

test('the language changes at once, direction and dates included, and is remembered', async (t) => {
  await booked('traveller', at(6, 14), 1);
  const page = await phone(t, 'traveller', '/my/home');
  await page.getByLabel('Language').selectOption('ar');
  await page.getByRole('heading', { name: 'أهلًا بك' }).waitFor();
  assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ['ar', 'rtl']);
  await page.reload();
  await page.getByRole('heading', { name: 'أهلًا بك' }).waitFor();
  await settled(page);
  assert.match(await page.locator('.p-visit').innerText(), /(يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر)/);
  await page.locator('.language-choice select').selectOption('cy');
  await page.getByRole('heading', { name: 'Croeso' }).waitFor();
  assert.match(plain(await page.locator('.p-visit').innerText()), /Dydd (Sul|Llun|Mawrth|Mercher|Iau|Gwener|Sadwrn) \d\d-(Ion|Chw|Maw|Ebr|Mai|Meh|Gor|Awst|Medi|Hyd|Tach|Rhag)-/);
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr');
});

test('says how to be told things, and the server keeps it', async (t) => {
  const page = await phone(t, 'reader', '/my/more/preferences');
  await page.getByRole('radio', { name: 'Text message' }).check();
  await page.getByRole('checkbox', { name: 'E-mail' }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const cookie = await as('reader');
  const { preferences } = await (await hospital.ask('/api/patients/reader/message-preferences', { cookie })).json();
  assert.deepEqual([preferences.channels[0], preferences.consent.email], ['sms', false]);
});

test('makes a private calendar address that programs can read, and switches it off', async (t) => {
  await booked('mover', at(8, 13), 1);
  const page = await phone(t, 'mover', '/my/appointments/calendar');
  await page.getByRole('button', { name: 'Make a calendar address' }).click();
  const address = await page.getByRole('textbox', { name: 'Your calendar address' }).inputValue();
  const feed = new URL(address, hospital.origin).pathname;
  assert.match(await (await hospital.ask(feed)).text(), /BEGIN:VEVENT/);
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('You have no calendar address').waitFor();
  assert.equal((await hospital.ask(feed)).status, 404);
});

test('below the shell the same screens are there, with the shell’s menu at the bottom edge', async (t) => {
  const page = await phone(t, 'booker', '/');
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/patient/home');
  await page.getByRole('navigation').getByRole('link', { name: 'Appointments' }).click();
  await page.getByRole('heading', { name: 'Appointments', level: 1 }).waitFor();
  await page.locator('.p-visit').first().waitFor();
});

/** A code as staff issue it: for the patient's own account, or for somebody who acts for the patient. */
async function codeFor(person, proxy) {
  const answer = await hospital.ask(`/api/patients/${person}/invitations`, {
    method: 'POST', cookie: desk, headers: { 'x-csrf-token': desk.csrf }, body: JSON.stringify(proxy ? { proxy } : {}),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).code;
}

test('an account is made with the code of a letter, and refused with the wrong date of birth', async (t) => {
  const code = await codeFor('beginner');
  const page = await journeys.visit(t, '/my', { viewport: NARROW });
  await page.getByRole('link', { name: 'I have a code and no account yet' }).click();
  await page.getByLabel('Code from your letter').fill(code);
  await page.getByLabel('Your date of birth').fill('02-Mar-1980');
  await page.getByLabel('Choose a name to sign in with').fill('first.timer');
  await page.getByLabel('New password', { exact: true }).fill('quiet heron over wet slate');
  await page.getByLabel('New password, again').fill('quiet heron over wet slate');
  await page.getByRole('button', { name: 'Make my account' }).click();
  await page.getByText('The code and the date of birth do not fit').waitFor();
  await page.getByLabel('Your date of birth').fill('01-Mar-1980');
  await page.getByRole('button', { name: 'Make my account' }).click();
  await page.getByText('Your account is ready.').waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Name', { exact: true }).fill('first.timer');
  await page.getByLabel('Password', { exact: true }).fill('quiet heron over wet slate');
  await page.getByRole('form').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
});

test('acts for a child by code, sees the child’s and not one’s own, and stops', async (t) => {
  await booked('child', at(7, 12), 1);
  const code = await codeFor('child', { name: 'Mover Portal', kinship: 'PRN', scopes: ['appointments', 'record'], until: new Date(Date.now() + 300 * DAY_MS).toISOString().slice(0, 10) });
  const page = await phone(t, 'answerer', '/my/more/people');
  await page.getByRole('textbox', { name: 'Code' }).fill(code);
  await page.getByRole('textbox', { name: 'Their date of birth' }).fill('05-May-2019');
  await page.getByRole('button', { name: 'Use the code' }).click();
  await page.getByRole('button', { name: 'Act for this person' }).click();
  await page.getByText('You act for child Portal').waitFor();
  await page.locator('.p-visit', { hasText: NURSE }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('You have no appointment to come').waitFor();
  assert.equal(await page.getByText('You act for child Portal').count(), 0);
});

test('sees who looked at the record, and why', async (t) => {
  await hospital.ask('/fhir/Observation/glucose-now', { cookie: await hospital.session('doctor') });
  const page = await phone(t, 'reader', '/my/more/accesses');
  const card = page.locator('.p-card', { hasText: 'Dr Beatrice Walker' });
  await card.getByText('For your care').waitFor();
  assert.match(plain(await card.innerText()), /Looked at/);
});

test('withholds the record from one person, who then sees nothing of it, and takes that back', async (t) => {
  const page = await phone(t, 'reader', '/my/more/sharing');
  await page.getByLabel('Name of the person').fill('walker');
  await page.getByRole('button', { name: 'Do not show it to this person: Dr Beatrice Walker' }).click();
  const said = page.locator('.p-link-row', { hasText: 'Dr Beatrice Walker does not see it' });
  await said.waitFor();
  const asDoctor = async () => (await hospital.ask('/fhir/Observation/glucose-now', { cookie: await hospital.session('doctor') })).status;
  assert.equal(await asDoctor(), 403);
  await said.getByRole('button', { name: /^Take back/ }).click();
  await said.getByText('Taken back').waitFor();
  assert.equal(await asDoctor(), 200);
});

test('writes to the clinic; the inbox hears it at once, the answer comes back', { timeout: 90_000 }, async (t) => {
  const inbox = await journeys.visit(t, '/doctor/messages', { role: 'doctor' });
  await inbox.getByRole('heading', { name: 'Messages from patients', level: 1 }).waitFor();
  const page = await phone(t, 'mover', '/my/more/threads');
  await page.getByRole('link', { name: 'Write a message' }).click();
  await page.getByLabel('A medicine').check();
  await page.getByLabel('In a few words').fill('Dizzy since Monday');
  await page.getByLabel('Your message').fill('Is it the new tablets?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await inbox.getByRole('link', { name: /Dizzy since Monday/ }).click();
  await inbox.getByText('Is it the new tablets?').waitFor();
  await inbox.getByRole('textbox', { name: 'Answer' }).fill('It can be. Take them in the evening.');
  await inbox.getByRole('button', { name: 'Send', exact: true }).click();
  await inbox.getByRole('heading', { name: 'Messages from patients', level: 1 }).waitFor();
  assert.equal(await inbox.getByRole('link', { name: /Dizzy since Monday/ }).count(), 0);
  await page.getByText('It can be. Take them in the evening.').waitFor();
  await page.getByText('Dr Beatrice Walker').waitFor();
});

test('lets somebody act for one: a code, shown once', async (t) => {
  const page = await phone(t, 'reader', '/my/more/people');
  await page.getByRole('link', { name: 'Let somebody act for me' }).click();
  await page.getByLabel('Their name').fill('Mover Portal');
  await page.getByLabel('How they are related to you').selectOption('FRND');
  await page.getByLabel('See my record and my results').check();
  await page.getByRole('textbox', { name: 'Until' }).fill('01-Mar-2028');
  await page.getByRole('button', { name: 'Make a code' }).click();
  const code = await page.locator('.p-code').innerText();
  assert.match(code, /[0-9a-z]{4}(-[0-9a-z]{4})+/i);
  await page.getByRole('link', { name: 'Done' }).click();
  await page.getByRole('heading', { name: 'Family and carers', level: 1 }).waitFor();
  assert.equal(await page.getByText(code).count(), 0);
});

/** What the page writes, with the server's answers; awaited before they are looked at. */
function written(page) {
  const sent = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.method() === 'GET' || !request.url().includes('/fhir/QuestionnaireResponse')) return;
    sent.push(response.text().then((text) => ({ status: response.status(), text, body: request.postDataJSON() })));
  });
  return () => Promise.all(sent);
}

test('fills in a form: conditions, a group twice, a type that nobody knows; kept as a draft, gone on with, sent', { timeout: 90_000 }, async (t) => {
  const page = await phone(t, 'answerer', '/my/forms');
  const sent = written(page);
  await page.getByRole('link', { name: 'Before your visit' }).click();
  await page.getByText('This question cannot be answered here.').waitFor();
  assert.equal(await page.getByLabel('How many cigarettes a day?').count(), 0);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('link', { name: 'Do you smoke? – Answer this question' }).click();
  await page.getByRole('radiogroup', { name: 'Do you smoke?' }).getByLabel('Yes').check();
  await page.getByLabel('How many cigarettes a day?').fill('5');
  await page.getByLabel('Name of the medicine').fill('aspirin');
  await page.getByRole('button', { name: 'Add another' }).click();
  await page.getByLabel('Name of the medicine').nth(1).fill('iron');
  await page.getByRole('button', { name: 'Keep for later' }).click();
  await page.getByText('Please fill in').waitFor();
  const first = await sent();
  assert.deepEqual(first.map(({ status, body }) => [status, body.status]), [[201, 'in-progress']], first[0]?.text);
  await page.getByRole('link', { name: 'Before your visit' }).click();
  assert.equal(await page.getByLabel('How many cigarettes a day?').inputValue(), '5');
  assert.equal(await page.getByLabel('Name of the medicine').nth(1).inputValue(), 'iron');
  await page.getByLabel('Strong pain').check();
  await page.getByLabel('Back', { exact: true }).check();
  await page.getByLabel('How much do you weigh?').fill('70');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('heading', { name: 'Sent' }).waitFor();
  const { status, body, text } = (await sent()).at(-1);
  assert.equal(status, 200, text);
  assert.equal(body.status, 'completed');
  const stored = await (await hospital.ask(`/fhir/QuestionnaireResponse/${body.id}`, { cookie: await as('answerer') })).json();
  assert.equal(stored.item.filter(({ linkId }) => linkId === 'medicines').length, 2);
  assert.deepEqual(stored.item[0].item.find(({ linkId }) => linkId === 'weight').answer[0].valueQuantity, { value: 70, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' });
});
