//! A safety finding. Only a contraindication or an allergy interrupts and wants a reason; the rest stays beside the line.
import { useId, useState, type ReactNode } from 'react';
import { Button } from '../controls/button';
import { Textarea } from '../controls/fields';
import { Badge } from '../feedback/alert';
import { Icon } from '../icons';
import { useLabels } from '../labels/context';

export type IssueSeverity = 'contraindicated' | 'allergy' | 'high' | 'moderate' | 'low';

export interface DetectedIssueProps {
  severity: IssueSeverity;
  title: string;
  children?: ReactNode;
  /** Called with the reason; without it the finding only informs. */
  onProceed?: (reason: string) => void;
}

const interrupting: ReadonlySet<IssueSeverity> = new Set(['contraindicated', 'allergy']);

function Override({ onProceed }: { onProceed: (reason: string) => void }) {
  const labels = useLabels();
  const id = useId();
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const proceed = () => {
    if (reason.trim()) onProceed(reason.trim());
    else setAsked(true);
  };
  return (
    <div className="g-stack g-issue-override">
      <Textarea id={id} label={labels.issue.reason} required rows={2} value={reason} onChange={setReason} error={asked && !reason.trim() && labels.issue.reasonRequired} />
      <div><Button kind="danger" size="sm" onClick={proceed}>{labels.issue.proceed}</Button></div>
    </div>
  );
}

export function DetectedIssue({ severity, title, children, onProceed }: DetectedIssueProps) {
  const labels = useLabels();
  const interrupts = interrupting.has(severity);
  const tone = interrupts ? 'critical' : severity === 'high' ? 'warning' : 'info';
  return (
    <div className={`g-issue g-alert-${tone}`} role={interrupts ? 'alert' : 'note'}>
      <Icon name={interrupts ? 'critical' : severity === 'low' ? 'info' : 'alert'} />
      <div className="g-alert-body">
        <div><strong>{title}</strong> <Badge tone={tone}>{labels.issue.severities[severity]}</Badge></div>
        {children !== undefined && <div>{children}</div>}
        {interrupts && onProceed && <Override onProceed={onProceed} />}
      </div>
    </div>
  );
}
