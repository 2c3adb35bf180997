//! Dates at the precision they were recorded with, shown as dd-Mmm-yyyy and never shifted when they carry no time.
import type { ClinicalMoment } from './views';
import { englishWords, type ClinicalWords } from './words';

const SHAPE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

const two = (value: number) => String(value).padStart(2, '0');

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** FHIR's date, dateTime and instant. Undefined for anything else, impossible days included. */
export function clinicalMoment(iso: string | undefined): ClinicalMoment | undefined {
  const match = iso === undefined ? null : SHAPE.exec(iso.trim());
  if (!match || iso === undefined) return undefined;
  const [, yearText, monthText, dayText, hourText, minuteText] = match;
  const year = Number(yearText);
  const month = monthText === undefined ? undefined : Number(monthText);
  const day = dayText === undefined ? undefined : Number(dayText);
  if (month !== undefined && (month < 1 || month > 12)) return undefined;
  if (month !== undefined && day !== undefined && (day < 1 || day > daysInMonth(year, month))) return undefined;
  const text = iso.trim();
  if (hourText !== undefined) {
    if (Number(hourText) > 23 || Number(minuteText) > 59) return undefined;
    const earliest = Date.parse(text);
    return Number.isNaN(earliest) ? undefined : { precision: 'minute', iso: text, earliest, year, month, day };
  }
  const precision = day !== undefined ? 'day' : month !== undefined ? 'month' : 'year';
  // The local midnight: a day belongs to the hospital's calendar, not to UTC's.
  const earliest = new Date(year, (month ?? 1) - 1, day ?? 1).getTime();
  return { precision, iso: text, earliest, year, ...(month !== undefined && { month }), ...(day !== undefined && { day }) };
}

export interface DateFormat {
  words?: ClinicalWords;
  /** Show the time of moments that have one. */
  time?: boolean;
  /** IANA zone; the browser's where absent. */
  timeZone?: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string | undefined): Intl.DateTimeFormat {
  const key = timeZone ?? '';
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone, year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    });
    formatters.set(key, formatter);
  }
  return formatter;
}

interface WallClock { year: number; month: number; day: number; hour: number; minute: number }

/** What the clock on the wall shows at that instant. */
export function wallClock(instant: number, timeZone?: string): WallClock {
  const clock: WallClock = { year: 0, month: 1, day: 1, hour: 0, minute: 0 };
  for (const { type, value } of formatterFor(timeZone).formatToParts(instant)) {
    if (type in clock) clock[type as keyof WallClock] = Number(value);
  }
  return clock;
}

const dayText = (year: number, month: number, day: number, words: ClinicalWords) =>
  `${two(day)}-${words.months[month - 1] ?? two(month)}-${String(year).padStart(4, '0')}`;

export function formatMoment(moment: ClinicalMoment, format: DateFormat = {}): string {
  const words = format.words ?? englishWords;
  const { precision, year, month, day, earliest } = moment;
  if (precision === 'minute') {
    const clock = wallClock(earliest, format.timeZone);
    const date = dayText(clock.year, clock.month, clock.day, words);
    return format.time === false ? date : `${date} ${two(clock.hour)}:${two(clock.minute)}`;
  }
  if (day !== undefined && month !== undefined) return dayText(year, month, day, words);
  return month === undefined ? String(year) : `${words.months[month - 1] ?? two(month)}-${year}`;
}

/** `dd-Mmm`, for axes and narrow columns. */
export function formatDayMonth(instant: number, format: DateFormat = {}): string {
  const clock = wallClock(instant, format.timeZone);
  return `${two(clock.day)}-${(format.words ?? englishWords).months[clock.month - 1] ?? two(clock.month)}`;
}

/** `HH:mm` on the 24-hour clock. */
export function formatTime(instant: number, timeZone?: string): string {
  const clock = wallClock(instant, timeZone);
  return `${two(clock.hour)}:${two(clock.minute)}`;
}

export function formatIso(iso: string | undefined, format: DateFormat = {}): string | undefined {
  const moment = clinicalMoment(iso);
  return moment && formatMoment(moment, format);
}

/** Newest first; what has no date comes last. */
export function byNewest(a: { at?: ClinicalMoment }, b: { at?: ClinicalMoment }): number {
  return (b.at?.earliest ?? -Infinity) - (a.at?.earliest ?? -Infinity) || 0;
}

function monthNumber(text: string, words: ClinicalWords): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const named = (months: readonly string[]) => months.findIndex((month) => text.toLowerCase().startsWith(month.toLowerCase())) + 1;
  return named(words.months) || named(englishWords.months) || undefined;
}

/**
 * A date as typed: `14-Jul-1945`, `14/7/1945`, `14 July 1945`, `1945-07-14`, `Jul-1945`, `7/1945`, `1945`.
 * Day comes before month; a two-digit year is refused, since it has two meanings. Answers FHIR's form.
 */
export function parseTypedDate(typed: string, words: ClinicalWords = englishWords): string | undefined {
  const parts = typed.trim().split(/[\s./-]+/).filter(Boolean);
  const yearFirst = parts.length > 1 && /^\d{4}$/.test(parts[0] ?? '');
  const [year, month, day] = yearFirst ? parts : parts.reverse();
  if (year === undefined || !/^\d{4}$/.test(year) || parts.length > 3) return undefined;
  const monthValue = month === undefined ? undefined : monthNumber(month, words);
  if (month !== undefined && monthValue === undefined) return undefined;
  if (day !== undefined && !/^\d{1,2}$/.test(day)) return undefined;
  const iso = [year, monthValue && two(monthValue), day && day.padStart(2, '0')].filter(Boolean).join('-');
  return clinicalMoment(iso) ? iso : undefined;
}

/** The local day of an instant, as FHIR writes a date. */
export function localDay(instant: number, timeZone?: string): string {
  const { year, month, day } = wallClock(instant, timeZone);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** So many days later or earlier; undefined for what is no whole date. */
export function dayAfter(iso: string, days: number): string | undefined {
  const moment = clinicalMoment(iso);
  if (moment?.precision !== 'day' || moment.month === undefined || moment.day === undefined) return undefined;
  return new Date(Date.UTC(moment.year, moment.month - 1, moment.day + days)).toISOString().slice(0, 10);
}

/** Whole minutes since then; undefined where it is not known, and never less than none. */
export function minutesSince(iso: string | null | undefined, now: number): number | undefined {
  const moment = clinicalMoment(iso ?? undefined);
  return moment && Math.max(0, Math.floor((now - moment.earliest) / 60_000));
}
