import { describe, expect, it } from 'vitest';
import { gapsOf, HOUR_MS, lanesOf, MINUTE_MS, rangeOf, snapped } from './geometry';

const DAY = Date.parse('2026-11-27T00:00:00Z');
const at = (hours: number, minutes = 0) => DAY + hours * HOUR_MS + minutes * MINUTE_MS;
const span = (from: number, to: number) => ({ start: from, end: to });

describe('a day’s geometry', () => {
  it('shows whole hours around what there is, and a working day where there is nothing', () => {
    expect(rangeOf([span(at(9, 20), at(9, 40)), span(at(13), at(16, 5))], DAY)).toEqual(span(at(9), at(17)));
    expect(rangeOf([], DAY)).toEqual(span(at(8), at(18)));
  });

  it('closes what is open at no time, overlapping openings included', () => {
    const open = [span(at(13), at(17)), span(at(9), at(12)), span(at(11), at(12, 30))];
    expect(gapsOf(open, span(at(8), at(18)))).toEqual([span(at(8), at(9)), span(at(12, 30), at(13)), span(at(17), at(18))]);
    expect(gapsOf([], span(at(8), at(9)))).toEqual([span(at(8), at(9))]);
    expect(gapsOf([span(at(7), at(19))], span(at(8), at(18)))).toEqual([]);
  });

  it('puts side by side what overlaps, and gives its whole width to what does not', () => {
    const lanes = lanesOf([
      { key: 'a', ...span(at(9), at(10)) },
      { key: 'b', ...span(at(9, 30), at(10, 30)) },
      { key: 'c', ...span(at(10), at(11)) },
      { key: 'd', ...span(at(11), at(12)) },
    ]);
    expect(lanes.get('a')).toEqual({ lane: 0, lanes: 2 });
    expect(lanes.get('b')).toEqual({ lane: 1, lanes: 2 });
    expect(lanes.get('c')).toEqual({ lane: 0, lanes: 2 });
    expect(lanes.get('d')).toEqual({ lane: 0, lanes: 1 });
  });

  it('drops on five minutes, and never outside the day', () => {
    const range = span(at(8), at(18));
    expect(snapped(at(9, 7), 15 * MINUTE_MS, range)).toBe(at(9, 5));
    expect(snapped(at(7), 15 * MINUTE_MS, range)).toBe(at(8));
    expect(snapped(at(17, 55), 30 * MINUTE_MS, range)).toBe(at(17, 30));
  });
});
