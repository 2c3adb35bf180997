// The desk's pure parts: what the board shows, where something goes, what is searched for.
import type { BoardEntry, BoardView, ClinicView, OccurrenceView, ScheduleLine } from '@galen/core';
import { describe, expect, it } from 'vitest';
import { fits, partsOf, placed, schedulesAfter, shown } from './board/model';
import { byDay, groupsOf, midnightOf, windowOf } from './booking/search';
import { agreed, decisionsOf, planOf } from './series/plan';
import { daysWaited, draftOf, formOf } from './waiting/wishes';

const line = (id: string, actor: string, services: string[] = []): ScheduleLine => ({ id, actor, name: `Name of ${id}`, capacity: 1, active: true, services, isOwn: false });
const doctor = line('s1', 'Practitioner/1', ['review']);
const other = line('s2', 'Practitioner/2', ['blood']);
const room = line('r1', 'Location/1');
const device = line('d1', 'Device/1');
const clinic: ClinicView = { id: 'c', name: 'Clinic', zone: 'Europe/London', schedules: [doctor, other, room, device] };

const entry = (id: string, more: Partial<BoardEntry['appointment']> = {}): BoardEntry => ({
  appointment: { id, version: 2, status: 'booked', start: '2026-11-27T09:00:00Z', end: '2026-11-27T09:15:00Z', schedules: ['s1', 'r1'], steps: ['reschedule', 'arrive'], ...more },
  who: { id: 'p1', family: 'Wiśniewski', given: ['Michał'], nhsNumber: '9990138389' },
  serviceName: 'Blood test',
});
const column = (schedule: ScheduleLine, entries: BoardEntry[]) => ({ schedule, open: [], absences: [], hidden: [{ start: '2026-11-27T10:00:00Z', end: '2026-11-27T10:15:00Z' }], entries });
const board: BoardView = {
  day: '2026-11-27', zone: 'Europe/London', start: '2026-11-27T00:00:00Z', end: '2026-11-28T00:00:00Z', at: '2026-11-27T08:00:00Z',
  columns: [column(doctor, [entry('a1'), entry('a2', { status: 'fulfilled', steps: ['retract'] }), entry('a3', { start: null })]), column(room, [entry('a1')])],
};
const showing = { kind: 'people', filter: '', stateOf: (status: string) => status.toUpperCase(), unnamed: '?' } as const;

describe('the board', () => {
  it('shows people or rooms, states in words, and moves only what the server would move', () => {
    const people = shown(board, showing);
    expect(people.columns.map(({ key }) => key)).toEqual(['s1']);
    expect(people.blocks.map(({ key, state, movable, title }) => [key, state, movable, title])).toEqual([
      ['s1 a1', 'BOOKED', true, 'WIŚNIEWSKI, Michał'],
      ['s1 a2', 'FULFILLED', false, 'WIŚNIEWSKI, Michał'],
    ]);
    expect(shown(board, { ...showing, kind: 'rooms' }).blocks.map(({ key }) => key)).toEqual(['r1 a1']);
    expect(people.hiddenCount).toBe(1);
    expect(partsOf('s1 a1')).toEqual({ schedule: 's1', appointment: 'a1' });
  });

  it.each([['wisniewski', true], ['MICHAL blood', true], ['999013', true], ['smith', false], ['', true]])('filters by what was typed: %s', (typed, is) => {
    expect(fits(entry('a1'), typed)).toBe(is);
  });

  it('takes the place of the column in which it is dropped, and keeps its room', () => {
    expect(schedulesAfter(entry('a1'), 's1', { column: 's2', start: 0 })).toEqual(['s2', 'r1']);
    expect(schedulesAfter(entry('a1'), 's1', { column: 'r1', start: 0 })).toEqual(['r1']);
  });

  it('shows a drop at once, until the server’s answer is newer', () => {
    const { blocks, entries } = shown(board, showing);
    const override = { appointment: 'a1', version: 2, from: 's1', to: { column: 's2', start: Date.parse('2026-11-27T11:00:00Z') } };
    expect(placed(blocks, entries, override)[0]).toMatchObject({ column: 's2', start: override.to.start, end: override.to.start + 900_000 });
    expect(placed(blocks, entries, { ...override, version: 1 })).toEqual(blocks);
  });
});

describe('searching for times', () => {
  const wanted = { service: 'review', practitioner: '', room: '', device: '' };
  it('asks for one of each group that is needed', () => {
    expect(groupsOf(clinic, wanted)).toBe('s1;r1');
    expect(groupsOf(clinic, { ...wanted, room: 'none' })).toBe('s1');
    expect(groupsOf(clinic, { ...wanted, practitioner: 's1', device: 'd1' })).toBe('s1;r1;d1');
    expect(groupsOf(clinic, { ...wanted, service: 'nothing' })).toBeUndefined();
  });

  it('never looks into the past, and ahead for four weeks', () => {
    const now = Date.parse('2026-11-27T12:00:00Z');
    expect(windowOf('2026-11-27T00:00:00Z', now)).toEqual({ from: '2026-11-27T12:00:00.000Z', to: '2026-12-25T12:00:00.000Z' });
    expect(windowOf('nonsense', now).from).toBe('2026-11-27T12:00:00.000Z');
  });

  it('finds midnight where the clinic is, in summer, in winter and when the clocks change', () => {
    expect(midnightOf('2026-07-01', 'Europe/London')).toBe('2026-06-30T23:00:00.000Z');
    expect(midnightOf('2026-11-27', 'Europe/London')).toBe('2026-11-27T00:00:00.000Z');
    expect(midnightOf('2027-03-28', 'Europe/London')).toBe('2027-03-28T00:00:00.000Z');
    expect(midnightOf('2026-11-27', 'Pacific/Kiritimati')).toBe('2026-11-26T10:00:00.000Z');
    expect(midnightOf('2026-11-27', 'Pacific/Pago_Pago')).toBe('2026-11-27T11:00:00.000Z');
    expect(midnightOf('2026-02-30', 'Europe/London')).toBeUndefined();
  });

  it('puts times under the clinic’s days', () => {
    const choice = (start: string) => ({ start, end: start, schedules: ['s1'] });
    const days = byDay([choice('2026-06-30T22:00:00Z'), choice('2026-06-30T23:30:00Z')], 'Europe/London');
    expect(days.map(({ day, choices }) => [day, choices.length])).toEqual([['2026-06-30', 1], ['2026-07-01', 1]]);
  });
});

describe('a series', () => {
  const one = (number: number, state: OccurrenceView['state'], nearest?: string): OccurrenceView => ({
    number, day: '2026-12-01', state, start: `2026-12-0${number}T09:00:00Z`, end: `2026-12-0${number}T09:20:00Z`,
    ...(nearest !== undefined && { nearest: { start: nearest, end: nearest, schedules: ['s2'] } }),
  });
  const all = [one(1, 'free'), one(2, 'holiday', '2026-12-03T10:00:00Z'), one(3, 'leave')];

  it('is not booked before somebody says what becomes of each time that cannot be', () => {
    const decided = decisionsOf(all);
    expect([...decided.keys()]).toEqual([1]);
    expect(agreed(all, decided, ['s1'])).toBeUndefined();
    decided.set(2, 'nearest').set(3, 'skip');
    expect(agreed(all, decided, ['s1'])).toEqual([
      { start: '2026-12-01T09:00:00Z', schedules: ['s1'] },
      { start: '2026-12-03T10:00:00Z', schedules: ['s2'] },
    ]);
  });

  it('asks for days of the week only where it counts weeks', () => {
    const draft = { first: '2026-12-01', time: '09:00', every: 2, unit: 'weeks' as const, days: ['mon'], count: 3 };
    expect(planOf(draft)).toEqual({ first: '2026-12-01', time: '09:00', every: 2, unit: 'weeks', count: 3, days: ['mon'] });
    expect(planOf({ ...draft, unit: 'days' })).not.toHaveProperty('days');
  });
});

describe('the waiting list', () => {
  it('says what would suit as the server takes it', () => {
    const draft = { ...draftOf('2026-11-27'), part: 'morning' as const, days: ['tue'] };
    expect(formOf(draft, { clinic: 'c', schedules: [] })).toEqual({
      first: '2026-11-27', last: '2027-01-22', days: ['tue'], priority: 'routine', noticeMinutes: 0, clinic: 'c', schedules: [], from: '06:00', to: '12:00',
    });
    expect(formOf(draftOf('2026-11-27'), { schedules: [] })).not.toHaveProperty('from');
  });

  it('counts whole days', () => {
    const wishes = { since: '2026-11-25T12:00:00Z', priority: 'routine' as const, days: [], schedules: [], noticeMinutes: 0, offers: 0, isOfferedMore: true };
    expect(daysWaited(wishes, Date.parse('2026-11-27T11:59:00Z'))).toBe(1);
    expect(daysWaited(wishes, Date.parse('2026-11-25T11:00:00Z'))).toBe(0);
  });
});
