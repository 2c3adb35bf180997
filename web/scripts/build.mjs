// Builds every app into dist/ as the server embeds it: index.html, my.html and its worker, portals.json, preload.json, assets/, all precompressed.
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { preloads } from './preload.mjs';

const WEB = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(WEB, 'dist');
const ASSETS = join(DIST, 'assets');
/** Smaller files travel in one packet either way. */
const COMPRESSED_BYTES_MIN = 1024;
/** Built whole, into assets/my. */
const STANDALONE = 'patient-standalone';
const TEXT = /\.(html|js|css|json|svg|txt|map)$/;

const brotli = promisify(brotliCompress);
const zipped = promisify(gzip);

async function portalNames() {
  const apps = await readdir(join(WEB, 'apps'), { withFileTypes: true });
  const names = [];
  for (const app of apps.filter((entry) => entry.isDirectory())) {
    const files = await readdir(join(WEB, 'apps', app.name));
    if (files.includes('portal.json')) names.push(app.name);
  }
  return names.toSorted();
}

function build(app) {
  const vite = join(WEB, 'node_modules', 'vite', 'bin', 'vite.js');
  const options = { cwd: join(WEB, 'apps', app), stdio: 'inherit', env: { ...process.env, NODE_ENV: 'production' } };
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], options);
  if (status !== 0) throw new Error(`building ${app} failed`);
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function compress(file) {
  const content = await readFile(file);
  if (!TEXT.test(file) || content.length <= COMPRESSED_BYTES_MIN) return;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
  await Promise.all([
    brotli(content, quality).then((bytes) => writeFile(`${file}.br`, bytes)),
    zipped(content, { level: 9 }).then((bytes) => writeFile(`${file}.gz`, bytes)),
  ]);
}

const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The patients' page and the worker that opens it without a connection: all its files, named by what is in them. */
async function placeStandalone() {
  const early = await readFile(join(WEB, 'apps', STANDALONE, 'early.js'), 'utf8');
  const earlyName = `early-${hashOf(early)}.js`;
  await writeFile(join(ASSETS, 'my', earlyName), early);
  const built = await readFile(join(ASSETS, 'my', 'index.html'), 'utf8');
  await writeFile(join(DIST, 'my.html'), built.replace('<!--early-->', `<script async src="/assets/my/${earlyName}"></script>`));
  await rm(join(ASSETS, 'my', 'index.html'));
  const files = (await readdir(join(ASSETS, 'my'))).filter((name) => name !== 'manifest.json').toSorted().map((name) => `/assets/my/${name}`);
  const page = await readFile(join(DIST, 'my.html'), 'utf8');
  const version = hashOf(JSON.stringify([files, page]));
  const worker = await readFile(join(WEB, 'apps', STANDALONE, 'worker.js'), 'utf8');
  await writeFile(join(DIST, 'my-worker.js'), worker.replace('__VERSION__', version).replace('__FILES__', JSON.stringify(files)));
}

async function main() {
  await rm(DIST, { recursive: true, force: true });
  const portals = await portalNames();
  for (const app of ['shell', STANDALONE, ...portals]) build(app);

  await rename(join(ASSETS, 'shell', 'index.html'), join(DIST, 'index.html'));
  await placeStandalone();
  const manifests = await Promise.all(
    portals.map(async (name) => JSON.parse(await readFile(join(WEB, 'apps', name, 'portal.json'), 'utf8'))),
  );
  await writeFile(join(DIST, 'portals.json'), JSON.stringify(manifests));
  await writeFile(join(DIST, 'preload.json'), JSON.stringify(await preloads(ASSETS, manifests), null, 1));
  // Vite's own manifests are for this script, not for browsers.
  for (const app of ['shell', 'my', ...portals]) await rm(join(ASSETS, app, 'manifest.json'));

  const files = await filesUnder(DIST);
  await Promise.all(files.map(compress));
  console.log(`${files.length} files in ${relative(process.cwd(), DIST) || '.'}`);
}

await main();
