// A series as a form holds it, and what of its preview is agreed: pure.
import type { ChoiceView, OccurrenceView, PlanForm } from '@galen/core';

/** The server's limit. */
export const OCCURRENCES_MAX = 52;

/** Quarter hours in which people are seen. */
export const TIMES = Array.from({ length: 64 }, (_, quarter) => {
  const minutes = 6 * 60 + quarter * 15;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
});

export interface PlanDraft {
  first: string;
  time: string;
  every: number;
  unit: PlanForm['unit'];
  days: string[];
  count: number;
}

export const planOf = ({ first, time, every, unit, days, count }: PlanDraft): PlanForm => ({ first, time, every, unit, count, ...(unit === 'weeks' && days.length > 0 && { days }) });

/** What was decided of a time: as it was planned, another one, or left out. */
export type Decision = 'planned' | 'nearest' | 'skip' | ChoiceView;

/** As planned where that can be; what cannot be waits for somebody to decide. */
export function decisionsOf(occurrences: readonly OccurrenceView[]): Map<number, Decision> {
  return new Map(occurrences.filter(({ state }) => state === 'free').map(({ number }) => [number, 'planned' as const]));
}

export interface Agreed {
  start: string;
  schedules: string[];
}

/** The times that are booked; undefined while there is one of which nobody has said what becomes of it. */
export function agreed(occurrences: readonly OccurrenceView[], decisions: ReadonlyMap<number, Decision>, schedules: readonly string[]): Agreed[] | undefined {
  const all: Agreed[] = [];
  for (const { number, start, nearest } of occurrences) {
    const decision = decisions.get(number);
    if (decision === undefined) return undefined;
    if (decision === 'skip') continue;
    if (decision === 'planned') {
      if (start) all.push({ start, schedules: [...schedules] });
    } else if (decision === 'nearest') {
      if (nearest) all.push({ start: nearest.start, schedules: nearest.schedules });
    } else all.push({ start: decision.start, schedules: decision.schedules });
  }
  return all;
}
