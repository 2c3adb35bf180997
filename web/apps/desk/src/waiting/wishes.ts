// What somebody on the waiting list would take, as a form holds it and as a line says it: pure.
import type { WishesForm, WishesView } from '@galen/core';
import { dayAfter } from '@galen/fhir';

/** How far ahead somebody waits unless they say otherwise. */
const WAITING_DAYS = 56;

/** Parts of a day that people wish for. */
export const PARTS = { any: undefined, morning: ['06:00', '12:00'], afternoon: ['12:00', '18:00'], evening: ['17:00', '21:00'] } as const;
export type Part = keyof typeof PARTS;

export const isPart = (text: string): text is Part => text in PARTS;

export interface WishesDraft {
  first: string;
  last: string;
  days: string[];
  part: Part;
  priority: NonNullable<WishesForm['priority']>;
  noticeMinutes: number;
}

export function draftOf(today: string): WishesDraft {
  return { first: today, last: dayAfter(today, WAITING_DAYS) ?? today, days: [], part: 'any', priority: 'routine', noticeMinutes: 0 };
}

export function formOf({ first, last, days, part, priority, noticeMinutes }: WishesDraft, more: Pick<WishesForm, 'schedules' | 'clinic'>): WishesForm {
  const hours = PARTS[part];
  return { first, last, days, priority, noticeMinutes, ...more, ...(hours && { from: hours[0], to: hours[1] }) };
}

/** Whole days that somebody has waited. */
export const daysWaited = ({ since }: WishesView, now: number): number => Math.max(0, Math.floor((now - Date.parse(since)) / 86_400_000));
