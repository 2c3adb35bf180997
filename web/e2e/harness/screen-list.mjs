// Every screen there is, each with the steps that lead to it: what is looked at for accessibility, width and beauty.
import { DESK_SCREENS } from './desk-screens.mjs';
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
  await page.goto('/desk/registration');
  await page.getByLabel('NHS number').fill('943 476 5918');
  await page.getByLabel('Date of birth').fill('31-Feb-1980');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.locator('.g-alert').waitFor();
}

async function showDuplicate(page) {
  await page.goto('/desk/registration');
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

/** Applications that somebody connected, and those that can be opened: the server's answers, so that no screen waits for another. */
const scope = (kind, more = {}) => ({ scope: `patient/${kind}.rs`, level: 'patient', kind, reads: true, writes: false, deletes: false, ...more });
const plain = (word) => ({ scope: word, reads: false, writes: false, deletes: false });
const CONNECTED = [
  {
    id: 'a1', clientId: 'c1', client: 'Growth chart', ended: false,
    created: '2026-03-01T10:00:00.000Z', expires: '2026-05-30T10:00:00.000Z',
    patient: { id: PATIENT, name: 'ADAMS, Ann' },
    scopes: [scope('Patient'), scope('Observation', { criteria: 'category=laboratory' }), plain('openid'), plain('offline_access')],
  },
  {
    id: 'a2', clientId: 'c2', client: 'Anticoagulation and cardiovascular risk assistant for primary care', ended: true,
    created: '2026-02-11T08:30:00.000Z', expires: '2026-05-12T08:30:00.000Z',
    scopes: [{ ...scope('Observation'), scope: 'user/*.cruds', level: 'user', kind: undefined, writes: true, deletes: true }],
  },
];
const LAUNCHABLE = [{ client: 'c1', name: 'Growth chart' }, { client: 'c2', name: 'Anticoagulation assistant' }];

async function openConnections(page, connected = CONNECTED) {
  await page.route('**/api/authorizations', (route) => route.fulfill({ json: connected }));
  await page.goto('/connections');
  await settled(page);
}

const thread = (id, subject, topic, person, last, more = {}) => ({
  id, subject, topic, last, ...person, lastBy: 'patient', messages: 3, unread: 1, awaitsStaff: true, ...more,
});
const THREADS = [
  thread('thread-1', 'My new tablets make me dizzy', 'medicine', { patient: 'p1', patientName: 'HUSSAIN, Zainab', birthDate: '1966-09-01' }, '2026-03-05T09:40:00.000Z'),
  thread('thread-2', 'Where do I go for the scan?', 'appointment', { patient: 'p2', patientName: 'PAPADOPOULOS, Eleni', birthDate: '2003-09-11' }, '2026-03-05T11:02:00.000Z'),
  thread('thread-3', 'نتيجة فحص الدم', 'result', { patient: 'p3', patientName: 'KHAN, Mohammed', birthDate: '1958-02-28' }, '2026-03-05T12:15:00.000Z', { unread: 0 }),
];
const CONVERSATION = {
  ...THREADS[0],
  lines: [
    { id: 'm1', at: '2026-03-04T16:20:00.000Z', by: 'patient', text: 'Since I take the new tablets I am dizzy when I get up in the morning. Should I stop?' },
    { id: 'm2', at: '2026-03-04T17:05:00.000Z', by: 'staff', name: 'Meera Gupta', text: 'Please do not stop yet. Could you measure your blood pressure this evening and tell us?' },
    { id: 'm3', at: '2026-03-05T09:40:00.000Z', by: 'patient', text: 'It was 104 over 62 sitting, and 92 over 55 standing.' },
  ],
};

async function openInbox(page) {
  await page.goto('/doctor/messages');
  await page.getByRole('heading', { name: 'Messages from patients', level: 1 }).waitFor();
  await settled(page);
}

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
  { name: 'results-held', role: 'doctor', go: async (page) => {
    const release = { url: 'https://galen.health/fhir/StructureDefinition/result-release', valueInstant: '2099-11-30T09:00:00Z' };
    await page.route('**/fhir/Observation?*', async (route) => {
      const answer = await route.fetch();
      const bundle = await answer.json();
      for (const { resource } of bundle.entry ?? []) if (resource.code?.text === 'White cell count') resource.extension = [release];
      await route.fulfill({ response: answer, json: bundle });
    });
    await openChart(page, PATIENT, 'results');
    await page.getByRole('row').filter({ hasText: 'White cell count' }).click();
    await page.getByRole('button', { name: 'Show it to the patient' }).first().click();
    await page.getByLabel('Comment for the patient').waitFor();
    await settled(page);
  } },
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
  { name: 'inbox-empty', role: 'doctor', go: openInbox },
  { name: 'inbox', role: 'doctor', go: async (page) => {
    await page.route('**/api/inbox', (route) => route.fulfill({ json: { threads: THREADS, isCut: false } }));
    await openInbox(page);
  } },
  { name: 'inbox-thread', role: 'doctor', go: async (page) => {
    await page.route('**/api/threads/thread-1', (route) => route.fulfill({ json: CONVERSATION }));
    await page.route('**/api/threads/thread-1/read', (route) => route.fulfill({ json: { id: 'thread-1', messages: 3 } }));
    await page.goto('/doctor/messages/thread-1');
    await page.getByRole('heading', { name: THREADS[0].subject }).waitFor();
    await settled(page);
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
  { name: 'connections', role: 'doctor', go: async (page) => {
    await openConnections(page);
    await page.getByRole('region', { name: 'Growth chart' }).waitFor();
  } },
  { name: 'connections-ask', role: 'doctor', go: async (page) => {
    await openConnections(page);
    await page.getByRole('button', { name: 'Disconnect Growth chart' }).click();
    await page.getByRole('dialog').waitFor();
  } },
  { name: 'connections-none', role: 'doctor', go: async (page) => {
    await openConnections(page, []);
    await page.getByText('No application is connected').waitFor();
  } },
  { name: 'connections-unavailable', role: 'doctor', go: async (page) => {
    await page.route('**/api/authorizations', (route) => route.fulfill({ status: 500, json: {} }));
    await page.goto('/connections');
    await page.getByText('Connected applications unavailable').waitFor();
  } },
  { name: 'open-in-app', role: 'doctor', go: async (page) => {
    await page.route('**/api/launches', (route) => route.fulfill({ json: LAUNCHABLE }));
    await openChart(page, PATIENT, 'summary');
    await page.getByRole('button', { name: 'Open in app' }).click();
    await page.getByRole('menuitem').first().waitFor();
  } },
  { name: 'register', role: 'receptionist', go: async (page) => {
    await page.goto('/desk/registration');
    await page.getByLabel('Family name').waitFor();
  } },
  { name: 'register-mistakes', role: 'receptionist', go: typeMistakes },
  { name: 'register-duplicate', role: 'receptionist', go: showDuplicate },
  { name: 'record', role: 'receptionist', go: async (page) => {
    await page.goto('/desk/registration/demo-patient-00011');
    await page.getByRole('button', { name: 'Show a code' }).waitFor();
  } },
  { name: 'record-code', role: 'receptionist', go: async (page) => {
    await page.goto('/desk/registration/demo-patient-00012');
    await page.getByRole('button', { name: 'Show a code' }).click();
    await page.locator('.account-code').waitFor();
    await settled(page);
  } },
  { name: 'amend', role: 'receptionist', go: async (page) => {
    await page.goto('/desk/registration/demo-patient-00011/amend');
    await page.getByLabel('Family name').waitFor();
  } },
  { name: 'merge-preview', role: 'records-manager', go: async (page) => {
    await page.goto('/desk/registration/demo-patient-00011/merge?duplicate=demo-patient-00004');
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
  { name: 'arabic-connections', role: 'doctor', language: 'ar', go: async (page) => {
    await openConnections(page);
    await page.locator('.connection-wishes').first().waitFor();
  } },
  ...DESK_SCREENS,
  { name: 'arabic-register', role: 'receptionist', language: 'ar', go: async (page) => {
    await page.goto('/desk/registration');
    await page.locator('#registration-family').waitFor();
  } },
];

async function openArabicChart(page, tab) {
  await page.goto(chartPath(PATIENT, tab));
  await page.locator('.g-banner').waitFor();
  await settled(page);
}
