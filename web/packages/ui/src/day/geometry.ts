// Where things of a day stand: pure arithmetic on milliseconds.

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** What starts and ends lie on; the server's grid, too. */
export const STEP_MS = 5 * MINUTE_MS;

export interface DaySpan {
  start: number;
  end: number;
}

/** Whole hours around everything that is to be seen; an ordinary working day where there is nothing. */
export function rangeOf(spans: readonly DaySpan[], dayStart: number): DaySpan {
  const start = Math.min(...spans.map((span) => span.start));
  const end = Math.max(...spans.map((span) => span.end));
  if (!Number.isFinite(start) || !Number.isFinite(end)) return { start: dayStart + 8 * HOUR_MS, end: dayStart + 18 * HOUR_MS };
  const whole = (instant: number, round: (hours: number) => number) => dayStart + round((instant - dayStart) / HOUR_MS) * HOUR_MS;
  return { start: whole(start, Math.floor), end: whole(end, Math.ceil) };
}

/** What of `range` is in none of the spans: closed, where the spans are when it is open. */
export function gapsOf(spans: readonly DaySpan[], range: DaySpan): DaySpan[] {
  const gaps: DaySpan[] = [];
  let from = range.start;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start > from) gaps.push({ start: from, end: Math.min(span.start, range.end) });
    from = Math.max(from, span.end);
  }
  if (from < range.end) gaps.push({ start: from, end: range.end });
  return gaps.filter((gap) => gap.end > gap.start);
}

export interface Lane {
  lane: number;
  lanes: number;
}

/** Side by side what overlaps: of each, which of how many lanes it takes. */
export function lanesOf<T extends DaySpan & { key: string }>(blocks: readonly T[]): Map<string, Lane> {
  const all = new Map<string, Lane>();
  let cluster: T[] = [];
  let until = -Infinity;
  const close = () => {
    const ends: number[] = [];
    const placed = cluster.map((block) => {
      const free = ends.findIndex((end) => end <= block.start);
      const lane = free === -1 ? ends.length : free;
      ends[lane] = block.end;
      return { key: block.key, lane };
    });
    for (const { key, lane } of placed) all.set(key, { lane, lanes: ends.length });
    cluster = [];
  };
  for (const block of [...blocks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (block.start >= until && cluster.length > 0) close();
    cluster.push(block);
    until = Math.max(until, block.end);
  }
  close();
  return all;
}

/** The nearest start on the grid that keeps something of this length within the range. */
export function snapped(instant: number, length: number, range: DaySpan): number {
  const start = range.start + Math.round((instant - range.start) / STEP_MS) * STEP_MS;
  return Math.max(range.start, Math.min(start, range.end - length));
}
