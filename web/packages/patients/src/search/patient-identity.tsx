// Who somebody is, in one line of a list: name, birth, and the numbers that tell them from a namesake.
import type { PatientView } from '@galen/core';
import { Age, Badge, ClinicalDate, NhsNumber, useLabels } from '@galen/ui';

export function nameOf(patient: Pick<PatientView, 'family' | 'given'>): string | undefined {
  const parts = [patient.family?.toLocaleUpperCase(), patient.given.join(' ')].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : undefined;
}

/** The server says `true` where only the fact of death is known. */
export function deathOf(patient: Pick<PatientView, 'deceased'>): { isDeceased: boolean; on?: string } {
  const { deceased } = patient;
  if (!deceased || deceased === 'false') return { isDeceased: false };
  return deceased === 'true' ? { isDeceased: true } : { isDeceased: true, on: deceased };
}

const GENDERS = ['male', 'female', 'other', 'unknown'] as const;

export function genderOf(patient: Pick<PatientView, 'gender'>): (typeof GENDERS)[number] {
  return GENDERS.find((known) => known === patient.gender) ?? 'unknown';
}

export function PatientIdentity({ patient }: { patient: PatientView }) {
  const labels = useLabels();
  const death = deathOf(patient);
  return (
    <div className="identity">
      <div className="identity-name">
        <bdi className="identity-who">{nameOf(patient) ?? labels.notKnown}</bdi>
        {(patient.otherNames ?? []).map((name) => (
          <bdi key={name} className="identity-other">{name}</bdi>
        ))}
        {death.isDeceased && <Badge tone="critical" icon="info">{labels.patient.deceased}</Badge>}
        {patient.replacedBy && <Badge tone="warning" icon="merge">{labels.patient.merged}</Badge>}
      </div>
      <dl className="identity-items">
        <div>
          <dt>{labels.patient.born}</dt>
          <dd>
            <ClinicalDate value={patient.birthDate ?? undefined} absent={labels.notKnown} dateOnly />
            {patient.birthDate && (
              <>
                {' '}
                (<Age born={patient.birthDate} {...(death.on !== undefined && { at: death.on })} />)
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{labels.patient.gender}</dt>
          <dd>{labels.patient.genders[genderOf(patient)]}</dd>
        </div>
        <div>
          <dt>{labels.patient.nhsNumber}</dt>
          <dd><NhsNumber value={patient.nhsNumber ?? undefined} /></dd>
        </div>
        <div>
          <dt>{labels.patient.mrn}</dt>
          <dd>{patient.mrn ? <bdi className="g-figures">{patient.mrn}</bdi> : <span className="g-tone-muted">{labels.notKnown}</span>}</dd>
        </div>
        {(patient.address ?? []).length > 0 && (
          <div className="identity-address">
            <dt>{labels.patient.address}</dt>
            <dd dir="auto">{(patient.address ?? []).join(', ')}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
