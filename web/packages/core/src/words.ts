// Words of the screens by language: English is always there, other languages are fetched when chosen.
import { useSyncExternalStore } from 'react';
import { usePreferences, type Language } from './preferences';

/** A text with `{places}`, or one text per plural category. */
export type Wording = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Values = Record<string, string | number>;
type Entries = Record<string, Wording>;
export type WordsLike<E extends Entries> = Record<keyof E & string, Wording>;
/** Arabic everywhere; Welsh where patients read. A language that is not there is shown in English. */
type Others<E extends Entries> = Record<'ar', Load<E>> & Partial<Record<Exclude<Language, 'en'>, Load<E>>>;
type Load<E extends Entries> = () => Promise<{ default: WordsLike<E> }>;

export type Translate<E extends Entries> = (key: keyof E & string, values?: Values) => string;

export interface Catalogue<E extends Entries> {
  translate: (language: Language) => Translate<E>;
  load: (language: Language) => Promise<void>;
}

const PLACE = /\{(\w+)\}/g;
const catalogues: Catalogue<Entries>[] = [];
const listeners = new Set<() => void>();
let revision = 0;

export function textOf(wording: Wording, language: Language, values: Values = {}): string {
  const count = values.count;
  const text =
    typeof wording === 'string'
      ? wording
      : (wording[new Intl.PluralRules(language).select(Number(count ?? 0))] ?? wording.other);
  return text.replace(PLACE, (whole, name: string) => String(values[name] ?? whole));
}

export function catalogue<const E extends Entries>(english: E, others: Others<E>): Catalogue<E> {
  const loaded = new Map<Language, WordsLike<E>>([['en', english]]);
  const translators = new Map<WordsLike<E>, Translate<E>>();
  const made: Catalogue<E> = {
    translate(language) {
      const words = loaded.get(language) ?? english;
      const known = translators.get(words);
      if (known) return known;
      const spoken = words === english ? 'en' : language;
      const translate: Translate<E> = (key, values) => textOf(words[key], spoken, values);
      translators.set(words, translate);
      return translate;
    },
    async load(language) {
      const fetched = language === 'en' ? undefined : others[language];
      if (fetched === undefined || loaded.has(language)) return;
      loaded.set(language, (await fetched()).default);
      revision += 1;
      for (const listener of listeners) listener();
    },
  };
  catalogues.push(made as unknown as Catalogue<Entries>);
  return made;
}

/** Fetches a language for all that is on the page; the screens change when it is there. */
export async function loadLanguage(language: Language): Promise<void> {
  await Promise.all(catalogues.map((one) => one.load(language)));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useWords<E extends Entries>(words: Catalogue<E>): Translate<E> {
  const { language } = usePreferences();
  useSyncExternalStore(subscribe, () => revision);
  void words.load(language);
  return words.translate(language);
}
