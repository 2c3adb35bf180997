// What people do on the screens, in their words.
import assert from 'node:assert/strict';

export const chartPath = (id, tab = 'summary') => `/doctor/patients/${id}/${tab}`;
export const banner = (page) => page.getByRole('region', { name: 'Patient', exact: true });
export const panel = (page, title) => page.getByRole('region', { name: title, exact: true });
/** A part of the open tab of a chart, and not of what stands beside it. */
export const part = (page, title) => panel(page.locator('.chart-part'), title);

/** Until nothing on the page is loading any more. */
export async function settled(page) {
  await page.locator('.g-skeletons, [aria-busy="true"], .g-allergies-loading').first().waitFor({ state: 'hidden' });
  await page.waitForFunction(() => !document.querySelector('.g-skeletons, [aria-busy="true"], .g-allergies-loading'));
}

export async function openChart(page, id, tab) {
  await page.goto(chartPath(id, tab));
  await banner(page).waitFor();
  await settled(page);
}

export const searchBox = (page) => page.getByRole('combobox', { name: 'Find a patient' });

/** The patients offered for what is typed, as texts. */
export async function search(page, typed) {
  const box = searchBox(page);
  await box.fill('');
  await box.fill(typed);
  const outcome = page.getByRole('option').first().or(page.getByText('Nobody found', { exact: true })).or(page.getByText('Search is unavailable'));
  await outcome.waitFor();
  await page.locator('.picker-list[aria-busy="false"]').waitFor({ state: 'attached' });
  return page.getByRole('option').allInnerTexts();
}

/** Tabs on until what has the focus fits; for whoever has no mouse. */
export async function tabTo(page, locator, most = 60) {
  for (let steps = 0; steps < most; steps += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`not reached with the Tab key: ${locator}`);
}

/** Words as they stand on screen: one line, single spaces. */
export const plain = (text) => text.replace(/[\u2066-\u2069\u200e\u200f]/g, '').replace(/\s+/g, ' ').trim();
