//! A Patient as the banner and the demographics show it.
import { ageAt } from './age';
import { conceptText } from './coded';
import type { Address, ContactPoint } from './datatypes';
import { clinicalMoment } from './dates';
import { patientIdentifiers, patientMrn, patientNhsNumber } from './identifiers';
import { personNames, type NameChoice } from './names';
import type { Patient } from './resources';
import type { DeceasedView, Gender, PatientView } from './views';

const genders: Record<string, Gender> = { male: 'male', female: 'female', other: 'other' };

function deceasedView(patient: Patient): DeceasedView {
  const on = clinicalMoment(patient.deceasedDateTime);
  if (on) return { deceased: true, on };
  // A date that cannot be read is still a statement that the patient died.
  return { deceased: patient.deceasedBoolean === true || Boolean(patient.deceasedDateTime) };
}

function contact(points: readonly ContactPoint[] | undefined, system: string): string | undefined {
  const candidates = (points ?? []).filter((point) => point.system === system && point.value?.trim() && point.use !== 'old');
  return [...candidates].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0)[0]?.value?.trim();
}

function addressLines(addresses: readonly Address[] | undefined): string[] {
  const address = addresses?.find((candidate) => candidate.use === 'home') ?? addresses?.find((candidate) => candidate.use !== 'old');
  if (!address) return [];
  const lines = [...(address.line ?? []), address.city, address.district, address.state, address.postalCode, address.country];
  const present = lines.map((line) => line?.trim()).filter((line): line is string => Boolean(line));
  return present.length > 0 ? present : (address.text?.split(/\r?\n/).map((line) => line.trim()).filter(Boolean) ?? []);
}

/** `choice.now` is also the moment of the age. */
export function patientView(patient: Patient, choice: NameChoice): PatientView {
  const [name, ...otherNames] = personNames(patient.name, choice);
  const born = clinicalMoment(patient.birthDate);
  const deceased = deceasedView(patient);
  const now = clinicalMoment(new Date(choice.now).toISOString());
  const until = deceased.deceased ? deceased.on : now;
  const age = born && until && ageAt(born, until);
  const nhs = patientNhsNumber(patient.identifier);
  const mrn = patientMrn(patient.identifier);
  const phone = contact(patient.telecom, 'phone');
  const email = contact(patient.telecom, 'email');
  const languages = patient.communication ?? [];
  const language = conceptText((languages.find((entry) => entry.preferred) ?? languages[0])?.language);
  const maritalStatus = conceptText(patient.maritalStatus);
  const multipleBirth = patient.multipleBirthInteger ?? (patient.multipleBirthBoolean === true ? true : undefined);
  const replacedBy = patient.link?.find((link) => link.type === 'replaced-by')?.other.reference;
  return {
    id: patient.id ?? '',
    name,
    otherNames,
    gender: genders[patient.gender ?? ''] ?? 'unknown',
    deceased,
    identifiers: patientIdentifiers(patient.identifier),
    address: addressLines(patient.address),
    active: patient.active !== false,
    ...(born && { born }),
    ...(age && { age }),
    ...(nhs && { nhsNumber: nhs }),
    ...(mrn && { mrn }),
    ...(phone && { phone }),
    ...(email && { email }),
    ...(language && { language }),
    ...(maritalStatus && { maritalStatus }),
    ...(multipleBirth !== undefined && { multipleBirth }),
    ...(replacedBy && { replacedBy }),
  };
}
