// One row per test: its latest value with the flag beside it, the range, when, and how it went.
import { useWords } from '@galen/core';
import { trendSeries, type ResultGroup } from '@galen/fhir';
import { ClinicalDate, EmptyState, ReferenceRange, ResultValue, Sparkline } from '@galen/ui';
import { DataGrid, type GridColumn } from '@galen/ui/grid';
import { useMemo } from 'react';
import { words } from '../words/words';

/** A sparkline is worked out when its row comes into sight, and once. */
const seriesOfGroups = new WeakMap<ResultGroup, ReturnType<typeof trendSeries>>();

export function seriesOf(group: ResultGroup): ReturnType<typeof trendSeries> {
  const known = seriesOfGroups.get(group);
  if (known) return known;
  const series = trendSeries(group);
  seriesOfGroups.set(group, series);
  return series;
}

/** Beside an open trend there is room for these only. */
const NARROWED: ReadonlySet<string> = new Set(['test', 'latest', 'when']);

export interface ResultGridProps {
  groups: readonly ResultGroup[];
  isLoadingMore: boolean;
  selectedKey: string | undefined;
  onSelect: (group: ResultGroup) => void;
}

export function ResultGrid({ groups, isLoadingMore, selectedKey, onSelect }: ResultGridProps) {
  const t = useWords(words);
  const columns = useMemo(
    (): GridColumn<ResultGroup>[] => [
      {
        key: 'test',
        header: t('test'),
        width: 'minmax(12rem, 2fr)',
        cardTitle: true,
        sortValue: ({ name }) => name,
        cell: ({ name }) => <span dir="auto">{name}</span>,
      },
      {
        key: 'latest',
        header: t('latest'),
        width: 'minmax(11rem, 2fr)',
        cell: ({ latest }) => <ResultValue result={latest} showDelta />,
      },
      {
        key: 'range',
        header: t('range'),
        width: 'minmax(7rem, 1fr)',
        cell: ({ latest }) => <ReferenceRange range={latest.range} />,
      },
      {
        key: 'when',
        header: t('when'),
        width: 'minmax(10rem, 1fr)',
        sortValue: ({ latest }) => latest.at?.earliest,
        cell: ({ latest }) => <ClinicalDate value={latest.at} absent="" />,
      },
      {
        key: 'trend',
        header: t('trend'),
        width: '7.5rem',
        cell: (group) => {
          const [first] = seriesOf(group);
          return first ? <Sparkline series={first} decorative /> : null;
        },
      },
      {
        key: 'count',
        header: t('count'),
        width: '4.5rem',
        align: 'end',
        sortValue: ({ results }) => results.length,
        cell: ({ results }) => <span className="g-figures">{results.length}</span>,
      },
    ],
    [t],
  );
  return (
    <DataGrid
      label={t('results')}
      columns={selectedKey === undefined ? columns : columns.filter(({ key }) => NARROWED.has(key))}
      rows={groups}
      rowKey={({ key }) => key}
      onOpen={onSelect}
      loadingMore={isLoadingMore}
      empty={<EmptyState icon="search" title={t('noMatch')} />}
      rowTone={({ latest }) => (latest.usable ? 'default' : 'muted')}
      {...(selectedKey !== undefined && { selectedKey })}
    />
  );
}
