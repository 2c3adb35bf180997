//! Identifiers: the NHS number with its check digit, the facility's MRN, and whatever else a record carries.
import type { Identifier } from './datatypes';
import { conceptText, hasCode } from './coded';
import type { NhsNumberView, PatientIdentifier } from './views';

export const NHS_NUMBER_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';
const IDENTIFIER_TYPES = 'http://terminology.hl7.org/CodeSystem/v2-0203';

const DIGITS = 10;
const MODULUS = 11;

/** What is wrong with an NHS number; undefined where nothing is. */
export function nhsNumberProblem(text: string): 'length' | 'check' | undefined {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{10}$/.test(digits)) return 'length';
  let sum = 0;
  for (let place = 0; place < DIGITS - 1; place += 1) sum += Number(digits[place]) * (DIGITS - place);
  const check = (MODULUS - (sum % MODULUS)) % MODULUS;
  // A check of 10 cannot be written, so those numbers are never issued.
  return check === Number(digits[DIGITS - 1]) ? undefined : 'check';
}

/** 3-3-4 as far as there are digits, so that a box can use it while one types. */
export function formatNhsNumber(text: string): string {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{1,10}$/.test(digits)) return text.trim();
  return [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)].filter(Boolean).join(' ');
}

export function nhsNumber(text: string): NhsNumberView {
  const digits = text.replace(/[\s-]/g, '');
  return { digits, text: formatNhsNumber(digits), valid: nhsNumberProblem(digits) === undefined };
}

const isNhsNumber = (identifier: Identifier) => identifier.system === NHS_NUMBER_SYSTEM || hasCode(identifier.type, IDENTIFIER_TYPES, 'NH');
const isMrn = (identifier: Identifier) => hasCode(identifier.type, IDENTIFIER_TYPES, 'MR') || /\bmrn\b|[/:]mrn$/i.test(identifier.system ?? '');

const current = (identifiers: readonly Identifier[] | undefined) =>
  (identifiers ?? []).filter((identifier) => identifier.value?.trim() && identifier.use !== 'old');

export function patientNhsNumber(identifiers: readonly Identifier[] | undefined): NhsNumberView | undefined {
  const found = current(identifiers).find(isNhsNumber);
  return found?.value === undefined ? undefined : nhsNumber(found.value);
}

export function patientMrn(identifiers: readonly Identifier[] | undefined): string | undefined {
  const candidates = current(identifiers).filter(isMrn);
  const usual = candidates.find((identifier) => identifier.use === 'usual' || identifier.use === 'official');
  return (usual ?? candidates[0])?.value?.trim();
}

/** Every identifier but the NHS number, which has a place of its own. */
export function patientIdentifiers(identifiers: readonly Identifier[] | undefined): PatientIdentifier[] {
  return current(identifiers).filter((identifier) => !isNhsNumber(identifier)).map((identifier) => ({
    label: isMrn(identifier) ? 'MRN' : (conceptText(identifier.type) ?? systemName(identifier.system)),
    value: identifier.value?.trim() ?? '',
    ...(identifier.system && { system: identifier.system }),
  }));
}

/** The last part of a system's address, for identifiers whose type nobody named. */
function systemName(system: string | undefined): string {
  return system?.split(/[/:#|]/).filter(Boolean).at(-1) ?? 'ID';
}
