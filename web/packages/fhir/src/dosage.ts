//! Dosage in words: how much, by what way, how often, for how long. "per" and "in", never a stroke.
import { codingIn, conceptText, conceptTexts } from './coded';
import type { Dosage, DoseAndRate, Quantity, Range, Ratio, Timing, TimingRepeat } from './datatypes';
import { formatIso } from './dates';
import { doseText } from './decimals';
import { doseUnitText } from './units';
import type { DoseLineView, DoseView } from './views';
import { englishWords, type ClinicalWords, type PeriodUnit } from './words';

const TIMING_CODES = 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation';

const spread = (low: string | undefined, high: string | undefined, words: ClinicalWords): string | undefined =>
  low !== undefined && high !== undefined && low !== high ? `${low} ${words.to} ${high}` : (low ?? high);

function quantityDose(quantity: Quantity, words: ClinicalWords): DoseView | undefined {
  const text = doseText(quantity.value);
  if (text === undefined) return undefined;
  const unit = doseUnitText(quantity, words);
  return { text, unitMissing: unit === undefined, ...(unit && { unit }) };
}

function rangeDose({ low, high }: Range, words: ClinicalWords): DoseView | undefined {
  const text = spread(doseText(low?.value), doseText(high?.value), words);
  if (text === undefined) return undefined;
  const units = [low, high].map((bound) => bound && doseUnitText(bound, words)).filter(Boolean);
  const unit = units[0];
  // Two units in one range cannot be shortened to either.
  if (units.length === 2 && units[0] !== units[1]) {
    return { text: `${doseText(low?.value) ?? ''} ${units[0] ?? ''} ${words.to} ${doseText(high?.value) ?? ''} ${units[1] ?? ''}`, unitMissing: false };
  }
  return { text, unitMissing: unit === undefined, ...(unit && { unit }) };
}

const doseWords = (dose: DoseView | undefined): string | undefined => dose && [dose.text, dose.unit].filter(Boolean).join(' ');

/** `24 hours`; undefined for what is no length of time. */
function spanWords(quantity: Quantity, words: ClinicalWords): string | undefined {
  const unit = periodUnit(quantity.code ?? quantity.unit);
  const length = doseText(quantity.value);
  return unit && length !== undefined ? `${length} ${counted(length, unit, words)}` : undefined;
}

/** `10 mg in 1 hour`, `5 mL per hour`. */
function ratioWords({ numerator, denominator }: Ratio, words: ClinicalWords): string | undefined {
  const above = numerator && doseWords(quantityDose(numerator, words));
  const below = denominator && (spanWords(denominator, words) ?? doseWords(quantityDose(denominator, words)));
  return above && below ? `${above} ${words.in} ${below}` : above;
}

function rateWords(part: DoseAndRate, words: ClinicalWords): string | undefined {
  if (part.rateRatio) return ratioWords(part.rateRatio, words);
  if (part.rateQuantity) return doseWords(quantityDose(part.rateQuantity, words));
  return part.rateRange && doseWords(rangeDose(part.rateRange, words));
}

const UNITS: readonly PeriodUnit[] = ['s', 'min', 'h', 'd', 'wk', 'mo', 'a'];
const periodUnit = (code: string | undefined): PeriodUnit | undefined => UNITS.find((unit) => unit === code);

function timesWords(repeat: TimingRepeat, words: ClinicalWords): string {
  const low = repeat.frequency ?? 1;
  const high = repeat.frequencyMax;
  if (high !== undefined && high !== low) return words.times(`${low} ${words.to} ${high}`);
  if (low === 1) return words.once;
  return low === 2 ? words.twice : words.times(words.numbers[low] ?? String(low));
}

function rhythmWords(repeat: TimingRepeat, words: ClinicalWords): string | undefined {
  const unit = periodUnit(repeat.periodUnit);
  const period = spread(doseText(repeat.period), doseText(repeat.periodMax), words);
  if (!unit || period === undefined) return repeat.frequency === undefined ? undefined : timesWords(repeat, words);
  const often = (repeat.frequency ?? 1) > 1 || repeat.frequencyMax !== undefined;
  if (period === '1') return `${timesWords(repeat, words)} ${words.aPeriod(unit)}`;
  return often ? words.timesIn(timesWords(repeat, words), period, unit) : words.everyPeriod(period, unit);
}

function frequencyWords(timing: Timing | undefined, words: ClinicalWords): string | undefined {
  if (!timing) return undefined;
  const repeat = timing.repeat ?? {};
  const parts = [
    rhythmWords(repeat, words),
    ...(repeat.when ?? []).map((code) => words.when[code] ?? code),
    repeat.dayOfWeek?.length ? words.on(repeat.dayOfWeek.map((day) => words.days[day] ?? day).join(', ')) : undefined,
    repeat.timeOfDay?.length ? words.at(repeat.timeOfDay.map((time) => time.slice(0, 5)).join(', ')) : undefined,
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(' ');
  const coded = codingIn(timing.code, TIMING_CODES)?.code;
  return (coded && words.timingCodes[coded]) ?? conceptText(timing.code) ?? eventWords(timing, words);
}

function eventWords(timing: Timing, words: ClinicalWords): string | undefined {
  const events = (timing.event ?? []).map((iso) => formatIso(iso, { words })).filter(Boolean);
  return events.length > 0 ? words.on(events.join(', ')) : undefined;
}

function counted(value: string, unit: PeriodUnit, words: ClinicalWords): string {
  const [one, many] = words.durationUnits[unit];
  return value === '1' ? one : many;
}

function boundsWords(repeat: TimingRepeat, words: ClinicalWords): string | undefined {
  const { boundsDuration, boundsRange, boundsPeriod } = repeat;
  const unit = periodUnit(boundsDuration?.code ?? boundsDuration?.unit);
  const length = doseText(boundsDuration?.value);
  if (length !== undefined) return words.forPeriod(length, unit ? counted(length, unit, words) : (boundsDuration?.unit ?? ''));
  const range = boundsRange && rangeDose(boundsRange, words);
  const rangeUnit = periodUnit(boundsRange?.high?.code ?? boundsRange?.low?.code);
  if (range) return words.forPeriod(range.text, rangeUnit ? words.durationUnits[rangeUnit][1] : (range.unit ?? ''));
  const end = formatIso(boundsPeriod?.end, { words, time: false });
  return end && words.until(end);
}

function durationWords(timing: Timing | undefined, words: ClinicalWords): string | undefined {
  const repeat = timing?.repeat;
  if (!repeat) return undefined;
  const unit = periodUnit(repeat.durationUnit);
  const each = spread(doseText(repeat.duration), doseText(repeat.durationMax), words);
  const count = spread(repeat.count === undefined ? undefined : String(repeat.count), repeat.countMax === undefined ? undefined : String(repeat.countMax), words);
  const parts = [
    each !== undefined && unit && words.over(each, counted(each, unit, words)),
    boundsWords(repeat, words),
    count !== undefined && words.forDoses(count),
  ].filter(Boolean);
  return parts.join(' ') || undefined;
}

/** The ordered dose where several kinds are given, else the first. */
function orderedPart(parts: readonly DoseAndRate[] | undefined): DoseAndRate {
  return parts?.find((part) => part.type?.coding?.some((coding) => coding.code === 'ordered')) ?? parts?.[0] ?? {};
}

export function doseLine(dosage: Dosage, words: ClinicalWords = englishWords): DoseLineView {
  const part = orderedPart(dosage.doseAndRate);
  const dose = part.doseQuantity ? quantityDose(part.doseQuantity, words) : part.doseRange && rangeDose(part.doseRange, words);
  const rate = rateWords(part, words);
  const route = conceptText(dosage.route)?.toLowerCase();
  const site = conceptText(dosage.site);
  const frequency = frequencyWords(dosage.timing, words);
  const duration = durationWords(dosage.timing, words);
  const asNeeded = conceptText(dosage.asNeededCodeableConcept) ?? (dosage.asNeededBoolean ? true : undefined);
  const maximum = dosage.maxDosePerPeriod && ratioWords(dosage.maxDosePerPeriod, words);
  const text = dosage.text?.trim();
  return {
    instructions: [...conceptTexts(dosage.additionalInstruction), ...(dosage.patientInstruction?.trim() ? [dosage.patientInstruction.trim()] : [])],
    ...(dose && { dose }),
    ...(rate && { rate }),
    ...(route && { route }),
    ...(site && { site }),
    ...(frequency && { frequency }),
    ...(duration && { duration }),
    ...(asNeeded !== undefined && { asNeeded }),
    ...(maximum && { maximum }),
    ...(text && { text }),
  };
}

/** When a course that began at `start` ends by itself, in milliseconds; undefined for one without an end. */
export function courseEnd(dosages: readonly Dosage[] | undefined, start: number | undefined): number | undefined {
  const ends = (dosages ?? []).map((dosage) => dosageEnd(dosage, start));
  // One line without an end keeps the whole medicine going.
  if (ends.length === 0 || ends.some((end) => end === undefined)) return undefined;
  return Math.max(...ends.filter((end): end is number => end !== undefined));
}

const UNIT_MS: Record<PeriodUnit, number> = {
  s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000, wk: 7 * 86_400_000, mo: 30.4375 * 86_400_000, a: 365.25 * 86_400_000,
};

const DAY_MS = UNIT_MS.d;

function dosageEnd(dosage: Dosage, start: number | undefined): number | undefined {
  const repeat = dosage.timing?.repeat;
  const end = repeat?.boundsPeriod?.end;
  if (end) {
    const instant = Date.parse(end);
    // A course "until 3 May" goes on through that day.
    return Number.isNaN(instant) ? undefined : end.length <= 10 ? instant + DAY_MS : instant;
  }
  const unit = periodUnit(repeat?.boundsDuration?.code ?? repeat?.boundsDuration?.unit);
  const length = Number(repeat?.boundsDuration?.value);
  return unit && start !== undefined && Number.isFinite(length) ? start + length * UNIT_MS[unit] : undefined;
}
