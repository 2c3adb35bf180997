//! A patient's allergies in exactly four states. "No known allergies" is said only where somebody recorded it.
import type { AllergyStatus, AllergyView } from '@galen/fhir';
import { Icon, type IconName } from '../icons';
import { useLabels } from '../labels/context';
import type { UiLabels } from '../labels/english';
import { classes } from '../layout/layout';
import { Link } from '../links';

export interface AllergyStateProps {
  /** Undefined while the first answer is awaited; a failure is the state `unavailable`. */
  status: AllergyStatus | undefined;
  /** Way to the allergies section; the banner must have one. */
  href?: string;
  /** `line` names the state and the substances; `list` gives each allergy its own line. */
  look?: 'line' | 'list';
}

const icons: Record<AllergyStatus['state'], IconName> = { known: 'critical', 'none-known': 'check', 'not-recorded': 'question', unavailable: 'alert' };

export function allergyStateText(status: AllergyStatus, labels: UiLabels): string {
  const words = { known: labels.allergies.known, 'none-known': labels.allergies.noneKnown, 'not-recorded': labels.allergies.notRecorded, unavailable: labels.allergies.unavailable };
  return words[status.state];
}

function note(status: AllergyStatus, labels: UiLabels): string | undefined {
  if (status.state === 'known' && status.incomplete) return labels.allergies.incomplete;
  if (status.state !== 'not-recorded' || status.noneKnownFor.length === 0) return undefined;
  return status.noneKnownFor.map((kind) => labels.allergies.noneKnownFor[kind] ?? kind).join(', ');
}

function Substances({ allergies }: { allergies: readonly AllergyView[] }) {
  const labels = useLabels();
  return (
    <span className="g-allergy-substances">
      {allergies.map((allergy, index) => (
        <span key={allergy.id}>
          {index > 0 && ', '}
          <bdi className={allergy.criticality === 'high' ? 'g-weight-bold' : undefined}>{allergy.substance}</bdi>
          {allergy.criticality === 'high' && <span className="g-allergy-risk"> {labels.allergies.criticality.high}</span>}
        </span>
      ))}
    </span>
  );
}

export function AllergyLine({ allergy }: { allergy: AllergyView }) {
  const labels = useLabels();
  const reactions = allergy.reactions.map((reaction) => {
    const what = reaction.manifestations.join(', ') || reaction.description;
    return [what, reaction.severity && labels.allergies.severity[reaction.severity]].filter(Boolean).join(', ');
  }).filter(Boolean);
  const aside = [
    allergy.kind && labels.allergies.kinds[allergy.kind],
    allergy.verification !== 'confirmed' && (labels.allergies.verification[allergy.verification] ?? allergy.verification),
  ].filter(Boolean).join(' · ');
  return (
    <div className="g-allergy-line">
      <div>
        <strong dir="auto">{allergy.substance}</strong>
        {allergy.criticality && (
          <span className={classes('g-badge', allergy.criticality === 'high' ? 'g-badge-critical' : 'g-badge-neutral')}>
            {allergy.criticality === 'high' && <Icon name="critical" size={1} />}
            {labels.allergies.criticality[allergy.criticality]}
          </span>
        )}
      </div>
      {reactions.length > 0 && <div dir="auto">{reactions.join('; ')}</div>}
      {aside && <div className="g-tone-muted g-size-xs">{aside}</div>}
    </div>
  );
}

export function AllergyState({ status, href, look = 'line' }: AllergyStateProps) {
  const labels = useLabels();
  if (!status) return <div className="g-allergies g-allergies-loading" role="status">{labels.allergies.loading}</div>;
  const remark = note(status, labels);
  const text = allergyStateText(status, labels);
  const known = status.state === 'known';
  return (
    <div className={classes('g-allergies', `g-allergies-${status.state}`, look === 'list' && 'g-allergies-list')}>
      <span className="g-allergy-state">
        <Icon name={icons[status.state]} />
        {href ? <Link href={href} className="g-allergy-link">{text}</Link> : <span>{text}</span>}
      </span>
      {known && look === 'line' && <Substances allergies={status.allergies} />}
      {known && look === 'list' && <ul className="g-plain-list">{status.allergies.map((allergy) => <li key={allergy.id}><AllergyLine allergy={allergy} /></li>)}</ul>}
      {remark && <span className="g-allergy-remark">({remark})</span>}
    </div>
  );
}
