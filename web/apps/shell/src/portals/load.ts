// Loading a portal: never for longer than ten seconds, tried again when it fails, kept when it succeeds.
import type { ComponentType } from 'react';
import { portalModule } from './federated';
import type { PortalManifest } from './manifest';

export interface PortalModule {
  default: ComponentType;
}

type Load = (manifest: PortalManifest, attempt: number) => Promise<PortalModule>;

export const LOAD_TIME_MAX_MS = 10_000;
const ATTEMPTS_MAX = 2;
const PAUSE_MS = 500;

const loaded = new Map<string, Promise<PortalModule>>();
/** Attempts of this page so far, so that no address is ever tried twice. */
const attempts = new Map<string, number>();

function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timed out')), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function attempt(manifest: PortalManifest, load: Load): Promise<PortalModule> {
  for (let left = ATTEMPTS_MAX; ; left -= 1) {
    const number = attempts.get(manifest.name) ?? 0;
    attempts.set(manifest.name, number + 1);
    try {
      return await within(load(manifest, number), LOAD_TIME_MAX_MS);
    } catch (error) {
      if (left <= 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

export function loadPortal(manifest: PortalManifest, load: Load = portalModule): Promise<PortalModule> {
  const known = loaded.get(manifest.name);
  if (known) return known;
  const loading = attempt(manifest, load).catch((error: unknown) => {
    loaded.delete(manifest.name);
    throw error;
  });
  loaded.set(manifest.name, loading);
  return loading;
}
