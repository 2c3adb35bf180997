// Names in every script, numbers with their check digit, births and deaths of every precision.
import { describe, expect, it } from 'vitest';
import { formatNhsNumber, nhsNumberProblem } from './identifiers';
import { familyCapitals, personNames } from './names';
import { patientView } from './patients';
import type { Patient } from './resources';

const now = Date.parse('2026-11-23T12:00:00Z');
const view = (parts: Partial<Patient>) => patientView({ resourceType: 'Patient', id: '1', ...parts }, { now });

describe('familyCapitals', () => {
  it.each([
    ['Okafor', 'OKAFOR'], ["O'Brien-Smith", "O'BRIEN-SMITH"], ['Weiß', 'WEIẞ'], ['Núñez', 'NÚÑEZ'], ['Ngu\u0303yen', 'NGU\u0303YEN'], ['Иванов', 'ИВАНОВ'], ['Παπαδόπουλος', 'ΠΑΠΑΔΌΠΟΥΛΟΣ'],
    ['王', '王'], ['العلي', 'العلي'], ['בן דוד', 'בן דוד'], ['აბაშიძე', 'აბაშიძე'], ['नायर', 'नायर'], ['김', '김'], ['Lee 李', 'LEE 李'],
  ])('%s becomes %s', (family, capitals) => expect(familyCapitals(family)).toBe(capitals));
});

describe('personNames', () => {
  const full = (names: Patient['name'], preferLatin = false) => personNames(names, { now, preferLatin }).map((name) => name.full);
  const representation = (code: string) => [{ url: 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation', valueCode: code }];

  it('puts official before usual, and old and maiden names last', () => {
    const names = [{ use: 'old', family: 'A' }, { use: 'usual', family: 'B' }, { family: 'C' }, { use: 'official', family: 'D' }, { use: 'maiden', family: 'E' }];
    expect(full(names)).toEqual(['D', 'B', 'C', 'E', 'A']);
  });

  it('puts names whose time is over behind those in force', () => {
    expect(full([{ use: 'official', family: 'Before', period: { end: '2020-01-01' } }, { use: 'usual', family: 'Now' }])).toEqual(['Now', 'Before']);
  });

  it('shows the native writing first, or the Latin one where that is preferred', () => {
    const names = [{ use: 'official', family: 'Yamada', given: ['Taro'], extension: representation('ABC') }, { use: 'official', family: '山田', given: ['太郎'], extension: representation('IDE') }];
    expect(full(names)[0]).toBe('太郎 山田');
    expect(full(names, true)[0]).toBe('Taro Yamada');
  });

  it.each([
    [[], 'Not Known'], [undefined, 'Not Known'], [[{}], 'Not Known'], [[{ family: '  ' }], 'Not Known'], [[{ prefix: ['Dr'] }], 'Not Known'], [[{ text: 'Baby of Okafor' }], 'Baby of Okafor'],
    [[{ given: ['Cher'] }], 'Cher'], [[{ family: 'Sukarno' }], 'SUKARNO'], [[{ family: 'Okafor', given: ['Ada', 'Grace'], prefix: ['Ms'] }], 'OKAFOR, Ada Grace (Ms)'],
  ])('shows %j in the banner as %s', (names, banner) => expect(view(names === undefined ? {} : { name: names }).name.banner).toBe(banner));

  it('keeps a name of 300 characters whole', () => {
    const family = 'x'.repeat(300);
    expect(view({ name: [{ family }] }).name.banner).toBe(family.toUpperCase());
  });
});

describe('NHS numbers', () => {
  it.each([['9434765919', undefined], ['943 476 5919', undefined], ['943-476-5919', undefined], ['9434765918', 'check'], ['943476591', 'length'], ['', 'length'], ['943476591X', 'length'], ['4505577104', undefined], ['1234567881', undefined]])('%s: %s', (text, problem) => {
    expect(nhsNumberProblem(text)).toBe(problem);
  });

  it('finds every single wrong digit and every swap of neighbours', () => {
    const right = '9434765919';
    for (let place = 0; place < 10; place += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const wrong = right.slice(0, place) + String(digit) + right.slice(place + 1);
        expect(nhsNumberProblem(wrong) === undefined).toBe(wrong === right);
      }
      const swapped = right.slice(0, place) + (right[place + 1] ?? '') + (right[place] ?? '') + right.slice(place + 2);
      if (place < 9 && swapped !== right) expect(nhsNumberProblem(swapped)).toBe('check');
    }
  });

  it.each([['9434765919', '943 476 5919'], ['9434', '943 4'], ['943', '943'], ['abc', 'abc']])('writes %s as %s', (digits, text) => expect(formatNhsNumber(digits)).toBe(text));
});

describe('patientView', () => {
  it('takes the number, the MRN and the contacts out of a record', () => {
    const patient = view({
      identifier: [
        { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765919' },
        { type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, value: 'OLD', use: 'old' },
        { type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, value: '0012345' },
        { system: 'http://example.org/passport', value: 'P1' },
        { value: '  ' },
      ],
      telecom: [{ system: 'phone', value: '2', rank: 2 }, { system: 'phone', value: '1', rank: 1 }, { system: 'phone', value: '0', use: 'old', rank: 0 }, { system: 'email', value: 'a@b.example' }],
      address: [{ use: 'old', line: ['Old'] }, { use: 'home', line: ['14 Mill Lane'], city: 'Exeter' }],
      link: [{ type: 'replaced-by', other: { reference: 'Patient/2' } }],
    });
    expect(patient).toMatchObject({ mrn: '0012345', phone: '1', email: 'a@b.example', address: ['14 Mill Lane', 'Exeter'], replacedBy: 'Patient/2', nhsNumber: { text: '943 476 5919', valid: true } });
    expect(patient.identifiers.map(({ label, value }) => [label, value])).toEqual([['MRN', '0012345'], ['passport', 'P1']]);
  });

  it.each([
    [{}, false], [{ deceasedBoolean: false }, false], [{ deceasedBoolean: true }, true], [{ deceasedDateTime: '2020-03-01' }, true], [{ deceasedDateTime: 'spring' }, true],
  ])('%j is deceased: %s', (parts, deceased) => expect(view(parts).deceased.deceased).toBe(deceased));

  it('stops the age at death and gives none where the day of death is unknown', () => {
    expect(view({ birthDate: '1940-05-01', deceasedDateTime: '2020-03-01' }).age?.parts).toEqual([{ value: 79, unit: 'y' }]);
    expect(view({ birthDate: '1940-05-01', deceasedBoolean: true }).age).toBeUndefined();
  });

  it.each([['male', 'male'], ['unknown', 'unknown'], ['MALE', 'unknown'], [undefined, 'unknown']])('reads gender %s as %s', (gender, read) => {
    expect(view(gender === undefined ? {} : { gender }).gender).toBe(read);
  });
});
