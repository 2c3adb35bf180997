//! Observations as results: status, value, flag, repeats folded, change since the one before, grouped by test.
import { codesOf, conceptText, noteTexts, oneOf, referenceText } from './coded';
import type { CodeableConcept } from './datatypes';
import { byNewest, clinicalMoment } from './dates';
import { differenceText } from './decimals';
import { applicableRange, referenceRangeView, resultFlag } from './ranges';
import type { Observation, ObservationComponent } from './resources';
import { observedValue } from './values';
import type { DeltaView, ObservationValue, ResultComponentView, ResultFlagView, ResultGroup, ResultStatus, ResultView } from './views';
import { englishWords, type ClinicalWords } from './words';

const LOINC = 'http://loinc.org';
const BLOOD_PRESSURES: readonly [systolic: string, diastolic: string] = ['8480-6', '8462-4'];

/** When a patient sees a result (docs/domains/results.md). */
const RELEASE = 'https://galen.health/fhir/StructureDefinition/result-release';

const STATUSES: readonly ResultStatus[] = ['registered', 'preliminary', 'final', 'amended', 'corrected', 'cancelled', 'entered-in-error'];

/** LOINC first: the same test from two senders then lies in one group. */
export function testKeyOf(code: CodeableConcept | undefined): string {
  const codings = (code?.coding ?? []).filter((coding) => coding.code);
  const coding = codings.find((candidate) => candidate.system === LOINC) ?? codings[0];
  if (coding) return `${coding.system ?? ''}|${coding.code ?? ''}`;
  return `|${(conceptText(code) ?? '').normalize('NFKC').toLowerCase().replace(/\s+/g, ' ')}`;
}

function componentView(component: ObservationComponent, words: ClinicalWords): ResultComponentView {
  const flag = resultFlag(component);
  const range = referenceRangeView(applicableRange(component.referenceRange));
  return {
    key: testKeyOf(component.code),
    name: conceptText(component.code) ?? words.notNamed,
    value: observedValue(component, words),
    ...(flag && { flag }),
    ...(range && { range }),
  };
}

/** `120/80` for a blood pressure; other components one after the other with their names. */
function componentsValue(components: readonly ResultComponentView[]): ObservationValue {
  const [systolic, diastolic] = BLOOD_PRESSURES.map((code) => components.find((component) => component.key === `${LOINC}|${code}`));
  if (systolic && diastolic && systolic.value.unit === diastolic.value.unit && systolic.value.kind === 'quantity' && diastolic.value.kind === 'quantity') {
    return { kind: 'components', text: `${systolic.value.text}/${diastolic.value.text}`, ...(systolic.value.unit && { unit: systolic.value.unit }) };
  }
  const texts = components.filter(({ value }) => value.kind !== 'absent').map(({ name, value }) => [name, value.text, value.unit].filter(Boolean).join(' '));
  return texts.length > 0 ? { kind: 'components', text: texts.join('; ') } : { kind: 'absent', text: '' };
}

const loudness: Record<ResultFlagView['level'], number> = { critical: 0, abnormal: 1, neutral: 2, normal: 3 };

function loudest(flags: readonly (ResultFlagView | undefined)[]): ResultFlagView | undefined {
  const present = flags.filter((flag): flag is ResultFlagView => flag !== undefined);
  return present.sort((a, b) => Number(b.conflict) - Number(a.conflict) || loudness[a.level] - loudness[b.level])[0];
}

export function resultView(observation: Observation, words: ClinicalWords = englishWords): ResultView {
  const status = oneOf(STATUSES, observation.status) ?? 'unknown';
  const components = (observation.component ?? []).map((component) => componentView(component, words));
  const own = observedValue(observation, words);
  const value = own.kind === 'absent' && own.text === '' && components.length > 0 ? componentsValue(components) : own;
  const flag = loudest([resultFlag(observation), ...components.map((component) => component.flag)]);
  const range = referenceRangeView(applicableRange(observation.referenceRange));
  const at = clinicalMoment(observation.effectiveDateTime ?? observation.effectiveInstant ?? observation.effectivePeriod?.start);
  const issued = clinicalMoment(observation.issued);
  const performer = observation.performer?.map(referenceText).find(Boolean);
  const released = clinicalMoment(observation.extension?.find(({ url }) => url === RELEASE)?.valueInstant);
  const version = Number(observation.meta?.versionId);
  return {
    id: observation.id ?? '',
    testKey: testKeyOf(observation.code),
    testName: conceptText(observation.code) ?? words.notNamed,
    categories: codesOf(observation.category),
    status,
    usable: status !== 'cancelled' && status !== 'entered-in-error',
    value,
    components,
    notes: noteTexts(observation.note),
    repeats: 1,
    ...(flag && { flag }),
    ...(range && { range }),
    ...(at && { at }),
    ...(issued && { issued }),
    ...(performer && { performer }),
    ...(released && version > 0 && { release: { at: released, version } }),
  };
}

const sameMeasurement = (result: ResultView) =>
  [result.testKey, result.at?.earliest ?? '', result.at?.precision ?? '', result.value.kind, result.value.text, result.value.unit ?? '', result.status].join('\u0000');

/**
 * Repeats of one measurement (a resent message, two interfaces) become one row. Only what agrees in test, moment,
 * value, unit and status is a repeat, and only where a moment is known: two undated results may be two tests.
 */
export function withoutRepeats(results: readonly ResultView[]): ResultView[] {
  const kept = new Map<string, ResultView>();
  results.forEach((result, index) => {
    const key = result.at ? sameMeasurement(result) : `undated ${index}`;
    const earlier = kept.get(key);
    if (!earlier) kept.set(key, result);
    else if (earlier.id !== result.id) {
      const later = (result.issued?.earliest ?? 0) >= (earlier.issued?.earliest ?? 0) ? result : earlier;
      kept.set(key, { ...later, repeats: earlier.repeats + 1 });
    }
  });
  return [...kept.values()];
}

/** The change, where both are plain numbers in one unit. */
export function deltaBetween(result: ResultView, previous: ResultView): DeltaView | undefined {
  const { value } = result;
  if (value.kind !== 'quantity' || value.number === undefined || previous.value.number === undefined || value.unit !== previous.value.unit) return undefined;
  const plain = (text: string) => text.replace(/,/g, '');
  const text = differenceText(plain(value.text), plain(previous.value.text));
  if (text === undefined) return undefined;
  const difference = value.number - previous.value.number;
  const direction = difference > 0 ? 'up' : difference < 0 ? 'down' : 'same';
  return { previous: previous.value.text, direction, text, ...(previous.at && { previousAt: previous.at }) };
}

/** Newest first in, newest first out; each compared with the usable one before it in time. */
function withDeltas(results: readonly ResultView[]): ResultView[] {
  return results.map((result, index) => {
    if (!result.usable || !result.at) return result;
    const previous = results.slice(index + 1).find((earlier) => earlier.usable && earlier.at && earlier.value.kind !== 'absent');
    const delta = previous && deltaBetween(result, previous);
    return delta ? { ...result, delta } : result;
  });
}

function groupOf(key: string, members: readonly ResultView[]): ResultGroup | undefined {
  const results = withDeltas([...members].sort(byNewest));
  const latest = results.find((result) => result.usable) ?? results[0];
  if (!latest) return undefined;
  const units = new Set(results.filter((result) => result.usable && result.value.number !== undefined).map((result) => result.value.unit ?? ''));
  return {
    key,
    name: latest.testName,
    categories: latest.categories,
    results,
    latest,
    mixedUnits: units.size > 1,
    ...(latest.value.unit && { unit: latest.value.unit }),
  };
}

/** In order of the test's name. */
export function groupResults(results: readonly ResultView[]): ResultGroup[] {
  const members = new Map<string, ResultView[]>();
  for (const result of withoutRepeats(results)) {
    const group = members.get(result.testKey);
    if (group) group.push(result);
    else members.set(result.testKey, [result]);
  }
  const groups = [...members].map(([key, group]) => groupOf(key, group)).filter((group): group is ResultGroup => group !== undefined);
  return groups.sort((a, b) => a.name.localeCompare(b.name));
}

/** Observations straight to groups. */
export function resultGroups(observations: readonly Observation[], words: ClinicalWords = englishWords): ResultGroup[] {
  return groupResults(observations.map((observation) => resultView(observation, words)));
}

