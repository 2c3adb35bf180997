// How old what is on screen is, and whether it can still be trusted to be current.
import { useAppSelector } from './hooks';

export interface QueryLike {
  data?: unknown;
  fulfilledTimeStamp?: number | undefined;
  isFetching: boolean;
  isError: boolean;
}

export type FreshnessState = 'current' | 'refreshing' | 'stale';

export interface Freshness {
  /** Milliseconds since the epoch of the oldest of the answers; undefined before all are there. */
  updatedAt?: number;
  state: FreshnessState;
}

/** Of what several answers make up together: as old as the oldest, as stale as the stalest. */
export function freshnessOf(queries: readonly QueryLike[], isReachable: boolean): Freshness {
  const times = queries.map((query) => query.fulfilledTimeStamp);
  const known = times.filter((time): time is number => time !== undefined);
  const isStale = !isReachable || queries.some((query) => query.isError);
  const state = isStale ? 'stale' : queries.some((query) => query.isFetching) ? 'refreshing' : 'current';
  return known.length === times.length && known.length > 0 ? { updatedAt: Math.min(...known), state } : { state };
}

export function useFreshness(...queries: readonly QueryLike[]): Freshness {
  return freshnessOf(queries, useAppSelector((state) => state.connection.isReachable));
}
