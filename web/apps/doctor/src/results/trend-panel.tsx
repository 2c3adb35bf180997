// One test over time, as a chart or as a table.
import { lazyScreen, useWords } from '@galen/core';
import type { ResultGroup } from '@galen/fhir';
import { IconButton, LoadingState, Panel, useLabels } from '@galen/ui';
import { Suspense } from 'react';
import { words } from '../words/words';
import { HeldNotice } from './held-notice';
import { seriesOf } from './result-grid';

const Trend = lazyScreen(async () => ({ default: (await import('@galen/ui/charts')).Trend }));

export function TrendPanel({ group, onClose }: { group: ResultGroup; onClose?: () => void }) {
  const t = useWords(words);
  const labels = useLabels();
  return (
    <Panel
      title={<span dir="auto">{group.name}</span>}
      actions={onClose && <IconButton icon="close" size="sm" label={labels.close} onClick={onClose} />}
    >
      <HeldNotice results={group.results} />
      <Suspense fallback={<LoadingState lines={6} />}>
        <Trend key={group.key} series={seriesOf(group)} results={group.results} title={t('openTrend', { test: group.name })} />
      </Suspense>
    </Panel>
  );
}
