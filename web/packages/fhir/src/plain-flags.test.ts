// What a patient is told of a value beside its range.
import { describe, expect, it } from 'vitest';
import { plainFlag, rangeBar } from './plain-flags';
import { resultView } from './results';
import type { Observation } from './resources';

const quantity = (value: number | string, unit = 'mmol/L') => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
const result = (value: number | string, more: Partial<Observation> = {}) =>
  resultView({
    resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'Potassium' }, valueQuantity: quantity(value),
    referenceRange: [{ low: quantity(3.5), high: quantity(5.5) }], ...more,
  } as Observation);
const interpreted = (code: string): Partial<Observation> => ({ interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }] }] });

describe('plain flags', () => {
  it.each<[string, string, Parameters<typeof result>]>([
    ['inside', 'usual', [4.2]],
    ['just above', 'a-little-above', [5.7]],
    ['above', 'above', [6.5]],
    ['just below', 'a-little-below', [3.4]],
    ['below', 'below', [2.5]],
    ['critical however near', 'far-above', [5.6, interpreted('HH')]],
    ['critically low', 'far-below', [2.0, interpreted('LL')]],
    ['called normal and is not', 'not-usual', [6.5, interpreted('N')]],
    ['abnormal without a side', 'not-usual', [4.2, interpreted('A')]],
    ['critical without a side', 'needs-action', [4.2, interpreted('AA')]],
    ['entered in error', 'none', [9, { status: 'entered-in-error' }]],
  ])('%s', (_what, expected, given) => {
    expect(plainFlag(result(...given))).toBe(expected);
  });

  it('never calls a value without range usual', () => {
    expect(plainFlag(result(4.2, { referenceRange: [] }))).toBe('none');
  });
});

describe('the bar', () => {
  it('keeps range and value on it, however far outside the value is', () => {
    for (const value of [0.1, 3.5, 4, 5.5, 60]) {
      const bar = rangeBar(result(value));
      expect(bar).toBeDefined();
      expect(Math.min(bar?.at ?? -1, bar?.from ?? -1)).toBeGreaterThan(0);
      expect(Math.max(bar?.at ?? 2, bar?.to ?? 2)).toBeLessThan(1);
    }
  });

  it.each<[string, Parameters<typeof result>]>([
    ['no upper end', [4, { referenceRange: [{ low: quantity(3.5) }] }]],
    ['another unit', [4, { referenceRange: [{ low: quantity(3.5, 'mg/dL'), high: quantity(5, 'mg/dL') }] }]],
    ['no number', [4, { valueQuantity: undefined, valueString: 'haemolysed' } as Partial<Observation>]],
  ])('is not drawn with %s', (_what, given) => {
    expect(rangeBar(result(...given))).toBeUndefined();
  });
});
