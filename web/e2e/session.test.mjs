// A session that ends while somebody works, and two people in one browser: nothing typed is lost, nothing seen is shared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, cookieFor } from './harness/journeys.mjs';
import { chartPath, openChart, panel, search } from './harness/screens.mjs';

const journeys = await begin();
const { hospital } = journeys;

const again = (page) => page.getByRole('dialog', { name: 'Sign in again' });

/** Ends a session from elsewhere, as an administrator or the time would. */
async function end(session) {
  const answer = await hospital.ask('/api/session', { method: 'DELETE', cookie: session, headers: { 'x-csrf-token': session.csrf } });
  assert.equal(answer.status, 204);
}

async function signInAgain(page, role) {
  const { password, code } = await hospital.account(role);
  await again(page).getByLabel('Password', { exact: true }).fill(password);
  await again(page).getByRole('button', { name: 'Sign in', exact: true }).click();
  await again(page).getByLabel('One-time code').fill(code);
  await again(page).waitFor({ state: 'detached' });
}

test('a form outlives its session: signed in again in place, the draft is there and is sent', async (t) => {
  const session = await hospital.signIn('receptionist');
  const page = await journeys.visit(t, '/desk/registration', { cookie: session });
  await page.getByLabel('Family name').fill('Halvorsen');
  await page.getByLabel('Given names').fill('Ingrid Marie');
  await page.getByLabel('Telephone').fill('07700 900123');
  await end(session);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await again(page).waitFor();
  assert.equal(await page.getByLabel('Family name').isVisible(), false, 'whoever walks by sees no patient');
  await signInAgain(page, 'receptionist');
  assert.equal(await page.getByLabel('Family name').inputValue(), 'Halvorsen');
  assert.equal(await page.getByLabel('Telephone').inputValue(), '07700 900123');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.getByText('HALVORSEN, Ingrid Marie').first().waitFor();
});

test('a chart whose session ended is hidden, and comes back where it was', async (t) => {
  const session = await hospital.signIn('doctor');
  const page = await journeys.visit(t, '/doctor/patients', { cookie: session });
  await openChart(page, 'demo-patient-00011', 'summary');
  await end(session);
  await page.getByRole('link', { name: 'Documents' }).click();
  await again(page).waitFor();
  assert.equal(await page.getByText('ADÉBÁYÒ').first().isVisible(), false);
  assert.equal(await page.title(), 'Sign in again · Galen', 'the tab does not say whose chart it is');
  await signInAgain(page, 'doctor');
  await page.getByRole('heading', { name: 'Documents', level: 2 }).waitFor();
  assert.match(await page.title(), /^ADÉBÁYÒ, .* · Documents · Galen$/);
  assert.equal(new URL(page.url()).pathname, chartPath('demo-patient-00011', 'documents'));
});

test('an account that is disabled is shut out of its open screens', async (t) => {
  const session = await hospital.signIn('social-worker');
  const page = await journeys.visit(t, '/doctor/patients', { cookie: session });
  await search(page, 'ellery');
  const { name } = await hospital.account('social-worker');
  await hospital.command('user', 'disable', '--name', name);
  await page.getByRole('combobox').fill('walker');
  await again(page).waitFor();
});

test('of two tabs the older one says that somebody else signed in, and shows nothing of the first', async (t) => {
  const nurse = await hospital.signIn('nurse');
  const older = await journeys.visit(t, '/doctor/patients', { cookie: nurse });
  await openChart(older, 'demo-patient-00011', 'summary');
  await older.getByText('ADÉBÁYÒ').first().waitFor();

  const context = older.context();
  const newer = await context.newPage();
  await context.clearCookies();
  await newer.goto('/');
  await newer.getByRole('button', { name: /^Sign in as .*, pharmacist$/ }).click();
  await newer.getByRole('heading', { name: /^(Today|Patients)$/, level: 1 }).waitFor();

  const notice = older.getByRole('dialog', { name: /^You are now signed in as/ });
  await notice.waitFor();
  const left = await older.content();
  assert.ok(!/ADÉBÁYÒ|Adébáyò/.test(left), 'the first person’s patient is gone from the page');
  await notice.getByRole('button', { name: /^Go on as/ }).click();
  await older.getByRole('heading', { name: /^(Today|Patients)$/, level: 1 }).waitFor();
  assert.equal(await panel(older, 'Recently opened').count(), 0, 'what the first person opened is forgotten');
});

test('what one person sends is never sent in another’s name', async (t) => {
  const first = await hospital.signIn('medical-secretary');
  const page = await journeys.visit(t, '/desk/registration', { cookie: first });
  await page.getByLabel('Family name').fill('Quilliam');
  // Somebody else’s session comes into the browser without this tab hearing of it.
  await page.context().addCookies([cookieFor(await hospital.session('records-manager'))]);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.getByRole('dialog', { name: /^You are now signed in as/ }).waitFor();
  const found = await hospital.ask('/api/patients?text=quilliam', { cookie: await hospital.session('records-manager') });
  assert.deepEqual((await found.json()).patients, []);
});

test('signing out asks before it throws a draft away, and leaves nothing on screen', async (t) => {
  const page = await journeys.visit(t, '/desk/registration', { cookie: await hospital.signIn('clerical-manager') });
  await page.getByLabel('Family name').fill('Undecided');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  const question = page.getByRole('dialog', { name: 'Sign out and lose what is not saved?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await page.getByLabel('Family name').inputValue(), 'Undecided');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await question.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
  await page.goto('/desk/registration');
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
});
