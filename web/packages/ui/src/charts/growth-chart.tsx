//! A child's growth on centile curves, drawn as SVG so that it prints, with the same figures as a table.
import type { ClinicalMoment, Gender, ResultView } from '@galen/fhir';
import { lazy, Suspense, useMemo } from 'react';
import { EmptyState, LoadingState } from '../feedback/alert';
import { useLabels } from '../labels/context';
import { measuredGrowth, type GrowthMeasure } from './growth-measures';

const GrowthCurves = lazy(() => import('./growth-curves'));

export interface GrowthChartProps {
  measure: GrowthMeasure;
  gender: Gender;
  born: ClinicalMoment | undefined;
  /** Results of any kind; those of the measure are picked out. */
  results: readonly ResultView[];
}

export function GrowthChart({ measure, gender, born, results }: GrowthChartProps) {
  const labels = useLabels();
  const points = useMemo(() => (born ? measuredGrowth(results, measure, born) : []), [results, measure, born]);
  const sex = gender === 'male' || gender === 'female' ? gender : undefined;
  const dated = born?.precision === 'day' || born?.precision === 'minute';
  if (!dated) return <EmptyState icon="chart" title={labels.growth.bornNeeded} />;
  if (!sex) return <EmptyState icon="chart" title={labels.growth.sexNeeded} />;
  if (points.length === 0) return <EmptyState icon="chart" title={labels.growth.outOfAge} />;
  return (
    <Suspense fallback={<LoadingState lines={8} />}>
      <GrowthCurves measure={measure} sex={sex} points={points} />
    </Suspense>
  );
}
