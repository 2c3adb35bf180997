// How one likes the screens: the only thing that outlives the page, and nothing in it is about a patient.
import { useSyncExternalStore } from 'react';

export const LANGUAGES = ['en', 'cy', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the screens of those who work here are written in. */
export const STAFF_LANGUAGES: readonly Language[] = ['en', 'ar'];

export const COLOR_SCHEMES = ['auto', 'light', 'dark'] as const;
export type ColorScheme = (typeof COLOR_SCHEMES)[number];

export interface Preferences {
  language: Language;
  colorScheme: ColorScheme;
  /** WCAG 2.1.4: single-key shortcuts can be turned off. */
  singleKeys: boolean;
}

const KEY = 'galen-preferences';
const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(['ar']);
const initial: Preferences = { language: 'en', colorScheme: 'auto', singleKeys: true };

function stored(): Preferences {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
    const language = LANGUAGES.find((known) => known === value.language) ?? initial.language;
    const colorScheme = COLOR_SCHEMES.find((known) => known === value.colorScheme) ?? initial.colorScheme;
    return { language, colorScheme, singleKeys: value.singleKeys !== false };
  } catch {
    return initial;
  }
}

let current = stored();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const directionOf = (language: Language): 'rtl' | 'ltr' => (RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr');

export function preferences(): Preferences {
  return current;
}

export function changePreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing still works for as long as the page is open.
  }
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}
