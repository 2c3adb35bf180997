// No digit is added or lost, whatever form a number comes in.
import { describe, expect, it } from 'vitest';
import { decimalText, differenceText, doseText, parseFhirJson } from './decimals';
import { doseUnitText, quantityText, unitKey, unitText } from './units';
import { englishWords } from './words';

describe('decimals', () => {
  it.each([
    [7.4, '7.4'], ['7.40', '7.40'], [0.5, '0.5'], [1000, '1,000'], [999.5, '999.5'], [1234567.891, '1,234,567.891'], [-1234, '-1,234'], [1e-7, '0.0000001'],
    [1e21, '1,000,000,000,000,000,000,000'], ['1.50e2', '150'], ['0.0', '0.0'], ['-0.5', '-0.5'], ['007', '7'], [' 4.0 ', '4.0'], ['trace', 'trace'], ['', undefined],
  ])('shows %s as %s', (value, text) => expect(decimalText(value)).toBe(text));

  it.each([['5.0', '5'], ['0.50', '0.5'], [10, '10'], ['100', '100'], ['1000.00', '1,000'], ['0.0', '0']])('doses %s without trailing noughts as %s', (value, text) => {
    expect(doseText(value)).toBe(text);
  });

  it.each([['7.4', '7.0', '+0.4'], [4.1, 4.2, '−0.1'], ['0.3', '0.1', '+0.2'], ['7.40', '7.4', '0.00'], ['1500', '200', '+1,300'], [5, 5, '0']])('%s − %s is %s', (a, b, text) => {
    expect(differenceText(a, b)).toBe(text);
  });

  it('keeps trailing noughts of JSON where the browser tells them', () => {
    const parsed = parseFhirJson('{"value":7.40,"other":7.5,"text":"1.0","count":3,"list":[1.0]}');
    const told = JSON.stringify(parsed) === '{"value":"7.40","other":7.5,"text":"1.0","count":3,"list":["1.0"]}';
    const untold = JSON.stringify(parsed) === '{"value":7.4,"other":7.5,"text":"1.0","count":3,"list":[1]}';
    expect(told || untold).toBe(true);
  });
});

describe('units', () => {
  it.each([['mm[Hg]', 'mmHg'], ['10*9/L', '×10⁹/L'], ['kg/m2', 'kg/m²'], ['{score}', undefined], ['{wheezes}', 'wheezes'], ['1', undefined], ['', undefined], ['mmol/L', 'mmol/L']])('writes %s as %s', (unit, text) => {
    expect(unitText({ unit })).toBe(text);
  });

  it('knows the same unit in two writings, and different units apart', () => {
    expect(unitKey({ unit: 'mmHg' })).toBe(unitKey({ unit: 'mm[Hg]', code: 'mm[Hg]' }));
    expect(unitKey({ unit: 'mmol/L' })).not.toBe(unitKey({ unit: 'mg/dL' }));
  });

  it.each([
    ['mcg', 'micrograms'], ['ug', 'micrograms'], ['µg', 'micrograms'], ['MCG', 'micrograms'], ['U', 'units'], ['[iU]', 'units'], ['IU', 'units'], ['ng', 'nanograms'],
    ['mg/mL', 'mg per mL'], ['ug/kg/h', 'micrograms per kg per hour'], ['MG', 'mg'], ['{tablet}', 'tablet'], ['1', undefined], [undefined, undefined],
  ])('spells the dose unit %s as %s', (unit, text) => expect(doseUnitText(unit === undefined ? undefined : { unit }, englishWords)).toBe(text));

  it('shows comparators as signs', () => {
    expect(quantityText({ value: 5, comparator: '<=', unit: 'mg/L' })).toBe('≤5 mg/L');
  });
});
