// The patients' own page on a slow phone: 1.6 Mb/s down, 150 ms there and back, a processor four times slower. And without any connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, NARROW } from './harness/journeys.mjs';
import { bookFor, openClinic, PatientAccount } from './harness/patients.mjs';

const PATIENT = 'demo-patient-00001';
const DAY_MS = 86_400_000;
const SLOW = { offline: false, latency: 150, downloadThroughput: (1.6 * 1_000_000) / 8, uploadThroughput: (0.75 * 1_000_000) / 8 };
const SLOWER_TIMES = 4;
/** After the largest thing is there: nothing larger comes later, and before the service worker begins to fetch. */
const SETTLED_MS = 1_500;
const GATE_MS = 2_500;
const VISITS = Number(process.env.GALEN_LCP_VISITS ?? 5);

const journeys = await begin();
const { hospital } = journeys;
const account = await PatientAccount.open(hospital, 'slow.phone', PATIENT);
const clinic = await openClinic(hospital);
const staff = await hospital.session('administrator');
const start = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + 3 * DAY_MS + 10 * 3_600_000).toISOString();
await bookFor(hospital, staff, { patient: PATIENT, service: clinic.nurse, schedule: clinic.schedules[0], start });
const cookie = await account.signIn(hospital);

/** The largest thing painted, and when; as the browser counts it, after the page has come to rest. */
const largest = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => {
          // The list of sample accounts is on no hospital but the demo.
          const isSample = ({ element }) => element?.closest('section')?.querySelector('.demo-accounts');
          const { startTime, size, element } = list.getEntries().findLast((entry) => !isSample(entry));
          resolve({ ms: startTime, size, what: element?.textContent?.slice(0, 60) ?? '' });
        }).observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );

async function visit(t, path, session, ready) {
  const context = await journeys.context(t, { viewport: NARROW, ...(session && { cookie: session }) });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', SLOW);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_TIMES });
  const bytes = { count: 0 };
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes.count += encodedDataLength));
  await page.goto(path, { waitUntil: 'commit' });
  await ready(page);
  await page.waitForTimeout(SETTLED_MS);
  const painted = { ...(await largest(page)), bytes: bytes.count };
  // A slowed page goes on slowing the next one.
  await page.close();
  return painted;
}

for (const { name, path, session, ready } of [
  { name: 'signing in', path: '/my', ready: (page) => page.getByRole('form').waitFor({ timeout: 30_000 }) },
  { name: 'the first screen', path: '/my/home', session: cookie, ready: (page) => page.locator('.p-visit').waitFor({ timeout: 30_000 }) },
]) {
  test(`${name} is painted in time on a slow phone, with nothing kept from before`, { timeout: 120_000 }, async (t) => {
    const visits = [];
    for (let count = 0; count < VISITS; count += 1) visits.push(await visit(t, path, session, ready));
    const times = visits.map(({ ms }) => Math.round(ms));
    t.diagnostic(`LCP ${times.join(', ')} ms; ${Math.round(visits[0].bytes / 1000)} KB; largest: ${visits[0].what}`);
    // The quickest visit is what the page costs; the others are slower by what else the machine does.
    assert.ok(Math.min(...times) <= GATE_MS, `LCP of ${times.join(', ')} ms`);
  });
}

test('what was kept opens without a connection, marked with its age; and is wiped at sign-out', { timeout: 90_000 }, async (t) => {
  const context = await journeys.context(t, { viewport: NARROW, cookie });
  const page = await context.newPage();
  await page.goto('/my/more/device');
  await page.getByLabel('Keep my appointments on this device').click();
  await page.getByText('Your appointments are kept on this device').waitFor();
  await page.goto('/my/appointments');
  await page.locator('.p-visit').waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(({ active }) => active?.state === 'activated'));
  const kept = () => page.evaluate(async () => {
    const { databases } = await indexedDB.databases().then((all) => ({ databases: all.map(({ name }) => name) }));
    const files = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
    return { databases, paths: files.flat() };
  });
  const { paths } = await kept();
  assert.ok(paths.length > 10 && paths.every((path) => path === '/my' || path.startsWith('/assets/my/')), 'only the page’s own files are cached');
  await context.setOffline(true);
  await page.goto('/my/appointments');
  await page.getByText(/^Offline, as of /).waitFor();
  await page.locator('.p-visit', { hasText: 'Practice nurse appointment' }).waitFor();
  await context.setOffline(false);
  await page.goto('/my/home');
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await context.setOffline(true);
  await page.goto('/my/appointments');
  await page.getByText('Nothing is kept on this device.').waitFor();
});

test('nothing is kept for whoever did not ask', async (t) => {
  const other = await PatientAccount.open(hospital, 'plain.phone', 'demo-patient-00003');
  const page = await journeys.visit(t, '/my/home', { viewport: NARROW, cookie: await other.signIn(hospital) });
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  assert.equal(await page.evaluate(async () => (await indexedDB.databases()).length === 0 || new Promise((resolve) => {
    const opening = indexedDB.open('galen-keeping');
    opening.addEventListener('success', () => {
      const { objectStoreNames } = opening.result;
      if (!objectStoreNames.contains('kept')) return resolve(true);
      const counting = opening.result.transaction('kept').objectStore('kept').count();
      counting.addEventListener('success', () => resolve(counting.result === 0));
    });
  })), true);
});
