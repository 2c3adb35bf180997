//! uPlot's options for a trend: our dates instead of its American ones, the reference band under the line,
//! and out-of-range points told apart by shape as well as colour.
import type { TrendSeries } from '@galen/fhir';
import uPlot from 'uplot';
import { axisDetail, type TrendExtent } from './trend-geometry';

export interface PlotTime {
  day: (instant: number) => string;
  clock: (instant: number) => string;
  months: readonly string[];
}

interface PlotRequest {
  series: readonly TrendSeries[];
  extent: TrendExtent;
  width: number;
  height: number;
  styles: CSSStyleDeclaration;
  time: PlotTime;
  onHover: (seconds: number) => void;
}

interface Palette {
  lines: string[];
  text: string;
  grid: string;
  band: string;
  abnormal: string;
  critical: string;
  surface: string;
}

function paletteOf(styles: CSSStyleDeclaration): Palette {
  const read = (name: string) => styles.getPropertyValue(name).trim();
  return {
    lines: [read('--g-line-0'), read('--g-line-1'), read('--g-line-2')],
    text: read('--g-text-2'),
    grid: read('--g-border'),
    band: read('--g-band'),
    abnormal: read('--g-warning'),
    critical: read('--g-critical'),
    surface: read('--g-surface'),
  };
}

const MONTH_TICK = (seconds: number, months: readonly string[]) => {
  const date = new Date(seconds * 1000);
  return `${months[date.getMonth()] ?? ''}-${date.getFullYear()}`;
};

function ticks(time: PlotTime): uPlot.Axis.DynamicValues {
  return (plot, splits) => {
    const detail = axisDetail(plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0);
    return splits.map((seconds) => (detail === 'month' ? MONTH_TICK(seconds, time.months) : detail === 'day' ? time.day(seconds * 1000) : time.clock(seconds * 1000)));
  };
}

function paintBands(plot: uPlot, series: readonly TrendSeries[], palette: Palette): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = palette.band;
  for (const { band } of series) {
    if (!band) continue;
    const top = band.high === undefined ? bbox.top : plot.valToPos(band.high, 'y', true);
    const bottom = band.low === undefined ? bbox.top + bbox.height : plot.valToPos(band.low, 'y', true);
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  ctx.restore();
}

const MARK_PX = 4;

function mark(ctx: CanvasRenderingContext2D, x: number, y: number, direction: 'up' | 'down' | undefined): void {
  const size = MARK_PX * devicePixelRatio;
  ctx.beginPath();
  if (direction === undefined) {
    ctx.arc(x, y, size * 0.8, 0, 2 * Math.PI);
  } else {
    const tip = direction === 'up' ? -size * 1.4 : size * 1.4;
    ctx.moveTo(x, y + tip);
    ctx.lineTo(x - size * 1.2, y - tip / 2);
    ctx.lineTo(x + size * 1.2, y - tip / 2);
    ctx.closePath();
  }
  ctx.fill();
  ctx.stroke();
}

function paintPoints(plot: uPlot, series: readonly TrendSeries[], palette: Palette): void {
  const { ctx } = plot;
  ctx.save();
  // The last line drawn may have left its dashes behind.
  ctx.setLineDash([]);
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = palette.surface;
  series.forEach((line, index) => {
    const colour = palette.lines[index % palette.lines.length] ?? '';
    for (const point of line.points) {
      const level = point.flag?.level;
      ctx.fillStyle = level === 'critical' ? palette.critical : level === 'abnormal' ? palette.abnormal : colour;
      mark(ctx, plot.valToPos(point.at / 1000, 'x', true), plot.valToPos(point.value, 'y', true), point.flag?.direction);
    }
  });
  ctx.restore();
}

/** Room at both ends, so that the first and the last mark are whole; a single point stands in the middle. */
function timeRange(extent: TrendExtent): [number, number] {
  const from = extent.from / 1000;
  const to = extent.to / 1000;
  const room = to > from ? (to - from) * 0.03 : 43_200;
  return [from - room, to + room];
}

export function plotOptions({ series, extent, width, height, styles, time, onHover }: PlotRequest): uPlot.Options {
  const palette = paletteOf(styles);
  const font = `${styles.getPropertyValue('--g-text-xs').trim() || '12px'} ${styles.fontFamily}`.replace(/^([\d.]+)rem/, (_, rem: string) => `${Number(rem) * 16}px`);
  const axis = { stroke: palette.text, font, grid: { stroke: palette.grid, width: 1 }, ticks: { stroke: palette.grid, width: 1 } };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false, setScale: false }, points: { size: 10 } },
    scales: { x: { time: true, range: timeRange(extent) }, y: { range: [extent.low, extent.high] } },
    axes: [{ ...axis, space: 80, values: ticks(time) }, { ...axis, size: 48 }],
    series: [
      {},
      ...series.map((line, index) => ({
        label: line.name,
        stroke: palette.lines[index % palette.lines.length] ?? '',
        width: 1.5,
        // The second line is dashed, since colour alone tells nothing to some.
        ...(index > 0 && { dash: [6, 4] }),
        spanGaps: true,
        points: { show: false },
      })),
    ],
    hooks: {
      drawClear: [(plot: uPlot) => paintBands(plot, series, palette)],
      draw: [(plot: uPlot) => paintPoints(plot, series, palette)],
      setCursor: [(plot: uPlot) => {
        const { left } = plot.cursor;
        if (left !== undefined && left >= 0) onHover(plot.posToVal(left, 'x'));
      }],
    },
  };
}
