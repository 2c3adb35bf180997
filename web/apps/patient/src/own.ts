// Whose portal it is.
import { useAppSelector } from '@galen/core';

/** The patient who is signed in, or for whom they act; empty for whoever is none, who sees none of these screens. */
export function useOwnPatient(): string {
  return useAppSelector(({ session }) => session.actingFor?.patient ?? session.who?.patient ?? '');
}

/** Whether a part of the portal is open: one's own is, another's as far as one may act for them. */
export function useMayUse(scope: 'appointments' | 'record'): boolean {
  return useAppSelector(({ session }) => session.actingFor === null || session.actingFor.scopes.includes(scope));
}
