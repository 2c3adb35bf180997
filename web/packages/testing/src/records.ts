//! Records for tests and stories: plain, valid, and every part can be replaced.
import type {
  AllergyIntolerance, Bundle, CodeableConcept, Condition, DocumentReference, Encounter, Immunization, MedicationRequest, Observation, Patient, Resource,
} from '@galen/fhir';

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const SNOMED = 'http://snomed.info/sct';
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';

export const PATIENT_ID = 'pat-1';

const subject = { reference: `Patient/${PATIENT_ID}` };

export function concept(system: string, code: string, text: string): CodeableConcept {
  return { coding: [{ system, code, display: text }], text };
}

const status = (list: string, code: string): CodeableConcept => ({ coding: [{ system: `${TERMINOLOGY}/${list}`, code }] });

export function patient(parts: Partial<Patient> = {}): Patient {
  return {
    resourceType: 'Patient',
    id: PATIENT_ID,
    active: true,
    name: [{ use: 'official', family: 'Okafor', given: ['Adaeze', 'Grace'], prefix: ['Ms'] }],
    gender: 'female',
    birthDate: '1984-07-14',
    identifier: [
      { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765919' },
      { type: { coding: [{ system: `${TERMINOLOGY}/v2-0203`, code: 'MR' }] }, value: '0012345' },
    ],
    telecom: [{ system: 'phone', value: '01632 960001' }],
    address: [{ use: 'home', line: ['14 Mill Lane'], city: 'Exeter', postalCode: 'EX1 1AA' }],
    ...parts,
  };
}

export function allergy(text: string, parts: Partial<AllergyIntolerance> = {}): AllergyIntolerance {
  return {
    resourceType: 'AllergyIntolerance',
    id: `allergy-${text}`,
    clinicalStatus: status('allergyintolerance-clinical', 'active'),
    verificationStatus: status('allergyintolerance-verification', 'confirmed'),
    code: { text },
    patient: subject,
    ...parts,
  };
}

export function noKnownAllergies(parts: Partial<AllergyIntolerance> = {}): AllergyIntolerance {
  return allergy('No known allergy', { code: concept(SNOMED, '716186003', 'No known allergy'), ...parts });
}

export function condition(text: string, parts: Partial<Condition> = {}): Condition {
  return {
    resourceType: 'Condition',
    id: `condition-${text}`,
    clinicalStatus: status('condition-clinical', 'active'),
    verificationStatus: status('condition-ver-status', 'confirmed'),
    code: { text },
    subject,
    ...parts,
  };
}

export interface Measurement {
  code: string;
  name: string;
  value: number | string;
  unit: string;
  at: string;
  low?: number;
  high?: number;
}

/** A laboratory result with a number. */
export function observation({ code, name, value, unit, at, low, high }: Measurement, parts: Partial<Observation> = {}): Observation {
  const quantity = (number: number | string) => ({ value: number, unit, system: UCUM, code: unit });
  return {
    resourceType: 'Observation',
    id: `observation-${code}-${at}`,
    status: 'final',
    category: [concept(`${TERMINOLOGY}/observation-category`, 'laboratory', 'Laboratory')],
    code: concept(LOINC, code, name),
    subject,
    effectiveDateTime: at,
    valueQuantity: quantity(value),
    ...((low !== undefined || high !== undefined) && {
      referenceRange: [{ ...(low !== undefined && { low: quantity(low) }), ...(high !== undefined && { high: quantity(high) }) }],
    }),
    ...parts,
  };
}

export function potassium(value: number | string, at: string, parts: Partial<Observation> = {}): Observation {
  return observation({ code: '2823-3', name: 'Potassium', value, unit: 'mmol/L', at, low: 3.5, high: 5.3 }, parts);
}

export function bloodPressure(systolic: number, diastolic: number, at: string, parts: Partial<Observation> = {}): Observation {
  const part = (code: string, text: string, value: number) => ({ code: concept(LOINC, code, text), valueQuantity: { value, unit: 'mm[Hg]', system: UCUM, code: 'mm[Hg]' } });
  return {
    resourceType: 'Observation',
    id: `pressure-${at}`,
    status: 'final',
    category: [concept(`${TERMINOLOGY}/observation-category`, 'vital-signs', 'Vital signs')],
    code: concept(LOINC, '85354-9', 'Blood pressure'),
    subject,
    effectiveDateTime: at,
    component: [part('8480-6', 'Systolic', systolic), part('8462-4', 'Diastolic', diastolic)],
    ...parts,
  };
}

export function medicationRequest(text: string, parts: Partial<MedicationRequest> = {}): MedicationRequest {
  return {
    resourceType: 'MedicationRequest',
    id: `medication-${text}`,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text },
    subject,
    authoredOn: '2026-11-02T09:30:00Z',
    dosageInstruction: [{
      route: { text: 'Oral' },
      timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd' } },
      doseAndRate: [{ doseQuantity: { value: 500, unit: 'mg', system: UCUM, code: 'mg' } }],
    }],
    ...parts,
  };
}

export function immunization(text: string, parts: Partial<Immunization> = {}): Immunization {
  return { resourceType: 'Immunization', id: `immunization-${text}`, status: 'completed', vaccineCode: { text }, patient: subject, occurrenceDateTime: '2026-10-05', ...parts };
}

export function encounter(text: string, parts: Partial<Encounter> = {}): Encounter {
  return {
    resourceType: 'Encounter',
    id: `encounter-${text}`,
    status: 'finished',
    class: { system: `${TERMINOLOGY}/v3-ActCode`, code: 'AMB' },
    type: [{ text }],
    subject,
    period: { start: '2026-09-14T10:00:00Z', end: '2026-09-14T10:20:00Z' },
    ...parts,
  };
}

export function textDocument(title: string, text: string, parts: Partial<DocumentReference> = {}): DocumentReference {
  const data = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  return {
    resourceType: 'DocumentReference',
    id: `document-${title}`,
    status: 'current',
    type: { text: title },
    subject,
    date: '2026-09-14T10:20:00Z',
    content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data, title } }],
    ...parts,
  };
}

export function searchset<R extends Resource>(resources: readonly R[], next?: string): Bundle<R> {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: next ? [{ relation: 'next', url: next }] : [],
    entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
  };
}
