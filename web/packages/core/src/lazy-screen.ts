// A screen fetched when it is first needed, asked for again while the server is away.
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

async function untilLoaded<T>(load: () => Promise<T>): Promise<T> {
  for (const wait of WAITS_MS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return load();
}

export function lazyScreen<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): LazyExoticComponent<ComponentType<P>> {
  return lazy(() => untilLoaded(load));
}
