// What a patient who waits would take: pure.
import type { WishesForm } from '@galen/core';

/** How far ahead somebody waits who has no appointment yet. */
const WAITING_DAYS = 56;

export const PARTS = { any: undefined, morning: ['06:00', '12:00'], afternoon: ['12:00', '18:00'] } as const;
export type Part = keyof typeof PARTS;

export const isPart = (text: string): text is Part => text in PARTS;

const HOUR = 60;
/** How soon people can come, in minutes. */
export const NOTICES = [2 * HOUR, 24 * HOUR, 72 * HOUR] as const;

export interface Wanted {
  days: string[];
  part: Part;
  noticeMinutes: number;
}

const dayLater = (day: string, days: number): string => new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** `today` and the replaced appointment's day are days of the clinic. */
export function formOf({ days, part, noticeMinutes }: Wanted, today: string, replaced?: { id: string; day: string; schedules: readonly string[] }): WishesForm {
  const hours = PARTS[part];
  return {
    first: today, last: replaced?.day ?? dayLater(today, WAITING_DAYS), days, noticeMinutes,
    ...(hours && { from: hours[0], to: hours[1] }),
    ...(replaced && { replaces: replaced.id }),
  };
}
