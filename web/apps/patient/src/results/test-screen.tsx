// One test over time: the newest value in words, a curve, every value before, and what was said of them.
import { lazyScreen, useParams, useWords } from '@galen/core';
import { trendSeries, type ResultGroup } from '@galen/fhir';
import { ClinicalDate, EmptyState, LoadingState, Panel, Text } from '@galen/ui';
import { useLaboratory } from '@galen/record';
import { Suspense } from 'react';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';
import { PlainFlagBadge, RangeBar } from './flags';
import { Value } from './result-card';

const Trend = lazyScreen(async () => ({ default: (await import('@galen/ui/charts')).Trend }));

function Test({ group }: { group: ResultGroup }) {
  const t = useWords(words);
  const { latest } = group;
  return (
    <>
      <Panel title={t('newest')}>
        <div className="p-result-line"><Value result={latest} /><PlainFlagBadge result={latest} /></div>
        <RangeBar result={latest} />
        <Text as="p" tone="muted"><ClinicalDate value={latest.at} absent={t('noDate')} /></Text>
        {latest.notes.map((note) => <p key={note} className="p-prose" dir="auto"><Text tone="muted" size="sm">{t('comment')}</Text> {note}</p>)}
      </Panel>
      {group.results.length > 1 && (
        <Panel title={t('overTime')}>
          <Suspense fallback={<LoadingState lines={6} />}>
            <Trend series={trendSeries(group)} results={group.results} title={group.name} />
          </Suspense>
        </Panel>
      )}
      <Text as="p" tone="muted">{t('askAboutResults')}</Text>
    </>
  );
}

export default function TestScreen() {
  const t = useWords(words);
  const address = useAddress();
  const { test = '' } = useParams();
  const { query, groups, isLoadingMore } = useLaboratory(useOwnPatient());
  const group = groups.find(({ results }) => results.some(({ id }) => id === test));
  return (
    <Screen title={group?.name ?? t('result')} back={address('results')}>
      <Source query={query} missing={t('resultsMissing')}>
        {() => {
          if (group) return <Test group={group} />;
          return isLoadingMore ? <LoadingState lines={6} /> : <EmptyState icon="question" title={t('noSuchResult')} />;
        }}
      </Source>
    </Screen>
  );
}
