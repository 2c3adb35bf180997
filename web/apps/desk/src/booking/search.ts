// What is searched for when somebody books: pure.
import type { ChoiceView, ClinicView, ScheduleLine } from '@galen/core';
import { dayAfter, localDay } from '@galen/fhir';

/** How far ahead free times are looked for at once. */
export const WINDOW_DAYS = 28;
/** Free times that are shown at once. */
export const TIMES_MAX = 120;

export interface Wanted {
  service: string;
  /** Schedule of a person; empty for anybody. */
  practitioner: string;
  /** Schedule of a room; empty for any, `none` for none. */
  room: string;
  /** Schedule of a device; empty for none. */
  device: string;
}

const kindOf = (actor: string) => (actor.startsWith('Practitioner') ? 'people' : actor.startsWith('Location') ? 'rooms' : 'devices');

export interface Choosable {
  people: ScheduleLine[];
  rooms: ScheduleLine[];
  devices: ScheduleLine[];
}

/** The Schedules of a clinic that could be booked for a service. */
export function choosable(clinic: ClinicView, service: string): Choosable {
  const offers = clinic.schedules.filter(({ services, active }) => active && (services.length === 0 || services.includes(service)));
  const of = (kind: string) => offers.filter(({ actor }) => kindOf(actor) === kind);
  return { people: of('people'), rooms: of('rooms'), devices: of('devices') };
}

/** As the server takes it: one of each group is needed. Undefined where nobody offers it. */
export function groupsOf(clinic: ClinicView, wanted: Wanted): string | undefined {
  const { people, rooms } = choosable(clinic, wanted.service);
  const ids = (lines: readonly ScheduleLine[]) => lines.map(({ id }) => id).join(',');
  const leading = wanted.practitioner === '' ? ids(people) : wanted.practitioner;
  if (leading === '') return undefined;
  const room = wanted.room === 'none' ? '' : wanted.room === '' ? ids(rooms) : wanted.room;
  return [leading, room, wanted.device].filter((group) => group !== '').join(';');
}

/** From the beginning of a day, or from now on if that is later, for four weeks. */
export function windowOf(from: string, now: number): { from: string; to: string } {
  const start = Date.parse(from);
  const begin = Number.isNaN(start) ? now : Math.max(start, now);
  return { from: new Date(begin).toISOString(), to: new Date(begin + WINDOW_DAYS * 86_400_000).toISOString() };
}

/** Midnight of a local day, where the clinic is: found by asking the wall, so that no rule of the clocks is known here. */
export function midnightOf(day: string, zone: string): string | undefined {
  const before = dayAfter(day, -1);
  if (before === undefined) return undefined;
  const noon = Date.parse(`${day}T12:00:00Z`);
  for (let quarter = 0; quarter <= 26 * 4 + 12 * 4; quarter += 1) {
    const instant = noon - 26 * 3_600_000 + quarter * 900_000;
    if (localDay(instant, zone) === day) return new Date(instant).toISOString();
  }
  return undefined;
}

export interface DayOfTimes {
  day: string;
  choices: ChoiceView[];
}

/** By the days of the clinic. */
export function byDay(choices: readonly ChoiceView[], zone: string): DayOfTimes[] {
  const days = new Map<string, ChoiceView[]>();
  for (const choice of choices) {
    const day = localDay(Date.parse(choice.start), zone);
    days.set(day, [...(days.get(day) ?? []), choice]);
  }
  return [...days].map(([day, all]) => ({ day, choices: all }));
}
