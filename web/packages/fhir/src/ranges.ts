//! Reference ranges, and the flag of a value: the sender's where there is one, else worked out and marked so.
import { conceptText, conceptTexts, hasCode } from './coded';
import type { CodeableConcept, Quantity } from './datatypes';
import { decimalNumber } from './decimals';
import type { ObservationReferenceRange, ObservedValue } from './resources';
import { unitKey, unitText } from './units';
import { rangeText } from './values';
import type { FlagCode, ReferenceRangeView, ResultFlagView } from './views';

const RANGE_MEANING = 'http://terminology.hl7.org/CodeSystem/referencerange-meaning';
const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';

/** The range to judge by: the one marked normal, or the only unmarked one. Several for several ages are nobody's. */
export function applicableRange(ranges: readonly ObservationReferenceRange[] | undefined): ObservationReferenceRange | undefined {
  const normal = (ranges ?? []).filter((range) => hasCode(range.type, RANGE_MEANING, 'normal'));
  const unmarked = (ranges ?? []).filter((range) => !range.type);
  return normal[0] ?? (unmarked.length === 1 ? unmarked[0] : undefined);
}

export function referenceRangeView(range: ObservationReferenceRange | undefined): ReferenceRangeView | undefined {
  if (!range) return undefined;
  const text = rangeText(range) ?? range.text?.trim();
  if (!text) return undefined;
  const low = decimalNumber(range.low?.value);
  const high = decimalNumber(range.high?.value);
  const unit = unitText(range.low ?? range.high);
  const appliesTo = conceptTexts(range.appliesTo).join(', ');
  return { text, ...(low !== undefined && { low }), ...(high !== undefined && { high }), ...(unit && { unit }), ...(appliesTo && { appliesTo }) };
}

const levels: Record<FlagCode, ResultFlagView['level']> = {
  HH: 'critical', LL: 'critical', AA: 'critical', H: 'abnormal', L: 'abnormal', A: 'abnormal', POS: 'abnormal', DET: 'abnormal', R: 'abnormal',
  N: 'normal', NEG: 'normal', ND: 'normal', S: 'normal', I: 'neutral', IND: 'neutral', 'OFF-HIGH': 'abnormal', 'OFF-LOW': 'abnormal',
  UP: 'neutral', DOWN: 'neutral', OTHER: 'neutral',
};

const directions: Partial<Record<FlagCode, 'up' | 'down'>> = { HH: 'up', H: 'up', 'OFF-HIGH': 'up', LL: 'down', L: 'down', 'OFF-LOW': 'down' };

/** HL7's codes, old spellings included, onto ours. */
const known: Record<string, FlagCode> = {
  HH: 'HH', H: 'H', HU: 'HH', LL: 'LL', L: 'L', LU: 'LL', N: 'N', A: 'A', AA: 'AA', POS: 'POS', NEG: 'NEG', DET: 'DET', ND: 'ND',
  R: 'R', I: 'I', S: 'S', IND: 'IND', E: 'IND', '>': 'OFF-HIGH', '<': 'OFF-LOW', U: 'UP', D: 'DOWN', 'H>': 'H', 'L<': 'L', EXP: 'N', UNE: 'A', RR: 'POS', WR: 'IND', NR: 'NEG',
};

function flagView(code: FlagCode, source: ResultFlagView['source'], conflict: boolean, text?: string): ResultFlagView {
  const direction = directions[code];
  return { code, level: levels[code], source, conflict, ...(direction && { direction }), ...(text && { text }) };
}

const loudness: Record<ResultFlagView['level'], number> = { critical: 0, abnormal: 1, neutral: 2, normal: 3 };

/** Of several interpretations the loudest one counts. */
function reportedCode(interpretations: readonly CodeableConcept[]): { code: FlagCode; text?: string } | undefined {
  const found = interpretations.flatMap((concept): { code: FlagCode; text?: string }[] => {
    const codes = (concept.coding ?? []).filter((coding) => !coding.system || coding.system === INTERPRETATION || /table-0078|v2-0078/.test(coding.system));
    const code = codes.map((coding) => known[coding.code?.toUpperCase() ?? '']).find(Boolean) ?? known[concept.text?.trim().toUpperCase() ?? ''];
    const text = conceptText(concept);
    return code ? [{ code }] : text ? [{ code: 'OTHER', text }] : [];
  });
  return found.sort((a, b) => loudness[levels[a.code]] - loudness[levels[b.code]])[0];
}

/** H, L or N by the range; undefined where units differ, a bound is missing or `<5` leaves it open. */
export function computedCode(quantity: Quantity | undefined, range: ObservationReferenceRange | undefined): 'H' | 'L' | 'N' | undefined {
  const value = decimalNumber(quantity?.value);
  if (value === undefined || !quantity || !range) return undefined;
  const bounds = [range.low, range.high].filter((bound): bound is Quantity => bound?.value !== undefined);
  if (bounds.length === 0 || bounds.some((bound) => unitKey(bound) !== '' && unitKey(bound) !== unitKey(quantity))) return undefined;
  const low = decimalNumber(range.low?.value) ?? -Infinity;
  const high = decimalNumber(range.high?.value) ?? Infinity;
  switch (quantity.comparator) {
    case '<': return value <= low ? 'L' : undefined;
    case '<=': return value < low ? 'L' : undefined;
    case '>': return value >= high ? 'H' : undefined;
    case '>=': return value > high ? 'H' : undefined;
    case undefined: return value < low ? 'L' : value > high ? 'H' : 'N';
    // A comparator that FHIR does not know changes the meaning in a way that cannot be judged.
    default: return undefined;
  }
}

export function resultFlag(observed: ObservedValue): ResultFlagView | undefined {
  const computed = computedCode(observed.valueQuantity, applicableRange(observed.referenceRange));
  const reported = reportedCode(observed.interpretation ?? []);
  if (!reported) return computed && flagView(computed, 'computed', false);
  const conflict = levels[reported.code] === 'normal' && computed !== undefined && computed !== 'N';
  return flagView(reported.code, 'reported', conflict, reported.text);
}
