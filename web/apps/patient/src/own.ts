// Whose portal it is.
import { useAppSelector, useListOwnProxiesQuery, type ActedForView } from '@galen/core';

/** The patient who is signed in, or for whom they act; empty for whoever is none, who sees none of these screens. */
export function useOwnPatient(): string {
  return useAppSelector(({ acting, session }) => acting.for ?? session.who?.patient ?? '');
}

/** For whom the person acts now; nobody where they see to their own. */
export function useActedFor(): { patient: string; person?: ActedForView } | undefined {
  const patient = useAppSelector(({ acting }) => acting.for);
  const { data } = useListOwnProxiesQuery(undefined, { skip: patient === null });
  if (patient === null) return undefined;
  const person = data?.people.find((one) => one.patient === patient);
  return { patient, ...(person && { person }) };
}

export const fullName = ({ given, family }: Pick<ActedForView, 'given' | 'family'>): string => [...given, family].filter(Boolean).join(' ');
