// Days and times in words: the weekday first, since that is what people plan by.
import { usePreferences, useWords, type Language } from '@galen/core';
import { formatMoment, formatTime, clinicalMoment } from '@galen/fhir';
import { useLabels } from '@galen/ui';
import { words } from '../words/words';

const LOCALES: Record<Language, string> = { en: 'en-GB', cy: 'cy', ar: 'ar-u-nu-latn' };

export function weekday(instant: number, language: Language, width: 'long' | 'short' = 'long'): string {
  return new Intl.DateTimeFormat(LOCALES[language], { weekday: width }).format(instant);
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
  const { language } = usePreferences();
  const day = (value: string | number | undefined) => {
    if (value === undefined || Number.isNaN(instantOf(value))) return t('noDate');
    const moment = clinicalMoment(new Date(instantOf(value)).toISOString());
    return moment ? `${weekday(instantOf(value), language)} ${formatMoment(moment, { words: labels.words, time: false })}` : t('noDate');
  };
  const time = (value: string | number | undefined) => (value === undefined || Number.isNaN(instantOf(value)) ? '' : formatTime(instantOf(value)));
  return { day, time, both: (value) => [day(value), time(value)].filter(Boolean).join(', ') };
}
