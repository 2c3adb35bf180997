// Vital signs as charts, and for children how they grow.
import { lazyScreen, useWords } from '@galen/core';
import type { PatientView, ResultGroup, ResultView } from '@galen/fhir';
import { LoadingState, Panel, Stack } from '@galen/ui';
import { Suspense, useMemo } from 'react';
import { LatestResults } from '../chart/latest-results';
import { Section } from '../chart/section';
import { useVitals } from '@galen/record';
import { words } from '../words/words';
import { seriesOf } from './result-grid';
import { TrendPanel } from './trend-panel';

const Growth = lazyScreen(() => import('./growth'));

const ADULT_YEARS = 18;

export function isChild(patient: Pick<PatientView, 'age'>): boolean {
  const years = patient.age?.parts.find(({ unit }) => unit === 'y')?.value ?? 0;
  return patient.age !== undefined && years < ADULT_YEARS;
}

function Charts({ groups, patient, results }: { groups: readonly ResultGroup[]; patient: PatientView; results: readonly ResultView[] }) {
  const t = useWords(words);
  const drawn = groups.filter((group) => seriesOf(group).some(({ points }) => points.length > 1));
  return (
    <>
      {isChild(patient) && (
        <Panel title={t('growth')}>
          <Suspense fallback={<LoadingState lines={6} />}><Growth patient={patient} results={results} /></Suspense>
        </Panel>
      )}
      <div className="charts">
        {drawn.map((group) => <TrendPanel key={group.key} group={group} />)}
      </div>
    </>
  );
}

export default function Vitals({ patient }: { patient: PatientView }) {
  const t = useWords(words);
  const { query, groups, results } = useVitals(patient.id);
  const measured = useMemo(() => groups.filter(({ latest }) => latest.value.kind !== 'absent'), [groups]);
  return (
    <Stack gap={4}>
      <Section title={t('vitals')} queries={[query]} isEmpty={groups.length === 0} emptyTitle={t('noVitals')} icon="heart" flush>
        <LatestResults groups={groups} />
      </Section>
      {measured.length > 0 && <Charts groups={measured} patient={patient} results={results} />}
    </Stack>
  );
}
