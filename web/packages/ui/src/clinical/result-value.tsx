//! One result: the value with its flag beside it, never in a far column, and its unit, range and change.
import type { DeltaView, ObservationValue, ReferenceRangeView, ResultFlagView, ResultStatus, ResultView } from '@galen/fhir';
import { formatMoment } from '@galen/fhir';
import { Icon } from '../icons';
import { useLabels } from '../labels/context';
import type { UiLabels } from '../labels/english';
import { classes, VisuallyHidden } from '../layout/layout';

export function valueText(value: ObservationValue, labels: UiLabels): string {
  if (value.kind === 'absent') return labels.results.absentReasons[value.text] ?? (value.text || labels.results.absent);
  if (value.kind === 'boolean') return value.text === 'true' ? labels.results.yes : labels.results.no;
  return value.text;
}

function arrows(flag: ResultFlagView): string {
  if (!flag.direction) return '';
  const arrow = flag.direction === 'up' ? '▲' : '▼';
  return flag.level === 'critical' ? arrow + arrow : arrow;
}

export function flagText(flag: ResultFlagView, labels: UiLabels): string {
  return flag.code === 'OTHER' && flag.text ? flag.text : labels.results.flags[flag.code];
}

export interface ResultFlagProps {
  flag: ResultFlagView;
  /** Only the sign, in tight columns; the word is still spoken. */
  compact?: boolean;
}

export function ResultFlag({ flag, compact }: ResultFlagProps) {
  const labels = useLabels();
  const word = flagText(flag, labels);
  const remark = flag.conflict ? labels.results.conflict : flag.source === 'computed' ? labels.results.computed : undefined;
  const sign = arrows(flag);
  return (
    <span className={`g-flag g-flag-${flag.conflict ? 'abnormal' : flag.level}`} {...(remark && { tabIndex: 0, 'data-hint': remark })}>
      {sign && <span aria-hidden="true" className="g-flag-sign">{sign}</span>}
      {compact && sign ? <VisuallyHidden>{word}</VisuallyHidden> : word}
      {flag.conflict && <Icon name="alert" size={1} />}
      {remark && <VisuallyHidden> ({remark})</VisuallyHidden>}
      {flag.source === 'computed' && <sup aria-hidden="true">*</sup>}
    </span>
  );
}

export function ReferenceRange({ range }: { range: ReferenceRangeView | undefined }) {
  const labels = useLabels();
  if (!range) return <span className="g-tone-muted">{labels.results.noRange}</span>;
  return (
    <span className="g-range">
      <bdi dir="ltr" className="g-figures">{range.text}</bdi>
      {range.appliesTo && <span className="g-tone-muted"> {range.appliesTo}</span>}
    </span>
  );
}

export function Delta({ delta, compact }: { delta: DeltaView; compact?: boolean }) {
  const labels = useLabels();
  const arrow = { up: '↗', down: '↘', same: '→' }[delta.direction];
  const when = delta.previousAt ? formatMoment(delta.previousAt, { words: labels.words, time: false }) : '';
  const words = labels.results.change(delta.text, delta.previous, when);
  return (
    <span className="g-delta" tabIndex={0} data-hint={words}>
      <bdi dir="ltr" aria-hidden="true">{arrow}{!compact && <> {delta.text}</>}</bdi>
      <VisuallyHidden>{words}</VisuallyHidden>
    </span>
  );
}

const saidStatuses: ReadonlySet<ResultStatus> = new Set(['registered', 'preliminary', 'amended', 'corrected', 'cancelled', 'entered-in-error', 'unknown']);

/** Nothing for a final result: only what differs from the expected is said. */
export function ResultStatusMark({ status }: { status: ResultStatus }) {
  const labels = useLabels();
  if (!saidStatuses.has(status)) return null;
  const tone = status === 'cancelled' || status === 'entered-in-error' ? 'critical' : status === 'preliminary' || status === 'registered' ? 'info' : 'warning';
  return <span className={`g-badge g-badge-${tone}`}>{labels.results.statuses[status]}</span>;
}

function Figure({ value, flag }: { value: ObservationValue; flag: ResultFlagView | undefined }) {
  const labels = useLabels();
  const absent = value.kind === 'absent';
  const numeric = value.kind === 'quantity' || value.kind === 'range' || value.kind === 'ratio' || value.kind === 'components';
  return (
    <span className={classes('g-value', absent && 'g-value-absent', flag && `g-value-${flag.conflict ? 'abnormal' : flag.level}`)}>
      <bdi {...(numeric && { dir: 'ltr', className: 'g-figures' })}>
        {valueText(value, labels)}
        {value.unit && <span className="g-unit"> {value.unit}</span>}
      </bdi>
    </span>
  );
}

export interface ResultValueProps {
  result: Pick<ResultView, 'value' | 'flag' | 'range' | 'delta' | 'status' | 'usable' | 'components'>;
  /** The range after the value. */
  showRange?: boolean;
  showDelta?: boolean;
  /** Sign instead of word for the flag. */
  compact?: boolean;
}

export function ResultValue({ result, showRange, showDelta, compact }: ResultValueProps) {
  const labels = useLabels();
  const { value, flag, range, delta, status, usable } = result;
  const figure = <Figure value={value} flag={usable ? flag : undefined} />;
  return (
    <span className="g-result">
      {usable ? figure : <s className="g-result-void">{figure}</s>}
      {usable && flag && flag.code !== 'N' && <ResultFlag flag={flag} {...(compact && { compact })} />}
      {usable && flag?.code === 'N' && flag.conflict && <ResultFlag flag={flag} />}
      {usable && showDelta && delta && <Delta delta={delta} {...(compact && { compact })} />}
      <ResultStatusMark status={status} />
      {usable && showRange && range && <span className="g-result-range"><VisuallyHidden>{labels.results.range} </VisuallyHidden><ReferenceRange range={range} /></span>}
    </span>
  );
}
