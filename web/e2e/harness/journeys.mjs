// Pages of a hospital, each in a context of its own, each watched: what no page may ever do fails the test that did it.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { Hospital } from './hospital.mjs';
import { isPlainAddress } from './addresses.mjs';

/** Preferences are all that may outlive a page. */
const STORED = new Set(['galen-preferences']);
const STEP_MS_MAX = 15_000;
/** What the browser itself writes: for every answer that is no success, and for a document's script that stayed shut in. */
const OF_THE_BROWSER = ['Failed to load resource', "Blocked script execution in 'blob:"];

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };

/** What a page did that pages must not do, and all that it asked for. */
function watch(context, expected) {
  const seen = { faults: [], requests: [] };
  context.on('console', (message) => {
    if (OF_THE_BROWSER.some((beginning) => message.text().startsWith(beginning)) || expected?.test(message.text())) return;
    seen.faults.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => seen.faults.push(`uncaught: ${error.error()}`));
  context.on('dialog', (dialog) => {
    seen.faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => seen.requests.push(request.url()));
  return seen;
}

async function storedIn(page) {
  return page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage).map((key) => `session ${key}`)]);
}

async function assertClean(context, seen, origin, application) {
  const stored = await Promise.all(context.pages().filter((page) => page.url().startsWith(origin)).map(storedIn));
  assert.deepEqual(stored.flat().filter((key) => !STORED.has(key)), [], 'nothing but preferences is stored');
  assert.deepEqual(seen.faults, [], 'nothing is refused by the content policy, thrown, logged or popped up');
  const ours = seen.requests.filter((address) => new URL(address).origin !== application);
  const telling = ours.filter((address) => !isPlainAddress(address, origin));
  assert.deepEqual(telling, [], 'no address tells more than an opaque id');
}

class Journeys {
  #browser;
  hospital;

  constructor(browser, hospital) {
    this.#browser = browser;
    this.hospital = hospital;
  }

  /**
   * A context for `t`, watched and closed at its end. `role` is who is signed in; nobody where it is left out.
   * `expected` are lines of the console that belong to the test, `application` is the origin of one that plays in it.
   */
  async context(t, { role, cookie, expected, viewport = WIDE, scheme = 'light', language = 'en', application, ...more } = {}) {
    const { origin } = this.hospital;
    const context = await this.#browser.newContext({
      baseURL: origin,
      viewport,
      colorScheme: scheme,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
      reducedMotion: 'reduce',
      ...more,
    });
    context.setDefaultTimeout(STEP_MS_MAX);
    const seen = watch(context, expected);
    await context.exposeBinding('reportViolation', (_source, violation) => seen.faults.push(`policy: ${violation}`));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    if (language !== 'en') {
      await context.addInitScript((chosen) => {
        // A blank page has no storage.
        if (location.protocol === 'http:') localStorage.setItem('galen-preferences', JSON.stringify({ language: chosen }));
      }, language);
    }
    const session = cookie ?? (role && (await this.hospital.session(role)));
    if (session) await context.addCookies([cookieFor(session)]);
    t.after(async () => {
      try {
        await assertClean(context, seen, origin, application);
      } finally {
        await context.close();
      }
    });
    return Object.assign(context, { seen });
  }

  /** A page at `path`. */
  async visit(t, path, options = {}) {
    const context = await this.context(t, options);
    const page = await context.newPage();
    await page.goto(path);
    return page;
  }

  async close() {
    await this.#browser.close();
    await this.hospital.close();
  }
}

export const cookieFor = ({ name, value }) => ({
  name,
  value,
  domain: '127.0.0.1',
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
});

/** A hospital and a browser for the tests of a file; both end with it. */
export async function begin(holding = {}) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const [hospital, browser] = await Promise.all([
    Hospital.open(holding),
    chromium.launch({ executablePath, args: ['--no-sandbox'] }),
  ]);
  const journeys = new Journeys(browser, hospital);
  after(() => journeys.close());
  return journeys;
}
