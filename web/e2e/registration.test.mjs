// Registering, amending, merging and unmerging patients, and their labels, as receptionist and records manager do it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './harness/journeys.mjs';
import { condition, nhsNumber, patient } from './harness/records.mjs';
import { panel, plain, search, searchBox } from './harness/screens.mjs';

const NHS = nhsNumber(630_001);

const journeys = await begin({
  records: [
    patient('twice-kept', { family: 'Doubleday', given: ['Edith'], birthDate: '1952-07-19', gender: 'female', nhs: nhsNumber(630_010) }),
    patient('twice-made', { family: 'Doubleday', given: ['Edie'], birthDate: '1952-07-19', gender: 'female', telecom: [{ system: 'phone', value: '07700 900777' }] }),
    condition('twice-made-asthma', 'twice-made', 'Asthma'),
    condition('twice-made-gout', 'twice-made', 'Gout'),
    patient('undo-kept', { family: 'Backandforth', given: ['Basil'], birthDate: '1949-01-30' }),
    patient('undo-made', { family: 'Backandforth', given: ['Basil'], birthDate: '1949-01-30' }),
    patient('amend-phone', { family: 'Amendable', given: ['Amos'], birthDate: '1970-10-10', telecom: [{ system: 'phone', value: '07700 900100' }] }),
    patient('amend-both', { family: 'Contested', given: ['Connie'], birthDate: '1971-10-10', telecom: [{ system: 'phone', value: '07700 900200' }] }),
  ],
});
const { hospital } = journeys;

const field = (page, label) => page.getByLabel(label, { exact: true });
const register = (page) => page.getByRole('button', { name: 'Register', exact: true });
const record = (page) => page.getByRole('heading', { name: 'Registration', level: 1 });
const toast = (page, text) => page.locator('.g-toasts').getByText(text);

async function atRegistration(t, role = 'receptionist') {
  const page = await journeys.visit(t, '/desk/registration', { role });
  await field(page, 'Family name').waitFor();
  return page;
}

async function fill(page, values) {
  for (const [label, value] of Object.entries(values)) {
    if (label === 'Gender') await field(page, label).selectOption({ label: value });
    else await field(page, label).fill(value);
  }
}

/** The message at a field, which is tied to it for those who cannot see it. */
async function messageAt(page, label) {
  const box = field(page, label);
  await box.and(page.locator('[aria-invalid="true"]')).waitFor();
  const ids = (await box.getAttribute('aria-describedby')).split(' ').filter(Boolean);
  const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()));
  return texts.join(' ');
}

async function patientsNamed(family) {
  const answer = await hospital.ask(`/api/patients?text=${family}`, { cookie: await hospital.session('receptionist') });
  return (await answer.json()).patients;
}

test('a patient is registered with all that was typed, and found', async (t) => {
  const page = await atRegistration(t);
  await fill(page, {
    'Family name': 'Ó Súilleabháin', 'Given names': 'Caoimhe Áine', 'Date of birth': '3/2/1988', Gender: 'Female', 'NHS number': NHS,
    Telephone: '07700 900321', 'E-mail address': 'caoimhe@example.org', Address: '4 Quay Street\nAldermoor\nZZ1 1AA',
  });
  await register(page).click();
  await record(page).waitFor();
  const identity = plain(await page.locator('.identity').innerText());
  const spaced = NHS.replace(/(...)(...)/, '$1 $2 ');
  assert.match(identity, new RegExp(`Ó SÚILLEABHÁIN, Caoimhe Áine Born 03-Feb-1988 \\(38y\\) Gender Female NHS No\\. ${spaced} MRN \\d+ Address 4 Quay Street, Aldermoor, ZZ1 1AA`));
  await page.goto('/doctor/patients');
  assert.equal((await search(page, spaced)).length, 1);
});

test('somebody who cannot say who they are is registered without a name', async (t) => {
  const page = await atRegistration(t);
  await register(page).click();
  assert.match(await messageAt(page, 'Family name'), /Enter a name, or say that the patient is unidentified/);
  await page.getByLabel('The patient cannot say who they are').check();
  await register(page).click();
  await record(page).waitFor();
  assert.match(plain(await page.locator('.identity').innerText()), /MRN \d+/);
});

for (const [label, typed, left, sent] of [
  ['NHS number', '943 476 5918', /do not make a valid NHS number/, /not ten digits with a right check digit/],
  ['NHS number', '943 476', /An NHS number has 10 digits/, /not ten digits with a right check digit/],
  ['Date of birth', '31-Feb-1980', /Enter a date such as 14-Jul-1945/, /The birth date is not a date/],
  ['Date of birth', '01-Jan-2190', undefined, /future/],
]) {
  test(`${label} "${typed}" is objected to at its field, and nothing is registered`, async (t) => {
    const page = await atRegistration(t);
    await fill(page, { 'Family name': 'Misentered', [label]: typed });
    await field(page, 'Given names').focus();
    if (left) assert.match(await messageAt(page, label), left);
    const answered = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/api/patients'));
    await register(page).click();
    assert.equal((await answered).status(), 422);
    await page.getByRole('form').getByText(sent).first().waitFor();
    assert.match(await messageAt(page, label), sent);
    assert.deepEqual(await patientsNamed('misentered'), []);
    assert.equal(await field(page, 'Family name').inputValue(), 'Misentered');
    assert.equal(await field(page, label).inputValue(), typed);
  });
}

test('a likely duplicate is compared before it can be registered', async (t) => {
  const again = { 'Family name': 'Lookalike', 'Given names': 'Lucian', 'Date of birth': '12-Dec-1966', Gender: 'Male' };
  const first = await atRegistration(t);
  await fill(first, again);
  await register(first).click();
  await record(first).waitFor();

  const page = await atRegistration(t, 'medical-secretary');
  await fill(page, { ...again, Telephone: '07700 900654' });
  await register(page).click();
  await page.getByText('This may be a patient who is registered already').waitFor();
  const table = page.getByRole('table', { name: 'The two records compared' });
  assert.match(plain(await table.innerText()), /Name LOOKALIKE, Lucian LOOKALIKE, Lucian same Born 12-Dec-1966 12-Dec-1966 same/);
  const anyway = page.getByRole('button', { name: 'Register as a new patient' });
  assert.equal(await anyway.isDisabled(), true);
  await page.getByRole('button', { name: 'Not the same person' }).click();
  await anyway.click();
  await record(page).waitFor();
  assert.equal((await patientsNamed('lookalike')).length, 2);
});

test('a second press of the button, or an answer that was lost, does not register twice', async (t) => {
  const page = await atRegistration(t);
  let lost = 0;
  await page.route('**/api/patients', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  await fill(page, { 'Family name': 'Onceonly', 'Given names': 'Olive', 'Date of birth': '5-May-1955' });
  await register(page).click();
  await page.getByText('The server cannot be reached. Nothing was saved; your entries are kept.').first().waitFor();
  await register(page).dblclick();
  await record(page).waitFor();
  assert.equal(lost, 1);
  assert.equal((await patientsNamed('onceonly')).length, 1);
});

test('a draft that is left asks, is kept, and is there again', async (t) => {
  const page = await atRegistration(t);
  await fill(page, { 'Family name': 'Halfway' });
  await page.getByRole('link', { name: 'Patients', exact: true }).click();
  const question = page.getByRole('dialog', { name: 'Leave this form?' });
  await question.getByRole('button', { name: 'Stay' }).click();
  await question.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Patients', exact: true }).click();
  await question.getByRole('button', { name: 'Leave, keep the draft' }).click();
  await searchBox(page).waitFor();
  await page.getByRole('link', { name: 'Register patient' }).click();
  assert.equal(await field(page, 'Family name').inputValue(), 'Halfway');
  await page.getByRole('button', { name: 'Clear the form' }).click();
  assert.equal(await field(page, 'Family name').inputValue(), '');
});

test('a patient is amended, and only what was changed', async (t) => {
  const page = await journeys.visit(t, '/desk/registration/amend-phone', { role: 'receptionist' });
  await page.getByRole('link', { name: 'Amend details' }).click();
  const save = page.getByRole('button', { name: 'Save changes' });
  await save.waitFor();
  assert.equal(await save.isDisabled(), true, 'nothing is changed yet');
  await fill(page, { Telephone: '07700 900199' });
  const [sent] = await Promise.all([page.waitForRequest((request) => request.method() === 'PATCH'), save.click()]);
  assert.deepEqual(sent.postDataJSON().demographics, { phone: '07700 900199' });
  await record(page).waitFor();
  await toast(page, 'Details amended').waitFor();
  const [amended] = await patientsNamed('amendable');
  assert.equal(amended.phone, '07700 900199');
});

test('who amends what somebody else changed meanwhile is told, sees it, and loses nothing', async (t) => {
  const page = await journeys.visit(t, '/desk/registration/amend-both/amend', { role: 'receptionist' });
  await fill(page, { 'Given names': 'Constance' });
  const cookie = await hospital.session('medical-secretary');
  const { version } = await (await hospital.ask('/api/patients/amend-both', { cookie })).json();
  const other = await hospital.ask('/api/patients/amend-both', {
    method: 'PATCH',
    cookie,
    headers: { 'x-csrf-token': cookie.csrf, 'idempotency-key': 'amend-both-by-another' },
    body: JSON.stringify({ version, demographics: { phone: '07700 900299' } }),
  });
  assert.equal(other.status, 200);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Somebody else changed this patient in the meantime').waitFor();
  assert.equal(await field(page, 'Given names').inputValue(), 'Constance');
  await page.waitForFunction(() => document.getElementById('registration-phone').value === '07700 900299');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await record(page).waitFor();
  const [both] = await patientsNamed('contested');
  assert.deepEqual([both.given, both.phone], [['Constance'], '07700 900299']);
});

async function toMergePreview(page, kept, family, other) {
  await page.goto(`/desk/registration/${kept}`);
  await page.getByRole('link', { name: 'Merge records' }).click();
  await page.getByRole('combobox', { name: 'Find the record to be replaced' }).fill(family);
  await page.getByRole('option').first().waitFor();
  assert.equal(await page.getByRole('option').count(), 1, 'the record itself is not offered');
  await page.getByRole('option').first().click();
  await page.waitForURL(new RegExp(`duplicate=${other}$`));
  await panel(page, 'Comparison').waitFor();
}

test('two records are merged after a preview, and the replaced one points to the other', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'records-manager' });
  await toMergePreview(page, 'twice-kept', 'doubleday', 'twice-made');
  assert.match(plain(await panel(page, 'Comparison').innerText()), /Name DOUBLEDAY, Edith DOUBLEDAY, Edie differs/);
  const moved = panel(page, '2 entries would move');
  assert.match(plain(await moved.innerText()), /Condition 2/);
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await record(page).waitFor();
  await toast(page, 'Merged; 2 records moved').waitFor();
  await panel(page, 'Merged records').getByText('A record was merged into this one, with 2 entries').waitFor();

  const doctor = await journeys.visit(t, '/doctor/patients/twice-kept/problems', { role: 'doctor' });
  await doctor.locator('.chart-part').getByText('Gout').waitFor();
  await doctor.goto('/doctor/patients/twice-made/summary');
  await doctor.getByText('This record was merged into another').waitFor();
  await doctor.getByRole('link', { name: 'Open the record that goes on' }).click();
  await doctor.waitForURL(/twice-kept/);
});

test('a merge is undone at once from its notice, and later from the record', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'records-manager' });
  await toMergePreview(page, 'undo-kept', 'backandforth', 'undo-made');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.locator('.g-toasts').getByRole('button', { name: 'Undo' }).click();
  await toast(page, 'The merge was undone').waitFor();

  await toMergePreview(page, 'undo-kept', 'backandforth', 'undo-made');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await record(page).waitFor();
  const merges = panel(page, 'Merged records');
  await merges.getByRole('button', { name: 'Undo the merge' }).click();
  await page.getByRole('dialog', { name: 'Undo this merge?' }).getByRole('button', { name: 'Undo the merge' }).click();
  await merges.getByText('undone').nth(1).waitFor();
  assert.equal(await merges.getByRole('button', { name: 'Undo the merge' }).count(), 0);
  await page.goto('/desk/registration/undo-made');
  await page.locator('.identity').waitFor();
  assert.equal(await page.getByText('This record was merged into another').count(), 0);
});

test('who may not merge or amend is not offered it, and is refused by the address', async (t) => {
  const page = await journeys.visit(t, '/desk/registration/amend-phone', { role: 'clerk' });
  await page.locator('.identity').waitFor();
  assert.equal(await page.getByRole('link', { name: /Merge records|Amend details/ }).count(), 0);
  await page.goto('/desk/registration/amend-phone/merge');
  await page.getByText('Your account may not merge patients').waitFor();
  await page.goto('/desk/registration/amend-phone/amend');
  await page.getByText('Your account may not amend patients').waitFor();
});

test('a label is a PDF in a tab of its own, and a failure to make one is said', async (t) => {
  const page = await journeys.visit(t, '/desk/registration/amend-phone', { role: 'receptionist' });
  const print = page.getByRole('button', { name: 'Print label' });
  const [tab, answer] = await Promise.all([
    page.context().waitForEvent('page'),
    page.waitForResponse((response) => response.url().endsWith('/label')),
    print.click(),
  ]);
  assert.equal(answer.headers()['content-type'], 'application/pdf');
  const label = await page.request.get('/api/patients/amend-phone/label');
  assert.equal((await label.body()).subarray(0, 5).toString(), '%PDF-');
  assert.match(tab.url(), /^blob:/);
  await tab.close();
  await page.route('**/label', (route) => route.fulfill({ status: 500, json: {} }));
  await print.click();
  await toast(page, 'The label could not be made').waitFor();
});
