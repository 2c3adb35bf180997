// FHIR records for journeys: each patient is made for one test, so that no test reads what another wrote.

const SNOMED = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const CLINICAL = 'http://terminology.hl7.org/CodeSystem';

const coded = (system, code, text) => ({ coding: [{ system, code, display: text }], text });
const ofPatient = (patient) => ({ reference: `Patient/${patient}` });
const clinicalStatus = (of, code) => ({ coding: [{ system: `${CLINICAL}/${of}-clinical`, code }] });
const verificationStatus = (of, code) => ({ coding: [{ system: `${CLINICAL}/${of}-ver${of === 'condition' ? '-status' : 'ification'}`, code }] });

/** An NHS number of the range kept for tests, with its check digit; the one after where there is none. */
export function nhsNumber(serial) {
  const digits = `999${String(serial).padStart(6, '0')}`;
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? nhsNumber(serial + 500_000) : `${digits}${check}`;
}

export const patient = (id, { family, given = [], nhs, ...more }) => ({
  resourceType: 'Patient',
  id,
  active: true,
  name: [{ use: 'official', family, given }],
  ...(nhs && { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhs }] }),
  ...more,
});

export const allergy = (id, of, text, more = {}) => ({
  resourceType: 'AllergyIntolerance',
  id,
  patient: ofPatient(of),
  clinicalStatus: clinicalStatus('allergyintolerance', 'active'),
  verificationStatus: verificationStatus('allergyintolerance', 'confirmed'),
  code: { text },
  ...more,
});

/** What is recorded of somebody who was asked and has none. */
export const noKnownAllergies = (id, of) => allergy(id, of, 'No known allergies', { code: coded(SNOMED, '716186003', 'No known allergies') });

export const condition = (id, of, text, more = {}) => ({
  resourceType: 'Condition',
  id,
  subject: ofPatient(of),
  clinicalStatus: clinicalStatus('condition', 'active'),
  verificationStatus: verificationStatus('condition', 'confirmed'),
  code: { text },
  ...more,
});

export const medicationRequest = (id, of, text, more = {}) => ({
  resourceType: 'MedicationRequest',
  id,
  subject: ofPatient(of),
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { text },
  ...more,
});

export const immunization = (id, of, text, more = {}) => ({
  resourceType: 'Immunization',
  id,
  patient: ofPatient(of),
  status: 'completed',
  vaccineCode: { text },
  occurrenceDateTime: '2025-10-02',
  ...more,
});

export const encounter = (id, of, text, more = {}) => ({
  resourceType: 'Encounter',
  id,
  subject: ofPatient(of),
  status: 'finished',
  class: { system: `${CLINICAL}/v3-ActCode`, code: 'AMB' },
  type: [{ text }],
  period: { start: '2026-05-04T09:00:00Z', end: '2026-05-04T09:20:00Z' },
  ...more,
});

export const documentReference = (id, of, title, { contentType, content, ...more }) => ({
  resourceType: 'DocumentReference',
  id,
  subject: ofPatient(of),
  status: 'current',
  date: '2026-05-04T10:00:00Z',
  type: { text: title },
  description: title,
  content: [{ attachment: { contentType, title, data: Buffer.from(content).toString('base64') } }],
  ...more,
});

export const observation = (id, of, { code, text, value, unit, at, category = 'laboratory', ...more }) => ({
  resourceType: 'Observation',
  id,
  subject: ofPatient(of),
  status: 'final',
  category: [{ coding: [{ system: `${CLINICAL}/observation-category`, code: category }] }],
  code: coded(LOINC, code, text),
  effectiveDateTime: at,
  ...(value !== undefined && { valueQuantity: { value, unit, system: UCUM, code: unit } }),
  ...more,
});

export const range = (low, high, unit) => ({
  referenceRange: [{ low: { value: low, unit, system: UCUM, code: unit }, high: { value: high, unit, system: UCUM, code: unit } }],
});

export const interpreted = (code) => ({ interpretation: [{ coding: [{ system: `${CLINICAL}/v3-ObservationInterpretation`, code }] }] });

const DAY_MS = 86_400_000;

/** `tests` kinds of results, `times` of each, a day apart. */
export function longRecord(of, tests, times) {
  const first = Date.parse('2026-01-01T08:00:00Z');
  return Array.from({ length: tests * times }, (_, index) => {
    const test = index % tests;
    const time = Math.floor(index / tests);
    return observation(`${of}-${index}`, of, {
      code: `${20_000 + test}-0`,
      text: `Analyte ${String(test + 1).padStart(4, '0')}`,
      value: 10 + ((test * 7 + time * 3) % 50) / 10,
      unit: 'mmol/L',
      at: new Date(first + time * DAY_MS).toISOString(),
      ...range(10.5, 14, 'mmol/L'),
    });
  });
}
