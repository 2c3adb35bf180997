// What reaches the browser: how much, how often, how soon, and that the kit's style comes with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin } from './harness/journeys.mjs';
import { banner, chartPath, openChart, search, searchBox, settled } from './harness/screens.mjs';

const journeys = await begin();
const { hospital } = journeys;

const PATIENT = 'demo-patient-00001';
const KB = 1_000;
/** As the budgets have it: compressed, over the wire. */
const COLD_BYTES_MAX = 340 * KB;
const WARM_BYTES_MAX = 20 * KB;
/** The budget is 1.5 s and is printed; machines that build differ too much to hold them to it. */
const PAINTED_MS_MAX = 4_000;
const LAN = { offline: false, latency: 20, downloadThroughput: (10_000_000 / 8), uploadThroughput: 10_000_000 / 8 };

/** Bytes by address, as they came over the wire, of everything that is no answer about a patient. */
async function meter(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const addresses = new Map();
  const parts = [];
  session.on('Network.responseReceived', ({ requestId, response }) => addresses.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const { pathname } = new URL(addresses.get(requestId) ?? hospital.origin);
    if (!/^\/(api|fhir|health)\//.test(pathname)) parts.push({ pathname, bytes: encodedDataLength });
  });
  return { session, parts, total: () => parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}

const shown = (bytes) => `${(bytes / KB).toFixed(1)} KB`;

test('signing in, cold, stays within the budget of shell and portal', async (t) => {
  const page = await journeys.visit(t, 'about:blank');
  const { total } = await meter(page);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Demo hospital' }).waitFor();
  t.diagnostic(`sign-in, cold: ${shown(total())}`);
  assert.ok(total() <= COLD_BYTES_MAX, shown(total()));
});

test('a chart, cold, stays within the budget of shell and portal, and comes compressed', async (t) => {
  const page = await journeys.visit(t, 'about:blank', { role: 'doctor' });
  const { total, parts } = await meter(page);
  await page.goto(chartPath(PATIENT));
  await banner(page).waitFor();
  await settled(page);
  t.diagnostic(`chart, cold: ${shown(total())} in ${parts.length} parts`);
  assert.ok(total() <= COLD_BYTES_MAX, shown(total()));
  const script = await hospital.ask(parts.find(({ pathname }) => /\/assets\/shell\/.*\.js$/.test(pathname)).pathname, { headers: { 'accept-encoding': 'br' } });
  assert.equal(script.headers.get('content-encoding'), 'br');
  assert.match(script.headers.get('cache-control'), /immutable/);
});

test('a chart, warm, asks for next to nothing', async (t) => {
  const page = await journeys.visit(t, chartPath(PATIENT), { role: 'doctor' });
  await banner(page).waitFor();
  await settled(page);
  const { total } = await meter(page);
  await page.reload();
  await banner(page).waitFor();
  await settled(page);
  t.diagnostic(`chart, warm: ${shown(total())}`);
  assert.ok(total() <= WARM_BYTES_MAX, shown(total()));
});

test('each chunk is fetched exactly once on the way through all screens', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'receptionist' });
  await searchBox(page).waitFor();
  await page.getByRole('link', { name: 'Register patient' }).click();
  await page.getByLabel('Family name').waitFor();
  const doctor = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await searchBox(doctor).waitFor();
  await search(doctor, 'hussain');
  await doctor.keyboard.press('Enter');
  for (const tab of ['Results', 'Vitals', 'Immunizations', 'Encounters', 'Documents', 'Results']) {
    await doctor.getByRole('link', { name: tab, exact: true }).click();
    await settled(doctor);
  }
  await doctor.getByRole('row').nth(1).click();
  await doctor.locator('.trend canvas').waitFor();
  for (const { seen } of [page.context(), doctor.context()]) {
    const assets = seen.requests.map((address) => new URL(address).pathname).filter((path) => path.startsWith('/assets/'));
    const twice = assets.filter((path, index) => assets.indexOf(path) !== index);
    assert.ok(assets.length > 10);
    assert.deepEqual(twice, []);
  }
  const parts = new Set(doctor.context().seen.requests.map((address) => new URL(address).pathname));
  const copies = async (marker) => {
    const scripts = await Promise.all([...parts].filter((path) => path.endsWith('.js')).map(async (path) => (await hospital.ask(path)).text()));
    return scripts.filter((script) => script.includes(marker)).length;
  };
  assert.equal(await copies('__reactContainer$'), 1, 'there is one React renderer');
  assert.equal(await copies('MantineProvider was not found in component tree'), 1, 'there is one copy of the kit');
});

test('the kit’s style comes with the kit', async (t) => {
  const page = await journeys.visit(t, '/');
  const styleOf = (locator, ...names) =>
    locator.evaluate((element, wanted) => wanted.map((name) => getComputedStyle(element).getPropertyValue(name)), names);
  const button = page.getByRole('form').getByRole('button', { name: 'Sign in' });
  await button.waitFor();
  const [background, radius, display] = await styleOf(button, 'background-color', 'border-top-left-radius', 'display');
  assert.match(background, /^rgb\((?!0, 0, 0\b)/);
  assert.notEqual(radius, '0px');
  assert.match(display, /block|flex/);
  const [border, height] = await styleOf(page.getByLabel('Name', { exact: true }), 'border-top-width', 'height');
  assert.equal(border, '1px');
  assert.ok(Number.parseFloat(height) >= 36, height);
});

test('the first chart is on screen soon, cold, over a hospital’s network', async (t) => {
  const page = await journeys.visit(t, 'about:blank', { role: 'doctor' });
  const { session } = await meter(page);
  await session.send('Network.emulateNetworkConditions', LAN);
  await page.addInitScript(() => {
    globalThis.measured = { painted: 0, blocked: 0 };
    new PerformanceObserver((list) => {
      globalThis.measured.painted = list.getEntries().at(-1).startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.measured.blocked += Math.max(0, duration - 50);
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(chartPath(PATIENT));
  await banner(page).waitFor();
  await settled(page);
  const { painted, blocked } = await page.evaluate(() => globalThis.measured);
  t.diagnostic(`first chart, cold, 10 Mb/s and 20 ms: largest paint after ${painted.toFixed(0)} ms, ${blocked.toFixed(0)} ms blocked`);
  assert.ok(painted > 0 && painted <= PAINTED_MS_MAX, `${painted} ms`);
});

test('a key in the search box is answered soon', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  await searchBox(page).waitFor();
  const times = [];
  for (const typed of ['an', 'be', 'hu', 'ma', 'st']) {
    const answered = page.waitForResponse((answer) => answer.url().includes(`text=${typed}`));
    await searchBox(page).fill(typed);
    const answer = await answered;
    await answer.finished();
    const { requestStart, responseEnd } = answer.request().timing();
    assert.ok(responseEnd > 0);
    times.push(responseEnd - requestStart);
    await settled(page);
  }
  t.diagnostic(`search answers after ${times.map((time) => time.toFixed(0)).join(', ')} ms (debug build, 80 patients)`);
  assert.ok(Math.max(...times) < 1_000, `${times}`);
});

test('Galen in a frame, and its answers in a cache, are refused', async (t) => {
  const page = await journeys.visit(t, '/doctor/patients', { role: 'doctor' });
  const html = await page.request.get('/');
  assert.match(html.headers()['content-security-policy'], /script-src 'self'; .*frame-ancestors 'none'/);
  assert.doesNotMatch(html.headers()['content-security-policy'], /unsafe/);
  const chart = await page.request.get(`/fhir/Patient/${PATIENT}`);
  assert.match(chart.headers()['cache-control'], /no-store/);
  await openChart(page, PATIENT);
});
