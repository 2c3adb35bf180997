//! Age the way the NHS writes it: the younger the patient, the finer the unit.
import { daysInMonth, wallClock } from './dates';
import type { AgeView, ClinicalMoment } from './views';
import { englishWords, type ClinicalWords } from './words';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface CalendarDay { year: number; month: number; day: number }

function calendarDay(moment: ClinicalMoment): CalendarDay {
  if (moment.precision === 'minute') return wallClock(moment.earliest);
  return { year: moment.year, month: moment.month ?? 1, day: moment.day ?? 1 };
}

const dayNumber = ({ year, month, day }: CalendarDay) => Math.round(Date.UTC(year, month - 1, day) / DAY);

/** Whole months from one day to another; a month that has no such day counts from the day after its last. */
export function monthsBetween(from: CalendarDay, to: CalendarDay): number {
  return (to.year - from.year) * 12 + to.month - from.month - (to.day < from.day ? 1 : 0);
}

function monthsLater({ year, month, day }: CalendarDay, months: number): CalendarDay {
  const index = month - 1 + months;
  const later = { year: year + Math.floor(index / 12), month: (index % 12) + 1 };
  return { ...later, day: Math.min(day, daysInMonth(later.year, later.month)) };
}

function newbornAge(elapsed: number): AgeView['parts'] {
  return elapsed < 2 * HOUR
    ? [{ value: Math.floor(elapsed / MINUTE), unit: 'min' }]
    : [{ value: Math.floor(elapsed / HOUR), unit: 'h' }];
}

function wholeParts(parts: AgeView['parts']): AgeView['parts'] {
  return parts.filter((part, index) => index === 0 || part.value > 0);
}

function ageParts(from: CalendarDay, to: CalendarDay): AgeView['parts'] {
  const months = monthsBetween(from, to);
  const days = dayNumber(to) - dayNumber(from);
  if (months >= 18 * 12) return [{ value: Math.floor(months / 12), unit: 'y' }];
  if (months >= 24) return wholeParts([{ value: Math.floor(months / 12), unit: 'y' }, { value: months % 12, unit: 'mo' }]);
  if (months >= 12) {
    return wholeParts([{ value: months, unit: 'mo' }, { value: dayNumber(to) - dayNumber(monthsLater(from, months)), unit: 'd' }]);
  }
  if (days >= 28) return wholeParts([{ value: Math.floor(days / 7), unit: 'wk' }, { value: days % 7, unit: 'd' }]);
  return [{ value: days, unit: 'd' }];
}

/** Age at `at`. Undefined where the birth lies after it. */
export function ageAt(born: ClinicalMoment, at: ClinicalMoment): AgeView | undefined {
  if (born.precision === 'year' || born.precision === 'month' || at.precision === 'year' || at.precision === 'month') {
    return roughAge(born, at);
  }
  if (born.precision === 'minute' && at.precision === 'minute') {
    const elapsed = at.earliest - born.earliest;
    if (elapsed < 0) return undefined;
    if (elapsed < 2 * DAY) return { parts: newbornAge(elapsed), approximate: false };
  }
  const from = calendarDay(born);
  const to = calendarDay(at);
  return dayNumber(to) < dayNumber(from) ? undefined : { parts: ageParts(from, to), approximate: false };
}

function roughAge(born: ClinicalMoment, at: ClinicalMoment): AgeView | undefined {
  const from = calendarDay(born);
  const to = calendarDay(at);
  const monthsKnown = born.month !== undefined && at.month !== undefined;
  const months = (to.year - from.year) * 12 + (monthsKnown ? to.month - from.month : 0);
  if (months < 0) return undefined;
  const fine = monthsKnown && months < 24;
  return { parts: [fine ? { value: months, unit: 'mo' } : { value: Math.floor(months / 12), unit: 'y' }], approximate: true };
}

/** `2wk 3d`, `4y 2mo`, `about 56y`. */
export function formatAge(age: AgeView, words: ClinicalWords = englishWords): string {
  const text = age.parts.map((part) => `${part.value}${words.ageUnits[part.unit]}`).join(' ');
  return age.approximate ? `${words.about} ${text}` : text;
}
