// A patient's appointments as the portal shows them: what can be done from the one source, the words from the other.
import type { AppointmentView, ServiceView } from '@galen/core';
import { conceptText, localDay, personNames, type Appointment, type HumanName, type Resource } from '@galen/fhir';

export interface Visit {
  id: string;
  view: AppointmentView;
  service?: ServiceView;
  /** Empty where nobody recorded what it is for. */
  title: string;
  who: string[];
  where: string[];
  preparation?: string;
  /** It was never booked: times that were kept for a moment, and let go. */
  isLetGo: boolean;
}

/** What the portal says when somebody turns back before confirming, and nobody else says. */
export const LET_GO = 'other';

interface Named extends Resource {
  name?: string | HumanName[];
}

const LIVE = new Set(['pending', 'booked', 'arrived', 'checked-in']);

function namesOf(appointment: Appointment | undefined, named: ReadonlyMap<string, Named>, type: string): string[] {
  return (appointment?.participant ?? []).flatMap(({ actor }) => {
    const reference = actor?.reference ?? '';
    if (!reference.startsWith(`${type}/`)) return [];
    const found = named.get(reference);
    const text = actor?.display ?? (typeof found?.name === 'string' ? found.name : found?.name && personNames(found.name, { now: Date.now() })[0].full);
    return text ? [text] : [];
  });
}

export function visitOf(view: AppointmentView, appointment: Appointment | undefined, included: readonly Resource[], services: readonly ServiceView[]): Visit {
  const named = new Map(included.map((one) => [`${one.resourceType}/${one.id ?? ''}`, one as Named]));
  const service = services.find(({ id }) => id === view.service);
  const preparation = appointment?.patientInstruction ?? service?.preparation;
  return {
    id: view.id,
    view,
    ...(service && { service }),
    title: service?.name ?? conceptText(appointment?.serviceType?.[0]) ?? appointment?.description ?? '',
    who: [...namesOf(appointment, named, 'Practitioner'), ...namesOf(appointment, named, 'PractitionerRole')],
    isLetGo: view.status === 'cancelled' && [undefined, LET_GO].includes(appointment?.cancelationReason?.coding?.[0]?.code),
    where: namesOf(appointment, named, 'Location'),
    ...(preparation && { preparation }),
  };
}

const startOf = ({ view }: Visit): number => (view.start ? Date.parse(view.start) : Infinity);
const endOf = ({ view }: Visit): number => (view.end ? Date.parse(view.end) : startOf({ view } as Visit));

/** What is still to come, the next first. A hold of a few minutes is not one's own appointment yet. */
export function upcoming(visits: readonly Visit[], now: number): Visit[] {
  return visits.filter((visit) => LIVE.has(visit.view.status) && visit.view.isOffer !== true && endOf(visit) >= now && !isHold(visit)).sort((a, b) => startOf(a) - startOf(b));
}

/** What was, and what was called off; the latest first. */
export function past(visits: readonly Visit[], now: number): Visit[] {
  return visits
    .filter((visit) => !isHold(visit) && !visit.isLetGo && visit.view.start && visit.view.isOffer !== true && visit.view.status !== 'entered-in-error' && visit.view.status !== 'proposed' && !(LIVE.has(visit.view.status) && endOf(visit) >= now))
    .sort((a, b) => startOf(b) - startOf(a));
}

/** Times that are kept while somebody confirms, or that were let go. Requests are pending, too, but of services that staff approve. */
export function isHold({ view, service }: Visit): boolean {
  return view.status === 'pending' && view.isOffer !== true && service?.portal !== 'request-approval';
}

/** A free time that the clinic keeps for whoever waits, until they answer. */
export const isOffer = ({ view }: Visit, now: number): boolean =>
  view.status === 'pending' && view.isOffer === true && (!view.heldUntil || Date.parse(view.heldUntil) > now);

/** On the waiting list, with a time on offer or without; whoever waits longest first. */
export function waiting(visits: readonly Visit[]): Visit[] {
  const since = ({ view }: Visit) => view.wishes?.since ?? '';
  return visits.filter(({ view }) => view.status === 'waitlist' || (view.status === 'pending' && view.isOffer === true)).sort((a, b) => since(a).localeCompare(since(b)));
}

export const isRequest = (visit: Visit): boolean => visit.view.status === 'pending' && visit.view.isOffer !== true && !isHold(visit);

export const may = ({ view }: Visit, step: AppointmentView['steps'][number]): boolean => view.steps.includes(step);

/** Until when one may still change it by oneself. */
export function changeableUntil({ view, service }: Visit): number | undefined {
  return view.start && service ? Date.parse(view.start) - service.noticeMinutes * 60_000 : undefined;
}

export function isTooLate(visit: Visit, now: number): boolean {
  const until = changeableUntil(visit);
  return until !== undefined && now > until;
}

/** The same day on the clock on the clinic's wall. */
export function isToday({ view }: Visit, now: number): boolean {
  const zone = view.zone ?? undefined;
  return view.start !== undefined && view.start !== null && localDay(Date.parse(view.start), zone) === localDay(now, zone);
}
