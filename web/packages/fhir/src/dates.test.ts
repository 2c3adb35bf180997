// Dates keep their precision; ages follow the NHS table; typed dates are read or refused.
import { describe, expect, it } from 'vitest';
import { ageAt, formatAge } from './age';
import { clinicalMoment, dayAfter, formatDayMonth, formatIso, localDay, minutesSince, parseTypedDate } from './dates';

const utc = { timeZone: 'UTC' };

describe('clinicalMoment', () => {
  it.each([
    ['1970', '1970', 'year'],
    ['1970-02', 'Feb-1970', 'month'],
    ['1945-07-14', '14-Jul-1945', 'day'],
    ['2012-03-26T16:53:07+02:00', '26-Mar-2012 14:53', 'minute'],
    ['2026-11-23T23:59:59.999Z', '23-Nov-2026 23:59', 'minute'],
    ['0900-01-01', '01-Jan-0900', 'day'],
    ['2024-02-29', '29-Feb-2024', 'day'],
  ])('shows %s as %s', (iso, text, precision) => {
    expect(formatIso(iso, utc)).toBe(text);
    expect(clinicalMoment(iso)?.precision).toBe(precision);
  });

  it.each(['', 'yesterday', '2023-02-29', '1970-13', '1970-00', '1970-01-32', '70-01-01', '2020-1-1', '2020-01-01T25:00:00Z', '2020-01-01T10:61:00Z', '2020-01-01X', undefined])('reads nothing into %s', (iso) => {
    expect(clinicalMoment(iso)).toBeUndefined();
  });

  it('never moves a date without a time across a time zone', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/London']) expect(formatIso('1945-07-14', { timeZone })).toBe('14-Jul-1945');
  });

  it('shows a moment on the clock of the hospital', () => {
    expect(formatIso('2026-07-01T23:30:00Z', { timeZone: 'Europe/London' })).toBe('02-Jul-2026 00:30');
    expect(formatDayMonth(Date.parse('2026-07-01T23:30:00Z'), { timeZone: 'Europe/London' })).toBe('02-Jul');
  });
});

describe('parseTypedDate', () => {
  it.each([
    ['14-Jul-1945', '1945-07-14'], ['14 july 1945', '1945-07-14'], ['14/7/1945', '1945-07-14'], ['14.07.1945', '1945-07-14'],
    ['1945-07-14', '1945-07-14'], [' 1945 ', '1945'], ['Jul-1945', '1945-07'], ['7/1945', '1945-07'], ['1945-07', '1945-07'], ['3/2/2001', '2001-02-03'],
  ])('reads %s', (typed, iso) => expect(parseTypedDate(typed)).toBe(iso));

  it.each(['', '14-Jul-45', '31/2/2001', '14-Foo-1945', '1/2/3/2004', '13/13/2001', 'Jul', '14-07', '0/7/1945', '100/7/1945', '1945-07-14-2'])('refuses %s', (typed) => {
    expect(parseTypedDate(typed)).toBeUndefined();
  });
});

describe('age', () => {
  const age = (born: string, at: string) => {
    const from = clinicalMoment(born);
    const to = clinicalMoment(at);
    const found = from && to && ageAt(from, to);
    return found && formatAge(found);
  };

  it.each([
    ['2026-11-23T10:00:00Z', '2026-11-23T11:59:00Z', '119min'],
    ['2026-11-23T10:00:00Z', '2026-11-23T12:00:00Z', '2h'],
    ['2026-11-23T10:00:00Z', '2026-11-25T09:59:00Z', '47h'],
    ['2026-11-23T10:00:00Z', '2026-11-25T10:00:00Z', '2d'],
    ['2026-11-01', '2026-11-28', '27d'],
    ['2026-11-01', '2026-11-29', '4wk'],
    ['2026-11-01', '2026-11-30', '4wk 1d'],
    ['2025-11-24', '2026-11-23', '52wk'],
    ['2025-11-23', '2026-11-23', '12mo'],
    ['2025-01-31', '2026-03-01', '13mo 1d'],
    ['2024-11-24', '2026-11-23', '23mo 30d'],
    ['2024-11-23', '2026-11-23', '2y'],
    ['2020-09-23', '2026-11-23', '6y 2mo'],
    ['2008-11-24', '2026-11-23', '17y 11mo'],
    ['2008-11-23', '2026-11-23', '18y'],
    ['2008-02-29', '2026-02-28', '17y 11mo'],
    ['2008-02-29', '2026-03-01', '18y'],
    ['1945-07-14', '2026-11-23', '81y'],
    ['1970', '2026-11-23', 'about 56y'],
    ['1970-02', '2026-11-23', 'about 56y'],
    ['2026-02', '2026-11-23', 'about 9mo'],
  ])('%s is at %s %s old', (born, at, text) => expect(age(born, at)).toBe(text));

  it('has no age before the birth', () => {
    expect(age('2027-01-01', '2026-11-23')).toBeUndefined();
    expect(age('2026-11-23T10:00:01Z', '2026-11-23T10:00:00Z')).toBeUndefined();
    expect(age('2027', '2026-11-23')).toBeUndefined();
  });

  it('never goes back as the days go by', () => {
    const born = clinicalMoment('2024-01-31');
    let before = -1;
    for (let day = 0; day < 1200; day += 1) {
      const at = clinicalMoment(new Date(Date.UTC(2024, 0, 31 + day)).toISOString().slice(0, 10));
      const parts = (born && at && ageAt(born, at)?.parts) ?? [];
      const weight = { min: 0, h: 0, d: 1, wk: 7, mo: 30.5, y: 366 };
      const days = parts.reduce((sum, part) => sum + part.value * weight[part.unit], 0);
      expect(parts.every((part) => part.value >= 0)).toBe(true);
      expect(days).toBeGreaterThanOrEqual(before - 3);
      before = days;
    }
  });
});

describe('days of a calendar', () => {
  it('is the day on the wall of the place, not UTC’s', () => {
    const late = Date.parse('2026-06-30T23:30:00Z');
    expect(localDay(late, 'Europe/London')).toBe('2026-07-01');
    expect(localDay(late, 'America/New_York')).toBe('2026-06-30');
  });

  it('counts whole minutes since, and none before', () => {
    const now = Date.parse('2026-11-27T09:26:59Z');
    expect(minutesSince('2026-11-27T09:12:00Z', now)).toBe(14);
    expect(minutesSince('2026-11-27T09:30:00Z', now)).toBe(0);
    expect(minutesSince(undefined, now)).toBeUndefined();
    expect(minutesSince('soon', now)).toBeUndefined();
  });

  it('counts over months, leap days and the change of the clocks', () => {
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29');
    expect(dayAfter('2027-03-28', 1)).toBe('2027-03-29');
    expect(dayAfter('2027-01-01', -1)).toBe('2026-12-31');
    expect(dayAfter('2027-01', 1)).toBeUndefined();
    expect(dayAfter('2027-02-30', 1)).toBeUndefined();
  });
});
