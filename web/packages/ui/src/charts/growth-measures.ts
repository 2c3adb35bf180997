//! Which results are measurements of growth, at what age, in the units of the curves.
import type { ClinicalMoment, ResultView } from '@galen/fhir';

export type GrowthMeasure = 'weight' | 'height' | 'bmi' | 'head';

export type GrowthSex = 'male' | 'female';

const DAYS_PER_MONTH = 365.25 / 12;
const DAY_MS = 86_400_000;

const loincMeasures: Record<string, GrowthMeasure> = {
  '29463-7': 'weight', '3141-9': 'weight', '8302-2': 'height', '8306-3': 'height', '39156-5': 'bmi', '9843-4': 'head', '8287-5': 'head',
};

const factors: Record<GrowthMeasure, Record<string, number>> = {
  weight: { kg: 1, g: 0.001, lb: 0.45359237 },
  height: { cm: 1, m: 100, mm: 0.1, in: 2.54 },
  bmi: { 'kg/m²': 1 },
  head: { cm: 1, mm: 0.1, in: 2.54 },
};

export interface GrowthPoint {
  id: string;
  ageMonths: number;
  value: number;
  at: ClinicalMoment;
}

export function growthMeasureOf(testKey: string): GrowthMeasure | undefined {
  const [system, code = ''] = testKey.split('|');
  return system === 'http://loinc.org' ? loincMeasures[code] : undefined;
}

export function growthAgeMonths(born: ClinicalMoment, at: ClinicalMoment): number | undefined {
  if (born.precision === 'year' || born.precision === 'month' || at.precision === 'year' || at.precision === 'month') return undefined;
  const months = (at.earliest - born.earliest) / DAY_MS / DAYS_PER_MONTH;
  return months < 0 ? undefined : months;
}

/** What can be drawn of a measure: numbers in a known unit with a date, oldest first. */
export function measuredGrowth(results: readonly ResultView[], measure: GrowthMeasure, born: ClinicalMoment): GrowthPoint[] {
  const points = results.flatMap((result): GrowthPoint[] => {
    const factor = factors[measure][result.value.unit ?? ''];
    const ageMonths = result.at && growthAgeMonths(born, result.at);
    const { number } = result.value;
    if (!result.usable || !result.at || growthMeasureOf(result.testKey) !== measure) return [];
    if (factor === undefined || ageMonths === undefined || number === undefined || number <= 0) return [];
    return [{ id: result.id, ageMonths, value: number * factor, at: result.at }];
  });
  return points.sort((a, b) => a.ageMonths - b.ageMonths);
}
