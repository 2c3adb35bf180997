// Holds dist/ to the budgets: what a first visit costs, what each part may weigh. Fails when one is exceeded.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const KB = 1000;
const BUDGET_KB = { cold: 340, remote: 60, ui: 110, warm: 20, patient: 190 };

/** Portals of some twenty-five and fifteen screens, each fetched when it is opened, are more in sum than one of few. */
const REMOTE_KB = { patient: 120, desk: 64 };
/** What is fetched only by who reads in that language. */
const LANGUAGE = /^(ar|cy|arabic|welsh)-/;

const size = async (path) => (await stat(path).catch(() => undefined))?.size;

/** As it travels: compressed where the server has that form. */
async function travels(path, form = 'br') {
  const bytes = (await size(join(DIST, `${path}.${form}`))) ?? (await size(join(DIST, path)));
  if (bytes === undefined) throw new Error(`${path} is not in dist`);
  return bytes;
}

async function sum(paths, form) {
  const sizes = await Promise.all([...new Set(paths)].map((path) => travels(path, form)));
  return sizes.reduce((total, bytes) => total + bytes, 0);
}

const named = (html) => [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
const assetsOf = async (app, wanted) => (await readdir(join(DIST, 'assets', app))).filter((name) => wanted.test(name)).map((name) => `/assets/${app}/${name}`);

const html = await readFile(join(DIST, 'index.html'), 'utf8');
const preload = JSON.parse(await readFile(join(DIST, 'preload.json'), 'utf8'));
const portals = JSON.parse(await readFile(join(DIST, 'portals.json'), 'utf8'));

const rows = [];
const hold = (what, bytes, limit) => rows.push({ what, kilobytes: bytes / KB, limit });

const shell = ['/index.html', '/portals.json', ...named(html), ...preload['/']];
hold('shell, signing in, cold (br)', await sum(shell), BUDGET_KB.cold);
hold('shared UI (br)', await sum(await assetsOf('shell', /ui__loadShare__.*\.js$/)), BUDGET_KB.ui);
for (const { name, entry } of portals) {
  const styles = await assetsOf(name, /\.css$/);
  hold(`shell + ${name}, cold (br)`, await sum([...shell, ...preload[`/${name}`], ...styles]), BUDGET_KB.cold);
  const own = (await assetsOf(name, /\.js$/)).filter((path) => !LANGUAGE.test(path.split('/').at(-1)));
  hold(`${name}, all its own JavaScript (gz)`, await sum(own, 'gz'), REMOTE_KB[name] ?? BUDGET_KB.remote);
  hold(`shell + ${name}, warm (br)`, await sum(['/index.html', '/portals.json', entry]), BUDGET_KB.warm);
}

const mine = await readFile(join(DIST, 'my.html'), 'utf8');
hold('patients by themselves, signing in, cold (br)', await sum(['/my.html', ...named(mine), ...preload['/my']]), BUDGET_KB.patient);
hold('patients by themselves, first screen, cold (br)', await sum(['/my.html', ...named(mine), ...preload['/my signed-in']]), BUDGET_KB.patient);

const width = Math.max(...rows.map(({ what }) => what.length));
for (const { what, kilobytes, limit } of rows) {
  const verdict = kilobytes <= limit ? 'ok' : 'TOO BIG';
  console.log(`${what.padEnd(width)}  ${kilobytes.toFixed(1).padStart(7)} KB of ${String(limit).padStart(3)} KB  ${verdict}`);
}
if (rows.some(({ kilobytes, limit }) => kilobytes > limit)) process.exit(1);
