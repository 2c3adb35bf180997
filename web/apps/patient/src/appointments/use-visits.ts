// The patient's appointments, put together from what scheduling may do with them and what FHIR says of them.
import { useAppointmentsQuery, useListAppointmentsQuery, useListServicesQuery } from '@galen/core';
import { useMemo } from 'react';
import type { Query } from '../common/source';
import { useOwnPatient } from '../own';
import { visitOf, type Visit } from './visits';

export function useVisits(): Query<Visit[]> {
  const patient = useOwnPatient();
  const skip = patient === '';
  const listed = useListAppointmentsQuery({ patient }, { skip });
  const services = useListServicesQuery({}, { skip });
  const told = useAppointmentsQuery({ patient }, { skip });
  // Without FHIR's part an appointment is shown with fewer words; without the others nothing can be said of it.
  const isWaiting = services.isLoading || told.isLoading;
  const data = useMemo(() => {
    if (!listed.data || isWaiting) return undefined;
    const resources = told.data?.resources ?? [];
    return listed.data.appointments.map((view) =>
      visitOf(view, resources.find(({ id }) => id === view.id), told.data?.included ?? [], services.data?.services ?? []),
    );
  }, [listed.data, services.data, told.data, isWaiting]);
  const refetch = () => Promise.all([listed.refetch(), services.refetch(), told.refetch()]);
  return { data, error: listed.error ?? services.error, isFetching: listed.isFetching || services.isFetching, refetch };
}
