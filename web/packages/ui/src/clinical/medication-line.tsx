//! One medicine: generic name lower-case and bold, brand in capitals, DOSE, route, how often. It wraps, it is never cut.
import { formatMoment, type DoseLineView, type MedicationView } from '@galen/fhir';
import { Fragment, type ReactNode } from 'react';
import { Badge } from '../feedback/alert';
import { useLabels } from '../labels/context';

export interface MedicationLineProps {
  medication: MedicationView;
  /** State, dates, indication under the line. */
  details?: boolean;
}

/** Each part stands apart from its neighbours: in right-to-left text "500 mg" would else come out as "mg 500". */
function separated(parts: readonly (ReactNode | undefined | false)[]) {
  const present = parts.filter((part) => part !== undefined && part !== false && part !== '');
  return present.map((part, index) => <Fragment key={index}>{index > 0 && <span className="g-medication-dash"> — </span>}<bdi>{part}</bdi></Fragment>);
}

function Dose({ line }: { line: DoseLineView }) {
  const labels = useLabels();
  if (!line.dose) return null;
  return (
    <span className="g-nowrap">
      <span className="g-medication-label">{labels.medication.dose}</span>{' '}
      <strong><bdi dir="ltr">{[line.dose.text, line.dose.unit].filter(Boolean).join('\u00a0')}</bdi></strong>
      {line.dose.unitMissing && <span className="g-tone-muted"> ({labels.medication.noUnit})</span>}
    </span>
  );
}

function doseParts(line: DoseLineView, labels: ReturnType<typeof useLabels>): (ReactNode | undefined)[] {
  const asNeeded = line.asNeeded === undefined ? undefined : line.asNeeded === true ? labels.medication.asNeeded : labels.medication.asNeededFor(line.asNeeded);
  const coded = [
    line.dose && <Dose key="dose" line={line} />,
    line.rate,
    line.route,
    line.site,
    line.frequency,
    asNeeded,
    line.duration,
    line.maximum && <>{labels.medication.maximum} <bdi>{line.maximum}</bdi></>,
  ];
  const said = coded.some((part) => part !== undefined);
  return [...(said ? coded : [line.text ?? labels.medication.noDose]), ...line.instructions];
}

function Details({ medication }: { medication: MedicationView }) {
  const labels = useLabels();
  const { state, stateReason, started, ended, prescriptionExpired, indication, prescriber, source } = medication;
  const day = (moment: NonNullable<typeof started>) => formatMoment(moment, { words: labels.words, time: false });
  const dates = started && (ended ? `${day(started)} – ${day(ended)}` : labels.medication.since(day(started)));
  const facts = [dates, indication && labels.medication.for(indication), prescriber, source === 'statement' && labels.medication.patientReported].filter(Boolean);
  return (
    <div className="g-medication-details">
      {state !== 'active' && <Badge tone={state === 'entered-in-error' || state === 'on-hold' ? 'warning' : 'neutral'}>{labels.medication.states[state]}{stateReason && ` · ${stateReason}`}</Badge>}
      {prescriptionExpired && <Badge tone="info">{labels.medication.prescriptionExpired(day(prescriptionExpired))}</Badge>}
      {facts.length > 0 && <span className="g-tone-muted">{facts.join(' · ')}</span>}
    </div>
  );
}

export function MedicationLine({ medication, details }: MedicationLineProps) {
  const labels = useLabels();
  const lines = medication.lines.length > 0 ? medication.lines : [undefined];
  const name = <strong className="g-medication-name">{medication.generic}</strong>;
  const head = [name, medication.brand && <span key="brand" className="g-medication-brand">{medication.brand}</span>, medication.strength, medication.form];
  const first = lines[0];
  return (
    <div className={medication.state === 'entered-in-error' ? 'g-medication g-medication-void' : 'g-medication'}>
      <div className="g-medication-text">{separated([...head, ...(first ? doseParts(first, labels) : [labels.medication.noDose])])}</div>
      {lines.slice(1).map((line, index) => line && <div key={index} className="g-medication-text g-medication-further">{separated(doseParts(line, labels))}</div>)}
      {details && <Details medication={medication} />}
    </div>
  );
}
