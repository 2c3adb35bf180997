// Signing in: at once, by hand, for the first time; and what is said when it is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from './harness/codes.mjs';
import { begin } from './harness/journeys.mjs';

const journeys = await begin();
const { hospital } = journeys;

const WRONG = 'The name, the password or the one-time code is wrong, or the code was used before. Check all three.';
const OWN_PASSWORD = 'quiet heron over wet slate';

const form = (page) => page.getByRole('form', { name: 'Sign in' });
const codeBox = (page) => page.getByLabel('One-time code');
const inside = (page) => page.getByRole('heading', { name: /^(Today|Patients)$/, level: 1 });

async function give(page, { name, password }) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await form(page).getByRole('button', { name: 'Sign in' }).click();
}

/** A new account with its first password. */
async function newAccount(name, role) {
  const added = JSON.parse(await hospital.command('user', 'add', '--name', name, '--role', role, '--json'));
  return { name, password: added.firstPassword };
}

/** A code that is surely not the one of now. */
const otherThan = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

test('a sample account signs in with one click', async (t) => {
  const page = await journeys.visit(t, '/');
  await page.getByRole('button', { name: /^Sign in as .*, nurse$/ }).click();
  await inside(page).waitFor();
  assert.equal(new URL(page.url()).pathname, '/doctor/today');
});

test('a person signs in by hand, and is still in after a reload', async (t) => {
  const account = await hospital.account('doctor');
  const page = await journeys.visit(t, '/');
  await give(page, account);
  await codeBox(page).fill(account.code);
  await inside(page).waitFor();
  await page.reload();
  await inside(page).waitFor();
});

test('nothing is asked of the server before name and password are there', async (t) => {
  const page = await journeys.visit(t, '/');
  await form(page).getByRole('button', { name: 'Sign in' }).click();
  await form(page).getByText('Enter Name').first().waitFor();
  await form(page).getByText('Enter Password').first().waitFor();
  const sent = page.context().seen.requests.filter((address) => address.endsWith('/api/session'));
  assert.equal(sent.length, 1, 'only who is signed in was asked');
});

test('a wrong password, a wrong code and a used code are refused in the same words', async (t) => {
  const account = await hospital.account('pharmacist');
  const refusal = async (steps) => {
    const page = await journeys.visit(t, '/');
    await steps(page);
    await form(page).getByText(WRONG).first().waitFor();
    return form(page).locator('.g-alert').innerText();
  };
  const wrongPassword = await refusal((page) => give(page, { ...account, password: 'not the password' }));
  const wrongCode = await refusal(async (page) => {
    await give(page, account);
    await codeBox(page).fill(otherThan(account.code));
  });
  await hospital.signIn('pharmacist');
  const usedCode = await refusal(async (page) => {
    await give(page, account);
    await codeBox(page).fill(account.code);
  });
  assert.equal(wrongCode, wrongPassword);
  assert.equal(usedCode, wrongPassword);
});

test('an unknown name is refused in the words of a wrong password', async (t) => {
  const page = await journeys.visit(t, '/');
  await give(page, { name: 'nobody.known', password: 'not the password' });
  await form(page).getByText(WRONG).first().waitFor();
});

test('after too many tries the account waits, and when to try again is said', async (t) => {
  const account = await newAccount('locked.out', 'nurse');
  const page = await journeys.visit(t, '/');
  await give(page, { ...account, password: 'not the password' });
  for (let tries = 0; tries < 5; tries += 1) {
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/api/session') && answer.request().method() === 'POST');
    await page.getByLabel('Password', { exact: true }).fill(`not the password ${tries}`);
    await form(page).getByRole('button', { name: 'Sign in' }).click();
    await answered;
  }
  const locked = form(page).getByText('Too many tries. Wait 15 minutes, or ask an administrator to reset the account.').first();
  await locked.waitFor();
  // The right password helps nobody who guessed before.
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await form(page).getByRole('button', { name: 'Sign in' }).click();
  await locked.waitFor();
  assert.equal(await inside(page).count(), 0);
});

test('a new account chooses a password and enrols an authenticator, and is in', async (t) => {
  const account = await newAccount('first.day', 'doctor');
  const page = await journeys.visit(t, '/');
  await give(page, account);
  await page.getByLabel('New password', { exact: true }).fill(OWN_PASSWORD);
  await page.getByLabel('New password, again').fill('something else entirely');
  await page.getByRole('button', { name: 'Continue' }).click();
  await form(page).getByText('The two do not match').first().waitFor();
  await page.getByLabel('New password, again').fill(OWN_PASSWORD);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  const secret = await page.locator('.enrolment-secret').innerText();
  await codeBox(page).fill(codeOf(secret));
  await inside(page).waitFor();

  const again = await journeys.visit(t, '/');
  await give(again, { name: account.name, password: OWN_PASSWORD });
  await codeBox(again).fill(codeOf(secret, 1));
  await inside(again).waitFor();
});

test('a new password that is easy to guess is refused at its field', async (t) => {
  const account = await newAccount('easy.guess', 'doctor');
  const page = await journeys.visit(t, '/');
  await give(page, account);
  await page.getByLabel('New password', { exact: true }).fill('password1234');
  await page.getByLabel('New password, again').fill('password1234');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.locator('#sign-in-new[aria-invalid="true"]').waitFor();
});
