// The patients' screens, each with the steps that lead to it.
import { NURSE, SPECIALIST } from './patients.mjs';
import { settled } from './screens.mjs';

const at = (path) => async (page) => {
  await page.goto(`/my/${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await settled(page);
};

const screen = (name, path, more = {}) => ({ name: `patient-${name}`, role: 'patient', go: at(path), ...more });

/** From the list of services to the free times of one. */
export async function openTimes(page, service) {
  await at('appointments/book')(page);
  await page.getByRole('link', { name: service }).click();
  await page.getByRole('group', { name: 'Choose a day' }).waitFor();
  await settled(page);
}

export async function chooseTime(page, service) {
  await openTimes(page, service);
  await page.locator('.p-time-grid button').first().click();
  await page.locator('.p-review').waitFor();
}

const openFirst = (path, card) => async (page) => {
  await at(path)(page);
  await page.locator(card).first().click();
  await page.locator('.p-back').waitFor();
  await settled(page);
};

/** The time that is offered on the waiting list. */
const openOffer = async (page) => {
  await at('appointments')(page);
  await page.locator('.p-card', { hasText: SPECIALIST }).filter({ has: page.locator('.g-badge .g-icon') }).first().locator('.p-card-link').click();
  await page.locator('.p-actions .g-icon, .p-actions button').first().waitFor();
  await settled(page);
};

const away = (pattern, path, text) => async (page) => {
  await page.route(pattern, (route) => route.fulfill({ status: 500, json: {} }));
  await page.goto(`/my/${path}`);
  await page.getByText(text).first().waitFor();
  await settled(page);
};

export const PATIENT_SCREENS = [
  { name: 'patient-sign-in', go: async (page) => {
    await page.goto('/my');
    await page.getByRole('form').waitFor();
  } },
  { name: 'patient-activate', go: async (page) => {
    await page.goto('/my/activate');
    await page.getByRole('form').waitFor();
  } },
  screen('home', 'home'),
  screen('appointments', 'appointments'),
  { name: 'patient-appointment', role: 'patient', go: openFirst('appointments', '.p-visit:has-text("Booked") .p-card-link') },
  { name: 'patient-cancel', role: 'patient', go: async (page) => {
    await openFirst('appointments', '.p-visit:has-text("Booked") .p-card-link')(page);
    await page.getByRole('button', { name: 'Cancel appointment' }).click();
    await page.getByRole('dialog').waitFor();
  } },
  screen('book', 'appointments/book'),
  { name: 'patient-times', role: 'patient', go: (page) => openTimes(page, NURSE) },
  { name: 'patient-held', role: 'patient', go: (page) => chooseTime(page, NURSE) },
  { name: 'patient-request', role: 'patient', go: (page) => chooseTime(page, SPECIALIST) },
  { name: 'patient-offer', role: 'patient', go: openOffer },
  { name: 'patient-wait', role: 'patient', go: async (page) => {
    await openTimes(page, NURSE);
    await page.getByRole('button', { name: 'Tell me if a time comes free' }).click();
    await page.getByRole('button', { name: 'Put me on the list' }).evaluate((button) => button.closest('section, .g-panel').scrollIntoView());
  } },
  { name: 'patient-offer-arabic', role: 'patient', language: 'ar', go: openOffer },
  { name: 'patient-offer-welsh', role: 'patient', language: 'cy', go: openOffer },
  screen('calendar', 'appointments/calendar'),
  screen('results', 'results'),
  { name: 'patient-test', role: 'patient', go: async (page) => {
    await at('results')(page);
    await page.locator('.p-card', { hasText: 'earlier result' }).first().locator('.p-card-link').click();
    await page.locator('.g-trend canvas').waitFor();
  } },
  screen('record', 'record'),
  ...['medicines', 'allergies', 'conditions', 'immunizations', 'encounters', 'documents'].map((part) => screen(part, `record/${part}`)),
  screen('forms', 'forms'),
  screen('form', 'forms/before-visit'),
  { name: 'patient-form-mistakes', role: 'patient', go: async (page) => {
    await at('forms/before-visit')(page);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.g-alert-critical').waitFor();
  } },
  screen('more', 'more'),
  screen('messages', 'more/messages'),
  screen('details', 'more/details'),
  screen('preferences', 'more/preferences'),
  screen('people', 'more/people'),
  screen('accesses', 'more/accesses'),
  screen('invite', 'more/people/invite'),
  screen('thread-new', 'more/threads/new'),
  { name: 'patient-thread', role: 'patient', go: async (page) => {
    await at('more/threads/new')(page);
    await page.getByLabel('In a few words').fill('My new tablets');
    await page.getByLabel('Your message').fill('They make me dizzy in the morning.\nShould I stop taking them?');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('list', { name: 'My new tablets' }).waitFor();
    await settled(page);
  } },
  screen('threads', 'more/threads'),
  { name: 'patient-sharing', role: 'patient', go: async (page) => {
    await at('more/sharing')(page);
    await page.getByLabel('Name of the person').fill('walker');
    await page.getByRole('button', { name: /Do not show it to this person: Dr/ }).first().waitFor();
    await settled(page);
  } },
  screen('sharing-arabic', 'more/sharing', { language: 'ar' }),
  screen('apps', 'more/apps'),
  screen('device', 'more/device'),
  { name: 'patient-allergies-away', role: 'patient', go: away('**/fhir/AllergyIntolerance?*', 'record/allergies', 'Allergies unavailable') },
  { name: 'patient-results-away', role: 'patient', go: away('**/fhir/Observation?*', 'results', 'Your results cannot be shown') },
  screen('home-arabic', 'home', { language: 'ar' }),
  screen('results-arabic', 'results', { language: 'ar' }),
  screen('form-arabic', 'forms/before-visit', { language: 'ar' }),
  screen('home-welsh', 'home', { language: 'cy' }),
  { name: 'patient-in-shell', role: 'patient', go: async (page) => {
    await page.goto('/patient/home');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
  } },
];
