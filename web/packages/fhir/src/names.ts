//! Which of a person's names to show, and how: family name in capitals only where its letters have capitals.
import type { HumanName } from './datatypes';
import type { PersonName } from './views';
import { englishWords, type ClinicalWords } from './words';

/** Georgian has capitals that few fonts draw; scripts not named here are left alone. */
const CASED = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}]+/gu;

export function familyCapitals(family: string): string {
  // Upper-casing ß gives SS, which is another name (Weiss is not Weiß).
  return family.replace(/ß/g, 'ẞ').replace(CASED, (letters) => letters.toUpperCase());
}

const joined = (parts: readonly (string | undefined)[] | undefined): string | undefined => {
  const text = (parts ?? []).map((part) => part?.trim()).filter(Boolean).join(' ');
  return text.replace(/\s+/g, ' ') || undefined;
};

const NAME_RANKS = ['official', 'usual', undefined, 'temp', 'nickname', 'anonymous', 'maiden', 'old'];

/** Lower is better; a use that FHIR does not know stands with those without one. */
function rank(name: HumanName): number {
  const place = NAME_RANKS.indexOf(name.use);
  return place === -1 ? NAME_RANKS.indexOf(undefined) : place;
}

function ended(name: HumanName, now: number): boolean {
  const end = name.period?.end && Date.parse(name.period.end);
  return typeof end === 'number' && end < now;
}

const usable = (name: HumanName) => Boolean(joined([name.family, ...(name.given ?? [])]) ?? name.text?.trim());

/** What an ideographic or syllabic second writing of the same name is marked with. */
const REPRESENTATION = 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation';

const isTransliteration = (name: HumanName) =>
  (name.extension ?? []).some((extension) => extension.url === REPRESENTATION && extension.valueCode === 'ABC');

export interface NameChoice {
  /** Milliseconds since 1970; names whose period has ended come last. */
  now: number;
  /** Show the Latin writing first where a name has several. */
  preferLatin?: boolean;
  words?: ClinicalWords;
}

export function personName(name: HumanName, words: ClinicalWords = englishWords): PersonName {
  const family = joined([name.family]);
  const given = joined(name.given);
  const title = joined(name.prefix);
  const suffix = joined(name.suffix);
  const text = joined([name.text]);
  if (!family && !given && !text) return unknownName(words);
  const parts = family || given;
  const capitals = family && familyCapitals(family);
  const banner = parts ? [capitals, given].filter(Boolean).join(', ') + (title ? ` (${title})` : '') : (text ?? '');
  const full = parts ? joined([title, given, family, suffix]) ?? '' : (text ?? '');
  return {
    known: true,
    banner,
    full,
    ...(family && { family }),
    ...(given && { given }),
    ...(title && { title }),
    ...(suffix && { suffix }),
    ...(name.use && { use: name.use }),
  };
}

export function unknownName(words: ClinicalWords = englishWords): PersonName {
  return { known: false, banner: words.notKnown, full: words.notKnown };
}

/** The name to show first and the others in order, without repeats. */
export function personNames(names: readonly HumanName[] | undefined, choice: NameChoice): [PersonName, ...PersonName[]] {
  const order = (a: HumanName, b: HumanName) =>
    Number(ended(a, choice.now)) - Number(ended(b, choice.now))
    || rank(a) - rank(b)
    || (choice.preferLatin ? Number(isTransliteration(b)) - Number(isTransliteration(a)) : Number(isTransliteration(a)) - Number(isTransliteration(b)));
  const sorted = (names ?? []).filter(usable).sort(order).map((name) => personName(name, choice.words));
  const distinct = sorted.filter((name, index) => sorted.findIndex((other) => other.full === name.full) === index);
  const [first = unknownName(choice.words), ...others] = distinct;
  return [first, ...others];
}
