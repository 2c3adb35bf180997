// Script in every text: typed into each field, registered, and come in with records. All of it is shown, none of it runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileStrings, packed, STRINGS_COUNT } from './harness/hostile.mjs';
import { begin } from './harness/journeys.mjs';
import { allergy, condition, documentReference, encounter, immunization, medicationRequest, observation, patient } from './harness/records.mjs';
import { banner, openChart, search, settled } from './harness/screens.mjs';

const VICTIM = 'hostile-record';
const NAME_MAX = 300;
const ADDRESS_LINES = 6;
const DOCUMENTS_OPENED = 10;
/** FHIR takes no control characters but the usual ones, and no text of blanks alone. */
const CONTROLS = /[^\t\r\n\u0020-\uffff]/;
const imported = hostileStrings.filter((text) => text.trim() !== '' && !CONTROLS.test(text.replace(/[\ud800-\udfff]/g, '')));
const names = packed(imported, NAME_MAX);

const journeys = await begin({
  records: [
    patient(VICTIM, {
      family: '<img src=x onerror=pwned=1>',
      given: ['"><script>pwned=1</script>'],
      birthDate: '1980-01-01',
      telecom: imported.slice(0, 20).map((value) => ({ system: 'phone', value })),
      address: imported.slice(20, 40).map((text) => ({ line: [text], city: text, postalCode: text, text })),
      contact: [{ name: { text: imported[3] }, relationship: [{ text: imported[4] }] }],
    }),
    ...imported.flatMap((text, index) => [
      condition(`hostile-condition-${index}`, VICTIM, text, { note: [{ text }] }),
      allergy(`hostile-allergy-${index}`, VICTIM, text, { reaction: [{ manifestation: [{ text }], description: text }] }),
      medicationRequest(`hostile-medicine-${index}`, VICTIM, text, { dosageInstruction: [{ text, patientInstruction: text }] }),
      immunization(`hostile-vaccine-${index}`, VICTIM, text, { lotNumber: text }),
      encounter(`hostile-encounter-${index}`, VICTIM, text, { reasonCode: [{ text }] }),
      documentReference(`hostile-document-${index}`, VICTIM, text, { contentType: index % 2 ? 'text/plain' : 'text/html', content: text, author: [{ display: text }] }),
      observation(`hostile-result-${index}`, VICTIM, { code: `${30_000 + index}-1`, text, at: '2026-01-01T00:00:00Z', valueString: text, note: [{ text }] }),
    ]),
    ...names.map((text, index) => patient(`hostile-name-${index}`, { family: text, given: [`Hostile${String.fromCharCode(97 + (index % 26))}`], birthDate: '1981-01-01' })),
  ],
});

/** Nothing ran, and nothing of the text became a part of the page that could. */
async function assertInert(page) {
  const found = await page.evaluate(() => ({
    ran: 'pwned' in globalThis,
    elements: [...document.body.querySelectorAll('script:not([src]), marquee, object, embed, math, svg script, [onerror], [onload], [onfocus], [ontoggle], a[href^="javascript:" i], form[action]')].map(
      (element) => element.outerHTML,
    ),
  }));
  assert.deepEqual(found, { ran: false, elements: [] });
}

test('there are five hundred different strings', () => {
  assert.equal(new Set(hostileStrings).size, STRINGS_COUNT);
});

test('each string can be typed into each field of registration', { timeout: 120_000 }, async (t) => {
  const page = await journeys.visit(t, '/desk/registration', { role: 'receptionist' });
  await page.getByLabel('Family name').waitFor();
  const boxes = await page.getByRole('form').locator('input[type="text"], input[type="tel"], input[type="email"], input:not([type]), textarea').all();
  assert.equal(boxes.length, 7);
  for (const box of boxes) {
    for (const text of packed(hostileStrings, NAME_MAX)) await box.fill(text);
  }
  await page.getByRole('checkbox').focus();
  await assertInert(page);
});

test('all of them are registered, and shown as they were typed', { timeout: 180_000 }, async (t) => {
  // High enough that the news of one registration does not lie over the button of the next.
  const page = await journeys.visit(t, '/desk/registration', { role: 'receptionist', viewport: { width: 1280, height: 1_400 } });
  const texts = packed(hostileStrings.filter((text) => text.trim() !== ''), NAME_MAX);
  for (let index = 0; index < texts.length; index += 2 + ADDRESS_LINES) {
    const [family, given = '', ...address] = texts.slice(index, index + 2 + ADDRESS_LINES);
    await page.getByRole('link', { name: 'Register patient' }).click();
    await page.getByLabel('Family name').fill(family);
    await page.getByLabel('Given names').fill(given);
    await page.getByLabel('Address', { exact: true }).fill(address.join('\n'));
    const answered = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/api/patients'));
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    const answer = await answered;
    if (answer.status() === 201) {
      await page.locator('.identity').waitFor();
      const shown = await page.locator('.identity-who').textContent();
      const kept = await answer.json();
      assert.ok(shown.includes(kept.family.toLocaleUpperCase()) , `shown as kept: ${kept.family}`);
    } else {
      assert.equal(answer.status(), 422, 'refused in words or taken');
      await page.locator('.g-alert').first().waitFor();
      await page.getByRole('button', { name: 'Clear the form' }).click();
    }
    await assertInert(page);
  }
});

test('they are harmless as names in the search, the palette and the banner', { timeout: 120_000 }, async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  const letters = [...new Set(names.map((_, index) => String.fromCharCode(97 + (index % 26))))];
  let shown = 0;
  for (const letter of letters) {
    shown += (await search(page, `hostile${letter}`)).length;
    await assertInert(page);
  }
  assert.equal(shown, names.length);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('hostilea');
  await page.getByRole('dialog').getByRole('option').first().waitFor();
  await assertInert(page);
  await page.keyboard.press('Escape');
  for (let index = 0; index < names.length; index += 15) {
    await openChart(page, `hostile-name-${index}`, 'problems');
    await assertInert(page);
  }
});

test('they are harmless in every part of a record', { timeout: 180_000 }, async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor', viewport: { width: 1280, height: 6_000 } });
  for (const tab of ['summary', 'problems', 'medications', 'results', 'vitals', 'immunizations', 'encounters', 'documents']) {
    await openChart(page, VICTIM, tab);
    assert.match(await banner(page).innerText(), /<IMG SRC=X ONERROR=PWNED=1>/);
    await assertInert(page);
  }
  await openChart(page, VICTIM, 'problems');
  assert.equal(await page.locator('.chart-part .line').count(), imported.length, 'all of them are there');
  await page.emulateMedia({ media: 'print' });
  await assertInert(page);
});

test('they are harmless as documents that are opened', { timeout: 120_000 }, async (t) => {
  // What the documents hold is kept from running by their frames, and the browser says so.
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor', expected: /frame is sandboxed|Content Security Policy directive/ });
  await openChart(page, VICTIM, 'documents');
  const buttons = page.locator('.chart-part .line button');
  assert.equal(await buttons.count(), imported.length);
  const every = Math.floor(imported.length / DOCUMENTS_OPENED);
  for (let index = 0; index < imported.length; index += every) {
    await buttons.nth(index).click();
    await page.locator('.g-document-frame, .g-document-text').first().waitFor();
    await assertInert(page);
    await buttons.nth(index).click();
  }
  await settled(page);
});
