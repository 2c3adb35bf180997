//! Centiles by the LMS method: how far a child's measurement lies from the median of its age.
import type { GrowthMeasure, GrowthSex } from './growth-measures';
import { growthReference, type GrowthRow } from './growth-reference';

/** L, M and S at an age, straight between the rows of the table. Undefined outside of it. */
export function referenceAt(measure: GrowthMeasure, sex: GrowthSex, ageMonths: number): GrowthRow | undefined {
  const rows = growthReference[measure][sex];
  const next = rows.findIndex((row) => row[0] >= ageMonths);
  const above = rows[next];
  if (!above) return undefined;
  const below = rows[next - 1];
  if (above[0] === ageMonths) return above;
  if (!below) return undefined;
  const share = (ageMonths - below[0]) / (above[0] - below[0]);
  const between = (a: number, b: number) => a + (b - a) * share;
  return [ageMonths, between(below[1], above[1]), between(below[2], above[2]), between(below[3], above[3])];
}

export function valueAtZ([, l, m, s]: GrowthRow, z: number): number {
  return Math.abs(l) < 1e-6 ? m * Math.exp(s * z) : m * (1 + l * s * z) ** (1 / l);
}

export function zScore([, l, m, s]: GrowthRow, value: number): number {
  return Math.abs(l) < 1e-6 ? Math.log(value / m) / s : ((value / m) ** l - 1) / (l * s);
}

/** The normal distribution's share below z; Abramowitz and Stegun 26.2.17, right to 7 places. */
export function shareBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
    * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}

/** Undefined where the age lies outside of the curves. */
export function centileOf(measure: GrowthMeasure, sex: GrowthSex, ageMonths: number, value: number): number | undefined {
  const row = referenceAt(measure, sex, ageMonths);
  return row && shareBelow(zScore(row, value)) * 100;
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

/** `50th`; beyond the outer curves `<0.4th` and `>99.6th`, where a figure would claim too much. */
export function centileText(centile: number): string {
  if (centile < 0.4) return '<0.4th';
  if (centile > 99.6) return '>99.6th';
  if (centile < 1) return `${centile.toFixed(1)}th`;
  const whole = Math.min(99, Math.round(centile));
  return `${whole}${endings[ordinals.select(whole)] ?? 'th'}`;
}
