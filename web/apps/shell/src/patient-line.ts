// A patient in one line of a list: the name, and what tells them from a namesake.
import { formatIso, formatNhsNumber } from '@galen/fhir';
import type { PatientView, Translate } from '@galen/core';
import type { UiLabels } from '@galen/ui';

type Line = { label: string; detail: string };

export function patientLine(patient: PatientView, labels: UiLabels, t: Translate<{ bornShort: string }>): Line {
  const born = patient.birthDate ? (formatIso(patient.birthDate, { words: labels.words }) ?? patient.birthDate) : undefined;
  const number = patient.nhsNumber ? formatNhsNumber(patient.nhsNumber) : undefined;
  return {
    label: [patient.family?.toLocaleUpperCase(), patient.given.join(' ')].filter(Boolean).join(', ') || labels.notKnown,
    detail: [born && t('bornShort', { date: born }), number, patient.mrn].filter(Boolean).join(' · '),
  };
}
