//! Results over time: lines for a chart and columns for a flowsheet.
import { byNewest } from './dates';
import type { Flowsheet, ResultComponentView, ResultGroup, ResultView, TrendPoint, TrendSeries } from './views';

interface Measured {
  result: ResultView;
  part: Pick<ResultComponentView, 'value' | 'flag' | 'range'>;
}

function pointOf({ result, part }: Measured, unit: string | undefined): TrendPoint | undefined {
  if (!result.usable || !result.at || part.value.number === undefined || part.value.unit !== unit) return undefined;
  return { id: result.id, at: result.at.earliest, value: part.value.number, text: part.value.text, ...(part.flag && { flag: part.flag }) };
}

/** Newest first in. The newest result's unit is the axis; the newest range is the band where its unit is the axis's. */
function seriesOf(key: string, name: string, measured: readonly Measured[]): TrendSeries {
  const drawable = measured.filter(({ result, part }) => result.usable && part.value.number !== undefined);
  const unit = drawable[0]?.part.value.unit;
  const points = measured.map((each) => pointOf(each, unit)).filter((point): point is TrendPoint => point !== undefined);
  const range = drawable.map(({ part }) => part.range).find((each) => each && (each.unit === undefined || each.unit === unit));
  const band = range && (range.low !== undefined || range.high !== undefined)
    ? { ...(range.low !== undefined && { low: range.low }), ...(range.high !== undefined && { high: range.high }) }
    : undefined;
  const usable = measured.filter(({ result }) => result.usable).length;
  return { key, name, points: points.reverse(), excluded: usable - points.length, ...(unit && { unit }), ...(band && { band }) };
}

function componentSeries(group: ResultGroup): TrendSeries[] {
  const keys = new Map<string, string>();
  for (const result of group.results) for (const component of result.components) if (!keys.has(component.key)) keys.set(component.key, component.name);
  const series = [...keys].map(([key, name]) => {
    const measured = group.results.flatMap((result) => result.components.filter((component) => component.key === key).map((part) => ({ result, part })));
    return seriesOf(key, name, measured);
  });
  return series.filter((line) => line.points.length > 0);
}

/** One line for a plain test, one for each component of a blood pressure. */
export function trendSeries(group: ResultGroup): TrendSeries[] {
  const own = seriesOf(group.key, group.name, group.results.map((result) => ({ result, part: result })));
  return own.points.length > 0 ? [own] : componentSeries(group);
}

const COLUMNS_MAX = 60;

const columnKey = (result: ResultView) => (result.at ? result.at.iso.slice(0, 16) : undefined);

/** Tests down, moments across, newest first. What was taken in the same minute shares a column. */
export function flowsheet(groups: readonly ResultGroup[], columnsMax = COLUMNS_MAX): Flowsheet {
  const moments = new Map<string, ResultView>();
  for (const group of groups) {
    for (const result of group.results) {
      const key = columnKey(result);
      if (key !== undefined && !moments.has(key)) moments.set(key, result);
    }
  }
  const columns = [...moments]
    .sort(([, a], [, b]) => byNewest(a, b))
    .slice(0, columnsMax)
    .flatMap(([key, result]) => (result.at ? [{ key, at: result.at }] : []));
  const shown = new Set(columns.map((column) => column.key));
  const rows = groups.map((group) => {
    const cells: Record<string, ResultView[]> = {};
    for (const result of group.results) {
      const key = columnKey(result);
      if (key !== undefined && shown.has(key)) (cells[key] ??= []).push(result);
    }
    return { key: group.key, name: group.name, cells, ...(group.unit && { unit: group.unit }) };
  });
  return { columns, rows: rows.filter((row) => Object.keys(row.cells).length > 0) };
}
