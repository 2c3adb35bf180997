//! Answers to a questionnaire, from and to the QuestionnaireResponse that keeps them.
import type { Coding } from './datatypes';
import {
  answersAt, DEPTH_MAX, kindOfItem, problemOf, REPEATS_MAX, shownItems, unitsOf, type Answers, type AnswerValue, type ShownItem,
} from './questionnaires';
import type {
  Questionnaire, QuestionnaireAnswerValue, QuestionnaireItem, QuestionnaireResponse, QuestionnaireResponseAnswer, QuestionnaireResponseItem, ValueSet,
} from './resources';

/** `null` for a value that has no place in a form. */
export function answerOf(value: QuestionnaireAnswerValue): AnswerValue | null {
  if (value.valueBoolean !== undefined) return { kind: 'boolean', value: value.valueBoolean };
  if (value.valueCoding) return { kind: 'coding', value: value.valueCoding };
  if (value.valueAttachment) return { kind: 'attachment', value: value.valueAttachment };
  if (value.valueReference) return { kind: 'reference', value: value.valueReference };
  if (value.valueQuantity) {
    const { value: amount, unit, system, code } = value.valueQuantity;
    const chosen: Coding = { ...(system && { system }), ...(code && { code }), ...(unit && { display: unit }) };
    return { kind: 'quantity', value: String(amount ?? ''), ...((code ?? unit) !== undefined && { unit: chosen }) };
  }
  const text = value.valueString ?? value.valueUri ?? value.valueDate ?? value.valueDateTime ?? value.valueTime?.slice(0, 5) ?? value.valueInteger ?? value.valueDecimal;
  return text === undefined ? null : { kind: 'text', value: String(text) };
}

const present = (values: readonly QuestionnaireAnswerValue[] | undefined): AnswerValue[] =>
  (values ?? []).map(answerOf).filter((value): value is AnswerValue => value !== null).slice(0, REPEATS_MAX);

function begin(items: readonly QuestionnaireItem[] | undefined, prefix: string, depth: number, into: Answers): void {
  if (depth > DEPTH_MAX) return;
  for (const item of items ?? []) {
    const place = prefix + item.linkId;
    const initial = present(item.initial ?? item.answerOption?.filter(({ initialSelected }) => initialSelected));
    if (initial.length > 0) into.values[place] = initial;
    begin(item.item, kindOfItem(item) === 'group' && item.repeats ? `${place}#0/` : prefix, depth + 1, into);
  }
}

function read(items: readonly QuestionnaireItem[] | undefined, given: readonly QuestionnaireResponseItem[], prefix: string, depth: number, into: Answers): void {
  if (depth > DEPTH_MAX) return;
  for (const item of items ?? []) {
    const place = prefix + item.linkId;
    const found = given.filter(({ linkId }) => linkId === item.linkId).slice(0, REPEATS_MAX);
    if (kindOfItem(item) === 'group' && item.repeats) {
      if (found.length > 1) into.times[place] = found.length;
      found.forEach((one, index) => read(item.item, one.item ?? [], `${place}#${index}/`, depth + 1, into));
      continue;
    }
    const answers = found.flatMap(({ answer }) => answer ?? []);
    const values = present(answers);
    if (values.length > 0) into.values[place] = values;
    read(item.item, [...found.flatMap((one) => one.item ?? []), ...answers.flatMap((one) => one.item ?? [])], prefix, depth + 1, into);
  }
}

/** A draft's answers; where there is none, or it is empty, those that the questionnaire begins with. */
export function startAnswers(questionnaire: Questionnaire, response?: QuestionnaireResponse): Answers {
  const answers: Answers = { values: {}, times: {} };
  if (response?.item && response.item.length > 0) read(questionnaire.item, response.item, '', 0, answers);
  else begin(questionnaire.item, '', 0, answers);
  return answers;
}

function asText(kind: ShownItem['kind'], text: string, item: QuestionnaireItem): QuestionnaireAnswerValue {
  switch (kind) {
    case 'integer': return { valueInteger: Number(text) };
    case 'decimal': return { valueDecimal: Number(text) };
    case 'date': return { valueDate: text };
    case 'dateTime': return { valueDateTime: text };
    case 'time': return { valueTime: `${text}:00` };
    case 'url': return { valueUri: text };
    case 'choice': return optionOf(item, text) ?? { valueString: text };
    default: return { valueString: text };
  }
}

/** Of options that are no codes (numbers, dates, texts): the one that reads like this. */
function optionOf(item: QuestionnaireItem, text: string): QuestionnaireAnswerValue | undefined {
  const option = item.answerOption?.find((one) => {
    const value = answerOf(one);
    return value?.kind === 'text' && value.value === text;
  });
  if (!option) return undefined;
  const { initialSelected: _chosen, ...value } = option;
  return value;
}

function valueOf({ kind, item }: ShownItem, value: AnswerValue): QuestionnaireAnswerValue {
  switch (value.kind) {
    case 'boolean': return { valueBoolean: value.value };
    case 'coding': return { valueCoding: value.value };
    case 'attachment': return { valueAttachment: value.value };
    case 'reference': return { valueReference: value.value };
    case 'quantity': {
      const unit = value.unit ?? unitsOf(item)[0];
      return {
        valueQuantity: {
          value: Number(value.value.trim()),
          ...(unit?.display && { unit: unit.display }), ...(unit?.system && { system: unit.system }), ...(unit?.code && { code: unit.code }),
        },
      };
    }
    case 'text': return asText(kind, value.value.trim(), item);
  }
}

function written(shown: ShownItem, answers: Answers, isDraft: boolean): QuestionnaireResponseItem | undefined {
  if (shown.kind === 'display' || shown.kind === 'unsupported') return undefined;
  const inside = shown.children.map((child) => written(child, answers, isDraft)).filter((item): item is QuestionnaireResponseItem => item !== undefined);
  // What is half typed has no place in a draft: no number is "many".
  const isUnfit = isDraft && problemOf(shown, answers) !== undefined;
  const answer: QuestionnaireResponseAnswer[] = shown.kind === 'group' || isUnfit ? [] : answersAt(answers, shown.place).map((value) => valueOf(shown, value));
  if (answer.length === 0 && (shown.kind !== 'group' || inside.length === 0)) return undefined;
  const first = answer[0];
  // FHIR: what is asked below a question is kept below its answer.
  if (first && inside.length > 0) answer[0] = { ...first, item: inside };
  const { linkId, text } = shown.item;
  return { linkId, ...(text && { text }), ...(answer.length > 0 && { answer }), ...(shown.kind === 'group' && { item: inside }) };
}

export interface ResponseFacts {
  patient: string;
  status: 'in-progress' | 'completed' | 'amended';
  /** FHIR's instant of now. */
  authored: string;
  /** The draft that this replaces. */
  draft?: QuestionnaireResponse;
}

/** `url|version` where the questionnaire has one, else where it lies. */
export function canonicalOf({ url, version, id }: Questionnaire): string {
  if (url === undefined) return `Questionnaire/${id ?? ''}`;
  return version === undefined ? url : `${url}|${version}`;
}

export function isAnswerTo(response: QuestionnaireResponse, questionnaire: Questionnaire): boolean {
  const asked = response.questionnaire?.split('|')[0];
  return asked !== undefined && (asked === questionnaire.url || asked === `Questionnaire/${questionnaire.id ?? ''}`);
}

export function responseOf(questionnaire: Questionnaire, answers: Answers, { patient, status, authored, draft }: ResponseFacts): QuestionnaireResponse {
  const items = shownItems(questionnaire, answers, true).map((one) => written(one, answers, status === 'in-progress')).filter((item): item is QuestionnaireResponseItem => item !== undefined);
  const subject = { reference: `Patient/${patient}` };
  return {
    ...draft,
    resourceType: 'QuestionnaireResponse',
    questionnaire: draft?.questionnaire ?? canonicalOf(questionnaire),
    status,
    subject,
    source: subject,
    authored,
    item: items,
  };
}

/** The choices of a question that lie in the questionnaire itself; undefined where they must be fetched. */
export function containedChoices(questionnaire: Questionnaire, item: QuestionnaireItem): AnswerValue[] | undefined {
  if (item.answerOption) return present(item.answerOption);
  if (item.answerValueSet === undefined) return [];
  if (!item.answerValueSet.startsWith('#')) return undefined;
  const id = item.answerValueSet.slice(1);
  const found = questionnaire.contained?.find((resource): resource is ValueSet => resource.resourceType === 'ValueSet' && resource.id === id);
  return found ? choicesOf(found) : [];
}

export function choicesOf(set: ValueSet): AnswerValue[] {
  const expanded = set.expansion?.contains?.filter(({ abstract }) => !abstract);
  const listed = set.compose?.include?.flatMap(({ system, concept }) => (concept ?? []).map((one) => ({ ...(system && { system }), ...one })));
  return (expanded ?? listed ?? []).map(({ system, code, display }) => ({
    kind: 'coding' as const, value: { ...(system && { system }), ...(code && { code }), ...(display && { display }) },
  }));
}

/** How a choice reads. */
export function choiceText(value: AnswerValue): string {
  if (value.kind === 'coding') return value.value.display ?? value.value.code ?? '';
  if (value.kind === 'reference') return value.value.display ?? value.value.reference ?? '';
  return value.kind === 'text' ? value.value : '';
}
