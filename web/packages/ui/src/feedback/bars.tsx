//! Bars across a screen or a panel that say how far what is shown can be trusted.
import type { ReactNode } from 'react';
import { Button } from '../controls/button';
import { Icon, type IconName } from '../icons';
import { useLabels } from '../labels/context';
import type { FeedbackTone } from './alert';

export interface BannerProps {
  tone?: FeedbackTone;
  icon?: IconName;
  action?: ReactNode;
  children: ReactNode;
}

export function Banner({ tone = 'info', icon = 'info', action, children }: BannerProps) {
  return (
    <div className={`g-bar g-alert-${tone}`} role="status">
      <Icon name={icon} />
      <span className="g-bar-text">{children}</span>
      {action}
    </div>
  );
}

export interface OfflineBarProps {
  state: 'online' | 'reconnecting' | 'offline';
  onRetry?: () => void;
}

/** Nothing while online; never only a colour when not. */
export function OfflineBar({ state, onRetry }: OfflineBarProps) {
  const labels = useLabels();
  if (state === 'online') return null;
  return (
    <Banner tone="warning" icon="offline" action={onRetry && <Button size="sm" onClick={onRetry}>{labels.retry}</Button>}>
      {state === 'offline' ? labels.freshness.offlineBar : labels.freshness.reconnectingBar}
    </Banner>
  );
}

export interface StaleBarProps {
  /** HH:mm, or a date and time where it was another day. */
  time: string;
  onRefresh?: () => void;
  refreshing?: boolean;
}

export function StaleBar({ time, onRefresh, refreshing }: StaleBarProps) {
  const labels = useLabels();
  return (
    <Banner
      tone="warning"
      icon="clock"
      action={onRefresh && <Button size="sm" onClick={onRefresh} {...(refreshing && { loading: true })}>{labels.freshness.refresh}</Button>}
    >
      {labels.freshness.stale(time)}
    </Banner>
  );
}
