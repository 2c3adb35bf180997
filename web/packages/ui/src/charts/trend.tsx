//! A test over time: a line with its reference band, and the same figures as a table one key away.
import { formatMoment, type ResultView, type TrendSeries } from '@galen/fhir';
import { lazy, Suspense, useId, useState } from 'react';
import { ResultValue } from '../clinical/result-value';
import { ClinicalDate } from '../clinical/moments';
import { Button } from '../controls/button';
import { EmptyState, LoadingState } from '../feedback/alert';
import { useLabels } from '../labels/context';
import { trendExtent } from './trend-geometry';

const TrendCanvas = lazy(() => import('./trend-canvas'));

const TABLE_ROWS = 50;

export interface TrendProps {
  /** One line each, all of one unit; two for a blood pressure. */
  series: readonly TrendSeries[];
  /** For the table: also what cannot be drawn. Newest first. */
  results?: readonly ResultView[];
  title: string;
  /** Pixels. */
  height?: number;
  initialView?: 'chart' | 'table';
}

function PointTable({ series, title }: { series: readonly TrendSeries[]; title: string }) {
  const labels = useLabels();
  const rows = series
    .flatMap((line) => line.points.map((point) => ({ line, point })))
    .sort((a, b) => b.point.at - a.point.at);
  return (
    <table className="g-table">
      <caption className="g-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{labels.trend.date}</th>
          {series.length > 1 && <th scope="col">{labels.trend.series}</th>}
          <th scope="col">{labels.trend.value}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ line, point }) => (
          <tr key={`${line.key} ${point.id}`}>
            <td><ClinicalDate value={new Date(point.at).toISOString()} /></td>
            {series.length > 1 && <td>{line.name}</td>}
            <td>
              <ResultValue result={{ value: { kind: 'quantity', text: point.text, ...(line.unit && { unit: line.unit }) }, status: 'final', usable: true, components: [], ...(point.flag && { flag: point.flag }) }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ResultTable({ results, title }: { results: readonly ResultView[]; title: string }) {
  const labels = useLabels();
  const [shown, setShown] = useState(TABLE_ROWS);
  return (
    <>
      <table className="g-table">
        <caption className="g-hidden">{title}</caption>
        <thead><tr><th scope="col">{labels.trend.date}</th><th scope="col">{labels.trend.value}</th><th scope="col">{labels.results.range}</th></tr></thead>
        <tbody>
          {results.slice(0, shown).map((result) => (
            <tr key={result.id}>
              <td><ClinicalDate value={result.at} /></td>
              <td><ResultValue result={result} showDelta /></td>
              <td>{result.range && <bdi dir="ltr" className="g-figures">{result.range.text}</bdi>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {results.length > shown && <Button size="sm" onClick={() => setShown(shown + TABLE_ROWS)}>{labels.showMore(Math.min(TABLE_ROWS, results.length - shown))}</Button>}
    </>
  );
}

export function Trend({ series, results, title, height = 220, initialView = 'chart' }: TrendProps) {
  const labels = useLabels();
  const id = useId();
  const [view, setView] = useState(initialView);
  const drawn = series.filter((line) => line.points.length > 0);
  const extent = trendExtent(drawn);
  const excluded = series.reduce((sum, line) => sum + line.excluded, 0);
  const day = (instant: number) => formatMoment({ precision: 'minute', iso: '', earliest: instant, year: 0 }, { words: labels.words, time: false });
  const described = drawn.map((line) => labels.trend.describe(line.name, line.points.length, day(extent?.from ?? 0), day(extent?.to ?? 0))).join('. ');
  return (
    <div className="g-trend">
      <div className="g-trend-choice" role="group" aria-label={title}>
        <Button size="sm" kind={view === 'chart' ? 'secondary' : 'quiet'} aria-pressed={view === 'chart'} onClick={() => setView('chart')}>{labels.trend.chart}</Button>
        <Button size="sm" kind={view === 'table' ? 'secondary' : 'quiet'} aria-pressed={view === 'table'} onClick={() => setView('table')}>{labels.trend.table}</Button>
      </div>
      {view === 'table' && (results ? <ResultTable results={results} title={title} /> : <PointTable series={series} title={title} />)}
      {view === 'chart' && !extent && <EmptyState icon="chart" title={labels.trend.empty} />}
      {view === 'chart' && extent && (
        <Suspense fallback={<LoadingState lines={6} />}>
          <TrendCanvas series={drawn} height={height} description={described} hintId={id} />
        </Suspense>
      )}
      {view === 'chart' && excluded > 0 && <p className="g-size-xs g-tone-muted">{labels.trend.excluded(excluded)}</p>}
    </div>
  );
}
