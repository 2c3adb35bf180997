// A screen of one clinic: the one of the address, or the first.
import { Navigate, useListClinicsQuery, useParams, useWords, type ClinicView } from '@galen/core';
import { EmptyState, ErrorState, LoadingState } from '@galen/ui';
import type { ReactNode } from 'react';
import { words } from '../words/words';

export function ClinicRoute({ path, children }: { path: string; children: (clinic: ClinicView, clinics: readonly ClinicView[]) => ReactNode }) {
  const t = useWords(words);
  const { clinic: id } = useParams();
  const { data, isError, isFetching, refetch } = useListClinicsQuery();
  if (isError && !data) return <ErrorState title={t('clinicsUnavailable')} onRetry={() => void refetch()} retrying={isFetching} />;
  if (!data) return <LoadingState lines={8} />;
  const [first] = data.clinics;
  if (!first) return <EmptyState icon="calendar" title={t('noClinics')}>{t('noClinicsHint')}</EmptyState>;
  const clinic = data.clinics.find((one) => one.id === id);
  return clinic ? children(clinic, data.clinics) : <Navigate to={`${path}/${first.id}`} replace />;
}
