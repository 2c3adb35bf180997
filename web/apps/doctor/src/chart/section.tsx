// A part of the chart with its states: loading, failed, stale, empty, or there; and how fresh it is.
import { isRefusal, useAppSelector, useFreshness, useWords, type QueryLike } from '@galen/core';
import { formatTime } from '@galen/fhir';
import { EmptyState, ErrorState, FreshnessStamp, LoadingState, Panel, StaleBar, type IconName } from '@galen/ui';
import type { ReactNode } from 'react';
import { words } from '../words/words';

export interface SectionQuery extends QueryLike {
  error?: unknown;
  refetch: () => unknown;
}

export interface SectionProps {
  title: string;
  /** All of them are needed: a section that lacks one is not shown as if it were whole. */
  queries: readonly SectionQuery[];
  isEmpty?: boolean;
  emptyTitle?: string;
  icon?: IconName;
  actions?: ReactNode;
  flush?: boolean;
  level?: 2 | 3;
  /** Nothing but the content and its faults, for the narrow column beside the chart. */
  children: ReactNode;
}

export function Section({ title, queries, isEmpty, emptyTitle, icon, actions, flush, level = 2, children }: SectionProps) {
  const t = useWords(words);
  const isReachable = useAppSelector((state) => state.connection.isReachable);
  const freshness = useFreshness(...queries);
  const refresh = () => {
    for (const query of queries) query.refetch();
  };
  const isFetching = queries.some((query) => query.isFetching);
  const failed = queries.find((query) => query.isError && query.data === undefined);
  const isLoaded = queries.every((query) => query.data !== undefined);

  const stampState = !isReachable ? 'offline' : !isLoaded ? 'not-loaded' : freshness.state === 'stale' ? 'reconnecting' : 'current';
  const content = () => {
    if (failed) {
      const refusal = isRefusal(failed.error) ? failed.error : undefined;
      return (
        <ErrorState
          title={t('sectionUnavailable', { section: title })}
          {...(refusal?.status === 403 && { detail: refusal.detail })}
          {...(refusal?.reference !== undefined && { reference: refusal.reference })}
          onRetry={refresh}
          retrying={isFetching}
        />
      );
    }
    if (!isLoaded) return <LoadingState lines={4} />;
    return (
      <>
        {freshness.state === 'stale' && freshness.updatedAt !== undefined && (
          <StaleBar time={formatTime(freshness.updatedAt)} onRefresh={refresh} refreshing={isFetching} />
        )}
        {isEmpty ? <EmptyState {...(icon && { icon })} title={emptyTitle} /> : children}
      </>
    );
  };
  return (
    <Panel
      title={title}
      level={level}
      {...(flush && isLoaded && !failed && !isEmpty && { flush })}
      actions={
        <>
          <FreshnessStamp at={isLoaded ? freshness.updatedAt : undefined} state={stampState} />
          {actions}
        </>
      }
    >
      {content()}
    </Panel>
  );
}
