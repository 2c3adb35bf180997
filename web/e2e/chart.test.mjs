// Reading a chart: every part of it, every state of the allergies, and the patients who are unlike the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, NARROW } from './harness/journeys.mjs';
import {
  allergy,
  condition,
  documentReference,
  encounter,
  immunization,
  interpreted,
  longRecord,
  medicationRequest,
  nhsNumber,
  noKnownAllergies,
  observation,
  patient,
  range,
} from './harness/records.mjs';
import { banner, chartPath, openChart, part, plain, settled } from './harness/screens.mjs';

const RICH = 'chart-rich';
const LONG = 'chart-long';
const SEALED = 'demo-patient-00077';
const LONG_NAME = 'demo-patient-00007';
const TESTS = 2_000;
const TIMES = 5;
/** A row is 40 pixels, so that a screen holds some thirty of them with those kept ready. */
const ROWS_MAX = 80;
const FRAME_MS_MAX = 400;

const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);

const potassium = (id, value, at, more = {}) => observation(id, RICH, { code: '2823-3', text: 'Potassium', value, unit: 'mmol/L', at, ...range(3.5, 5.3, 'mmol/L'), ...more });

const journeys = await begin({
  records: [
    patient(RICH, { family: 'Abernethy', given: ['Rowan'], nhs: nhsNumber(620_001), birthDate: '1961-04-09', gender: 'male', telecom: [{ system: 'phone', value: '07700 900555' }] }),
    allergy('rich-penicillin', RICH, 'Penicillin', { criticality: 'high', category: ['medication'], reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'severe' }] }),
    allergy('rich-latex', RICH, 'Latex', { criticality: 'low' }),
    condition('rich-asthma', RICH, 'Asthma', { onsetDateTime: '1999-03-01' }),
    condition('rich-fracture', RICH, 'Broken wrist', { clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' }] }, onsetDateTime: '2011-02-01', abatementDateTime: '2011-04-01' }),
    medicationRequest('rich-ramipril', RICH, 'Ramipril', {
      dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 2.5, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }], timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } } }],
    }),
    medicationRequest('rich-amoxicillin', RICH, 'Amoxicillin', { status: 'completed' }),
    immunization('rich-influenza', RICH, 'Influenza vaccine', { lotNumber: 'FLU-25-A' }),
    encounter('rich-clinic', RICH, 'Respiratory clinic'),
    documentReference('rich-letter', RICH, 'Clinic letter', { contentType: 'text/plain', content: 'Seen in clinic. Peak flow 410.' }),
    documentReference('rich-page', RICH, 'Discharge page', { contentType: 'text/html', content: '<p>Went home well.</p><script>top.pwned = 1</script>' }),
    documentReference('rich-scan', RICH, 'Scanned form', { contentType: 'application/pdf', content: PDF }),
    potassium('rich-k1', 4.2, '2026-09-01T08:00:00Z'),
    potassium('rich-k2', 5.1, '2026-10-01T08:00:00Z'),
    potassium('rich-k3', 6.8, '2026-11-01T08:00:00Z', interpreted('HH')),
    observation('rich-sodium', RICH, { code: '2951-2', text: 'Sodium', value: 128, unit: 'mmol/L', at: '2026-11-01T08:00:00Z', ...range(133, 146, 'mmol/L') }),
    observation('rich-calcium', RICH, { code: '17861-6', text: 'Calcium', value: 2.9, unit: 'mmol/L', at: '2026-11-01T08:00:00Z', ...range(2.2, 2.6, 'mmol/L'), ...interpreted('N') }),
    observation('rich-glucose', RICH, { code: '2339-0', text: 'Glucose', at: '2026-11-01T08:00:00Z', dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'error' }] } }),
    observation('rich-pulse', RICH, { code: '8867-4', text: 'Heart rate', value: 72, unit: '/min', at: '2026-11-01T08:00:00Z', category: 'vital-signs' }),
    patient('chart-none-known', { family: 'Noneknown', given: ['Nell'], birthDate: '1990-01-02' }),
    noKnownAllergies('none-known', 'chart-none-known'),
    patient('chart-unasked', { family: 'Unasked', given: ['Una'], birthDate: '1991-01-02' }),
    patient('chart-undated', { family: 'Undated', given: ['Ulf'] }),
    patient('chart-deceased', { family: 'Departed', given: ['Dora'], birthDate: '1931-03-05', deceasedDateTime: '2024-12-30' }),
    patient('chart-rtl', { family: 'الخوارزمي', given: ['محمد'], birthDate: '1980-08-08', gender: 'male' }),
    patient('chart-marks', { family: 'Z͑̀a̋l̨g̃o'.normalize('NFD'), given: ['Combining'], birthDate: '1982-08-08' }),
    patient(LONG, { family: 'Longstay', given: ['Lena'], birthDate: '1955-05-05' }),
    ...longRecord(LONG, TESTS, TIMES),
  ],
});

const read = (t, id, tab, options) => journeys.visit(t, '/doctor/patients', { role: 'doctor', ...options }).then(async (page) => {
  await openChart(page, id, tab);
  return page;
});

const textOf = async (locator) => plain(await locator.innerText());

test('the summary holds allergies, problems, medicines, results, vital signs and who it is', async (t) => {
  const page = await read(t, RICH, 'summary');
  assert.match(await textOf(banner(page)), /ABERNETHY, Rowan Born 09-Apr-1961 \(65y\) Gender Male NHS No\. \d{3} \d{3} \d{4} MRN \d+ Known allergies Penicillin High risk, Latex/);
  assert.match(await textOf(part(page, 'Allergies')), /Penicillin High risk Anaphylaxis, severe/);
  assert.match(await textOf(part(page, 'Active problems')), /Asthma 01-Mar-1999/);
  assert.match(await textOf(part(page, 'Current medications')), /ramipril — DOSE 2.5 mg — once a day/i);
  assert.match(await textOf(part(page, 'Latest results')), /Potassium 6\.8 mmol\/L ▲▲ Critical high/);
  assert.match(await textOf(part(page, 'Vital signs')), /Heart rate 72 per min/);
  assert.match(await textOf(part(page, 'Demographics')), /07700 900555/);
});

test('every tab of a chart shows its part of the record, and the banner with the allergies', async (t) => {
  const page = await read(t, RICH, 'summary');
  for (const [tab, shown] of [
    ['Problems', /Active problems.*Asthma.*Resolved problems.*Broken wrist.*01-Feb-2011 – 01-Apr-2011/],
    ['Medications', /Current medications.*ramipril.*Past medications.*amoxicillin/i],
    ['Results', /Calcium.*Potassium.*Sodium/],
    ['Vitals', /Heart rate 72 per min/],
    ['Immunizations', /Influenza vaccine 02-Oct-2025.*FLU-25-A/],
    ['Encounters', /Respiratory clinic/],
    ['Documents', /Clinic letter/],
  ]) {
    await page.getByRole('link', { name: tab, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: new RegExp(`: ${tab}$`) }).waitFor({ state: 'attached' });
    await settled(page);
    assert.match(await textOf(page.locator('.chart-part')), shown, tab);
    assert.match(await textOf(banner(page)), /ABERNETHY, Rowan.*Known allergies Penicillin/, tab);
    assert.match(await page.title(), new RegExp(`^ABERNETHY, Rowan · ${tab} · Galen$`));
  }
});

for (const [id, state] of [
  [RICH, 'Known allergies'],
  ['chart-none-known', 'No known allergies'],
  ['chart-unasked', 'Allergies not recorded'],
]) {
  test(`the banner says "${state}" on every tab`, async (t) => {
    const page = await read(t, id, 'summary');
    const says = () => banner(page).getByRole('link', { name: state, exact: true }).waitFor();
    await says();
    await page.getByRole('link', { name: 'Results', exact: true }).click();
    await says();
    // The way to the section works.
    await banner(page).getByRole('link', { name: state, exact: true }).click();
    await page.waitForURL(/summary#allergies$/);
    await part(page, 'Allergies').waitFor();
  });
}

for (const [fault, answer] of [
  ['is not answered', (route) => route.abort()],
  ['fails', (route) => route.fulfill({ status: 500, json: {} })],
  ['is refused', (route) => route.fulfill({ status: 403, json: {} })],
]) {
  test(`allergies are unavailable, never absent, when asking for them ${fault}`, async (t) => {
    const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
    await page.route('**/fhir/AllergyIntolerance?*', answer);
    await openChart(page, 'chart-none-known', 'summary');
    await banner(page).getByRole('link', { name: 'Allergies unavailable' }).waitFor();
    assert.match(await textOf(part(page, 'Allergies')), /Allergies unavailable/);
    assert.equal(await page.getByText(/No known allergies|Allergies not recorded/).count(), 0);
    await page.unroute('**/fhir/AllergyIntolerance?*');
    await part(page, 'Allergies').getByRole('button', { name: 'Try again' }).click();
    await banner(page).getByRole('link', { name: 'No known allergies' }).waitFor();
  });
}

test('no part of a chart that could not be read looks empty', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await page.route(/\/fhir\/(?!Patient\/)/, (route) => route.fulfill({ status: 500, json: {} }));
  for (const [tab, titles] of [
    ['summary', ['Active problems', 'Current medications', 'Latest results', 'Vital signs']],
    ['problems', ['Active problems', 'Resolved problems']],
    ['medications', ['Current medications', 'Past medications']],
    ['results', ['Results']],
    ['vitals', ['Vital signs']],
    ['immunizations', ['Immunizations']],
    ['encounters', ['Encounters']],
    ['documents', ['Documents']],
  ]) {
    await openChart(page, RICH, tab);
    for (const title of titles) await part(page, title).getByRole('alert').getByText(`${title} unavailable`).waitFor();
    assert.equal(await page.locator('.chart').getByText(/^No .* recorded$/).count(), 0, tab);
  }
});

test('results carry flag, range and change beside the value', async (t) => {
  const page = await read(t, RICH, 'results');
  const row = (name) => page.getByRole('grid', { name: 'Results' }).getByRole('row').filter({ hasText: name });
  assert.match(await textOf(row('Potassium')), /Potassium 6\.8 mmol\/L ▲▲ Critical high .*\+1\.7.* 3\.5 – 5\.3/);
  assert.match(await textOf(row('Sodium')), /128 mmol\/L ▼ Low .*worked out from the range/);
  assert.match(await textOf(row('Calcium')), /2\.9 mmol\/L .*Reported normal, but outside the range sent/);
  assert.match(await textOf(row('Glucose')), /Measurement failed/);
  await page.getByLabel('Filter tests').fill('pota');
  await row('Sodium').waitFor({ state: 'detached' });
  await row('Potassium').waitFor();
});

test('a trend is a chart, and the same figures as a table', async (t) => {
  const page = await read(t, RICH, 'results');
  await page.getByRole('row').filter({ hasText: 'Potassium' }).click();
  const trend = page.getByRole('region', { name: 'Potassium', exact: true });
  await trend.locator('canvas').waitFor();
  await trend.getByRole('button', { name: 'Table' }).click();
  const rows = await trend.getByRole('row').allInnerTexts();
  assert.deepEqual(rows.slice(1).map((row) => plain(row).match(/^(\S+ \S+) ([\d.]+)/).slice(1)), [
    ['01-Nov-2026 08:00', '6.8'],
    ['01-Oct-2026 09:00', '5.1'],
    ['01-Sep-2026 09:00', '4.2'],
  ]);
  await trend.getByRole('button', { name: 'Close' }).click();
  await trend.waitFor({ state: 'detached' });
});

test('a result that the patient does not see yet is shown to them, with a comment', async (t) => {
  const page = await read(t, RICH, 'results');
  await page.getByRole('row').filter({ hasText: 'Potassium' }).click();
  const notice = page.getByText('The patient does not see this yet');
  await notice.waitFor();
  await page.getByRole('button', { name: 'Show it to the patient' }).click();
  await page.getByLabel('Comment for the patient').fill('We rang you about this.');
  await page.getByRole('dialog').getByRole('button', { name: 'Show it to the patient' }).click();
  await page.getByText('The patient sees the result now').waitFor();
  await notice.waitFor({ state: 'detached' });
});

test('the flowsheet shows the same results side by side, and a reload keeps it', async (t) => {
  const page = await read(t, RICH, 'results');
  await page.getByLabel('Flowsheet').check();
  const row = page.getByRole('row').filter({ hasText: 'Potassium' });
  await row.waitFor();
  assert.match(await textOf(row), /6\.8.*5\.1.*4\.2/);
  await page.reload();
  await row.waitFor();
});

test('ten thousand results scroll, with few rows in the page', { timeout: 120_000 }, async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await page.goto(chartPath(LONG, 'results'));
  const grid = page.getByRole('grid', { name: 'Results' });
  await page.getByText(/Loading older results/).waitFor({ state: 'hidden', timeout: 60_000 });
  await page.waitForFunction((rows) => document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount') === rows, String(TESTS + 1));
  const frames = await grid.evaluate(async (element) => {
    const scroller = element.parentElement;
    const times = [];
    let rows = 0;
    const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let before = await next();
    for (let step = 0; step < 120; step += 1) {
      scroller.scrollTop += 400;
      const now = await next();
      times.push(now - before);
      before = now;
      rows = Math.max(rows, element.querySelectorAll('[role="row"]').length);
    }
    return { worst: Math.max(...times), mean: times.reduce((sum, time) => sum + time, 0) / times.length, rows };
  });
  t.diagnostic(`${(1_000 / frames.mean).toFixed(0)} frames a second, the slowest after ${frames.worst.toFixed(0)} ms, ${frames.rows} rows at most`);
  assert.ok(frames.rows <= ROWS_MAX, `${frames.rows} rows are in the page`);
  assert.ok(frames.worst <= FRAME_MS_MAX, `a frame took ${frames.worst} ms`);
  await grid.locator('[role="gridcell"]').first().click();
  await page.keyboard.press('Control+End');
  await grid.getByRole('row').filter({ hasText: `Analyte ${TESTS}` }).waitFor();
  await page.getByLabel('Filter tests').fill('analyte 1999');
  await page.waitForFunction(() => document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount') === '2');
});

test('ten thousand results are cards on a phone, some at a time', { timeout: 120_000 }, async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor', viewport: NARROW });
  await page.goto(chartPath(LONG, 'results'));
  await page.getByText(/Loading older results/).waitFor({ state: 'hidden', timeout: 60_000 });
  const cards = page.locator('.g-card');
  await page.getByRole('button', { name: 'Show 40 more' }).click();
  assert.equal(await cards.count(), 80);
});

for (const [what, id, shown] of [
  ['no birth date', 'chart-undated', /UNDATED, Ulf Born Not Known Gender Not Known NHS No\. Not Known/],
  ['a day of death', 'chart-deceased', /DEPARTED, Dora Deceased Born 05-Mar-1931 Died 30-Dec-2024 \(93y\)/],
  ['a name written from right to left', 'chart-rtl', /^الخوارزمي, محمد Born 08-Aug-1980 \(46y\) Gender Male/],
  ['a name of combining characters', 'chart-marks', /, Combining Born 08-Aug-1982/],
]) {
  test(`the banner of a patient with ${what} says so`, async (t) => {
    const page = await read(t, id, 'summary');
    assert.match(await textOf(banner(page)), shown);
  });
}

test('a name of 300 characters is folded, and unfolds', async (t) => {
  for (const viewport of [undefined, NARROW]) {
    const page = await read(t, LONG_NAME, 'summary', viewport && { viewport });
    const height = async () => (await banner(page).boundingBox()).height;
    const folded = await height();
    assert.ok(folded < 200, `the banner is ${folded} pixels high`);
    // The demo's birth dates are counted back from the day it is made.
    assert.match(await textOf(banner(page)), /\d\d-[A-Z][a-z][a-z]-\d{4}.*999 000 0778/);
    await banner(page).getByRole('button', { name: 'Whole name' }).click();
    assert.ok((await height()) > folded);
  }
});

test('documents open beside the list: text, a page without its scripts, a PDF', async (t) => {
  const page = await read(t, RICH, 'documents');
  const open = (title) => page.getByRole('button', { name: `Open ${title}` }).click();
  await open('Clinic letter');
  await page.getByText('Seen in clinic. Peak flow 410.').waitFor();
  await open('Discharge page');
  const frame = page.locator('iframe[title="Discharge page"]');
  await frame.contentFrame().getByText('Went home well.').waitFor();
  assert.equal(await frame.getAttribute('sandbox'), '');
  assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
  await open('Scanned form');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
  assert.equal(download.suggestedFilename(), 'Scanned form.pdf');
});

test('a sealed record opens by break-glass, with a reason, and not without', async (t) => {
  const page = await journeys.visit(t, chartPath(SEALED), { role: 'doctor' });
  const dialog = page.getByRole('dialog', { name: 'Open a sealed record' });
  await dialog.getByRole('button', { name: 'Open the record' }).click();
  await dialog.getByText('Give a reason of at least 10 characters').first().waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('This record is sealed', { exact: true }).waitFor();
  assert.equal(await banner(page).count(), 0);
  await page.getByRole('button', { name: 'Open by break-glass' }).click();
  await dialog.getByLabel('Reason').fill('Collapsed in the entrance hall, nobody else is here');
  await dialog.getByRole('button', { name: 'Open the record' }).click();
  await banner(page).waitFor();
  await settled(page);
  assert.equal(await page.getByText('This record is sealed', { exact: true }).count(), 0);
});

test('a sealed record stays shut for who may not break the glass', async (t) => {
  const page = await journeys.visit(t, chartPath(SEALED), { role: 'student' });
  await page.getByText('You may not see this').waitFor();
  await page.getByText('Your role does not permit this').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Open by break-glass' }).count(), 0);
});

test('who may not read charts sees the registration instead', async (t) => {
  const page = await journeys.visit(t, chartPath(RICH), { role: 'clerk' });
  await page.getByRole('heading', { name: 'Registration', level: 1 }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/desk/registration/${RICH}`);
  assert.equal(await page.getByText('Penicillin').count(), 0);
});

test('a patient and a screen that are not there are said not to be there', async (t) => {
  const page = await journeys.visit(t, chartPath('chart-nobody'), { role: 'doctor' });
  await page.getByText('There is no such patient').waitFor();
  await page.goto('/doctor/nowhere');
  await page.getByText('There is no such screen').waitFor();
});

test('the printed summary says whose it is on its sheet, and prints', async (t) => {
  const page = await read(t, RICH, 'summary');
  await page.emulateMedia({ media: 'print' });
  const sheet = page.locator('.g-print');
  const text = await textOf(sheet);
  assert.match(text, /ABERNETHY, Rowan · Born 09-Apr-1961 · NHS No\. \d{3} \d{3} \d{4} · MRN \d+/);
  assert.match(text, /Penicillin.*Asthma.*ramipril.*Potassium 6\.8/i);
  assert.match(text, /Printed by \S+, \d\d-\w{3}-\d{4} \d\d:\d\d/);
  assert.equal(await page.getByRole('button', { name: 'Print summary' }).isVisible(), false, 'no buttons on paper');
  const printed = await page.pdf({ format: 'A4' });
  assert.equal(printed.subarray(0, 5).toString(), '%PDF-');
  assert.ok(printed.length > 10_000, `${printed.length} bytes are a sheet with text`);
});

test('the printed summary says what could not be read', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await page.route(/\/fhir\/(AllergyIntolerance|Condition)\?/, (route) => route.abort());
  await openChart(page, RICH, 'summary');
  await page.emulateMedia({ media: 'print' });
  const text = await textOf(page.locator('.g-print'));
  assert.match(text, /Allergies unavailable.*Active problems unavailable/);
});
