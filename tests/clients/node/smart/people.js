//! People in Chromium: each in a context of their own, signing in for the first time as anybody does, watched for what no
//! page may do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { codeOf } from '../../../../web/e2e/harness/codes.mjs';
import { equal } from '../checked.js';

const STEP_MS_MAX = 15_000;
const PASSWORD = 'quiet heron over wet slate';
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
const LOOKS = [
  ['light', WIDE],
  ['dark', WIDE],
  ['light', NARROW],
  ['dark', NARROW],
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What the browser itself writes for every answer that is no success. */
const OF_THE_BROWSER = 'Failed to load resource';

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

export class Person {
  #context;
  faults = [];

  /** Somebody's browser. */
  static async begin() {
    const person = new Person();
    person.#context = await browser.newContext({ viewport: WIDE, locale: 'en-GB', reducedMotion: 'reduce' });
    person.#context.setDefaultTimeout(STEP_MS_MAX);
    person.#context.on('console', (message) => {
      if (!message.text().startsWith(OF_THE_BROWSER)) person.faults.push(`${message.type()}: ${message.text()}`);
    });
    person.#context.on('weberror', (error) => person.faults.push(`uncaught: ${error.error()}`));
    await person.#context.exposeBinding('reportViolation', (_source, what) => person.faults.push(`policy: ${what}`));
    await person.#context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    return person;
  }

  /** Opens the application at `address`, as `application` was registered. */
  async opens(address, application) {
    const page = await this.#context.newPage();
    await page.addInitScript((app) => {
      if (location.hostname === 'localhost') globalThis.app = app;
    }, application);
    await page.goto(address);
    return page;
  }

  /** Signs in for the first time, with a password and an authenticator of their own. */
  async signsInAnew(page, { name, firstPassword }) {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Password', { exact: true }).fill(firstPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('New password, again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Continue' }).click();
    const secret = await page.locator('.enrolment-secret').textContent();
    await page.getByLabel('One-time code').fill(codeOf(secret));
  }

  /** A request of a page of the server's own, as its scripts send them. */
  async asks(page, path, body) {
    return page.evaluate(
      async ([path, body]) => {
        const { csrf } = await (await fetch('/api/session')).json();
        const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf };
        const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: answer.status, body: await answer.json() };
      },
      [path, body],
    );
  }

  async leaves() {
    await this.#context.close();
    equal(this.faults, [], 'nothing is refused by a content policy, thrown or logged');
  }
}

/** The page in every look: no serious finding of axe, nothing wider than the screen; pictures where they are wanted. */
export async function looksRight(page, name) {
  for (const [scheme, viewport] of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: scheme });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    const grave = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
    const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    equal(told, [], `${name}, ${scheme}, ${viewport.width}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `${name} is ${wider} px wider than a screen of ${viewport.width}`);
    const folder = process.env.GALEN_PICTURES;
    if (folder) await page.screenshot({ path: join(folder, `${name}-${scheme}-${viewport.width}.png`), fullPage: true });
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
}
