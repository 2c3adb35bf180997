//! People and records that the stories share.
import { allergyStatus, medicationRequestView, patientView, resultGroups, type Observation, type PatientView } from '@galen/fhir';
import { allergy, bloodPressure, concept, medicationRequest, noKnownAllergies, observation, patient, potassium } from '@galen/testing/records';

export const NOW = Date.parse('2026-11-23T09:30:00Z');
const choice = { now: NOW };

export const ada: PatientView = patientView(patient(), choice);

export const people = {
  usual: ada,
  child: patientView(patient({ id: 'b', name: [{ family: 'Nguyễn', given: ['Bảo Anh'] }], gender: 'male', birthDate: '2025-09-02', multipleBirthInteger: 2 }), choice),
  newborn: patientView(patient({ id: 'c', name: [{ text: 'Baby of Okafor' }], birthDate: '2026-11-20', identifier: [], gender: 'unknown' }), choice),
  deceased: patientView(patient({ id: 'd', name: [{ family: "O'Brien", given: ['Máire'], prefix: ['Mrs'] }], birthDate: '1931-03-05', deceasedDateTime: '2024-12-30' }), choice),
  arabic: patientView(patient({ id: 'e', name: [{ family: 'العلي', given: ['فاطمة', 'الزهراء'] }], birthDate: '1972' }), choice),
  chinese: patientView(patient({ id: 'f', name: [{ family: '王', given: ['秀英'] }], birthDate: '1958-10' }), choice),
  unknown: patientView({ resourceType: 'Patient', id: 'g' }, choice),
  merged: patientView(patient({ id: 'h', active: false, link: [{ type: 'replaced-by', other: { reference: 'Patient/1' } }] }), choice),
  long: patientView(patient({ id: 'i', name: [{ family: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(3), given: ['Hubert', 'Blaine', 'Alexander', 'Maximilian'], prefix: ['Professor Doctor'] }] }), choice),
} satisfies Record<string, PatientView>;

/** A sample that is known to be there. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a sample is missing');
  return value;
}

export const allergyStates = {
  known: allergyStatus({
    records: [
      allergy('Penicillin V', { criticality: 'high', type: 'allergy', category: ['medication'], reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'severe' }] }),
      allergy('Latex', { criticality: 'low', type: 'allergy' }),
      allergy('Codeine', { type: 'intolerance', reaction: [{ manifestation: [{ text: 'Nausea' }], severity: 'mild' }], verificationStatus: concept('x', 'unconfirmed', 'Unconfirmed') }),
    ],
  }),
  incomplete: allergyStatus({ records: [allergy('Penicillin V', { criticality: 'high' })], incomplete: true }),
  noneKnown: allergyStatus({ records: [noKnownAllergies()] }),
  notRecorded: allergyStatus({ records: [] }),
  noneForMedicines: allergyStatus({ records: [allergy('No known drug allergy', { code: concept('http://snomed.info/sct', '409137002', 'No known drug allergy') })] }),
  unavailable: allergyStatus({ records: undefined }),
};

const months = (count: number, start = Date.UTC(2025, 0, 9, 8, 15)) => Array.from({ length: count }, (_, index) => new Date(start + index * 31 * 86_400_000).toISOString());

const wave = (index: number, middle: number, swing: number) => Number((middle + Math.sin(index * 1.7) * swing + Math.cos(index * 0.6) * swing * 0.5).toFixed(1));

const interpretation = (code: string) => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }] }];

const observations: Observation[] = [
  ...months(22).map((at, index) => potassium(wave(index, 4.5, 0.9), at)),
  potassium('6.90', '2026-11-22T06:05:00Z', { interpretation: interpretation('HH') }),
  ...months(22).map((at, index) => bloodPressure(Math.round(wave(index, 138, 16)), Math.round(wave(index + 2, 84, 9)), at)),
  ...months(12).map((at, index) => observation({ code: '718-7', name: 'Haemoglobin', value: Math.round(wave(index, 121, 16)), unit: 'g/L', at, low: 115, high: 165 })),
];

export const groups = resultGroups(observations);

export function growthObservations(): Observation[] {
  const born = Date.UTC(2021, 4, 3);
  const ages = [0.3, 1.6, 3, 6, 9, 12.5, 18, 24.5, 30, 36, 44, 52, 60, 66];
  return ages.flatMap((age, index) => {
    const at = new Date(born + age * 30.44 * 86_400_000).toISOString();
    return [
      observation({ code: '29463-7', name: 'Body weight', value: Number((3.6 + 9.2 * (1 - Math.exp(-age / 14)) + age * 0.14 + (index % 3) * 0.12).toFixed(1)), unit: 'kg', at }),
      observation({ code: '8302-2', name: 'Body height', value: Number((51 + 36 * (1 - Math.exp(-age / 13)) + age * 0.44).toFixed(1)), unit: 'cm', at }),
    ];
  });
}

export const growthGroups = resultGroups(growthObservations());

const medicineContext = { now: NOW };
const dosed = (value: number, unit: string | undefined, repeat: object, parts: object = {}) => ({
  dosageInstruction: [{ route: { text: 'Oral' }, timing: { repeat }, doseAndRate: [{ doseQuantity: { value, ...(unit && { unit }) } }], ...parts }],
});

const rxnorm = (text: string) => ({ medicationCodeableConcept: concept('http://www.nlm.nih.gov/research/umls/rxnorm', '1', text) });

export const medicines = [
  medicationRequest('Amoxicillin', { ...rxnorm('Amoxicillin 500 MG Oral Capsule'), ...dosed(500, 'mg', { frequency: 3, period: 1, periodUnit: 'd', boundsDuration: { value: 28, code: 'd' } }), reasonCode: [{ text: 'chest infection' }] }),
  medicationRequest('Levothyroxine', dosed(75, 'ug', { frequency: 1, period: 1, periodUnit: 'd', when: ['MORN'] })),
  medicationRequest('Insulin glargine', { dosageInstruction: [{ route: { text: 'Subcutaneous' }, timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd', when: ['HS'] } }, doseAndRate: [{ doseQuantity: { value: 14, unit: 'U' } }] }] }),
  medicationRequest('Paracetamol', dosed(1, 'g', { frequency: 1, period: 4, periodMax: 6, periodUnit: 'h' }, { asNeededCodeableConcept: { text: 'pain' }, maxDosePerPeriod: { numerator: { value: 4, unit: 'g' }, denominator: { value: 24, unit: 'h' } } })),
  medicationRequest('Lisinopril', { ...rxnorm('lisinopril 10 MG Oral Tablet'), ...dosed(1, undefined, { frequency: 1, period: 1, periodUnit: 'd' }), dispenseRequest: { validityPeriod: { end: '2026-10-31' } } }),
  medicationRequest('Doxycycline', { ...dosed(100, 'mg', { frequency: 1, period: 1, periodUnit: 'd', boundsDuration: { value: 7, code: 'd' } }), authoredOn: '2026-03-02' }),
  medicationRequest('Warfarin', { status: 'stopped', statusReason: { text: 'bleeding' } }),
  medicationRequest('Methotrexate', { ...dosed(10, 'mg', { frequency: 1, period: 1, periodUnit: 'wk', dayOfWeek: ['mon'] }), status: 'entered-in-error' }),
].map((request) => medicationRequestView(request, medicineContext));
