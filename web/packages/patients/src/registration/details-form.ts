// What a registration form holds, and how that becomes what the server takes. No screen in here.
import { fieldOf, type Details, type PatientView, type Refusal } from '@galen/core';

export interface RegistrationFields {
  family: string;
  given: string;
  gender: string;
  birthDate: string;
  nhsNumber: string;
  phone: string;
  email: string;
  /** One line each. */
  address: string;
}

export type FieldName = keyof RegistrationFields;

export const FIELD_NAMES: readonly FieldName[] = [
  'family',
  'given',
  'birthDate',
  'gender',
  'nhsNumber',
  'phone',
  'email',
  'address',
];

export const emptyFields: RegistrationFields = {
  family: '',
  given: '',
  gender: '',
  birthDate: '',
  nhsNumber: '',
  phone: '',
  email: '',
  address: '',
};

export const fieldId = (name: FieldName) => `registration-${name}`;

export function fieldsOf(patient: PatientView): RegistrationFields {
  return {
    family: patient.family ?? '',
    given: patient.given.join(' '),
    gender: patient.gender ?? '',
    birthDate: patient.birthDate ?? '',
    nhsNumber: patient.nhsNumber ?? '',
    phone: patient.phone ?? '',
    email: patient.email ?? '',
    address: (patient.address ?? []).join('\n'),
  };
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
const lines = (text: string) => text.split('\n').map((line) => line.trim()).filter((line) => line !== '');

/** Only the fields that were given: what is left out stays as it is on the server. */
export function detailsOf(fields: Partial<RegistrationFields>): Details {
  const details: Details = {};
  const { family, given, gender, birthDate, nhsNumber, phone, email, address } = fields;
  if (family?.trim()) details.family = family.trim();
  if (given?.trim()) details.given = words(given);
  if (gender) details.gender = gender;
  if (birthDate) details.birthDate = birthDate;
  if (nhsNumber) details.nhsNumber = nhsNumber;
  if (phone?.trim()) details.phone = phone.trim();
  if (email?.trim()) details.email = email.trim();
  if (address?.trim()) details.address = lines(address);
  return details;
}

/** What nobody can be without once it is known. */
export const KEPT_FIELDS: readonly FieldName[] = ['family', 'given', 'gender'];

/** An amendment: what was emptied is sent as empty text, which removes it. */
export function amendmentOf(changes: Partial<RegistrationFields>): Details {
  const details = detailsOf(changes);
  for (const name of FIELD_NAMES) {
    if (changes[name] === undefined || changes[name].trim() !== '' || KEPT_FIELDS.includes(name)) continue;
    if (name === 'address') details.address = [''];
    else if (name !== 'given') details[name] = '';
  }
  return details;
}

/** The fields that differ from the record, which alone are sent. */
export function changesOf(draft: Partial<RegistrationFields>, patient: PatientView): Partial<RegistrationFields> {
  const before = fieldsOf(patient);
  const changed = FIELD_NAMES.filter((name) => draft[name] !== undefined && draft[name] !== before[name]);
  return Object.fromEntries(changed.map((name) => [name, draft[name]]));
}

/** Where in the form a refusal belongs; the whole form where it names no field of it. */
export function fieldOfRefusal(refusal: Refusal): FieldName | undefined {
  const field = fieldOf(refusal);
  return FIELD_NAMES.find((name) => name === field);
}
