// A portal that does not come is given up after a while, tried again, and never loaded twice.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPortal, LOAD_TIME_MAX_MS, type PortalModule } from './load';
import type { PortalManifest } from './manifest';

const loaded: PortalModule = { default: () => null };
let count = 0;

/** Every test has a portal of its own: what was loaded stays loaded. */
const manifest = (): PortalManifest => ({
  name: `portal${(count += 1)}`,
  entry: '/remoteEntry.js',
  label: { en: 'Portal' },
  permissions: [],
  nav: [],
  slots: [],
  routes: [],
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('loading a portal', () => {
  it('is tried a second time, at an address of its own', async () => {
    const load = vi.fn().mockRejectedValueOnce(new Error('broken')).mockResolvedValueOnce(loaded);
    const portal = manifest();
    const loading = loadPortal(portal, load);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await loading).toBe(loaded);
    expect(load.mock.calls.map(([, attempt]) => attempt)).toEqual([0, 1]);
  });

  it('fails within the time of two attempts when nothing comes, and can be asked for again', async () => {
    const portal = manifest();
    const silent = vi.fn(() => new Promise<PortalModule>(() => undefined));
    const outcome = loadPortal(portal, silent).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(2 * LOAD_TIME_MAX_MS + 1_000);
    expect(await outcome).toBeInstanceOf(Error);
    expect(silent).toHaveBeenCalledTimes(2);
    expect(await loadPortal(portal, async () => loaded)).toBe(loaded);
  });

  it('happens once, however many ask', async () => {
    const load = vi.fn(async () => loaded);
    const portal = manifest();
    await Promise.all([loadPortal(portal, load), loadPortal(portal, load)]);
    expect(load).toHaveBeenCalledOnce();
  });
});
