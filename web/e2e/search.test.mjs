// Finding a patient: however the name is written, by any number, without a mouse; and when nobody can be asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './harness/journeys.mjs';
import { observation, patient, nhsNumber } from './harness/records.mjs';
import { banner, search, searchBox, settled, tabTo } from './harness/screens.mjs';

const ACCENTED = { id: 'find-accented', nhs: nhsNumber(610_001) };
const DEAD = 'find-deceased';

const journeys = await begin({
  records: [
    patient(ACCENTED.id, { family: 'Brzęczyszczykiewicz-Ångström', given: ['Žofie'], nhs: ACCENTED.nhs, birthDate: '1947-02-28', gender: 'female' }),
    patient(DEAD, { family: 'Quackenbush-Tolliver', given: ['Barnabas'], birthDate: '1930-11-03', deceasedDateTime: '2025-01-31' }),
    patient('find-namesake', { family: 'Quackenbush-Tolliver', given: ['Ottoline'], birthDate: '1988-06-17' }),
    observation('find-potassium', ACCENTED.id, { code: '2823-3', text: 'Potassium', value: 4.1, unit: 'mmol/L', at: '2026-11-20T08:00:00Z' }),
  ],
});

const FOUND = /BRZĘCZYSZCZYKIEWICZ-ÅNGSTRÖM, Žofie/;

for (const [how, typed] of [
  ['as it is written', 'Brzęczyszczykiewicz-Ångström'],
  ['without accents', 'brzeczyszczykiewicz-angstrom'],
  ['by its beginning and the given name', 'zofie brzecz'],
  ['with accents typed as marks of their own', 'Žofie'.normalize('NFD')],
]) {
  test(`a name is found ${how}`, async (t) => {
    const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
    const found = await search(page, typed);
    assert.equal(found.length, 1);
    assert.match(found[0], FOUND);
  });
}

for (const [what, typed] of [
  ['an NHS number', ACCENTED.nhs],
  ['an NHS number with spaces', ACCENTED.nhs.replace(/(...)(...)/, '$1 $2 ')],
  ['a birth date in words', '28-Feb-1947'],
  ['a birth date in figures', '28/02/1947'],
  ['a birth date as computers write it', '1947-02-28'],
]) {
  test(`a patient is found by ${what}`, async (t) => {
    const page = await journeys.visit(t, '/doctor/patients', { role: 'nurse' });
    const found = await search(page, typed);
    assert.ok(found.some((text) => FOUND.test(text)), `${typed} finds her among ${found.length}`);
  });
}

test('a patient is found by the MRN that the list shows', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  const [line] = await search(page, 'zofie brzecz');
  const mrn = /MRN\s*(\d+)/.exec(line)?.[1];
  assert.ok(mrn, 'she has an MRN');
  const found = await search(page, mrn);
  assert.equal(found.length, 1);
  assert.match(found[0], FOUND);
});

test('every patient in the list has two identifiers, and the dead are marked', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  const found = await search(page, 'quackenbush');
  assert.equal(found.length, 2);
  for (const text of found) assert.match(text, /Born\s*\d\d-\w{3}-\d{4}[\s\S]*MRN\s*\d+/);
  const dead = found.filter((text) => text.includes('Deceased'));
  assert.equal(dead.length, 1);
  assert.match(dead[0], /Barnabas/);
});

test('nobody found is said, with what else to try', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  assert.deepEqual(await search(page, 'xyzzyxyzzy'), []);
  await page.getByText('Nobody found', { exact: true }).waitFor();
});

test('a search that fails says so, and never that nobody was found', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await searchBox(page).waitFor();
  await page.route('**/api/patients?*', (route) => route.fulfill({ status: 500, json: { status: 500, code: 'fault', detail: 'Something broke' } }));
  await search(page, 'brzecz');
  await page.getByRole('alert').filter({ hasText: 'Search is unavailable' }).waitFor();
  assert.equal(await page.getByText('Nobody found', { exact: true }).count(), 0);
  await page.unroute('**/api/patients?*');
  assert.equal((await search(page, 'brzeczy')).length, 1);
});

test('an answer that comes late does not take the place of the last one', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  let release = () => {};
  await page.route('**/api/patients?text=quack*', async (route) => {
    await new Promise((resolve) => {
      release = resolve;
    });
    await route.continue().catch(() => undefined);
  });
  const asked = page.waitForRequest(/text=quack/);
  await searchBox(page).fill('quack');
  await asked;
  await searchBox(page).fill('zofie brzecz');
  await page.getByRole('option', { name: FOUND }).waitFor();
  release();
  await settled(page);
  assert.deepEqual((await page.getByRole('option').allInnerTexts()).map((text) => FOUND.test(text)), [true]);
});

test('search, chart and results are reached without a mouse', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await searchBox(page).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await page.keyboard.type('quackenb');
  await page.getByRole('option').nth(1).waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.getByRole('option').nth(1).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('zofie brzecz');
  await page.getByRole('option', { name: FOUND }).waitFor();
  await page.keyboard.press('Enter');
  await banner(page).waitFor();
  await tabTo(page, page.getByRole('link', { name: 'Results' }));
  await page.keyboard.press('Enter');
  const grid = page.getByRole('grid', { name: 'Results' });
  await grid.waitFor();
  await tabTo(page, grid.locator('[role="gridcell"][tabindex="0"]'));
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'Trend of Potassium' }).waitFor();
});

test('the palette opens by Ctrl+K, finds patients and screens, and gives the focus back', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await searchBox(page).waitFor();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog');
  await palette.getByRole('combobox').fill('brzecz');
  await palette.getByRole('option', { name: FOUND }).waitFor();
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'detached' });
  assert.equal(await searchBox(page).evaluate((box) => box === document.activeElement), true);
  await page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('brzecz');
  await palette.getByRole('option', { name: FOUND }).waitFor();
  await page.keyboard.press('Enter');
  await banner(page).getByText(FOUND).waitFor();
});

test('single keys are shortcuts, and can be turned off', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'receptionist' });
  await searchBox(page).waitFor();
  await page.keyboard.press('Escape');
  await searchBox(page).blur();
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.getByRole('heading', { name: 'Register a patient', level: 1 }).waitFor();
  await page.getByLabel('Family name').blur();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog');
  await help.getByText('Single-key shortcuts').click();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  assert.equal(new URL(page.url()).pathname, '/desk/registration');
});
