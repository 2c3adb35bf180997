// Shows what the person may do. It only hides: the server decides.
import type { ReactNode } from 'react';
import { useAppSelector } from './hooks';

/** Actions by the activities of which any one is enough, as the server's policies have them. */
export const ACTIVITIES = {
  findPatients: ['B0820', 'B0360', 'G-FHIR-ALL'],
  readChart: ['B0360', 'G-FHIR-ALL'],
  registerPatient: ['B0340', 'G-FHIR-ALL'],
  amendPatient: ['B0825', 'G-FHIR-ALL'],
  invitePatient: ['B0340', 'B0825'],
  mergePatients: ['G-PATIENT-MERGE'],
  releaseResults: ['G-CLINICAL-WRITE'],
  openBreakGlass: ['G-BREAK-GLASS'],
  seeAppointments: ['B0560', 'G-CLINICAL-WRITE', 'B0820', 'B0360', 'G-FHIR-ALL'],
  showQueue: ['G-QUEUE-DISPLAY', 'B0560', 'G-CLINICAL-WRITE', 'G-FHIR-ALL'],
  retractAppointments: ['G-SCHEDULE-WRITE', 'G-FHIR-ALL'],
  bookAppointments: ['B0560', 'G-CLINICAL-WRITE', 'G-FHIR-ALL'],
} as const;

export type Ability = keyof typeof ACTIVITIES;

export function isAllowed(activities: readonly string[], anyOf: readonly string[]): boolean {
  return anyOf.some((activity) => activities.includes(activity));
}

export function useCan(ability: Ability): boolean {
  return useAppSelector((state) => isAllowed(state.session.who?.activities ?? [], ACTIVITIES[ability]));
}

export function Can({ ability, otherwise = null, children }: {
  ability: Ability;
  otherwise?: ReactNode;
  children: ReactNode;
}) {
  return useCan(ability) ? children : otherwise;
}
