// A record from elsewhere is on screen as it was sent: problems, medicines, allergies, immunizations and results, compared one by one.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { day, inCategory, moment, readBundle, resultLines } from './harness/bundles.mjs';
import { begin } from './harness/journeys.mjs';
import { openChart, part, plain, search } from './harness/screens.mjs';

/** Beside the checkout, or where the environment says. */
const CORPORA = process.env.GALEN_CORPORA ?? fileURLToPath(new URL('../../../shared/corpora/fhir', import.meta.url));
const corpus = (name) => join(CORPORA, 'synthea', `${name}.json.gz`);

/** A child with nine allergies, and an adult with hundreds of results and combined medicines. */
const BUNDLES = ['24d82e9b-4114-f230-4318-60474031ec4d', '738c6a70-cd4d-1ec9-077e-1828484674b4'].map(corpus);
const DIRECTORY = ['0-hospitalInformation1625911868739', '0-practitionerInformation1625911868739'].map(corpus);
/** High enough that the rows of a grid are all in the page. */
const TALL = { width: 1280, height: 6_000 };

const isHere = existsSync(BUNDLES[0]);
if (!isHere) console.error('The Synthea corpus is not here: nothing is compared with it.');

const journeys = isHere && (await begin({ files: [...DIRECTORY, ...BUNDLES] }));

async function open(t, entries) {
  const patient = entries.find(({ resource }) => resource.resourceType === 'Patient').resource;
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor', viewport: TALL });
  await search(page, patient.birthDate);
  await page.getByRole('option', { name: new RegExp(patient.name[0].given[0]) }).click();
  await page.waitForURL(/\/summary$/);
  const id = /patients\/([^/]+)\//.exec(page.url())[1];
  return { page, go: (tab) => openChart(page, id, tab) };
}

const linesOf = async (locator) => Promise.all((await locator.all()).map(async (line) => plain(await line.innerText())));

/** Words of a medicine's name, whatever their order and however the units are spelled. */
const wordsOf = (text) => text.toLowerCase().replace(/ per /g, '/').replace(/[[\],—]/g, ' ').split(/\s+/).filter((word) => word !== '' && word !== '/');

/** Takes for each prescription the line that shows it; whatever stays on either side is wrong. */
function unmatched(expected, shown) {
  const left = [...shown];
  const missing = expected.filter(({ name, authored }) => {
    const at = left.findIndex((line) => line.includes(authored) && wordsOf(name).every((word) => wordsOf(line).includes(word)));
    if (at === -1) return true;
    left.splice(at, 1);
    return false;
  });
  return { missing, left };
}

/** Every row of an open trend's table. */
async function tableOf(trend, test) {
  await trend.getByRole('button', { name: 'Table', exact: true }).click();
  const more = trend.getByRole('button', { name: /^Show \d+ more$/ });
  while ((await more.count()) > 0) await more.click();
  const rows = await trend.locator('tbody tr').all();
  return Promise.all(
    rows.map(async (row) => {
      const at = plain(await row.locator('td').nth(0).innerText());
      const figure = row.locator('.g-value');
      const unit = (await figure.locator('.g-unit').count()) > 0 ? plain(await figure.locator('.g-unit').innerText()) : '';
      const text = plain(await figure.innerText());
      const value = (unit === '' ? text : text.slice(0, -unit.length).trim()).replace(/(?<=\d),(?=\d{3})/g, '');
      return [test, at, value, unit].join(' | ');
    }),
  );
}

for (const path of BUNDLES) {
  const entries = isHere ? readBundle(path) : [];
  const of = (type) => entries.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === type);
  const name = path.split('/').at(-1).slice(0, 8);
  const options = { skip: !isHere, timeout: 120_000 };

  test(`${name}: the problems on screen are those of the bundle`, options, async (t) => {
    const { page, go } = await open(t, entries);
    await go('problems');
    const expected = (isActive) =>
      of('Condition')
        .filter(({ clinicalStatus }) => (clinicalStatus.coding[0].code === 'active') === isActive)
        .map(({ code, onsetDateTime, abatementDateTime }) => [code.text, [day(onsetDateTime), day(abatementDateTime)].filter(Boolean).join(' – ')].join(' '))
        .sort();
    assert.ok(of('Condition').length > 0);
    assert.deepEqual((await linesOf(part(page, 'Active problems').locator('.line'))).sort(), expected(true));
    assert.deepEqual((await linesOf(part(page, 'Resolved problems').locator('.line'))).sort(), expected(false));
  });

  test(`${name}: the medicines on screen are those of the bundle`, options, async (t) => {
    const { page, go } = await open(t, entries);
    await go('medications');
    const codes = new Map(entries.filter(({ resource }) => resource.resourceType === 'Medication').map(({ fullUrl, resource }) => [fullUrl, resource.code.text]));
    const expected = (isActive) =>
      of('MedicationRequest')
        .filter(({ status }) => (status === 'active') === isActive)
        .map(({ medicationCodeableConcept, medicationReference, authoredOn }) => ({
          name: medicationCodeableConcept?.text ?? codes.get(medicationReference.reference),
          authored: day(authoredOn),
        }));
    assert.ok(of('MedicationRequest').length > 0);
    const nothing = { missing: [], left: [] };
    assert.deepEqual(unmatched(expected(true), await linesOf(part(page, 'Current medications').locator('.g-medication'))), nothing);
    assert.deepEqual(unmatched(expected(false), await linesOf(part(page, 'Past medications').locator('.g-medication'))), nothing);
  });

  test(`${name}: the allergies on screen are those of the bundle`, options, async (t) => {
    const { page, go } = await open(t, entries);
    await go('summary');
    const expected = of('AllergyIntolerance').map(({ code }) => code.text).sort();
    const shown = await linesOf(part(page, 'Allergies').locator('.g-allergy-line strong'));
    assert.deepEqual(shown.sort(), expected);
    if (expected.length === 0) await part(page, 'Allergies').getByText('Allergies not recorded').waitFor();
  });

  test(`${name}: the immunizations on screen are those of the bundle`, options, async (t) => {
    const { page, go } = await open(t, entries);
    await go('immunizations');
    const expected = of('Immunization').map(({ vaccineCode, occurrenceDateTime }) => `${vaccineCode.text} | ${day(occurrenceDateTime)}`).sort();
    assert.ok(expected.length > 0);
    const rows = await page.getByRole('grid').locator('.g-grid-item').all();
    const shown = await Promise.all(rows.map(async (row) => (await linesOf(row.locator('[data-column="0"], [data-column="1"]'))).join(' | ')));
    assert.deepEqual(shown.sort(), expected);
  });

  test(`${name}: the laboratory results on screen are those of the bundle, each value, unit and moment`, options, async (t) => {
    const { page, go } = await open(t, entries);
    await go('results');
    const expected = resultLines(entries.map(({ resource }) => resource).filter(inCategory('laboratory')));
    const tests = new Set(expected.map((line) => line.split(' | ')[0]));
    await page.locator(`[role="grid"][aria-rowcount="${tests.size + 1}"]`).waitFor();
    const names = await linesOf(page.getByRole('grid').locator('.g-grid-item [data-column="0"]'));
    const shown = [];
    for (const [index, test] of names.entries()) {
      await page.getByRole('grid').locator(`.g-grid-item [data-row="${index}"][data-column="0"]`).click();
      const trend = page.locator('.trend');
      await trend.getByRole('heading', { name: test, exact: true }).waitFor();
      shown.push(...(await tableOf(trend, test)));
    }
    t.diagnostic(`${expected.length} laboratory results of ${tests.size} tests`);
    assert.ok(expected.length > 0);
    assert.deepEqual(shown.sort(), expected);
  });

  test(`${name}: the vital signs on screen are those of the bundle, each value, unit and moment`, options, async (t) => {
    const { page, go } = await open(t, entries);
    await go('vitals');
    const observations = entries.map(({ resource }) => resource).filter(inCategory('vital-signs'));
    const expected = resultLines(observations);
    const shown = [];
    for (const trend of await page.locator('.charts > section').all()) {
      shown.push(...(await tableOf(trend, plain(await trend.getByRole('heading').innerText()))));
    }
    // What was measured once has no trend; it stands in the list alone.
    const once = expected.filter((line) => !shown.some((other) => other.startsWith(`${line.split(' | ')[0]} | `)));
    const listed = await linesOf(part(page, 'Vital signs').locator('.line'));
    for (const line of once) {
      const [test, at, value, unit] = line.split(' | ');
      assert.ok(listed.includes([test, value, unit, at.split(' ')[0]].filter(Boolean).join(' ')), `listed: ${line}`);
    }
    t.diagnostic(`${expected.length} vital signs, ${once.length} of them measured once`);
    assert.deepEqual([...shown, ...once].sort(), expected);
    const newest = observations.map(({ effectiveDateTime }) => effectiveDateTime).sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
    assert.ok(shown.some((line) => line.includes(moment(newest))), 'the newest is among them');
  });
}
