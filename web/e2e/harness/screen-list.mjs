// Every screen there is, each with the steps that lead to it: what is looked at for accessibility, width and beauty.
import { chartPath, openChart, part, search, searchBox, settled } from './screens.mjs';

/** Allergies, dozens of results, documents. */
const PATIENT = 'demo-patient-00001';
const TABS = ['summary', 'problems', 'medications', 'results', 'vitals', 'immunizations', 'encounters', 'documents'];

const trendOf = (page) => page.locator('.trend canvas');

async function openTrend(page) {
  await openChart(page, PATIENT, 'results');
  await page.getByText('Creatinine', { exact: true }).first().click();
  await trendOf(page).waitFor();
}

async function typeMistakes(page) {
  await page.goto('/doctor/registration');
  await page.getByLabel('NHS number').fill('943 476 5918');
  await page.getByLabel('Date of birth').fill('31-Feb-1980');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.locator('.g-alert').waitFor();
}

async function showDuplicate(page) {
  await page.goto('/doctor/registration');
  await page.getByLabel('Family name').fill('Lookalike');
  await page.getByLabel('Given names').fill('Lucian');
  await page.getByLabel('Date of birth').fill('12-Dec-1966');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.getByRole('table').first().waitFor();
}

async function askWithoutServer(page) {
  await page.route(/\/(fhir|api|health)\//, (route) => route.abort());
  await page.getByRole('link', { name: 'Encounters', exact: true }).click();
  await page.getByText('Encounters unavailable').waitFor();
  await page.getByText('Connection lost. Trying to reconnect.').waitFor();
}

const sealed = async (page) => {
  await page.goto(chartPath('demo-patient-00077'));
  await page.getByRole('dialog').getByLabel('Reason').waitFor();
};

/** `name` is the picture's; `role` signs in, nobody where there is none; `go` leads there from a blank page. */
export const SCREENS = [
  { name: 'sign-in', go: async (page) => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Demo hospital' }).waitFor();
  } },
  { name: 'sign-in-refused', go: async (page) => {
    await page.goto('/');
    await page.getByRole('form').getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.g-alert').waitFor();
  } },
  { name: 'search-empty', role: 'doctor', go: async (page) => {
    await page.goto('/doctor/patients');
    await searchBox(page).waitFor();
  } },
  { name: 'search', role: 'doctor', go: async (page) => {
    await page.goto('/doctor/patients');
    await search(page, 'el');
  } },
  { name: 'search-nobody', role: 'doctor', go: async (page) => {
    await page.goto('/doctor/patients');
    await search(page, 'xyzzy');
  } },
  { name: 'palette', role: 'doctor', go: async (page) => {
    await page.goto('/doctor/patients');
    await searchBox(page).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('an');
    await page.getByRole('dialog').getByRole('option').nth(2).waitFor();
  } },
  { name: 'keyboard', role: 'doctor', go: async (page) => {
    await page.goto('/doctor/patients');
    await searchBox(page).blur();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
  } },
  ...TABS.map((tab) => ({ name: `chart-${tab}`, role: 'doctor', go: (page) => openChart(page, PATIENT, tab) })),
  { name: 'results-trend', role: 'doctor', go: openTrend },
  { name: 'results-trend-table', role: 'doctor', go: async (page) => {
    await openTrend(page);
    await page.locator('.trend').getByRole('button', { name: 'Table' }).click();
  } },
  { name: 'results-flowsheet', role: 'doctor', go: async (page) => {
    await openChart(page, PATIENT, 'results');
    await page.getByLabel('Flowsheet').check();
    await page.getByRole('table').waitFor();
  } },
  { name: 'document', role: 'doctor', go: async (page) => {
    await openChart(page, PATIENT, 'documents');
    await page.locator('.chart-part').getByRole('button', { name: /^Open/ }).first().click();
    await page.locator('.g-document-text, .g-document-frame').first().waitFor();
  } },
  { name: 'growth', role: 'doctor', go: async (page) => {
    await openChart(page, 'growing-child', 'vitals');
    await page.getByRole('region', { name: 'Growth' }).getByRole('img').first().waitFor();
  } },
  { name: 'chart-long-name', role: 'doctor', go: (page) => openChart(page, 'demo-patient-00007', 'summary') },
  { name: 'chart-unavailable', role: 'doctor', go: async (page) => {
    await page.route('**/fhir/AllergyIntolerance?*', (route) => route.fulfill({ status: 500, json: {} }));
    await openChart(page, PATIENT, 'summary');
    await part(page, 'Allergies').getByText('Allergies unavailable').waitFor();
  } },
  { name: 'server-gone', role: 'doctor', go: async (page) => {
    await openChart(page, PATIENT, 'problems');
    await askWithoutServer(page);
  } },
  { name: 'portal-failed', role: 'doctor', expected: /already registered/, go: async (page) => {
    await page.route('**/assets/doctor/remoteEntry.js*', (route) => route.abort());
    await page.goto('/doctor/patients');
    await page.getByText('Clinical could not be opened').waitFor();
  } },
  { name: 'sealed', role: 'nurse', go: async (page) => {
    await sealed(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  } },
  { name: 'break-glass', role: 'nurse', go: sealed },
  { name: 'register', role: 'receptionist', go: async (page) => {
    await page.goto('/doctor/registration');
    await page.getByLabel('Family name').waitFor();
  } },
  { name: 'register-mistakes', role: 'receptionist', go: typeMistakes },
  { name: 'register-duplicate', role: 'receptionist', go: showDuplicate },
  { name: 'record', role: 'receptionist', go: async (page) => {
    await page.goto('/doctor/registration/demo-patient-00011');
    await page.locator('.identity').waitFor();
  } },
  { name: 'amend', role: 'receptionist', go: async (page) => {
    await page.goto('/doctor/registration/demo-patient-00011/amend');
    await page.getByLabel('Family name').waitFor();
  } },
  { name: 'merge-preview', role: 'records-manager', go: async (page) => {
    await page.goto('/doctor/registration/demo-patient-00011/merge?duplicate=demo-patient-00004');
    await page.getByRole('table').waitFor();
  } },
  { name: 'session-ended', role: 'doctor', go: async (page) => {
    await openChart(page, PATIENT, 'summary');
    await page.route('**/fhir/Encounter?*', (route) => route.fulfill({ status: 401, json: {} }));
    await page.getByRole('link', { name: 'Encounters', exact: true }).click();
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
  } },
  { name: 'arabic-sign-in', language: 'ar', go: async (page) => {
    await page.goto('/');
    await page.getByRole('form').waitFor();
    await page.locator('.demo-accounts').waitFor();
  } },
  { name: 'arabic-search', role: 'doctor', language: 'ar', go: async (page) => {
    await page.goto('/doctor/patients');
    await page.getByRole('combobox').fill('an');
    await page.getByRole('option').first().waitFor();
  } },
  { name: 'arabic-chart', role: 'doctor', language: 'ar', go: (page) => openArabicChart(page, 'summary') },
  { name: 'arabic-results', role: 'doctor', language: 'ar', go: (page) => openArabicChart(page, 'results') },
  { name: 'arabic-register', role: 'receptionist', language: 'ar', go: async (page) => {
    await page.goto('/doctor/registration');
    await page.locator('#registration-family').waitFor();
  } },
];

async function openArabicChart(page, tab) {
  await page.goto(chartPath(PATIENT, tab));
  await page.locator('.g-banner').waitFor();
  await settled(page);
}
