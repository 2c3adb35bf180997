// A patient's results, page by page until all are there; each page is worked out once.
import { useLaboratoryResultsInfiniteQuery, useVitalSignsInfiniteQuery, type ResourcePage } from '@galen/core';
import { groupResults, resultView, type ClinicalWords, type Observation, type ResultView } from '@galen/fhir';
import { useLabels } from '@galen/ui';
import { useDeferredValue, useEffect, useMemo } from 'react';

/** What of an infinite query's answer is used here. */
interface PagedQuery {
  data?: { pages: ResourcePage<Observation>[] } | undefined;
  fulfilledTimeStamp?: number | undefined;
  error?: unknown;
  isFetching: boolean;
  isError: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

/** By page and words: a page never changes once it is read, and thousands of results are not worth reading twice. */
const viewsOfPages = new WeakMap<ResourcePage<Observation>, { words: ClinicalWords; views: ResultView[] }>();

export function viewsOf(page: ResourcePage<Observation>, words: ClinicalWords): ResultView[] {
  const known = viewsOfPages.get(page);
  if (known?.words === words) return known.views;
  const views = page.resources.map((observation) => resultView(observation, words));
  viewsOfPages.set(page, { words, views });
  return views;
}

function useEveryPage(query: PagedQuery) {
  const { words } = useLabels();
  const { data, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  const pages = useDeferredValue(data?.pages);
  const results = useMemo(() => (pages ?? []).flatMap((page) => viewsOf(page, words)), [pages, words]);
  const groups = useMemo(() => groupResults(results), [results]);
  return { query, results, groups, isLoadingMore: hasNextPage };
}

export const useLaboratory = (patient: string) => useEveryPage(useLaboratoryResultsInfiniteQuery({ patient }));
export const useVitals = (patient: string) => useEveryPage(useVitalSignsInfiniteQuery({ patient }));

export type Results = ReturnType<typeof useLaboratory>;
