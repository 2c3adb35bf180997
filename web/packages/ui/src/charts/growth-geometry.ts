//! Where everything of a growth chart goes on its paper.
import { referenceAt, valueAtZ } from './growth';
import type { GrowthMeasure, GrowthPoint, GrowthSex } from './growth-measures';
import { growthReference, type GrowthRow } from './growth-reference';

const WIDTH = 640;
const HEIGHT = 400;
const EDGE = { start: 44, end: 34, top: 22, bottom: 40 };

/** Centile and how many standard deviations it lies from the median. */
const CURVES: readonly [text: string, z: number][] = [
  ['3', -1.880794], ['10', -1.281552], ['25', -0.67449], ['50', 0], ['75', 0.67449], ['90', 1.281552], ['97', 1.880794],
];

/** Infants get a paper of their own: on the one to 20 years their first months are a hair wide. */
const PAPERS_MONTHS = [12, 36, 60, 120, 241] as const;

export interface Tick {
  at: number;
  text: string;
}

export interface GrowthScale {
  width: number;
  height: number;
  start: number;
  end: number;
  top: number;
  bottom: number;
  inYears: boolean;
  ageTicks: Tick[];
  valueTicks: Tick[];
  curves: { text: string; path: string; labelAt: number }[];
  linePath: string;
  marks: { id: string; x: number; y: number }[];
}

function niceStep(span: number, ticks: number): number {
  const rough = span / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((step) => step * power >= rough) ?? 10);
}

function rangeTicks(low: number, high: number, step: number, place: (value: number) => number, text: (value: number) => string): Tick[] {
  const ticks: Tick[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1000; value += step) ticks.push({ at: place(value), text: text(value) });
  return ticks;
}

const path = (points: readonly (readonly [number, number])[]) => points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

export function growthScale(measure: GrowthMeasure, sex: GrowthSex, points: readonly GrowthPoint[]): GrowthScale {
  const table = growthReference[measure][sex];
  const firstAge = measure === 'bmi' ? 24 : 0;
  const oldest = Math.max(...points.map((point) => point.ageMonths));
  const limit = table.at(-1)?.[0] ?? 0;
  const lastAge = Math.min(limit, PAPERS_MONTHS.find((months) => months >= oldest && months > firstAge) ?? limit);
  const drawn = points.filter((point) => point.ageMonths >= firstAge && point.ageMonths <= lastAge);
  const edge = referenceAt(measure, sex, lastAge);
  const rows: GrowthRow[] = [...table.filter((row) => row[0] < lastAge), ...(edge ? [edge] : [])];
  const values = [...drawn.map((point) => point.value), ...rows.flatMap((row) => [valueAtZ(row, -2.1), valueAtZ(row, 2.1)])];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const end = WIDTH - EDGE.end;
  const bottom = HEIGHT - EDGE.bottom;
  const x = (months: number) => EDGE.start + ((months - firstAge) / (lastAge - firstAge)) * (end - EDGE.start);
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - EDGE.top);
  const inYears = lastAge > 36;
  const ageStep = inYears ? 12 * (lastAge > 120 ? 2 : 1) : lastAge > 12 ? 3 : 1;
  return {
    width: WIDTH,
    height: HEIGHT,
    start: EDGE.start,
    end,
    top: EDGE.top,
    bottom,
    inYears,
    ageTicks: rangeTicks(firstAge, lastAge, ageStep, x, (months) => String(inYears ? months / 12 : months)),
    valueTicks: rangeTicks(low, high, niceStep(high - low, 8), y, (value) => String(Number(value.toFixed(2)))),
    curves: CURVES.map(([text, z]) => {
      const curve = rows.map((row) => [x(row[0]), y(valueAtZ(row, z))] as const);
      return { text, path: path(curve), labelAt: curve.at(-1)?.[1] ?? 0 };
    }),
    linePath: path(drawn.map((point) => [x(point.ageMonths), y(point.value)] as const)),
    marks: drawn.map((point) => ({ id: point.id, x: x(point.ageMonths), y: y(point.value) })),
  };
}
