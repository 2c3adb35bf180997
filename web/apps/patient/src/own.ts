// Whose portal it is.
import { useAppSelector } from '@galen/core';

/** The patient who is signed in; empty for whoever is none, who sees none of these screens. */
export function useOwnPatient(): string {
  return useAppSelector((state) => state.session.who?.patient ?? '');
}
