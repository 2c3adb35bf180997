// Free times by day, for a strip of days of which each says how many it has.
import type { ChoiceView } from '@galen/core';
import { dayKey } from '../common/dates';

/** Days on the strip at once, and how far ahead one may look. */
export const STRIP_DAYS = 14;
export const AHEAD_DAYS_MAX = 84;

export interface Day {
  key: string;
  /** Its noon: no change of the clocks moves it to another day. */
  noon: number;
  choices: ChoiceView[];
  /** The answer ended before this day: it has times or not, and is asked about when it is chosen. */
  isUnknown: boolean;
}

/** Local midnight, `days` after the day of `instant`: by the calendar, since days may have 23 or 25 hours. */
export function midnight(instant: number, days = 0): number {
  const day = new Date(instant);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
}

export function daysOf(from: number, choices: readonly ChoiceView[], hasMore = false, zone?: string, count = STRIP_DAYS): Day[] {
  const last = choices.at(-1);
  const known = hasMore && last ? dayKey(Date.parse(last.start), zone) : '9999';
  return Array.from({ length: count }, (_, index) => {
    const noon = new Date(midnight(from, index)).setHours(12);
    const key = dayKey(noon);
    return { key, noon, isUnknown: key >= known, choices: choices.filter(({ start }) => dayKey(Date.parse(start), zone) === key) };
  });
}

/** Of several people who are free at one time, one is enough: who it is shows when it is held. */
export function distinctTimes(choices: readonly ChoiceView[]): ChoiceView[] {
  const seen = new Set<string>();
  return choices.filter(({ start }) => !seen.has(start) && seen.add(start));
}
