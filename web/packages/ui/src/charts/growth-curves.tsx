//! The drawn part of a growth chart and its table. Fetched with the reference figures when the first one shows.
import { useMemo, useState } from 'react';
import { ClinicalDate } from '../clinical/moments';
import { Button } from '../controls/button';
import { EmptyState } from '../feedback/alert';
import { useLabels } from '../labels/context';
import { centileOf, centileText } from './growth';
import { growthScale, type GrowthScale } from './growth-geometry';
import type { GrowthMeasure, GrowthPoint, GrowthSex } from './growth-measures';

interface Measured {
  measure: GrowthMeasure;
  sex: GrowthSex;
  points: readonly GrowthPoint[];
}

function Axes({ scale }: { scale: GrowthScale }) {
  return (
    <g className="g-growth-axes">
      {scale.ageTicks.map((tick) => (
        <g key={tick.at}>
          <line x1={tick.at} x2={tick.at} y1={scale.top} y2={scale.bottom} />
          <text x={tick.at} y={scale.bottom + 14} textAnchor="middle">{tick.text}</text>
        </g>
      ))}
      {scale.valueTicks.map((tick) => (
        <g key={tick.at}>
          <line x1={scale.start} x2={scale.end} y1={tick.at} y2={tick.at} />
          <text x={scale.start - 6} y={tick.at + 4} textAnchor="end">{tick.text}</text>
        </g>
      ))}
    </g>
  );
}

function Drawing({ measure, sex, points }: Measured) {
  const labels = useLabels();
  const scale = useMemo(() => growthScale(measure, sex, points), [measure, sex, points]);
  const unit = labels.growth.units[measure];
  const last = points.at(-1);
  const centile = last && centileOf(measure, sex, last.ageMonths, last.value);
  const spoken = [labels.growth.measures[measure], last && `${Number(last.value.toFixed(2))} ${unit}`, centile !== undefined && labels.growth.centile(centileText(centile))].filter(Boolean).join(', ');
  return (
    <div dir="ltr" className="g-growth-frame">
      <svg className="g-growth" viewBox={`0 0 ${scale.width} ${scale.height}`} role="img" aria-label={spoken}>
        <Axes scale={scale} />
        {scale.curves.map((curve) => (
          <g key={curve.text} className={curve.text === '50' ? 'g-growth-median' : 'g-growth-curve'}>
            <path d={curve.path} />
            <text x={scale.end + 4} y={curve.labelAt + 4}>{curve.text}</text>
          </g>
        ))}
        <path className="g-growth-line" d={scale.linePath} />
        {scale.marks.map((mark) => <circle key={mark.id} className="g-growth-mark" cx={mark.x} cy={mark.y} r={3.5} />)}
        <text className="g-growth-title" x={scale.end} y={scale.height - 4} textAnchor="end">{`${labels.growth.age} (${scale.inYears ? labels.growth.years : labels.growth.months})`}</text>
        <text className="g-growth-title" x={scale.start} y={scale.top - 6}>{unit}</text>
      </svg>
    </div>
  );
}

function MeasuredTable({ measure, sex, points }: Measured) {
  const labels = useLabels();
  return (
    <table className="g-table">
      <caption className="g-hidden">{labels.growth.measures[measure]}</caption>
      <thead><tr><th scope="col">{labels.trend.date}</th><th scope="col">{labels.trend.value}</th><th scope="col">{labels.growth.centile('')}</th></tr></thead>
      <tbody>
        {[...points].reverse().map((point) => {
          const centile = centileOf(measure, sex, point.ageMonths, point.value);
          return (
            <tr key={point.id}>
              <td><ClinicalDate value={point.at} dateOnly /></td>
              <td className="g-figures">{Number(point.value.toFixed(2))} {labels.growth.units[measure]}</td>
              <td className="g-figures">{centile === undefined ? '–' : centileText(centile)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export default function GrowthCurves({ measure, sex, points }: Measured) {
  const labels = useLabels();
  const [table, setTable] = useState(false);
  if (!points.some((point) => centileOf(measure, sex, point.ageMonths, point.value) !== undefined)) return <EmptyState icon="chart" title={labels.growth.outOfAge} />;
  return (
    <figure className="g-growth-figure">
      <div className="g-trend-choice" role="group" aria-label={labels.growth.measures[measure]}>
        <Button size="sm" kind={table ? 'quiet' : 'secondary'} aria-pressed={!table} onClick={() => setTable(false)}>{labels.trend.chart}</Button>
        <Button size="sm" kind={table ? 'secondary' : 'quiet'} aria-pressed={table} onClick={() => setTable(true)}>{labels.trend.table}</Button>
      </div>
      {table ? <MeasuredTable measure={measure} sex={sex} points={points} /> : <Drawing measure={measure} sex={sex} points={points} />}
      <figcaption className="g-size-xs g-tone-muted">{labels.growth.source}</figcaption>
    </figure>
  );
}
