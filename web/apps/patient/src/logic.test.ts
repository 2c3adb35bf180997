// The portal's own rules, without its screens.
import type { AppointmentView, ServiceView } from '@galen/core';
import { groupResults, resultView, type Appointment, type Observation, type Questionnaire, type QuestionnaireResponse } from '@galen/fhir';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AHEAD_DAYS_MAX, daysOf, distinctTimes, midnight, STRIP_DAYS } from './appointments/days';
import { folded, icsOf } from './appointments/ics';
import { changeableUntil, isHold, isOffer, isRequest, isToday, isTooLate, LET_GO, past, upcoming, visitOf, waiting, type Visit } from './appointments/visits';
import { formOf, NOTICES } from './appointments/wishes';
import { dayKey, differs, placeOf, weekday } from './common/dates';
import { formsOf } from './forms/use-forms';
import { withFirst } from './more/preferences-screen';
import { byDay } from './results/results-screen';
import arabic from './words/ar';
import welsh from './words/cy';
import { english } from './words/en';

afterEach(() => vi.unstubAllEnvs());

const NOW = Date.parse('2026-11-27T12:00:00Z');
const HOUR = 3_600_000;
const nurse: ServiceView = { id: 's1', name: 'Nurse', minutes: 20, portal: 'self-book', noticeMinutes: 120 };
const heart: ServiceView = { ...nurse, id: 's2', name: 'Heart', portal: 'request-approval' };

const view = (more: Partial<AppointmentView> = {}): AppointmentView => ({
  id: 'a1', version: 3, status: 'booked', service: 's1', schedules: ['d1'], steps: ['reschedule', 'cancel'],
  start: new Date(NOW + 24 * HOUR).toISOString(), end: new Date(NOW + 24 * HOUR + 20 * 60_000).toISOString(), ...more,
});
const visit = (more: Partial<AppointmentView> = {}, told: Partial<Appointment> = {}): Visit =>
  visitOf(view(more), { resourceType: 'Appointment', id: more.id ?? 'a1', ...told }, [], [nurse, heart]);

describe('appointments', () => {
  it('are those to come, the next first; running ones are still to come, holds are nobody’s yet', () => {
    const running = visit({ id: 'running', start: new Date(NOW - HOUR).toISOString(), end: new Date(NOW + HOUR).toISOString() });
    const held = visit({ id: 'held', status: 'pending' });
    const asked = visit({ id: 'asked', status: 'pending', service: 's2' });
    const all = [visit({ id: 'later', start: new Date(NOW + 48 * HOUR).toISOString() }), visit(), held, asked, running, visit({ id: 'off', status: 'cancelled' })];
    expect(upcoming(all, NOW).map(({ id }) => id)).toEqual(['running', 'a1', 'asked', 'later']);
    expect([isRequest(asked), isRequest(held)]).toEqual([true, false]);
  });

  it('of before are those that were, and those called off; not what was never booked', () => {
    const reason = (code: string) => ({ cancelationReason: { coding: [{ code }] } });
    const all = [
      visit({ id: 'was', status: 'fulfilled', start: new Date(NOW - 48 * HOUR).toISOString(), end: new Date(NOW - 47 * HOUR).toISOString() }),
      visit({ id: 'called-off', status: 'cancelled' }, reason('pat')),
      visit({ id: 'let-go', status: 'cancelled' }, reason(LET_GO)),
      visit({ id: 'lapsed', status: 'cancelled' }),
      visit({ id: 'wrong', status: 'entered-in-error' }),
      visit(),
    ];
    expect(past(all, NOW).map(({ id }) => id)).toEqual(['called-off', 'was']);
  });

  it('that are offered are neither holds, which the page lets go, nor requests nor appointments', () => {
    const wishes = { since: '2026-11-20T09:00:00Z', priority: 'routine' as const, days: [], schedules: [], noticeMinutes: 0, offers: 1, isOfferedMore: true };
    const until = new Date(NOW + HOUR).toISOString();
    for (const service of ['s1', 's2']) {
      const offered = visit({ id: 'offered', status: 'pending', service, isOffer: true, heldUntil: until, wishes });
      expect([isHold(offered), isRequest(offered), isOffer(offered, NOW), isOffer(offered, NOW + HOUR)]).toEqual([false, false, true, false]);
      expect([upcoming([offered], NOW), past([offered], NOW)]).toEqual([[], []]);
      const early = visit({ id: 'early', status: 'waitlist', wishes: { ...wishes, since: '2026-11-01T09:00:00Z' } });
      expect(waiting([offered, visit(), early]).map(({ id }) => id)).toEqual(['early', 'offered']);
    }
  });

  it('that somebody waits for lie before the one that they have', () => {
    const wanted = { days: ['mon'], part: 'morning' as const, noticeMinutes: NOTICES[1] };
    expect(formOf(wanted, '2026-11-27', { id: 'a1', day: '2026-12-09', schedules: [] })).toEqual({
      first: '2026-11-27', last: '2026-12-09', days: ['mon'], noticeMinutes: 1_440, from: '06:00', to: '12:00', replaces: 'a1',
    });
    expect(formOf({ ...wanted, part: 'any' }, '2026-11-27')).toEqual({ first: '2026-11-27', last: '2027-01-22', days: ['mon'], noticeMinutes: 1_440 });
  });

  it('are on the clinic’s clock, whatever clock the person has', () => {
    const late = Date.parse('2026-11-27T23:30:00Z');
    expect([dayKey(late, 'Asia/Tokyo'), weekday(late, 'Su Mo Tu We Th Fr Sa', 'Asia/Tokyo')]).toEqual(['2026-11-28', 'Sa']);
    expect([differs('Asia/Tokyo', late), differs(undefined, late), differs(null, late)]).toEqual([true, false, false]);
    expect(placeOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
    const there = visit({ start: new Date(late).toISOString(), zone: 'Asia/Tokyo' });
    expect([isToday(there, Date.parse('2026-11-27T12:00:00Z')), isToday(there, Date.parse('2026-11-28T12:00:00Z'))]).toEqual([false, true]);
  });

  it('can be changed until the clinic’s notice, to the minute', () => {
    const one = visit();
    expect(changeableUntil(one)).toBe(NOW + 22 * HOUR);
    expect([isTooLate(one, NOW + 22 * HOUR), isTooLate(one, NOW + 22 * HOUR + 1)]).toEqual([false, true]);
  });

  it('take names from what came along, and the service’s words where FHIR says nothing', () => {
    const told = visitOf(
      view(),
      { resourceType: 'Appointment', id: 'a1', participant: [{ actor: { reference: 'Practitioner/p' } }, { actor: { reference: 'Location/gone' } }, { actor: { reference: 'Location/l', display: 'Room 4' } }] },
      [{ resourceType: 'Practitioner', id: 'p', name: [{ family: 'Walker', given: ['Bea'], prefix: ['Dr'] }] } as never],
      [{ ...nurse, preparation: 'Drink' }],
    );
    expect([told.title, told.who, told.where, told.preparation]).toEqual(['Nurse', ['Dr Bea Walker'], ['Room 4'], 'Drink']);
  });
});

describe('a strip of days', () => {
  const choice = (start: string) => ({ start, end: start, schedules: ['d1'] });

  it('has fourteen different days, also where the clocks change', () => {
    vi.stubEnv('TZ', 'Europe/London');
    for (const from of ['2026-03-24T00:00:00Z', '2026-10-20T00:00:00Z']) {
      const days = daysOf(midnight(Date.parse(from)), []);
      expect(new Set(days.map(({ key }) => key)).size).toBe(STRIP_DAYS);
    }
    expect(AHEAD_DAYS_MAX % STRIP_DAYS).toBe(0);
  });

  it('does not call a day full that the answer did not reach', () => {
    const from = midnight(Date.parse('2026-12-01T12:00:00Z'));
    const choices = [choice('2026-12-01T09:00:00Z'), choice('2026-12-02T09:00:00Z')];
    expect(daysOf(from, choices, true).slice(0, 4).map(({ isUnknown }) => isUnknown)).toEqual([false, true, true, true]);
    expect(daysOf(from, choices, false).some(({ isUnknown }) => isUnknown)).toBe(false);
  });

  it('names a time once, however many are free then', () => {
    const [nine, ten] = [choice('2026-12-01T09:00:00Z'), choice('2026-12-01T10:00:00Z')];
    expect(distinctTimes([nine, { ...nine, schedules: ['d2'] }, ten])).toEqual([nine, ten]);
  });
});

describe('a calendar’s file', () => {
  it('folds lines by bytes and never within a letter', () => {
    const line = `SUMMARY:${'موعد'.repeat(40)}`;
    const parts = folded(line).split('\r\n ');
    expect(parts.every((part) => new TextEncoder().encode(part).length <= 75)).toBe(true);
    expect(parts.join('')).toBe(line);
  });

  it('escapes what would break it, and has the hospital’s own UID', () => {
    const text = icsOf({ ...visit(), preparation: 'No food;\nwater, yes' }, { hospital: 'Galen', title: 'Nurse; first', now: NOW });
    expect(text).toContain('SUMMARY:Nurse\\; first\r\n');
    expect(text).toContain('DESCRIPTION:No food\\;\\nwater\\, yes\r\n');
    expect(text).toContain('UID:a1@galen\r\n');
    expect(icsOf(visit({ start: null }), { hospital: 'Galen', title: 'x', now: NOW })).toBeUndefined();
  });
});

describe('forms', () => {
  const questionnaire = (id: string, more: Partial<Questionnaire> = {}): Questionnaire => ({ resourceType: 'Questionnaire', id, url: `https://q.test/${id}`, title: id, status: 'active', ...more });
  const response = (id: string, of: string, status: string): QuestionnaireResponse => ({ resourceType: 'QuestionnaireResponse', id, questionnaire: `https://q.test/${of}|1`, status });

  it('are those handed out or begun, those offered, and those sent', () => {
    const all = [questionnaire('a'), questionnaire('b'), questionnaire('staff', { subjectType: ['Practitioner'] })];
    const { open, offered, sent } = formsOf(all, [response('r1', 'a', 'in-progress'), response('r2', 'b', 'completed'), response('r3', 'gone', 'in-progress')], 'en');
    expect(open.map(({ key }) => key)).toEqual(['r1']);
    expect(offered.map(({ key }) => key)).toEqual(['b']);
    expect(sent.map(({ id }) => id)).toEqual(['r2']);
  });
});

describe('results', () => {
  it('stand under the day of their newest value, the newest day first', () => {
    const one = (id: string, at: string | undefined) =>
      resultView({ resourceType: 'Observation', id, status: 'final', code: { text: id }, valueString: 'x', ...(at && { effectiveDateTime: at }) } as Observation);
    const days = byDay(groupResults([one('a', '2026-11-01T10:00:00Z'), one('b', '2026-11-03T10:00:00Z'), one('c', undefined), one('d', '2026-11-03T08:00:00Z')]));
    expect(days.map(({ groups }) => groups.map(({ name }) => name))).toEqual([['b', 'd'], ['a'], ['c']]);
  });
});

describe('messages', () => {
  it('try first what was chosen, then the rest in their order', () => {
    expect(withFirst(['email', 'sms'], 'sms')).toEqual(['sms', 'email']);
    expect(withFirst(['email'], 'in-app')).toEqual(['in-app', 'email']);
  });
});

describe('words', () => {
  const places = (wording: unknown): string[] => [...new Set(JSON.stringify(wording).match(/\{\w+\}/g) ?? [])].sort();

  it.each([['Arabic', arabic], ['Welsh', welsh]] as const)('in %s say all that the English ones say', (_language, others) => {
    for (const [key, wording] of Object.entries(english)) {
      const told = places(others[key as keyof typeof english]);
      // "One result" needs no number.
      const needed = typeof wording === 'string' ? places(wording) : places(wording.other);
      expect([key, told]).toEqual([key, needed]);
    }
  });

  it('name seven days in every language', () => {
    for (const words of [english, arabic, welsh]) {
      expect(String(words.weekdays).split(' ')).toHaveLength(7);
      expect(String(words.weekdaysShort).split(' ')).toHaveLength(7);
    }
  });
});
