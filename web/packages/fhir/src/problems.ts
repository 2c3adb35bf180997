//! Conditions as a problem list: active, resolved, and what turned out not to be so.
import { codesOf, conceptText, conceptTexts, firstCode, noteTexts, oneOf } from './coded';
import type { Period, Quantity, Range } from './datatypes';
import { clinicalMoment, formatIso } from './dates';
import type { Condition } from './resources';
import { quantityText } from './units';
import { rangeText } from './values';
import type { OnsetView, ProblemList, ProblemView } from './views';
import { englishWords, type ClinicalWords } from './words';

const CLINICAL = ['active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved'] as const;
const ACTIVE: ReadonlySet<ProblemView['clinical']> = new Set(['active', 'recurrence', 'relapse', 'unknown']);

interface OnsetChoice {
  dateTime: string | undefined;
  age: Quantity | undefined;
  period: Period | undefined;
  range: Range | undefined;
  string: string | undefined;
}

function onsetView(choice: OnsetChoice, words: ClinicalWords): OnsetView | undefined {
  const moment = clinicalMoment(choice.dateTime ?? choice.period?.start ?? choice.period?.end);
  const age = choice.age && quantityText(ageWords(choice.age, words));
  const range = choice.range && rangeText(choice.range);
  const text = age ?? range ?? choice.string?.trim() ?? (moment ? undefined : formatIso(choice.dateTime));
  return moment || text ? { ...(moment && { moment }), ...(text && { text }) } : undefined;
}

/** UCUM's `a` is a year. */
function ageWords(age: Quantity, words: ClinicalWords): Quantity {
  const unit = ({ a: words.durationUnits.a[1], mo: words.durationUnits.mo[1], wk: words.durationUnits.wk[1], d: words.durationUnits.d[1] } as Record<string, string>)[age.code ?? ''];
  return unit ? { ...age, unit, code: '' } : age;
}

export function problemView(condition: Condition, words: ClinicalWords = englishWords): ProblemView {
  const abated = onsetView({
    dateTime: condition.abatementDateTime, age: condition.abatementAge, period: condition.abatementPeriod, range: condition.abatementRange, string: condition.abatementString,
  }, words);
  const onset = onsetView({
    dateTime: condition.onsetDateTime, age: condition.onsetAge, period: condition.onsetPeriod, range: condition.onsetRange, string: condition.onsetString,
  }, words);
  // Without a status an end that is recorded speaks for itself; else it stays in sight as active.
  const clinical = oneOf(CLINICAL, firstCode(condition.clinicalStatus)) ?? (abated ? 'resolved' : 'unknown');
  const severity = conceptText(condition.severity);
  const site = conceptTexts(condition.bodySite).join(', ');
  const recorded = clinicalMoment(condition.recordedDate);
  return {
    id: condition.id ?? '',
    name: conceptText(condition.code) ?? words.notNamed,
    clinical,
    active: ACTIVE.has(clinical),
    verification: firstCode(condition.verificationStatus) ?? 'unconfirmed',
    categories: codesOf(condition.category),
    notes: noteTexts(condition.note),
    ...(severity && { severity }),
    ...(site && { site }),
    ...(onset && { onset }),
    ...(abated && { abated }),
    ...(recorded && { recorded }),
  };
}

const began = (problem: ProblemView) => problem.onset?.moment?.earliest ?? problem.recorded?.earliest ?? -Infinity;

export function problemList(conditions: readonly Condition[], words: ClinicalWords = englishWords): ProblemList {
  const views = conditions.map((condition) => problemView(condition, words)).filter((view) => view.verification !== 'entered-in-error');
  const newest = (a: ProblemView, b: ProblemView) => began(b) - began(a) || a.name.localeCompare(b.name);
  const held = views.filter((view) => view.verification !== 'refuted').sort(newest);
  return {
    active: held.filter((view) => view.active),
    resolved: held.filter((view) => !view.active),
    refuted: views.filter((view) => view.verification === 'refuted').sort(newest),
  };
}
