// Doses in words, names taken apart only where certain, and a finished course that nobody calls stopped.
import { describe, expect, it } from 'vitest';
import type { Dosage, TimingRepeat } from './datatypes';
import { doseLine } from './dosage';
import { medicationName } from './medication-names';
import { medicationList, medicationRequestView, medicationStatementView, medicationsByReference } from './medications';
import type { MedicationRequest } from './resources';

const now = Date.parse('2026-11-23T12:00:00Z');
const day = (value: number) => ({ value, code: 'd', unit: 'd' });

describe('frequency in words', () => {
  it.each<[TimingRepeat, string]>([
    [{ frequency: 1, period: 1, periodUnit: 'd' }, 'once a day'],
    [{ frequency: 2, period: 1, periodUnit: 'd' }, 'twice a day'],
    [{ frequency: 3, period: '1.0', periodUnit: 'd' }, 'three times a day'],
    [{ frequency: 12, period: 1, periodUnit: 'd' }, '12 times a day'],
    [{ frequency: 1, frequencyMax: 2, period: 1, periodUnit: 'd' }, '1 to 2 times a day'],
    [{ frequency: 1, period: 6, periodUnit: 'h' }, 'every 6 hours'],
    [{ frequency: 1, period: 4, periodMax: 6, periodUnit: 'h' }, 'every 4 to 6 hours'],
    [{ frequency: 1, period: 1, periodUnit: 'wk', dayOfWeek: ['mon'] }, 'once a week on Monday'],
    [{ frequency: 2, period: 3, periodUnit: 'd' }, 'twice every 3 days'],
    [{ period: 1, periodUnit: 'h' }, 'once an hour'],
    [{ when: ['AC', 'HS'] }, 'before meals at bedtime'],
    [{ frequency: 1, period: 1, periodUnit: 'd', timeOfDay: ['08:00:00', '20:00:00'] }, 'once a day at 08:00, 20:00'],
  ])('%j is %s', (repeat, words) => expect(doseLine({ timing: { repeat } }).frequency).toBe(words));

  it.each([['BID', 'twice a day'], ['Q6H', 'every 6 hours']])('knows the code %s', (code, words) => {
    expect(doseLine({ timing: { code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', code }] } } }).frequency).toBe(words);
  });
});

describe('dose lines', () => {
  it.each<[string, Dosage, object]>([
    ['dose', { doseAndRate: [{ doseQuantity: { value: '5.0', unit: 'mg' } }] }, { dose: { text: '5', unit: 'mg', unitMissing: false } }],
    ['dose without unit', { doseAndRate: [{ doseQuantity: { value: 1 } }] }, { dose: { text: '1', unitMissing: true } }],
    ['micrograms', { doseAndRate: [{ doseQuantity: { value: 75, unit: 'mcg' } }] }, { dose: { text: '75', unit: 'micrograms', unitMissing: false } }],
    ['units', { doseAndRate: [{ doseQuantity: { value: 1200, unit: 'IU' } }] }, { dose: { text: '1,200', unit: 'units', unitMissing: false } }],
    ['range', { doseAndRate: [{ doseRange: { low: { value: 1, unit: 'tablet' }, high: { value: 2, unit: 'tablet' } } }] }, { dose: { text: '1 to 2', unit: 'tablet', unitMissing: false } }],
    ['range of two units', { doseAndRate: [{ doseRange: { low: { value: 500, unit: 'mg' }, high: { value: 1, unit: 'g' } } }] }, { dose: { text: '500 mg to 1 g', unitMissing: false } }],
    ['rate', { doseAndRate: [{ rateRatio: { numerator: { value: 10, unit: 'mg' }, denominator: { value: 1, unit: 'h' } } }] }, { rate: '10 mg in 1 hour' }],
    ['rate quantity', { doseAndRate: [{ rateQuantity: { value: 5, unit: 'mL/h' } }] }, { rate: '5 mL per hour' }],
    ['as needed', { asNeededBoolean: true }, { asNeeded: true }],
    ['as needed for', { asNeededCodeableConcept: { text: 'pain' } }, { asNeeded: 'pain' }],
    ['maximum', { maxDosePerPeriod: { numerator: { value: 4, unit: 'g' }, denominator: { value: 24, unit: 'h' } } }, { maximum: '4 g in 24 hours' }],
    ['days', { timing: { repeat: { boundsDuration: day(7) } } }, { duration: 'for 7 days' }],
    ['one day', { timing: { repeat: { boundsDuration: day(1) } } }, { duration: 'for 1 day' }],
    ['doses', { timing: { repeat: { count: 5 } } }, { duration: 'for 5 doses' }],
    ['until', { timing: { repeat: { boundsPeriod: { end: '2026-12-24' } } } }, { duration: 'until 24-Dec-2026' }],
    ['text', { text: ' Use as directed ' }, { text: 'Use as directed' }],
  ])('%s', (_, dosage, expected) => expect(doseLine(dosage)).toEqual({ instructions: [], ...expected }));

  it('takes the ordered dose rather than the calculated one', () => {
    const of = (code: string, value: number) => ({ type: { coding: [{ code }] }, doseQuantity: { value, unit: 'mg' } });
    expect(doseLine({ doseAndRate: [of('calculated', 480), of('ordered', 500)] }).dose?.text).toBe('500');
  });
});

describe('names', () => {
  const rxnorm = (text: string) => ({ coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1', display: text }], text });

  it.each([
    ['lisinopril 10 MG Oral Tablet', { generic: 'lisinopril', strength: '10 mg', form: 'oral tablet' }],
    ['Penicillin V Potassium 250 MG Oral Tablet', { generic: 'penicillin V potassium', strength: '250 mg', form: 'oral tablet' }],
    ['Amoxicillin 0.5 MG/ML Oral Suspension [Amoxil]', { generic: 'amoxicillin', strength: '0.5 mg per mL', form: 'oral suspension', brand: 'AMOXIL' }],
    ['Acetaminophen 325 MG / Hydrocodone Bitartrate 7.5 MG Oral Tablet', { generic: 'acetaminophen 325 MG / hydrocodone bitartrate 7.5 MG oral tablet' }],
    ['NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler', { generic: 'NDA020503 200 ACTUAT albuterol 0.09 MG/ACTUAT metered dose inhaler' }],
  ])('%s', (text, name) => expect(medicationName(rxnorm(text))).toEqual(name));

  it('takes nothing apart that is not RxNorm', () => {
    expect(medicationName({ text: 'Lisinopril 10 MG Oral Tablet' })).toEqual({ generic: 'lisinopril 10 MG oral tablet' });
    expect(medicationName(undefined)).toEqual({ generic: 'Medicine not named' });
  });
});

describe('state', () => {
  const request = (parts: Partial<MedicationRequest>) => medicationRequestView({ resourceType: 'MedicationRequest', id: '1', status: 'active', authoredOn: '2026-11-01', medicationCodeableConcept: { text: 'amoxicillin' }, ...parts }, { now });
  const bounded = (days: number) => ({ dosageInstruction: [{ timing: { repeat: { boundsDuration: day(days) } } }] });

  it.each<[string, Partial<MedicationRequest>, string, boolean]>([
    ['a course in progress', bounded(60), 'active', true],
    ['a course that ran out', bounded(7), 'finished', false],
    ['a course until yesterday', { dosageInstruction: [{ timing: { repeat: { boundsPeriod: { end: '2026-11-22' } } } }] }, 'finished', false],
    ['a course until today', { dosageInstruction: [{ timing: { repeat: { boundsPeriod: { end: '2026-11-23' } } } }] }, 'active', true],
    ['a loading dose and then without end', { dosageInstruction: [...bounded(7).dosageInstruction, {}] }, 'active', true],
    ['stopped by someone', { status: 'stopped', ...bounded(7) }, 'stopped', false],
    ['completed', { status: 'completed' }, 'finished', false],
    ['on hold', { status: 'on-hold' }, 'on-hold', true],
    ['an unknown status', { status: 'odd' }, 'unknown', true],
    ['no dosage', {}, 'active', true],
  ])('%s', (_, parts, state, current) => expect(request(parts)).toMatchObject({ state, current }));

  it('ends a course on its last day, as it is written', () => {
    expect(request({ dosageInstruction: [{ timing: { repeat: { boundsPeriod: { end: '2026-11-22' } } } }] })).toMatchObject({ ended: { iso: '2026-11-22' } });
    expect(request(bounded(7)).ended?.iso).toContain('2026-11-08');
  });

  it('keeps a medicine current when only its prescription has expired', () => {
    expect(request({ dispenseRequest: { validityPeriod: { end: '2026-11-10' } } })).toMatchObject({ current: true, prescriptionExpired: { iso: '2026-11-10' } });
    expect(request({ dispenseRequest: { validityPeriod: { end: '2026-12-10' } } }).prescriptionExpired).toBeUndefined();
  });

  it('finds the medicine wherever it is named', () => {
    const medications = medicationsByReference([{ resourceType: 'Medication', id: 'm', code: { text: 'Warfarin' }, form: { text: 'Tablet' } } as never]);
    const named = (parts: Partial<MedicationRequest>) => {
      const { medicationCodeableConcept: _, ...rest } = { resourceType: 'MedicationRequest' as const, medicationCodeableConcept: undefined, ...parts };
      return medicationRequestView(rest, { now, medications });
    };
    expect(named({ medicationReference: { reference: 'Medication/m' } })).toMatchObject({ generic: 'warfarin', form: 'tablet' });
    expect(named({ medicationReference: { reference: '#c' }, contained: [{ resourceType: 'Medication', id: 'c', code: { text: 'Digoxin' } } as never] })).toMatchObject({ generic: 'digoxin' });
    expect(named({ medicationReference: { reference: 'Medication/gone', display: 'Heparin' } })).toMatchObject({ generic: 'heparin' });
    expect(named({})).toMatchObject({ generic: 'Medicine not named' });
  });

  it('lists current by name and past by newest, without errors and drafts', () => {
    const of = (text: string, status: string, authoredOn = '2026-11-01') => request({ medicationCodeableConcept: { text }, status, authoredOn });
    const list = medicationList([of('zinc', 'active'), of('aspirin', 'active'), of('old', 'stopped', '2020-01-01'), of('recent', 'completed', '2026-01-01'), of('wrong', 'entered-in-error'), of('draft', 'draft')]);
    expect(list.current.map((each) => each.generic)).toEqual(['aspirin', 'zinc']);
    expect(list.past.map((each) => each.generic)).toEqual(['recent', 'old']);
  });

  it('reads what a patient says to take', () => {
    const statement = medicationStatementView({ resourceType: 'MedicationStatement', status: 'active', medicationCodeableConcept: { text: 'St John’s wort' }, effectivePeriod: { start: '2026-01', end: '2026-06-01' } }, { now });
    expect(statement).toMatchObject({ source: 'statement', state: 'finished', current: false, started: { precision: 'month' } });
  });
});
