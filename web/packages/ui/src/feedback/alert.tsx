//! Messages that stay: alerts, badges and the four states of a list (empty, loading, failed, stale).
import type { ReactNode, Ref } from 'react';
import { Button } from '../controls/button';
import { Icon, type IconName } from '../icons';
import { useLabels } from '../labels/context';
import { classes, VisuallyHidden } from '../layout/layout';

export type FeedbackTone = 'info' | 'success' | 'warning' | 'critical';

const icons: Record<FeedbackTone, IconName> = { info: 'info', success: 'check', warning: 'alert', critical: 'critical' };

export interface AlertProps {
  tone?: FeedbackTone;
  title?: ReactNode;
  actions?: ReactNode;
  /** Announce at once; for what appears because of what the person just did. */
  announce?: boolean;
  ref?: Ref<HTMLDivElement>;
  children?: ReactNode;
}

export function Alert({ tone = 'info', title, actions, announce, ref, children }: AlertProps) {
  return (
    <div ref={ref} tabIndex={-1} className={`g-alert g-alert-${tone}`} {...(announce && { role: tone === 'critical' ? 'alert' : 'status' })}>
      <Icon name={icons[tone]} />
      <div className="g-alert-body">
        {title !== undefined && <strong className="g-alert-title">{title}</strong>}
        {children !== undefined && <div>{children}</div>}
      </div>
      {actions !== undefined && <div className="g-alert-actions">{actions}</div>}
    </div>
  );
}

export interface BadgeProps {
  tone?: FeedbackTone | 'neutral';
  icon?: IconName;
  children: ReactNode;
}

export function Badge({ tone = 'neutral', icon, children }: BadgeProps) {
  return <span className={`g-badge g-badge-${tone}`}>{icon && <Icon name={icon} size={1} />}{children}</span>;
}

export interface EmptyStateProps {
  title?: ReactNode;
  icon?: IconName;
  action?: ReactNode;
  children?: ReactNode;
}

export function EmptyState({ title, icon = 'list', action, children }: EmptyStateProps) {
  const labels = useLabels();
  return (
    <div className="g-state">
      <Icon name={icon} size={1.75} />
      <p className="g-state-title">{title ?? labels.empty.title}</p>
      {children !== undefined && <div className="g-state-text">{children}</div>}
      {action}
    </div>
  );
}

export interface LoadingStateProps {
  /** How many lines of text to stand in for. */
  lines?: number;
  label?: string;
}

export function LoadingState({ lines = 3, label }: LoadingStateProps) {
  const labels = useLabels();
  return (
    <div className="g-skeletons" role="status">
      <VisuallyHidden>{label ?? labels.loading}</VisuallyHidden>
      {Array.from({ length: lines }, (_, line) => <span key={line} className="g-skeleton" aria-hidden="true" />)}
    </div>
  );
}

export interface ErrorStateProps {
  title?: ReactNode;
  detail?: ReactNode;
  /** What support asks for. */
  reference?: string;
  onRetry?: () => void;
  retrying?: boolean;
  compact?: boolean;
}

export function ErrorState({ title, detail, reference, onRetry, retrying, compact }: ErrorStateProps) {
  const labels = useLabels();
  return (
    <div className={classes('g-state', 'g-state-error', compact && 'g-state-compact')} role="alert">
      <Icon name="alert" size={compact ? 1.25 : 1.75} />
      <p className="g-state-title">{title ?? labels.error.title}</p>
      <div className="g-state-text">
        <p>{detail ?? labels.error.detail}</p>
        {reference && <p className="g-size-xs">{labels.reference} <code>{reference}</code></p>}
      </div>
      {onRetry && <Button size="sm" icon="refresh" onClick={onRetry} {...(retrying && { loading: true })}>{labels.retry}</Button>}
    </div>
  );
}
