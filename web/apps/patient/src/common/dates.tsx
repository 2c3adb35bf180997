// Days and times in words: the weekday first, since that is what people plan by.
import { useWords } from '@galen/core';
import { formatMoment, formatTime, clinicalMoment, localDay } from '@galen/fhir';
import { Icon, useLabels } from '@galen/ui';
import { words } from '../words/words';

/** From names of our own, Sunday first: browsers do not know the days in every language that is spoken here. */
export function weekday(instant: number, names: string, zone?: string): string {
  return names.split(' ')[new Date(`${localDay(instant, zone)}T12:00:00Z`).getUTCDay()] ?? '';
}

/** The zone that the person's own clock is in. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether a clinic's clock shows another time than the person's own does at a moment. */
export function differs(zone: string | null | undefined, at: number): boolean {
  return Boolean(zone) && (formatTime(at, zone ?? undefined) !== formatTime(at) || localDay(at, zone ?? undefined) !== localDay(at));
}

/** `Europe/London` as people say it: `London`. */
export const placeOf = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** `2026-12-01` of the clock on the wall. */
export function dayKey(instant: number, zone?: string): string {
  return localDay(instant, zone);
}

export interface DayAndTime {
  day: (iso: string | number | undefined) => string;
  time: (iso: string | number | undefined) => string;
  both: (iso: string | number | undefined) => string;
}

const instantOf = (value: string | number): number => (typeof value === 'number' ? value : Date.parse(value));

/** In the clinic's time, where its zone is known: that is the clock by which the person is waited for. */
export function useDayAndTime(clinic?: string | null): DayAndTime {
  const t = useWords(words);
  const labels = useLabels();
  const zone = clinic ?? undefined;
  const day = (value: string | number | undefined) => {
    if (value === undefined || Number.isNaN(instantOf(value))) return t('noDate');
    const moment = clinicalMoment(new Date(instantOf(value)).toISOString());
    return moment ? `${weekday(instantOf(value), t('weekdays'), zone)} ${formatMoment(moment, { words: labels.words, time: false, ...(zone && { timeZone: zone }) })}` : t('noDate');
  };
  const time = (value: string | number | undefined) => (value === undefined || Number.isNaN(instantOf(value)) ? '' : formatTime(instantOf(value), zone));
  return { day, time, both: (value) => [day(value), time(value)].filter(Boolean).join(', ') };
}

/** Says whose clock the times are of, where the person's own shows another. */
export function ZoneNote({ zone, at }: { zone: string | null | undefined; at: string | number | null | undefined }) {
  const t = useWords(words);
  if (!zone || at === undefined || at === null || !differs(zone, instantOf(at))) return null;
  return <p className="p-icon-line p-zone"><Icon name="globe" /><span>{t('clinicTime', { place: placeOf(zone) })}</span></p>;
}
