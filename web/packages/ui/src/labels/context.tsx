//! Hands the kit's words to its components; a portal may replace any of them. English is always there, others are fetched.
import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { englishLabels, type UiLabels } from './english';

const fetched = {
  ar: async () => (await import('./arabic')).arabicLabels,
  cy: async () => (await import('./welsh')).welshLabels,
} as const;

export type UiLanguage = 'en' | keyof typeof fetched;

const loaded = new Map<UiLanguage, UiLabels>([['en', englishLabels]]);
const listeners = new Set<() => void>();

/** Fetches the kit's words in a language; what shows them changes when they are there. */
export async function loadUiLanguage(language: UiLanguage): Promise<void> {
  if (language === 'en' || loaded.has(language)) return;
  loaded.set(language, await fetched[language]());
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const LabelsContext = createContext<UiLabels>(englishLabels);

export interface UiLabelsProviderProps {
  language?: UiLanguage;
  /** Replaces whole top-level entries of the catalogue. */
  labels?: Partial<UiLabels>;
  children: ReactNode;
}

export function UiLabelsProvider({ language = 'en', labels, children }: UiLabelsProviderProps) {
  const known = useSyncExternalStore(subscribe, () => loaded.get(language));
  // A failed fetch is tried again with the next drawing; until then English is better than nothing.
  if (!known) loadUiLanguage(language).catch(() => undefined);
  const value = useMemo(() => ({ ...(known ?? englishLabels), ...labels }), [known, labels]);
  return <LabelsContext value={value}>{children}</LabelsContext>;
}

export function useLabels(): UiLabels {
  return useContext(LabelsContext);
}
