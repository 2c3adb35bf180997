//! Questionnaires as forms: what is asked now, what is missing or wrong. Pure; the answers are a plain map by place.
import type { Coding, Extension, Quantity, Reference, Attachment } from './datatypes';
import { clinicalMoment } from './dates';
import type { Questionnaire, QuestionnaireEnableWhen, QuestionnaireItem } from './resources';

/** The item types of R4, and no other. */
export const QUESTION_TYPES = [
  'boolean', 'decimal', 'integer', 'date', 'dateTime', 'time', 'string', 'text', 'url', 'choice', 'open-choice', 'attachment', 'reference', 'quantity',
] as const;
export type QuestionType = (typeof QUESTION_TYPES)[number];

/** Times that one group or question may be repeated. */
export const REPEATS_MAX = 50;
/** Groups within groups; what lies deeper is not asked. */
export const DEPTH_MAX = 20;

export type AnswerValue =
  | { kind: 'boolean'; value: boolean }
  /** As it stands in the box: numbers, dates, times, texts, addresses. */
  | { kind: 'text'; value: string }
  | { kind: 'coding'; value: Coding }
  | { kind: 'quantity'; value: string; unit?: Coding }
  | { kind: 'attachment'; value: Attachment }
  | { kind: 'reference'; value: Reference };

export interface Answers {
  /** By place: `linkId`, within a repeated group `group#1/linkId`. */
  values: Record<string, AnswerValue[]>;
  /** How often a repeated group is there, by its place; once where it is not said. */
  times: Record<string, number>;
}

export interface ShownItem {
  /** Where its answers lie. */
  place: string;
  item: QuestionnaireItem;
  kind: QuestionType | 'group' | 'display' | 'unsupported';
  /** Which of a repeated group this is, from 0, and of how many. */
  instance?: { index: number; count: number; place: string };
  children: ShownItem[];
}

const HIDDEN = 'http://hl7.org/fhir/StructureDefinition/questionnaire-hidden';
const UNIT = 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit';
const UNIT_OPTION = 'http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption';
const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation';

const isQuestionType = (type: string): type is QuestionType => (QUESTION_TYPES as readonly string[]).includes(type);

export function kindOfItem(item: QuestionnaireItem): ShownItem['kind'] {
  if (item.type === 'group' || item.type === 'display') return item.type;
  return isQuestionType(item.type) ? item.type : 'unsupported';
}

export const isHidden = (item: QuestionnaireItem): boolean => (item.extension ?? []).some(({ url, valueBoolean }) => url === HIDDEN && valueBoolean === true);

/** The text in a language where the questionnaire brings it, as it stands otherwise. */
function translated(text: string | undefined, extensions: readonly Extension[] | undefined, language: string): string {
  const found = (extensions ?? []).filter(({ url }) => url === TRANSLATION).find(({ extension }) => {
    const code = extension?.find(({ url }) => url === 'lang')?.valueCode;
    return code !== undefined && code.split('-')[0] === language.split('-')[0];
  });
  return found?.extension?.find(({ url }) => url === 'content')?.valueString ?? text ?? '';
}

export const itemText = ({ text, _text }: QuestionnaireItem, language: string): string => translated(text, _text?.extension, language);

export const questionnaireTitle = ({ title, _title, name }: Questionnaire, language: string): string =>
  translated(title, _title?.extension, language) || (name ?? '');

export const questionnaireAbout = ({ description, _description }: Questionnaire, language: string): string =>
  translated(description, _description?.extension, language);

/** The units that an amount may be given in; the first is taken where nobody chooses. */
export function unitsOf(item: QuestionnaireItem): Coding[] {
  const fixed = (item.extension ?? []).find(({ url }) => url === UNIT)?.valueCoding;
  const offered = (item.extension ?? []).flatMap(({ url, valueCoding }) => (url === UNIT_OPTION && valueCoding ? [valueCoding] : []));
  return fixed ? [fixed] : offered;
}

export const isAnswered = (value: AnswerValue): boolean => (value.kind === 'text' || value.kind === 'quantity' ? value.value.trim() !== '' : true);

export const answersAt = (answers: Answers, place: string): AnswerValue[] => (answers.values[place] ?? []).filter(isAnswered);

/** `group#1/` of `group#1/linkId`: a question is looked for beside the one that asks, then further out. */
function* outwards(place: string): Generator<string> {
  let prefix = place.slice(0, place.lastIndexOf('/') + 1);
  for (;;) {
    yield prefix;
    if (prefix === '') return;
    prefix = prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
  }
}

interface Walk {
  questionnaire: Questionnaire;
  answers: Answers;
  /** Every question's own conditions, by its linkId. */
  items: ReadonlyMap<string, { item: QuestionnaireItem; ancestors: readonly QuestionnaireItem[] }>;
}

function indexed(questionnaire: Questionnaire): Walk['items'] {
  const found = new Map<string, { item: QuestionnaireItem; ancestors: readonly QuestionnaireItem[] }>();
  const visit = (items: readonly QuestionnaireItem[] | undefined, ancestors: readonly QuestionnaireItem[]) => {
    if (ancestors.length > DEPTH_MAX) return;
    for (const item of items ?? []) {
      if (!found.has(item.linkId)) found.set(item.linkId, { item, ancestors });
      visit(item.item, [...ancestors, item]);
    }
  };
  visit(questionnaire.item, []);
  return found;
}

function compare(one: string | number, other: string | number, operator: string): boolean {
  switch (operator) {
    case '=': return one === other;
    case '!=': return one !== other;
    case '>': return one > other;
    case '<': return one < other;
    case '>=': return one >= other;
    case '<=': return one <= other;
    default: return false;
  }
}

const numberOf = (text: string): number | undefined => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text));

function sameQuantity(value: Extract<AnswerValue, { kind: 'quantity' }>, wanted: Quantity, operator: string): boolean {
  const [one, other] = [numberOf(value.value), numberOf(String(wanted.value ?? ''))];
  const unit = wanted.code ?? wanted.unit;
  if (one === undefined || other === undefined || (unit !== undefined && unit !== (value.unit?.code ?? value.unit?.display))) return false;
  return compare(one, other, operator);
}

function sameCoding(one: Coding, other: Coding): boolean {
  return one.code === other.code && (one.system === undefined || other.system === undefined || one.system === other.system);
}

/** Whether one answer fits; a kind that cannot be compared fits nothing. */
function fits(value: AnswerValue, when: QuestionnaireEnableWhen): boolean {
  const { operator } = when;
  if (when.answerBoolean !== undefined) return value.kind === 'boolean' && compare(Number(value.value), Number(when.answerBoolean), operator);
  if (when.answerCoding !== undefined) {
    const same = value.kind === 'coding' && sameCoding(value.value, when.answerCoding);
    return operator === '=' ? same : operator === '!=' && value.kind === 'coding' && !same;
  }
  if (when.answerQuantity !== undefined) return value.kind === 'quantity' && sameQuantity(value, when.answerQuantity, operator);
  if (when.answerReference !== undefined) {
    const same = value.kind === 'reference' && value.value.reference === when.answerReference.reference;
    return operator === '=' ? same : operator === '!=' && !same;
  }
  if (value.kind !== 'text') return false;
  const numeric = when.answerInteger ?? when.answerDecimal;
  if (numeric !== undefined) {
    const [one, other] = [numberOf(value.value), numberOf(String(numeric))];
    return one !== undefined && other !== undefined && compare(one, other, operator);
  }
  const instant = when.answerDateTime ?? when.answerDate;
  if (instant !== undefined) {
    const [one, other] = [clinicalMoment(value.value)?.earliest, clinicalMoment(instant)?.earliest];
    return one !== undefined && other !== undefined && compare(one, other, operator);
  }
  const wanted = when.answerTime ?? when.answerString;
  return wanted !== undefined && compare(value.value.trim(), wanted, operator);
}

/** Answers of a question that is not asked do not count; `seen` ends what would ask for itself. */
function answersOf(walk: Walk, linkId: string, from: string, seen: ReadonlySet<string>): AnswerValue[] {
  for (const prefix of outwards(from)) {
    const found = answersAt(walk.answers, prefix + linkId);
    if (found.length > 0) return isAskedAt(walk, linkId, prefix + linkId, seen) ? found : [];
  }
  return [];
}

function isMet(walk: Walk, when: QuestionnaireEnableWhen, place: string, seen: ReadonlySet<string>): boolean {
  const values = answersOf(walk, when.question, place, seen);
  if (when.operator === 'exists') return (values.length > 0) === (when.answerBoolean ?? true);
  if (when.operator === '!=') return values.length > 0 && values.every((value) => fits(value, when));
  return values.some((value) => fits(value, when));
}

function isEnabled(walk: Walk, item: QuestionnaireItem, place: string, seen: ReadonlySet<string>): boolean {
  const conditions = item.enableWhen ?? [];
  if (conditions.length === 0) return true;
  const met = (when: QuestionnaireEnableWhen) => isMet(walk, when, place, seen);
  return item.enableBehavior === 'any' ? conditions.some(met) : conditions.every(met);
}

function isAskedAt(walk: Walk, linkId: string, place: string, seen: ReadonlySet<string>): boolean {
  const known = walk.items.get(linkId);
  if (!known || seen.has(linkId)) return false;
  const further = new Set([...seen, linkId]);
  return [...known.ancestors, known.item].every((item) => isEnabled(walk, item, place, further));
}

function shown(walk: Walk, items: readonly QuestionnaireItem[] | undefined, prefix: string, depth: number, withHidden: boolean): ShownItem[] {
  if (depth > DEPTH_MAX) return [];
  return (items ?? []).flatMap((item): ShownItem[] => {
    const place = prefix + item.linkId;
    if (!isEnabled(walk, item, place, new Set([item.linkId]))) return [];
    if (!withHidden && isHidden(item)) return [];
    const kind = kindOfItem(item);
    const inside = (below: string) => shown(walk, item.item, below, depth + 1, withHidden);
    if (kind !== 'group' || !item.repeats) return [{ place, item, kind, children: inside(prefix) }];
    const count = Math.min(Math.max(walk.answers.times[place] ?? 1, 1), REPEATS_MAX);
    return Array.from({ length: count }, (_, index) => ({
      place: `${place}#${index}`, item, kind, instance: { index, count, place }, children: inside(`${place}#${index}/`),
    }));
  });
}

/** What is asked now, in order; a group's or question's own items below it. */
export function shownItems(questionnaire: Questionnaire, answers: Answers, withHidden = false): ShownItem[] {
  const walk: Walk = { questionnaire, answers, items: indexed(questionnaire) };
  return shown(walk, questionnaire.item, '', 0, withHidden);
}

export function* everyItem(items: readonly ShownItem[]): Generator<ShownItem> {
  for (const one of items) {
    yield one;
    yield* everyItem(one.children);
  }
}

export type AnswerProblem = 'required' | 'integer' | 'number' | 'date' | 'time' | 'too-long' | 'address';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const INTEGER = /^[+-]?\d{1,9}$/;
const DECIMAL = /^[+-]?\d{1,12}(\.\d{1,9})?$/;
const CHARACTERS_MAX = 10_000;

function problemOfText(kind: ShownItem['kind'], text: string, most: number): AnswerProblem | undefined {
  if (text.length > most) return 'too-long';
  switch (kind) {
    case 'integer': return INTEGER.test(text) ? undefined : 'integer';
    case 'decimal': return DECIMAL.test(text) ? undefined : 'number';
    case 'date': return clinicalMoment(text) && !text.includes('T') ? undefined : 'date';
    case 'dateTime': return clinicalMoment(text) ? undefined : 'date';
    case 'time': return TIME.test(text) ? undefined : 'time';
    case 'url': return URL.canParse(text) && /^https?:/i.test(text) ? undefined : 'address';
    default: return undefined;
  }
}

export function problemOf({ item, kind, place }: ShownItem, answers: Answers): AnswerProblem | undefined {
  if (kind === 'group' || kind === 'display' || kind === 'unsupported' || item.readOnly) return undefined;
  const given = answersAt(answers, place);
  if (given.length === 0) return item.required ? 'required' : undefined;
  for (const value of given) {
    if (value.kind === 'quantity' && !DECIMAL.test(value.value.trim())) return 'number';
    const problem = value.kind === 'text' ? problemOfText(kind, value.value.trim(), item.maxLength ?? CHARACTERS_MAX) : undefined;
    if (problem) return problem;
  }
  return undefined;
}

/** What keeps the form from being sent, in the order of the questions. */
export function problemsOf(questionnaire: Questionnaire, answers: Answers): { place: string; problem: AnswerProblem }[] {
  return [...everyItem(shownItems(questionnaire, answers))].flatMap((one) => {
    const problem = problemOf(one, answers);
    return problem ? [{ place: one.place, problem }] : [];
  });
}
