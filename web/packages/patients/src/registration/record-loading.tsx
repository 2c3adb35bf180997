// A patient's record on its way: loading, failed, sealed, or there.
import { breakGlassAsked, isRefusal, RECORD_SEALED, useAppDispatch, useCan, useWords, type PatientView } from '@galen/core';
import { Button, EmptyState, ErrorState, LoadingState } from '@galen/ui';
import type { ReactNode } from 'react';
import { words } from '../words/words';

export function SealedRecord({ id }: { id: string }) {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const mayOpen = useCan('openBreakGlass');
  const open = mayOpen && (
    <Button kind="danger" icon="lock" onClick={() => void dispatch(breakGlassAsked(id))}>{t('sealedOpen')}</Button>
  );
  return (
    <EmptyState icon="lock" title={t('sealed')} action={open || undefined}>
      {mayOpen ? t('sealedDetail') : t('sealedNoRight')}
    </EmptyState>
  );
}

export function RecordLoading({ id, query, children }: {
  id: string;
  query: { data?: PatientView | undefined; error?: unknown; refetch: () => void; isFetching: boolean };
  children: (patient: PatientView) => ReactNode;
}) {
  const t = useWords(words);
  const { data, error, refetch, isFetching } = query;
  const refusal = isRefusal(error) ? error : undefined;
  if (refusal?.code === RECORD_SEALED) return <SealedRecord id={id} />;
  if (data) return children(data);
  if (!refusal) return <LoadingState lines={6} />;
  if (refusal.status === 404) return <EmptyState icon="question" title={t('noPatient')} />;
  if (refusal.status === 403) return <EmptyState icon="lock" title={t('refused')}>{refusal.detail}</EmptyState>;
  return (
    <ErrorState
      {...(refusal.detail !== '' && { detail: refusal.detail })}
      {...(refusal.reference !== undefined && { reference: refusal.reference })}
      onRetry={() => refetch()}
      retrying={isFetching}
    />
  );
}
