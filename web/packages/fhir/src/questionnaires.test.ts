// Forms: what is asked, what is missing, and what is written, for every kind of item and for those that nobody knows.
import { describe, expect, it } from 'vitest';
import { canonicalOf, choicesOf, containedChoices, isAnswerTo, responseOf, startAnswers } from './questionnaire-responses';
import {
  answersAt, everyItem, itemText, kindOfItem, problemsOf, QUESTION_TYPES, shownItems, type Answers, type AnswerValue,
} from './questionnaires';
import type { Questionnaire, QuestionnaireItem, QuestionnaireResponse, ValueSet } from './resources';

const of = (...item: QuestionnaireItem[]): Questionnaire => ({ resourceType: 'Questionnaire', id: 'q', url: 'https://q.test/q', version: '2', status: 'active', item });
const question = (linkId: string, type: string, more: Partial<QuestionnaireItem> = {}): QuestionnaireItem => ({ linkId, type, text: linkId, ...more });
const answers = (values: Record<string, AnswerValue[]>, times: Record<string, number> = {}): Answers => ({ values, times });
const text = (value: string): AnswerValue[] => [{ kind: 'text', value }];
const yes: AnswerValue[] = [{ kind: 'boolean', value: true }];
const no: AnswerValue[] = [{ kind: 'boolean', value: false }];
const coded = (code: string): AnswerValue[] => [{ kind: 'coding', value: { system: 's', code } }];
const placesOf = (questionnaire: Questionnaire, given: Answers) => [...everyItem(shownItems(questionnaire, given))].map(({ place }) => place);
const facts = { patient: 'p', status: 'completed', authored: '2026-11-27T10:00:00Z' } as const;
const written = (questionnaire: Questionnaire, given: Answers) => responseOf(questionnaire, given, facts).item;

describe('what is asked', () => {
  it.each<[string, Partial<QuestionnaireItem>, Record<string, AnswerValue[]>, boolean]>([
    ['a yes that is wanted', { enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }] }, { a: yes }, true],
    ['a no where a yes is wanted', { enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }] }, { a: no }, false],
    ['no answer where one must not be a thing', { enableWhen: [{ question: 'a', operator: '!=', answerCoding: { code: 'x' } }] }, {}, false],
    ['another code', { enableWhen: [{ question: 'a', operator: '!=', answerCoding: { system: 's', code: 'x' } }] }, { a: coded('y') }, true],
    ['a code of no system', { enableWhen: [{ question: 'a', operator: '=', answerCoding: { code: 'x' } }] }, { a: coded('x') }, true],
    ['something there', { enableWhen: [{ question: 'a', operator: 'exists', answerBoolean: true }] }, { a: text('1') }, true],
    ['nothing there', { enableWhen: [{ question: 'a', operator: 'exists', answerBoolean: false }] }, {}, true],
    ['more, as numbers and not as letters', { enableWhen: [{ question: 'a', operator: '>', answerInteger: 9 }] }, { a: text('10') }, true],
    ['what is no number', { enableWhen: [{ question: 'a', operator: '>', answerInteger: 9 }] }, { a: text('ten') }, false],
    ['a later day', { enableWhen: [{ question: 'a', operator: '>=', answerDate: '2026-01-01' }] }, { a: text('2026-02-01') }, true],
    ['an amount in another unit', { enableWhen: [{ question: 'a', operator: '>', answerQuantity: { value: 5, code: 'kg' } }] }, { a: [{ kind: 'quantity', value: '9', unit: { code: 'g' } }] }, false],
    ['an amount', { enableWhen: [{ question: 'a', operator: '>', answerQuantity: { value: 5, code: 'kg' } }] }, { a: [{ kind: 'quantity', value: '9', unit: { code: 'kg' } }] }, true],
    ['an operator that nobody knows', { enableWhen: [{ question: 'a', operator: '~', answerInteger: 1 }] }, { a: text('1') }, false],
    ['a question that is not there', { enableWhen: [{ question: 'zzz', operator: '=', answerBoolean: true }] }, { a: yes }, false],
    ['all of two, of which one holds', { enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }, { question: 'c', operator: 'exists', answerBoolean: true }] }, { a: yes }, false],
    ['any of two, of which one holds', { enableBehavior: 'any', enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }, { question: 'c', operator: 'exists', answerBoolean: true }] }, { a: yes }, true],
  ])('depends on %s', (_what, condition, given, isAsked) => {
    const questionnaire = of(question('a', 'string'), question('c', 'string'), question('b', 'string', condition));
    expect(placesOf(questionnaire, answers(given)).includes('b')).toBe(isAsked);
  });

  it('leaves out what hangs on a question that is itself not asked, whatever was once answered', () => {
    const when = (linkId: string) => ({ enableWhen: [{ question: linkId, operator: '=', answerBoolean: true }] });
    const questionnaire = of(question('a', 'boolean'), question('b', 'boolean', when('a')), question('c', 'string', when('b')));
    expect(placesOf(questionnaire, answers({ a: no, b: yes }))).toEqual(['a']);
    expect(placesOf(questionnaire, answers({ a: yes, b: yes }))).toEqual(['a', 'b', 'c']);
  });

  it('ends where questions ask for each other', () => {
    const when = (linkId: string) => ({ enableWhen: [{ question: linkId, operator: 'exists', answerBoolean: true }] });
    const questionnaire = of(question('a', 'string', when('b')), question('b', 'string', when('a')), question('c', 'string', when('c')));
    expect(placesOf(questionnaire, answers({ a: text('1'), b: text('1'), c: text('1') }))).toEqual([]);
  });

  it('asks a group as often as it is there, each by its own answers', () => {
    const inner = [question('a', 'boolean'), question('b', 'string', { enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }] })];
    const questionnaire = of({ linkId: 'g', type: 'group', repeats: true, item: inner });
    expect(placesOf(questionnaire, answers({ 'g#0/a': no, 'g#1/a': yes }, { g: 2 }))).toEqual(['g#0', 'g#0/a', 'g#1', 'g#1/a', 'g#1/b']);
  });

  it('says of a type that nobody knows that it is none, and goes on', () => {
    const questionnaire = of(question('a', 'signature'), question('b', 'string'));
    expect(shownItems(questionnaire, answers({})).map(({ kind }) => kind)).toEqual(['unsupported', 'string']);
    expect(QUESTION_TYPES.every((type) => kindOfItem(question('x', type)) === type)).toBe(true);
  });

  it('does not follow groups without end', () => {
    const deep: QuestionnaireItem = { linkId: 'g', type: 'group' };
    deep.item = [deep];
    expect(placesOf(of(deep), answers({})).length).toBeLessThan(30);
  });

  it('reads in the language of who reads, where the questionnaire has it', () => {
    const item = question('Pain?', 'boolean', {
      _text: { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/translation', extension: [{ url: 'lang', valueCode: 'ar-EG' }, { url: 'content', valueString: 'ألم؟' }] }] },
    });
    expect([itemText(item, 'ar'), itemText(item, 'cy')]).toEqual(['ألم؟', 'Pain?']);
  });
});

describe('what is missing or wrong', () => {
  it.each<[string, string, string, string | undefined]>([
    ['an integer', 'integer', '12', undefined], ['no integer', 'integer', '1.5', 'integer'], ['no number', 'decimal', '1,5', 'number'], ['a decimal', 'decimal', '-0.5', undefined],
    ['a month', 'date', '2026-02', undefined], ['an impossible day', 'date', '2026-02-30', 'date'], ['a moment for a day', 'date', '2026-02-01T10:00:00Z', 'date'],
    ['a moment', 'dateTime', '2026-02-01T10:00:00Z', undefined], ['a half moment', 'dateTime', '2026-02-01T9', 'date'], ['a time', 'time', '23:59', undefined], ['no time', 'time', '24:00', 'time'],
    ['an address', 'url', 'https://nhs.uk', undefined], ['a script', 'url', 'javascript:alert(1)', 'address'],
  ])('%s', (_what, type, given, problem) => {
    const found = problemsOf(of(question('a', type)), answers({ a: text(given) }));
    expect(found).toEqual(problem === undefined ? [] : [{ place: 'a', problem }]);
  });

  it('is what must be answered and is asked; blank is no answer, and what is not asked is not missed', () => {
    const questionnaire = of(
      question('a', 'string', { required: true }),
      question('b', 'string', { required: true, enableWhen: [{ question: 'a', operator: 'exists', answerBoolean: true }] }),
      question('c', 'signature', { required: true }),
    );
    expect(problemsOf(questionnaire, answers({ a: text('  ') }))).toEqual([{ place: 'a', problem: 'required' }]);
    expect(problemsOf(questionnaire, answers({ a: text('x') }))).toEqual([{ place: 'b', problem: 'required' }]);
  });

  it('is too long where there is a limit', () => {
    expect(problemsOf(of(question('a', 'string', { maxLength: 3 })), answers({ a: text('four') }))).toEqual([{ place: 'a', problem: 'too-long' }]);
  });
});

describe('what is written', () => {
  it('has the value of its kind', () => {
    const kg = { system: 'http://unitsofmeasure.org', code: 'kg', display: 'kg' };
    const questionnaire = of(
      question('bool', 'boolean'), question('int', 'integer'), question('dec', 'decimal'), question('day', 'date'), question('at', 'time'), question('web', 'url'),
      question('weight', 'quantity', { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit', valueCoding: kg }] }),
      question('pick', 'choice', { answerOption: [{ valueInteger: 3 }] }), question('free', 'open-choice'), question('none', 'string'),
    );
    const given = answers({
      bool: no, int: text(' 7 '), dec: text('1.5'), day: text('2026-02'), at: text('09:30'), web: text('https://nhs.uk'), weight: [{ kind: 'quantity', value: '70' }], pick: text('3'), free: text('own words'),
    });
    expect(written(questionnaire, given)?.map(({ answer }) => answer?.[0])).toEqual([
      { valueBoolean: false }, { valueInteger: 7 }, { valueDecimal: 1.5 }, { valueDate: '2026-02' }, { valueTime: '09:30:00' }, { valueUri: 'https://nhs.uk' },
      { valueQuantity: { value: 70, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } }, { valueInteger: 3 }, { valueString: 'own words' },
    ]);
  });

  it('is of the patient, of this version of the questionnaire, and keeps the draft’s identity', () => {
    const draft: QuestionnaireResponse = { resourceType: 'QuestionnaireResponse', id: 'r', status: 'in-progress', questionnaire: 'https://q.test/q|1' };
    const response = responseOf(of(question('a', 'string')), answers({}), { ...facts, draft });
    expect(response).toMatchObject({ id: 'r', questionnaire: 'https://q.test/q|1', status: 'completed', subject: { reference: 'Patient/p' }, authored: facts.authored });
    expect(canonicalOf(of())).toBe('https://q.test/q|2');
    expect(isAnswerTo(draft, of())).toBe(true);
    expect(isAnswerTo({ ...draft, questionnaire: 'https://q.test/other' }, of())).toBe(false);
  });

  it('leaves out of a draft what could not be stored, and refuses nothing', () => {
    const draft = responseOf(of(question('a', 'integer'), question('b', 'string')), answers({ a: text('many'), b: text('x') }), { ...facts, status: 'in-progress' });
    expect(draft.item?.map(({ linkId }) => linkId)).toEqual(['b']);
  });

  it('comes back as it was: groups, repeats and what stands below an answer', () => {
    const questionnaire = of(
      question('smokes', 'boolean', { item: [question('since', 'date')] }),
      { linkId: 'medicine', type: 'group', repeats: true, item: [question('name', 'string')] },
      question('where', 'choice', { repeats: true, answerOption: [{ valueCoding: { code: 'a' } }, { valueCoding: { code: 'b' } }] }),
    );
    const given = answers(
      { smokes: yes, since: text('2020'), 'medicine#0/name': text('aspirin'), 'medicine#1/name': text('iron'), where: [{ kind: 'coding', value: { code: 'a' } }, { kind: 'coding', value: { code: 'b' } }] },
      { medicine: 2 },
    );
    const response = responseOf(questionnaire, given, facts);
    expect(response.item?.map(({ linkId }) => linkId)).toEqual(['smokes', 'medicine', 'medicine', 'where']);
    expect(response.item?.[0]?.answer?.[0]?.item?.[0]?.linkId).toBe('since');
    expect(startAnswers(questionnaire, response)).toEqual(given);
  });

  it('begins with what the questionnaire says, hidden answers included', () => {
    const hidden = question('source', 'string', { initial: [{ valueString: 'portal' }], extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-hidden', valueBoolean: true }] });
    const questionnaire = of(hidden, question('b', 'string'));
    const begun = startAnswers(questionnaire);
    expect(placesOf(questionnaire, begun)).toEqual(['b']);
    expect(answersAt(begun, 'source')).toEqual(text('portal'));
    expect(written(questionnaire, begun)?.map(({ linkId }) => linkId)).toEqual(['source']);
  });
});

describe('choices', () => {
  const set: ValueSet = { resourceType: 'ValueSet', id: 'v', compose: { include: [{ system: 's', concept: [{ code: 'a', display: 'A' }] }] } };

  it('are those of the questionnaire, of what it contains, or must be fetched', () => {
    const questionnaire = { ...of(), contained: [set] };
    const coding = { kind: 'coding', value: { system: 's', code: 'a', display: 'A' } };
    expect(containedChoices(questionnaire, question('x', 'choice', { answerValueSet: '#v' }))).toEqual([coding]);
    expect(containedChoices(questionnaire, question('x', 'choice', { answerValueSet: 'https://v.test' }))).toBeUndefined();
    expect(containedChoices(questionnaire, question('x', 'choice', { answerValueSet: '#gone' }))).toEqual([]);
  });

  it('are those of an expansion that can be chosen', () => {
    expect(choicesOf({ ...set, expansion: { contains: [{ code: 'g', abstract: true }, { system: 's', code: 'b', display: 'B' }] } })).toHaveLength(1);
  });
});
