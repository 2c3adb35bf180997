// What a list shows before it is there, and when it cannot be had: never an empty list.
import { isRefusal, useWords } from '@galen/core';
import { ErrorState, LoadingState } from '@galen/ui';
import type { ReactNode } from 'react';
import { words } from '../words/words';

export interface Query<T> {
  data?: T | undefined;
  error?: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

export interface SourceProps<T> {
  query: Query<T>;
  /** What could not be had, as in "Your medicines are not available". */
  missing: string;
  lines?: number;
  children: (data: T) => ReactNode;
}

export function Source<T>({ query, missing, lines = 4, children }: SourceProps<T>) {
  const t = useWords(words);
  const { data, error, isFetching, refetch } = query;
  // An answer of before is shown with its age by whoever shows it; here a failure hides nothing that is known.
  if (data !== undefined) {
    return (
      <>
        {error !== undefined && <NotCurrent query={query} />}
        {children(data)}
      </>
    );
  }
  if (error === undefined) return <LoadingState lines={lines} />;
  const refusal = isRefusal(error) ? error : undefined;
  return (
    <ErrorState
      title={missing}
      detail={refusal && refusal.status !== 0 && refusal.status !== 500 && refusal.detail !== '' ? refusal.detail : t('tryLater')}
      {...(refusal?.reference !== undefined && { reference: refusal.reference })}
      onRetry={() => void refetch()}
      retrying={isFetching}
    />
  );
}

function NotCurrent<T>({ query: { refetch, isFetching } }: { query: Query<T> }) {
  const t = useWords(words);
  return <ErrorState compact title={t('notCurrent')} detail={t('tryLater')} onRetry={() => void refetch()} retrying={isFetching} />;
}
