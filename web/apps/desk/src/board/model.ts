// The server's board as the day calendar shows it: pure.
import type { BoardEntry, BoardView, ColumnView } from '@galen/core';
import { appointmentLook } from '@galen/ui';
import type { DayBlock, DayColumn, DayPlace, DaySpan } from '@galen/ui/day';
import { nameOf } from '@galen/patients';

/** Which columns: those of people, or those of rooms and devices. */
export type BoardKind = 'people' | 'rooms';

export const isOfPeople = (actor: string) => actor.startsWith('Practitioner');

const spanOf = ({ start, end }: { start: string; end: string }): DaySpan => ({ start: Date.parse(start), end: Date.parse(end) });

const keyOf = (schedule: string, appointment: string) => `${schedule} ${appointment}`;

/** The block's column and appointment. */
export function partsOf(key: string): { schedule: string; appointment: string } {
  const [schedule = '', appointment = ''] = key.split(' ');
  return { schedule, appointment };
}

export interface Shown {
  columns: DayColumn[];
  blocks: DayBlock[];
  /** By appointment. */
  entries: Map<string, BoardEntry>;
  hiddenCount: number;
}

export interface Showing {
  kind: BoardKind;
  /** What was typed to filter by. */
  filter: string;
  stateOf: (status: string) => string;
  unnamed: string;
}

export function shown(board: BoardView, { kind, filter, stateOf, unnamed }: Showing): Shown {
  const columns = board.columns.filter(({ schedule }) => isOfPeople(schedule.actor) === (kind === 'people'));
  const entries = new Map(board.columns.flatMap((column) => column.entries.map((entry) => [entry.appointment.id, entry] as const)));
  return {
    columns: columns.map((column) => columnOf(column, unnamed)),
    blocks: columns.flatMap((column) => column.entries.filter((entry) => fits(entry, filter)).flatMap((entry) => blockOf(column, entry, stateOf, unnamed))),
    entries,
    hiddenCount: columns.reduce((count, column) => count + column.hidden.length, 0),
  };
}

const columnOf = ({ schedule, open, absences, hidden }: ColumnView, unnamed: string): DayColumn => ({
  key: schedule.id,
  title: schedule.name ?? unnamed,
  open: open.map(spanOf),
  absent: absences.map(spanOf),
  taken: hidden.map(spanOf),
});

export const nameOfEntry = (entry: BoardEntry, unnamed: string): string => (entry.who && nameOf(entry.who)) ?? unnamed;

function blockOf({ schedule }: ColumnView, entry: BoardEntry, stateOf: (status: string) => string, unnamed: string): DayBlock[] {
  const { id, status, start, end, steps } = entry.appointment;
  if (!start || !end) return [];
  const { icon, tone } = appointmentLook(status);
  return [{
    key: keyOf(schedule.id, id),
    column: schedule.id,
    start: Date.parse(start),
    end: Date.parse(end),
    title: nameOfEntry(entry, unnamed),
    ...(Boolean(entry.serviceName) && { detail: entry.serviceName ?? '' }),
    state: stateOf(status),
    icon,
    tone,
    movable: steps.includes('reschedule'),
  }];
}

/** Letters that are one with their stroke: no rule of Unicode takes it off. */
const STROKES: Record<string, string> = { ł: 'l', ø: 'o', đ: 'd', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i' };

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase().replace(/[łøđßæœı]/g, (letter) => STROKES[letter] ?? letter);

/** Every word that was typed is in the name, the number or the service. */
export function fits(entry: BoardEntry, filter: string): boolean {
  const { who, serviceName } = entry;
  const text = plain([who?.family, ...(who?.given ?? []), who?.nhsNumber, serviceName].filter(Boolean).join(' '));
  return plain(filter).split(/\s+/).filter(Boolean).every((word) => text.includes(word));
}

/** The Schedules that an appointment takes after it was moved from one column to a place. */
export function schedulesAfter(entry: BoardEntry, from: string, to: DayPlace): string[] {
  const moved = entry.appointment.schedules.map((id) => (id === from ? to.column : id));
  return [...new Set(moved)];
}

/** What is about to be where, before the server's next answer says so. */
export interface Override {
  appointment: string;
  version: number;
  from: string;
  to: DayPlace;
}

/** The blocks with what was just dropped where it was dropped, as long as the board is older than the drop. */
export function placed(blocks: readonly DayBlock[], entries: Shown['entries'], override: Override | undefined): DayBlock[] {
  if (!override || entries.get(override.appointment)?.appointment.version !== override.version) return [...blocks];
  const key = keyOf(override.from, override.appointment);
  return blocks.map((block) =>
    block.key === key ? { ...block, column: override.to.column, start: override.to.start, end: override.to.start + block.end - block.start } : block,
  );
}
