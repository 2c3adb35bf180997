//! The figures behind a trend: extents, the rows that the plot wants, the order in which the keyboard walks.
import type { TrendPoint, TrendSeries } from '@galen/fhir';

export interface TrendExtent {
  from: number;
  to: number;
  low: number;
  high: number;
}

const HEADROOM = 0.08;

/** Time and value range of everything drawn, reference bands included. */
export function trendExtent(series: readonly TrendSeries[]): TrendExtent | undefined {
  const points = series.flatMap((line) => line.points);
  const first = points[0];
  if (!first) return undefined;
  const extent = { from: first.at, to: first.at, low: first.value, high: first.value };
  for (const point of points) {
    extent.from = Math.min(extent.from, point.at);
    extent.to = Math.max(extent.to, point.at);
    extent.low = Math.min(extent.low, point.value);
    extent.high = Math.max(extent.high, point.value);
  }
  for (const { band } of series) {
    if (band?.low !== undefined) extent.low = Math.min(extent.low, band.low);
    if (band?.high !== undefined) extent.high = Math.max(extent.high, band.high);
  }
  const room = (extent.high - extent.low || Math.abs(extent.high) || 1) * HEADROOM;
  // Nothing clinical that starts at nought or above is drawn on an axis that goes below it.
  const low = extent.low >= 0 ? Math.max(0, extent.low - room) : extent.low - room;
  return { ...extent, low, high: extent.high + room };
}

export type PlotRows = [seconds: number[], ...values: (number | null)[][]];

/** One column of times shared by all lines; two values of one line at the same moment keep a row each. */
export function plotRows(series: readonly TrendSeries[]): PlotRows {
  const rows = new Map<string, { at: number; values: (number | null)[] }>();
  series.forEach((line, index) => {
    const seen = new Map<number, number>();
    for (const point of line.points) {
      const turn = seen.get(point.at) ?? 0;
      seen.set(point.at, turn + 1);
      const key = `${point.at} ${turn}`;
      const row = rows.get(key) ?? { at: point.at, values: series.map(() => null) };
      row.values[index] = point.value;
      rows.set(key, row);
    }
  });
  const sorted = [...rows.values()].sort((a, b) => a.at - b.at);
  return [sorted.map((row) => row.at / 1000), ...series.map((_, index) => sorted.map((row) => row.values[index] ?? null))];
}

export interface TrendStop {
  at: number;
  values: { line: TrendSeries; point: TrendPoint }[];
}

/** Moments in order, each with what was measured then. */
export function trendStops(series: readonly TrendSeries[]): TrendStop[] {
  const stops = new Map<number, TrendStop>();
  for (const line of series) {
    for (const point of line.points) {
      const stop = stops.get(point.at) ?? { at: point.at, values: [] };
      stop.values.push({ line, point });
      stops.set(point.at, stop);
    }
  }
  return [...stops.values()].sort((a, b) => a.at - b.at);
}

/** Index of the stop nearest to a moment. */
export function nearestStop(stops: readonly TrendStop[], at: number): number {
  let best = 0;
  stops.forEach((stop, index) => {
    if (Math.abs(stop.at - at) < Math.abs((stops[best]?.at ?? Infinity) - at)) best = index;
  });
  return best;
}

const YEAR_SECONDS = 365 * 86_400;

/** Ticks say dd-Mmm while the year is plain, Mmm-yyyy over more than that, HH:mm within two days. */
export function axisDetail(from: number, to: number): 'time' | 'day' | 'month' {
  if (to - from <= 2 * 86_400) return 'time';
  return to - from <= YEAR_SECONDS * 1.5 ? 'day' : 'month';
}
