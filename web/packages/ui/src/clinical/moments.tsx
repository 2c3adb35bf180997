//! Dates, ages and how fresh a figure is.
import { ageAt, clinicalMoment, formatAge, formatMoment, formatTime, type AgeView, type ClinicalMoment } from '@galen/fhir';
import { Icon } from '../icons';
import { useLabels } from '../labels/context';
import type { UiLabels } from '../labels/english';
import { classes } from '../layout/layout';

const DAY_MS = 86_400_000;
const RELATIVE_DAYS_MAX = 31;

const toMoment = (value: ClinicalMoment | string | undefined) => (typeof value === 'string' ? clinicalMoment(value) : value);

/** `3 days ago`; nothing for what is further away or less exact than a day. */
export function relativeDay(moment: ClinicalMoment, now: number, labels: UiLabels): string | undefined {
  if (moment.precision === 'year' || moment.precision === 'month') return undefined;
  const midnight = (instant: number) => new Date(instant).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(now) - midnight(moment.earliest)) / DAY_MS);
  if (Math.abs(days) > RELATIVE_DAYS_MAX) return undefined;
  if (days === 0) return labels.relative.today;
  if (days === 1) return labels.relative.yesterday;
  if (days === -1) return labels.relative.tomorrow;
  return days > 0 ? labels.relative.daysAgo(days) : labels.relative.inDays(-days);
}

export interface ClinicalDateProps {
  /** A moment, or FHIR's text of one. */
  value: ClinicalMoment | string | undefined;
  /** Leave the time out where there is one. */
  dateOnly?: boolean;
  /** Shown where there is no date; "Not recorded" otherwise. */
  absent?: string;
  /** The clock, for tests and stories. */
  now?: number;
}

export function ClinicalDate({ value, dateOnly, absent, now }: ClinicalDateProps) {
  const labels = useLabels();
  const moment = toMoment(value);
  if (!moment) return <span className="g-tone-muted">{absent ?? labels.notRecorded}</span>;
  const text = formatMoment(moment, { words: labels.words, time: !dateOnly });
  const relative = relativeDay(moment, now ?? Date.now(), labels);
  return <time className="g-date" dateTime={moment.iso} data-hint={relative}>{text}</time>;
}

export interface AgeProps {
  /** Worked out already, or from a birth date. */
  age?: AgeView;
  born?: ClinicalMoment | string;
  /** When; now where absent. */
  at?: ClinicalMoment | string;
}

export function Age({ age, born, at }: AgeProps) {
  const labels = useLabels();
  const birth = toMoment(born);
  const until = toMoment(at) ?? clinicalMoment(new Date().toISOString());
  const shown = age ?? (birth && until && ageAt(birth, until));
  if (!shown) return <span className="g-tone-muted">{labels.notKnown}</span>;
  return <span className="g-age">{formatAge(shown, labels.words)}</span>;
}

/** `current`: as the server had it then; `live`: changes are pushed to the page. */
export type FreshnessState = 'current' | 'live' | 'reconnecting' | 'offline' | 'not-loaded';

export interface FreshnessStampProps {
  /** When the answer came, in milliseconds since 1970. */
  at: number | undefined;
  state: FreshnessState;
  now?: number;
}

/** `updated 06:15`, `updated 06:15 · live`. From another day the date is shown too. */
export function FreshnessStamp({ at, state, now }: FreshnessStampProps) {
  const labels = useLabels();
  const words = { current: '', live: labels.freshness.live, reconnecting: labels.freshness.reconnecting, offline: labels.freshness.offline, 'not-loaded': labels.freshness.notLoaded };
  const sameDay = at !== undefined && new Date(at).toDateString() === new Date(now ?? Date.now()).toDateString();
  const moment = at === undefined ? undefined : clinicalMoment(new Date(at).toISOString());
  const time = at === undefined || !moment ? undefined : sameDay ? formatTime(at) : formatMoment(moment, { words: labels.words });
  return (
    <span className={classes('g-freshness', state !== 'live' && state !== 'current' && 'g-freshness-stale')}>
      {state === 'live' && <span className="g-dot" aria-hidden="true" />}
      {state !== 'live' && state !== 'current' && <Icon name={state === 'offline' ? 'offline' : 'clock'} size={1} />}
      {[time !== undefined && labels.freshness.updated(time), words[state]].filter(Boolean).join(' · ')}
    </span>
  );
}
