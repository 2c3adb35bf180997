// Laboratory results: by test with their trend, or as a flowsheet.
import { useSearchParams, useShortcut, useWords } from '@galen/core';
import type { ResultGroup } from '@galen/fhir';
import { Banner, Group, RadioGroup, SearchField, Stack } from '@galen/ui';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { Section } from '../chart/section';
import { useLaboratory } from '@galen/record';
import { words } from '../words/words';
import { FlowsheetTable } from './flowsheet-table';
import { ResultGrid } from './result-grid';
import { TrendPanel } from './trend-panel';

type View = 'tests' | 'flowsheet';

const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

export function filtered(groups: readonly ResultGroup[], filter: string): readonly ResultGroup[] {
  const wanted = folded(filter.trim()).split(/\s+/);
  return groups.filter(({ name }) => wanted.every((word) => folded(name).includes(word)));
}

export default function Results({ id }: { id: string }) {
  const t = useWords(words);
  const [search, setSearch] = useSearchParams();
  const [view, setView] = useState<View>(search.get('view') === 'flowsheet' ? 'flowsheet' : 'tests');
  const { query, groups, results, isLoadingMore } = useLaboratory(id);
  const [filter, setFilter] = useState('');
  const [selectedKey, setSelectedKey] = useState<string>();
  const box = useRef<HTMLInputElement>(null);
  const trend = useRef<HTMLDivElement>(null);
  useShortcut('/', t('focusFilter'), () => box.current?.focus());

  /** The address follows, so that a reload shows the same. */
  const show = (next: View) => {
    setView(next);
    setSearch(next === 'flowsheet' ? { view: next } : {}, { replace: true });
  };
  const wanted = useDeferredValue(filter);
  const shown = useMemo(() => filtered(groups, wanted), [groups, wanted]);
  const selected = groups.find(({ key }) => key === selectedKey);
  const isOpen = selected !== undefined;
  useEffect(() => {
    // On a narrow screen it stands above the list, out of sight of whoever scrolled down to the test.
    if (isOpen) trend.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen, selectedKey]);
  return (
    <Stack gap={3}>
      <Group justify="between" align="end">
        <RadioGroup
          label={t('view')}
          inline
          value={view}
          onChange={(next) => show(next === 'flowsheet' ? next : 'tests')}
          choices={[
            { value: 'tests', label: t('resultsByTest') },
            { value: 'flowsheet', label: t('flowsheet') },
          ]}
        />
        <SearchField ref={box} label={t('filterTests')} value={filter} onChange={setFilter} />
      </Group>
      {isLoadingMore && <Banner icon="refresh">{t('loadingResults', { count: results.length })}</Banner>}
      <div className={selected && view === 'tests' ? 'beside' : undefined}>
        <Section title={t('results')} queries={[query]} isEmpty={groups.length === 0} emptyTitle={t('noResults')} icon="flask" flush>
          {view === 'tests' ? (
            <ResultGrid
              groups={shown}
              isLoadingMore={isLoadingMore}
              selectedKey={selectedKey}
              onSelect={({ key }) => setSelectedKey(key === selectedKey ? undefined : key)}
            />
          ) : (
            <FlowsheetTable groups={shown} />
          )}
        </Section>
        {selected && view === 'tests' && (
          <div ref={trend} className="trend">
            <TrendPanel group={selected} onClose={() => setSelectedKey(undefined)} />
          </div>
        )}
      </div>
    </Stack>
  );
}
