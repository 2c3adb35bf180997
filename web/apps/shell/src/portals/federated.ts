// Portals as built: found in /portals.json, loaded at run time by Module Federation.
import { loadRemote, registerRemotes } from '@module-federation/runtime';
import type { PortalModule } from './load';
import { fetchManifests, type PortalManifest } from './manifest';

export async function portals(): Promise<PortalManifest[]> {
  const manifests = await fetchManifests();
  registerRemotes(manifests.map(({ name, entry }) => ({ name, entry, type: 'module' })));
  return manifests;
}

/** A failed script stays failed in the browser's module map: each further attempt has an address of its own. */
export async function portalModule({ name, entry }: PortalManifest, attempt: number): Promise<PortalModule> {
  if (attempt > 0) {
    registerRemotes([{ name, entry: `${entry}?attempt=${attempt}`, type: 'module' }], { force: true });
  }
  const module = await loadRemote<PortalModule>(`${name}/portal`);
  if (!module) throw new Error(`portal ${name}: nothing loaded`);
  return module;
}
