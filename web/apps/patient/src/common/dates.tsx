// Days and times in words: the weekday first, since that is what people plan by.
import { useWords } from '@galen/core';
import { formatMoment, formatTime, clinicalMoment } from '@galen/fhir';
import { useLabels } from '@galen/ui';
import { words } from '../words/words';

/** From names of our own, Sunday first: browsers do not know the days in every language that is spoken here. */
export function weekday(instant: number, names: string): string {
  return names.split(' ')[new Date(instant).getDay()] ?? '';
}

/** `2026-12-01` of the clock on the wall. */
export function dayKey(instant: number): string {
  const day = new Date(instant);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

export interface DayAndTime {
  day: (iso: string | number | undefined) => string;
  time: (iso: string | number | undefined) => string;
  both: (iso: string | number | undefined) => string;
}

const instantOf = (value: string | number): number => (typeof value === 'number' ? value : Date.parse(value));

export function useDayAndTime(): DayAndTime {
  const t = useWords(words);
  const labels = useLabels();
  const day = (value: string | number | undefined) => {
    if (value === undefined || Number.isNaN(instantOf(value))) return t('noDate');
    const moment = clinicalMoment(new Date(instantOf(value)).toISOString());
    return moment ? `${weekday(instantOf(value), t('weekdays'))} ${formatMoment(moment, { words: labels.words, time: false })}` : t('noDate');
  };
  const time = (value: string | number | undefined) => (value === undefined || Number.isNaN(instantOf(value)) ? '' : formatTime(instantOf(value)));
  return { day, time, both: (value) => [day(value), time(value)].filter(Boolean).join(', ') };
}
