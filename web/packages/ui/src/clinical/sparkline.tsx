//! A row's history at a glance: a line no bigger than a word, with the reference range behind it.
import type { TrendSeries } from '@galen/fhir';
import { useLabels } from '../labels/context';

const WIDTH = 96;
const HEIGHT = 24;
const MARGIN = 3;
const POINTS_MAX = 60;

export interface SparklineProps {
  series: TrendSeries;
  /** Inside a link or button that already says what it is. */
  decorative?: boolean;
}

interface Scale { x: (at: number) => number; y: (value: number) => number }

function scaleFor(series: TrendSeries, points: TrendSeries['points']): Scale {
  const values = [...points.map((point) => point.value), ...[series.band?.low, series.band?.high].filter((bound): bound is number => bound !== undefined)];
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const start = points[0]?.at ?? 0;
  const time = (points.at(-1)?.at ?? 0) - start || 1;
  return {
    x: (at) => MARGIN + ((at - start) / time) * (WIDTH - 2 * MARGIN),
    y: (value) => HEIGHT - MARGIN - ((value - low) / span) * (HEIGHT - 2 * MARGIN),
  };
}

function Band({ band, scale }: { band: NonNullable<TrendSeries['band']>; scale: Scale }) {
  const top = band.high === undefined ? 0 : scale.y(band.high);
  const bottom = band.low === undefined ? HEIGHT : scale.y(band.low);
  return <rect className="g-spark-band" x={0} width={WIDTH} y={top} height={Math.max(0, bottom - top)} />;
}

/** Nothing for fewer than two values: one point is no trend. */
export function Sparkline({ series, decorative }: SparklineProps) {
  const labels = useLabels();
  const points = series.points.slice(-POINTS_MAX);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return null;
  const scale = scaleFor(series, points);
  const unit = series.unit ? ` ${series.unit}` : '';
  const spoken = labels.trend.sparkline(series.name, points.length, first.text + unit, last.text + unit);
  return (
    <svg className="g-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} {...(decorative ? { 'aria-hidden': true } : { role: 'img', 'aria-label': spoken })}>
      {series.band && <Band band={series.band} scale={scale} />}
      <polyline className="g-spark-line" points={points.map((point) => `${scale.x(point.at).toFixed(1)},${scale.y(point.value).toFixed(1)}`).join(' ')} />
      <circle className={`g-spark-last g-spark-${last.flag?.level ?? 'normal'}`} cx={scale.x(last.at)} cy={scale.y(last.value)} r={2.5} />
    </svg>
  );
}
