//! Who this is, always in sight: name, birth, gender, number, allergies. A stripe of colour tells two open patients apart.
import type { AllergyStatus, PatientView } from '@galen/fhir';
import { useState, type ReactNode } from 'react';
import { Button } from '../controls/button';
import { Badge } from '../feedback/alert';
import { useLabels } from '../labels/context';
import { classes } from '../layout/layout';
import { AllergyState } from './allergy-state';
import { Age, ClinicalDate } from './moments';
import { NhsNumber } from './nhs-number';

export const STRIPES = 6;

/** A longer name would push the chart off the screen; it is folded until somebody asks for the whole of it. */
const NAME_CHARACTERS_MAX = 80;

/** The same patient always has the same stripe within a session; an id has no order, so its characters are added up. */
export function stripeOf(patientId: string): number {
  let sum = 0;
  for (const character of patientId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % STRIPES;
}

export interface PatientBannerProps {
  patient: PatientView;
  allergies: AllergyStatus | undefined;
  /** Way to the allergies section. */
  allergiesHref: string;
  /** 0 to 5; from the id where absent. */
  stripe?: number;
  /** Alerts, resuscitation status and the like. */
  tags?: ReactNode;
  /** Buttons and menus that belong to the patient. */
  actions?: ReactNode;
}

interface ItemProps {
  label: string;
  /** On a phone the value says by itself what it is, so its label is only spoken. */
  plain?: boolean;
  /** Left out on a phone. */
  wide?: boolean;
  children: ReactNode;
}

function Item({ label, plain, wide, children }: ItemProps) {
  return (
    <div className={classes('g-banner-item', plain && 'g-banner-plain', wide && 'g-banner-wide')}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Death({ patient }: { patient: PatientView }) {
  const labels = useLabels();
  if (!patient.deceased.deceased) return null;
  const { on } = patient.deceased;
  return on ? (
    <Item label={labels.patient.died}><ClinicalDate value={on} dateOnly />{patient.age && <> (<Age age={patient.age} />)</>}</Item>
  ) : null;
}

export function PatientName({ name, folded }: { name: PatientView['name']; folded?: boolean }) {
  const labels = useLabels();
  return <bdi className={classes('g-patient-name', folded && 'g-patient-name-folded')}>{name.known ? name.banner : labels.notKnown}</bdi>;
}

function BannerName({ name }: { name: PatientView['name'] }) {
  const labels = useLabels();
  const [whole, setWhole] = useState(false);
  if (name.banner.length <= NAME_CHARACTERS_MAX) return <PatientName name={name} />;
  return (
    <>
      <PatientName name={name} folded={!whole} />
      <Button kind="quiet" size="sm" aria-expanded={whole} onClick={() => setWhole(!whole)}>{labels.patient.wholeName}</Button>
    </>
  );
}

function Standing({ patient, tags }: { patient: PatientView; tags: ReactNode }) {
  const labels = useLabels();
  return (
    <>
      {patient.deceased.deceased && <Badge tone="critical" icon="info">{labels.patient.deceased}</Badge>}
      {patient.replacedBy && <Badge tone="warning" icon="merge">{labels.patient.merged}</Badge>}
      {!patient.active && !patient.replacedBy && <Badge tone="warning" icon="alert">{labels.patient.inactive}</Badge>}
      {tags}
    </>
  );
}

export function PatientBanner({ patient, allergies, allergiesHref, stripe, tags, actions }: PatientBannerProps) {
  const labels = useLabels();
  const { deceased } = patient.deceased;
  return (
    <section
      className={classes('g-banner', deceased && 'g-banner-deceased')}
      data-stripe={stripe ?? stripeOf(patient.id)}
      aria-label={labels.patient.banner}
    >
      <div className="g-banner-identity">
        <div className="g-banner-facts">
          <div className="g-banner-name">
            <BannerName name={patient.name} />
            <Standing patient={patient} tags={tags} />
          </div>
          <dl className="g-banner-items">
            <Item label={labels.patient.born}>
              <ClinicalDate value={patient.born} absent={labels.notKnown} dateOnly />
              {!deceased && patient.age && <> (<Age age={patient.age} />)</>}
            </Item>
            <Death patient={patient} />
            <Item label={labels.patient.gender} plain={patient.gender !== 'unknown'}>{labels.patient.genders[patient.gender]}</Item>
            <Item label={labels.patient.nhsNumber} plain={patient.nhsNumber !== undefined}><NhsNumber value={patient.nhsNumber} /></Item>
            {patient.mrn && <Item label={labels.patient.mrn} wide={patient.nhsNumber !== undefined}><bdi className="g-figures">{patient.mrn}</bdi></Item>}
          </dl>
        </div>
        {actions !== undefined && <div className="g-banner-actions g-not-printed">{actions}</div>}
      </div>
      <div className="g-banner-allergies">
        <AllergyState status={allergies} href={allergiesHref} />
      </div>
    </section>
  );
}
