//! The value[x] of an Observation, of every kind, as text, unit and, where it is one plain number, a number.
import { conceptText, firstCode, oneOf } from './coded';
import type { Period, Range, Ratio, SampledData } from './datatypes';
import { formatIso } from './dates';
import { decimalNumber, decimalText } from './decimals';
import type { ObservedValue } from './resources';
import { comparatorText, quantityText, unitText } from './units';
import type { ObservationValue } from './views';
import { englishWords, type ClinicalWords } from './words';

const COMPARATORS = ['<', '<=', '>=', '>'] as const;

function quantityValue(quantity: NonNullable<ObservedValue['valueQuantity']>): ObservationValue | undefined {
  const text = decimalText(quantity.value);
  if (text === undefined) return undefined;
  const comparator = oneOf(COMPARATORS, quantity.comparator);
  const number = comparator ? undefined : decimalNumber(quantity.value);
  const unit = unitText(quantity);
  return {
    kind: 'quantity',
    text: comparatorText(comparator) + text,
    ...(unit && { unit }),
    ...(number !== undefined && { number }),
    ...(comparator && { comparator }),
  };
}

export function rangeText({ low, high }: Range): string | undefined {
  const from = decimalText(low?.value);
  const to = decimalText(high?.value);
  if (from !== undefined && to !== undefined) return `${from} – ${to}`;
  if (from !== undefined) return `≥${from}`;
  return to === undefined ? undefined : `≤${to}`;
}

function rangeValue(range: Range): ObservationValue | undefined {
  const text = rangeText(range);
  const unit = unitText(range.low ?? range.high);
  return text === undefined ? undefined : { kind: 'range', text, ...(unit && { unit }) };
}

/** A titre is written 1:128; two quantities with units are written "per". */
function ratioValue({ numerator, denominator }: Ratio, words: ClinicalWords): ObservationValue | undefined {
  const above = quantityText(numerator);
  const below = quantityText(denominator);
  if (above === undefined || below === undefined) return undefined;
  const plain = unitText(numerator) === undefined && unitText(denominator) === undefined;
  return { kind: 'ratio', text: plain ? `${above}:${below}` : `${above} ${words.per} ${below}` };
}

function sampledValue(sampled: SampledData, words: ClinicalWords): ObservationValue {
  const samples = sampled.data?.trim().split(/\s+/).filter(Boolean).length ?? 0;
  const unit = unitText(sampled.origin);
  return { kind: 'sampled', text: `${words.waveform} (${Math.floor(samples / Math.max(1, sampled.dimensions))})`, ...(unit && { unit }) };
}

function periodValue(period: Period, words: ClinicalWords): ObservationValue | undefined {
  const text = [formatIso(period.start, { words }), formatIso(period.end, { words })].filter(Boolean).join(' – ');
  return text ? { kind: 'moment', text } : undefined;
}

function momentValue(iso: string, words: ClinicalWords): ObservationValue {
  return { kind: 'moment', text: formatIso(iso, { words }) ?? iso };
}

const textValue = (kind: 'coded' | 'text', text: string | undefined): ObservationValue | undefined =>
  text?.trim() ? { kind, text: text.trim() } : undefined;

function present(observed: ObservedValue, words: ClinicalWords): ObservationValue | undefined {
  if (observed.valueQuantity) return quantityValue(observed.valueQuantity);
  if (observed.valueCodeableConcept) return textValue('coded', conceptText(observed.valueCodeableConcept));
  if (observed.valueString !== undefined) return textValue('text', observed.valueString);
  if (observed.valueBoolean !== undefined) return { kind: 'boolean', text: String(observed.valueBoolean) };
  if (observed.valueInteger !== undefined) return quantityValue({ value: observed.valueInteger });
  if (observed.valueRange) return rangeValue(observed.valueRange);
  if (observed.valueRatio) return ratioValue(observed.valueRatio, words);
  if (observed.valueSampledData) return sampledValue(observed.valueSampledData, words);
  if (observed.valueTime) return { kind: 'moment', text: observed.valueTime.slice(0, 5) };
  if (observed.valueDateTime) return momentValue(observed.valueDateTime, words);
  return observed.valuePeriod && periodValue(observed.valuePeriod, words);
}

/** Never empty: what has no value is `absent`, with the sender's reason where one was given. */
export function observedValue(observed: ObservedValue, words: ClinicalWords = englishWords): ObservationValue {
  return present(observed, words) ?? { kind: 'absent', text: firstCode(observed.dataAbsentReason) ?? '' };
}
