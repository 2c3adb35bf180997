// What a person connected, application by application: each time they allowed one is an authorization of its own.
import type { AuthorizationView, ScopeView } from '@galen/core';

export interface Application {
  id: string;
  /** Empty where it is not registered any more. */
  name: string;
  /** All of them end together. */
  authorizations: string[];
  scopes: ScopeView[];
  /** Whose records; nobody's where it may not name one. */
  patients: { id: string; name: string }[];
  since: string;
  /** When the last of them ends by itself. */
  until: string;
  ended: boolean;
}

/** Adds what is not there yet. */
function joined<T>(known: readonly T[], more: readonly T[], key: (one: T) => string): T[] {
  const keys = new Set(known.map(key));
  return [...known, ...more.filter((one) => !keys.has(key(one)))];
}

/** Texts of instants in UTC order as the instants do. */
const earlier = (one: string, other: string) => (one < other ? one : other);
const later = (one: string, other: string) => (one > other ? one : other);

/** In the order of the list: the application connected last comes first. */
export function applicationsOf(authorizations: readonly AuthorizationView[]): Application[] {
  const byClient = new Map<string, Application>();
  for (const { id, clientId, client, scopes, patient, created, expires, ended } of authorizations) {
    const known = byClient.get(clientId);
    byClient.set(clientId, {
      id: clientId,
      name: client,
      authorizations: [...(known?.authorizations ?? []), id],
      scopes: joined(known?.scopes ?? [], scopes, ({ scope }) => scope),
      patients: joined(known?.patients ?? [], patient ? [patient] : [], (one) => one.id),
      since: known ? earlier(known.since, created) : created,
      until: known ? later(known.until, expires) : expires,
      // Allowed again after it was switched off, it works again.
      ended: (known?.ended ?? true) && ended,
    });
  }
  return [...byClient.values()];
}
