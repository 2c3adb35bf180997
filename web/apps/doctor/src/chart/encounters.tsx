// Encounters and procedures on one line of time.
import { useWords } from '@galen/core';
import { Stack, Timeline } from '@galen/ui';
import { words } from '../words/words';
import { Incomplete } from './incomplete';
import { useTimeline } from '@galen/record';
import { Section } from './section';

export function Encounters({ id }: { id: string }) {
  const t = useWords(words);
  const { queries, items } = useTimeline(id);
  return (
    <Stack gap={4}>
      <Section title={t('encounters')} queries={queries} isEmpty={items.length === 0} emptyTitle={t('noEncounters')} icon="bed">
        <Timeline items={items} level={3} />
      </Section>
      <Incomplete isComplete={queries.every(({ data }) => data?.isComplete !== false)} />
    </Stack>
  );
}
