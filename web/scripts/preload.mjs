// Which modules each first page needs, so that the server can name them in the HTML and none waits for another.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SHELL_ENTRY = 'index.html';
const PORTAL_ENTRY = 'src/portal.tsx';
/** Federation's own modules, whichever page it is; what they in turn load when asked is the shared packages. */
const FEDERATION = /^virtual:mf/;
/** The one shared package that every page runs and that Vite does not see the entry import. */
const KERNEL = '../../packages/core/src/index.ts';

const SIGN_IN = '../../packages/account/src/sign-in/sign-in-screen.tsx';
const PATIENT_PORTAL = '../patient/src/portal.tsx';

const readManifest = async (assets, app) => JSON.parse(await readFile(join(assets, app, 'manifest.json'), 'utf8'));

/** A module and all that it imports for sure. */
function withImports(manifest, keys, found = new Set()) {
  for (const key of keys) {
    if (found.has(key) || manifest[key] === undefined) continue;
    found.add(key);
    withImports(manifest, manifest[key].imports ?? [], found);
  }
  return found;
}

const addresses = (app, manifest, keys) =>
  [...withImports(manifest, keys)].map((key) => `/assets/${app}/${manifest[key].file}`).filter((href) => href.endsWith('.js'));

export async function preloads(assets, portals) {
  const shell = await readManifest(assets, 'shell');
  const federation = Object.keys(shell).filter((key) => FEDERATION.test(key));
  const first = addresses('shell', shell, [SHELL_ENTRY, ...federation, KERNEL]);
  const mine = await readManifest(assets, 'my');
  const withFirst = (key) => {
    if (mine[key] === undefined) throw new Error(`my: there is no module ${key} to preload`);
    return addresses('my', mine, [SHELL_ENTRY, key]);
  };
  // Whoever comes without a cookie signs in first.
  const pages = { '/': first, '/my': withFirst(SIGN_IN), '/my signed-in': withFirst(PATIENT_PORTAL) };
  for (const { name, preload = [] } of portals) {
    const manifest = await readManifest(assets, name);
    const entries = Object.keys(manifest).filter((key) => key.includes('REMOTE_ENTRY_ID') || key.includes('localSharedImportMap'));
    for (const key of [PORTAL_ENTRY, ...preload]) {
      if (manifest[key] === undefined) throw new Error(`${name}: there is no module ${key} to preload`);
    }
    pages[`/${name}`] = [...first, ...addresses(name, manifest, [...entries, PORTAL_ENTRY, ...preload])];
  }
  return pages;
}
