// Laboratory results, the newest day first; reports with words of their own above them.
import { useWords } from '@galen/core';
import type { ResultGroup } from '@galen/fhir';
import { Button, Checkbox, EmptyState, LoadingState, Text } from '@galen/ui';
import { useLaboratory } from '@galen/record';
import { useMemo, useState } from 'react';
import { dayKey, useDayAndTime } from '../common/dates';
import { Screen, Section } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { words } from '../words/words';
import { isOutside } from './flags';
import { HeldResults, Reports } from './reports';
import { ResultCard } from './result-card';

const GROUPS_SHOWN = 12;

interface DayOfResults {
  key: string;
  at: number | undefined;
  groups: ResultGroup[];
}

/** By the day of each test's newest result, newest first; without a date last. */
export function byDay(groups: readonly ResultGroup[]): DayOfResults[] {
  const days = new Map<string, DayOfResults>();
  for (const group of groups) {
    const at = group.latest.at?.earliest;
    const key = at === undefined ? '' : dayKey(at);
    const day = days.get(key) ?? { key, at, groups: [] };
    day.groups.push(group);
    days.set(key, day);
  }
  return [...days.values()].sort((a, b) => b.key.localeCompare(a.key));
}

export default function ResultsScreen() {
  const t = useWords(words);
  const patient = useOwnPatient();
  const { day: named } = useDayAndTime();
  const { query, groups, isLoadingMore } = useLaboratory(patient);
  const [onlyOutside, setOnlyOutside] = useState(false);
  const [shown, setShown] = useState(GROUPS_SHOWN);
  const wanted = useMemo(() => {
    const newest = [...groups].sort((a, b) => (b.latest.at?.earliest ?? 0) - (a.latest.at?.earliest ?? 0));
    return onlyOutside ? newest.filter(({ latest }) => isOutside(latest)) : newest;
  }, [groups, onlyOutside]);
  const days = byDay(wanted.slice(0, shown));
  return (
    <Screen title={t('results')} lead={t('resultsLead')}>
      <HeldResults />
      <Reports />
      <Source query={query} missing={t('resultsMissing')} lines={8}>
        {() => (
          <>
            {groups.length > 0 && <Checkbox label={t('onlyOutside')} checked={onlyOutside} onChange={setOnlyOutside} />}
            {wanted.length === 0 && !isLoadingMore && (
              <EmptyState icon="flask" title={groups.length === 0 ? t('noResults') : t('noneOutside')}>{groups.length === 0 ? t('noResultsDetail') : undefined}</EmptyState>
            )}
            {days.map(({ key, at, groups: ofDay }) => (
              <Section key={key} title={at === undefined ? t('noDate') : named(at)}>
                <div className="p-cards">{ofDay.map((group) => <ResultCard key={group.key} group={group} />)}</div>
              </Section>
            ))}
            {wanted.length > shown && <Button onClick={() => setShown(shown + GROUPS_SHOWN)}>{t('showMoreResults')}</Button>}
            {isLoadingMore && <LoadingState lines={2} label={t('moreComing')} />}
          </>
        )}
      </Source>
      <Text as="p" tone="muted" size="sm">{t('resultsHint')}</Text>
    </Screen>
  );
}
