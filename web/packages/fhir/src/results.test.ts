// Values of every kind, flags sent and worked out, repeats, changes, groups and lines.
import { describe, expect, it } from 'vitest';
import { groupResults, resultGroups, resultView, testKeyOf, withoutRepeats } from './results';
import { flowsheet, trendSeries } from './trends';
import type { Observation, ObservedValue } from './resources';
import { observedValue } from './values';

const interpretation = (code: string) => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }] }];
const quantity = (value: number | string, unit = 'mmol/L') => ({ value, unit, code: unit });
const range = (low?: number, high?: number, unit = 'mmol/L') => [{ ...(low !== undefined && { low: quantity(low, unit) }), ...(high !== undefined && { high: quantity(high, unit) }) }];

function observation(id: string, parts: Partial<Observation> = {}): Observation {
  return { resourceType: 'Observation', id, status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Potassium' }, effectiveDateTime: '2026-11-01T08:00:00Z', ...parts };
}

describe('observedValue', () => {
  it.each<[ObservedValue, string, string, string | undefined]>([
    [{ valueQuantity: quantity('7.40') }, 'quantity', '7.40', 'mmol/L'],
    [{ valueQuantity: { ...quantity(5), comparator: '<' } }, 'quantity', '<5', 'mmol/L'],
    [{ valueQuantity: { ...quantity(5), comparator: '>=' } }, 'quantity', '≥5', 'mmol/L'],
    [{ valueQuantity: { unit: 'mmol/L' } }, 'absent', '', undefined],
    [{ valueQuantity: { value: 104, code: 'mm[Hg]' } }, 'quantity', '104', 'mmHg'],
    [{ valueCodeableConcept: { coding: [{ display: 'Never smoker' }] } }, 'coded', 'Never smoker', undefined],
    [{ valueCodeableConcept: {} }, 'absent', '', undefined],
    [{ valueString: ' turbid ' }, 'text', 'turbid', undefined],
    [{ valueString: '' }, 'absent', '', undefined],
    [{ valueBoolean: false }, 'boolean', 'false', undefined],
    [{ valueInteger: 0 }, 'quantity', '0', undefined],
    [{ valueRange: { low: quantity(1), high: quantity(3) } }, 'range', '1 – 3', 'mmol/L'],
    [{ valueRange: { high: quantity(3) } }, 'range', '≤3', 'mmol/L'],
    [{ valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }, 'ratio', '1:128', undefined],
    [{ valueRatio: { numerator: quantity(5, 'mg'), denominator: quantity(1, 'h') } }, 'ratio', '5 mg per 1 h', undefined],
    [{ valueSampledData: { origin: { value: 0, unit: 'mV' }, period: 10, dimensions: 1, data: '1 2 3 E' } }, 'sampled', 'Waveform (4)', 'mV'],
    [{ valueTime: '08:30:00' }, 'moment', '08:30', undefined],
    [{ valueDateTime: '2026-11' }, 'moment', 'Nov-2026', undefined],
    [{ valuePeriod: { start: '2026-11-01', end: '2026-11-03' } }, 'moment', '01-Nov-2026 – 03-Nov-2026', undefined],
    [{ dataAbsentReason: { coding: [{ code: 'asked-declined' }] } }, 'absent', 'asked-declined', undefined],
    [{}, 'absent', '', undefined],
  ])('%j', (observed, kind, text, unit) => {
    const value = observedValue(observed);
    expect([value.kind, value.text, value.unit]).toEqual([kind, text, unit]);
  });

  it('gives a number only for a plain one', () => {
    expect(observedValue({ valueQuantity: quantity('7.40') }).number).toBe(7.4);
    expect(observedValue({ valueQuantity: { ...quantity(5), comparator: '<' } }).number).toBeUndefined();
    expect(observedValue({ valueQuantity: quantity('many') }).number).toBeUndefined();
  });
});

describe('release', () => {
  const release = [{ url: 'https://galen.health/fhir/StructureDefinition/result-release', valueInstant: '2026-11-30T09:00:00Z' }];

  it('is when the patient sees it, with the version to release', () => {
    const held = resultView({ ...observation('1', {}), extension: release, meta: { versionId: '3' } });
    expect([held.release?.at.earliest, held.release?.version]).toEqual([Date.parse('2026-11-30T09:00:00Z'), 3]);
  });

  it('is not told where it cannot be acted on', () => {
    expect(resultView({ ...observation('1', {}), extension: release }).release).toBeUndefined();
    expect(resultView(observation('1', {})).release).toBeUndefined();
  });
});

describe('flags', () => {
  const flag = (observed: ObservedValue) => {
    const found = resultView(observation('1', observed)).flag;
    return found && [found.code, found.source, found.conflict];
  };

  it.each<[string, ObservedValue, unknown]>([
    ['sent', { valueQuantity: quantity(6), interpretation: interpretation('HH'), referenceRange: range(3.5, 5.3) }, ['HH', 'reported', false]],
    ['worked out high', { valueQuantity: quantity(6), referenceRange: range(3.5, 5.3) }, ['H', 'computed', false]],
    ['worked out low', { valueQuantity: quantity(3), referenceRange: range(3.5, 5.3) }, ['L', 'computed', false]],
    ['on the upper bound', { valueQuantity: quantity(5.3), referenceRange: range(3.5, 5.3) }, ['N', 'computed', false]],
    ['on the lower bound', { valueQuantity: quantity(3.5), referenceRange: range(3.5, 5.3) }, ['N', 'computed', false]],
    ['one bound only', { valueQuantity: quantity(201), referenceRange: range(undefined, 200) }, ['H', 'computed', false]],
    ['no range', { valueQuantity: quantity(6) }, undefined],
    ['range in another unit', { valueQuantity: quantity(6), referenceRange: range(60, 100, 'mg/dL') }, undefined],
    ['below detection and below the range', { valueQuantity: { ...quantity(3), comparator: '<' }, referenceRange: range(3.5, 5.3) }, ['L', 'computed', false]],
    ['below detection inside the range', { valueQuantity: { ...quantity(5), comparator: '<' }, referenceRange: range(3.5, 5.3) }, undefined],
    ['a comparator nobody knows', { valueQuantity: { ...quantity(50), comparator: 'ad' }, referenceRange: range(3.5, 5.3) }, undefined],
    ['two ranges for two ages', { valueQuantity: quantity(6), referenceRange: [...range(3.5, 5.3), ...range(4, 7)] }, undefined],
    ['a treatment range', { valueQuantity: quantity(6), referenceRange: range(1, 2).map((each) => ({ ...each, type: { coding: [{ code: 'treatment' }] } })) }, undefined],
    ['sent normal but outside', { valueQuantity: quantity(9), interpretation: interpretation('N'), referenceRange: range(3.5, 5.3) }, ['N', 'reported', true]],
    ['several sent: the loudest', { interpretation: [...interpretation('N'), ...interpretation('AA')] }, ['AA', 'reported', false]],
    ['sent in words', { valueString: 'x', interpretation: [{ text: 'borderline' }] }, ['OTHER', 'reported', false]],
    ['sent as bare text code', { valueString: 'x', interpretation: [{ text: 'L' }] }, ['L', 'reported', false]],
    ['H of a foreign system', { valueString: 'x', interpretation: [{ coding: [{ system: 'http://example.org', code: 'H', display: 'Haemolysed' }] }] }, ['OTHER', 'reported', false]],
    ['text value', { valueString: 'turbid', referenceRange: [{ text: 'clear' }] }, undefined],
  ])('%s', (_, observed, expected) => expect(flag(observed)).toEqual(expected));
});

describe('resultView', () => {
  it('puts a blood pressure together and takes its loudest flag', () => {
    const part = (code: string, value: number, high: number) => ({ code: { coding: [{ system: 'http://loinc.org', code }] }, valueQuantity: quantity(value, 'mm[Hg]'), referenceRange: range(undefined, high, 'mm[Hg]') });
    const result = resultView(observation('1', { component: [part('8462-4', 70, 90), part('8480-6', 190, 140)] }));
    expect(result.value).toMatchObject({ kind: 'components', text: '190/70', unit: 'mmHg' });
    expect(result.flag?.code).toBe('H');
  });

  it('lists other components by name, and none for a panel without any', () => {
    const result = resultView(observation('1', { component: [{ code: { text: 'Colour' }, valueString: 'amber' }, { code: { text: 'Ketones' }, dataAbsentReason: { coding: [{ code: 'error' }] } }] }));
    expect(result.value.text).toBe('Colour amber');
    expect(resultView(observation('1')).value).toEqual({ kind: 'absent', text: '' });
  });

  it.each([['final', true], ['corrected', true], ['preliminary', true], ['cancelled', false], ['entered-in-error', false], ['???', true]])('status %s can be used: %s', (status, usable) => {
    expect(resultView(observation('1', { status })).usable).toBe(usable);
  });
});

describe('grouping', () => {
  const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T08:00:00Z`;
  const potassium = (id: string, day: number, value: number | string, parts: Partial<Observation> = {}) => observation(id, { effectiveDateTime: at(day), valueQuantity: quantity(value), referenceRange: range(3.5, 5.3), ...parts });

  it('takes LOINC as the test, else another code, else the folded text', () => {
    expect(testKeyOf({ coding: [{ system: 'local', code: 'K' }, { system: 'http://loinc.org', code: '2823-3' }] })).toBe('http://loinc.org|2823-3');
    expect(testKeyOf({ coding: [{ system: 'local', code: 'K' }] })).toBe('local|K');
    expect(testKeyOf({ text: ' Serum  POTASSIUM' })).toBe(testKeyOf({ text: 'serum potassium ' }));
    expect(testKeyOf(undefined)).toBe('|');
  });

  it('folds resent results, and nothing that differs', () => {
    const views = [potassium('1', 1, 4), potassium('2', 1, 4), potassium('3', 1, 5), potassium('4', 2, 4), potassium('5', 1, 4, { status: 'corrected' }), observation('6', { valueQuantity: quantity(4), effectiveDateTime: '' }), observation('7', { valueQuantity: quantity(4), effectiveDateTime: '' })].map((each) => resultView(each));
    expect(withoutRepeats(views).map((view) => [view.id, view.repeats])).toEqual([['2', 2], ['3', 1], ['4', 1], ['5', 1], ['6', 1], ['7', 1]]);
    expect(withoutRepeats([...views.slice(0, 1), ...views.slice(0, 1)])).toMatchObject([{ id: '1', repeats: 1 }]);
  });

  it('compares with the usable one before it in the same unit', () => {
    const [group] = resultGroups([potassium('3', 3, '4.6'), potassium('1', 1, '4.1'), potassium('2', 2, 9, { status: 'entered-in-error' })]);
    expect(group?.results.map((result) => result.id)).toEqual(['3', '2', '1']);
    expect(group?.latest).toMatchObject({ id: '3', delta: { text: '+0.5', direction: 'up', previous: '4.1' } });
    expect(group?.results[1]?.delta).toBeUndefined();
  });

  it('neither compares nor draws across units, and says so', () => {
    const [group] = resultGroups([potassium('1', 1, 4), potassium('2', 2, 16, { valueQuantity: quantity(16, 'mg/dL') }), potassium('3', 3, 5)]);
    expect(group?.mixedUnits).toBe(true);
    expect(group?.results.find((result) => result.id === '3')?.delta).toBeUndefined();
    const [line] = group ? trendSeries(group) : [];
    expect(line).toMatchObject({ unit: 'mmol/L', excluded: 1, band: { low: 3.5, high: 5.3 } });
    expect(line?.points.map((point) => point.value)).toEqual([4, 5]);
  });

  it('takes the latest usable one as the latest', () => {
    const [group] = resultGroups([potassium('1', 1, 4), potassium('2', 2, 9, { status: 'cancelled' })]);
    expect(group?.latest.id).toBe('1');
    const [only] = resultGroups([potassium('2', 2, 9, { status: 'cancelled' })]);
    expect(only?.latest.id).toBe('2');
  });

  it('draws one line for each part of a blood pressure', () => {
    const part = (code: string, value: number) => ({ code: { coding: [{ system: 'http://loinc.org', code }], text: code }, valueQuantity: quantity(value, 'mm[Hg]') });
    const [group] = resultGroups([1, 2].map((day) => observation(String(day), { effectiveDateTime: at(day), component: [part('8462-4', 70 + day), part('8480-6', 110 + day)] })));
    expect(group && trendSeries(group).map((line) => [line.name, line.points.map((point) => point.value)])).toEqual([['8462-4', [71, 72]], ['8480-6', [111, 112]]]);
  });

  it('lays out a flowsheet by minute, newest first', () => {
    const sodium = observation('n', { code: { text: 'Sodium' }, effectiveDateTime: at(2), valueQuantity: quantity(140) });
    const sheet = flowsheet(resultGroups([potassium('1', 1, 4), potassium('2', 2, 5), sodium]));
    expect(sheet.columns.map((column) => column.key)).toEqual(['2026-11-02T08:00', '2026-11-01T08:00']);
    expect(sheet.rows.map((row) => [row.name, Object.keys(row.cells).length])).toEqual([['Potassium', 2], ['Sodium', 1]]);
  });

  it('groups 10,000 results in a moment', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => resultView(observation(String(index), { code: { text: `Test ${index % 50}` }, effectiveDateTime: new Date(1.6e12 + index * 60_000).toISOString(), valueQuantity: quantity(index % 7) })));
    const started = performance.now();
    expect(groupResults(many)).toHaveLength(50);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
