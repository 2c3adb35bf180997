//! An NHS number, 3-3-4, with a mark where its check digit fails.
import { formatNhsNumber, nhsNumberProblem, type NhsNumberView } from '@galen/fhir';
import { Icon } from '../icons';
import { useLabels } from '../labels/context';

export interface NhsNumberProps {
  value: NhsNumberView | string | undefined;
}

export function NhsNumber({ value }: NhsNumberProps) {
  const labels = useLabels();
  const digits = typeof value === 'string' ? value : value?.digits;
  if (!digits) return <span className="g-tone-muted">{labels.notKnown}</span>;
  return (
    <span className="g-figures g-nowrap">
      {/* Figures and spaces keep their order in right-to-left text. */}
      <bdi dir="ltr">{formatNhsNumber(digits)}</bdi>
      {nhsNumberProblem(digits) !== undefined && <span className="g-tone-warning"> <Icon name="alert" size={1} label={labels.patient.nhsNumberInvalid} /></span>}
    </span>
  );
}
