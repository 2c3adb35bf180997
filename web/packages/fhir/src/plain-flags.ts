//! How a result lies to its usual range, for people without training: how far outside, not only that it is.
import type { ResultView } from './views';

export type PlainFlag =
  | 'usual' | 'a-little-above' | 'above' | 'far-above' | 'a-little-below' | 'below' | 'far-below' | 'not-usual' | 'needs-action' | 'none';

/** Of the width of the range, or of its one end where it has no other: so far outside is still "a little". */
const LITTLE = 0.15;

function distance(value: number, low: number | undefined, high: number | undefined): number {
  const width = low !== undefined && high !== undefined && high > low ? high - low : Math.abs(high ?? low ?? 0);
  if (width === 0) return Infinity;
  const outside = high !== undefined && value > high ? value - high : low !== undefined && value < low ? low - value : 0;
  return outside / width;
}

export function plainFlag({ flag, value, range, usable }: Pick<ResultView, 'flag' | 'value' | 'range' | 'usable'>): PlainFlag {
  if (!flag || !usable) return 'none';
  // What the sender calls normal and what its own range says differ: neither is passed on as reassurance.
  if (flag.conflict) return 'not-usual';
  if (flag.level === 'normal') return 'usual';
  const side = flag.code === 'H' || flag.code === 'HH' || flag.code === 'OFF-HIGH' ? 'above' : flag.code === 'L' || flag.code === 'LL' || flag.code === 'OFF-LOW' ? 'below' : undefined;
  if (side === undefined) return flag.level === 'critical' ? 'needs-action' : flag.level === 'abnormal' ? 'not-usual' : 'none';
  if (flag.level === 'critical') return `far-${side}`;
  const isLittle = value.number !== undefined && value.comparator === undefined && range !== undefined && distance(value.number, range.low, range.high) <= LITTLE;
  return isLittle ? `a-little-${side}` : side;
}

/** Where the value stands on a bar: 0 and 1 are the ends of the bar, the usual range lies between `from` and `to`. */
export interface RangeBar {
  from: number;
  to: number;
  at: number;
}

/** Room on either side of the range, in widths of the range. */
const ROOM = 0.6;

/** Undefined where there is no number, or no range that has both ends in the value's unit. */
export function rangeBar({ value, range, usable }: Pick<ResultView, 'value' | 'range' | 'usable'>): RangeBar | undefined {
  const { number } = value;
  const low = range?.low;
  const high = range?.high;
  if (!usable || number === undefined || low === undefined || high === undefined || high <= low) return undefined;
  if (range?.unit !== undefined && value.unit !== undefined && range.unit !== value.unit) return undefined;
  const width = high - low;
  const start = Math.min(low - ROOM * width, number - width * 0.1);
  const end = Math.max(high + ROOM * width, number + width * 0.1);
  const place = (one: number) => (one - start) / (end - start);
  return { from: place(low), to: place(high), at: place(number) };
}
