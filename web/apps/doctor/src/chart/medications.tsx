// What the patient takes now, and what they took.
import { useWords } from '@galen/core';
import { Stack } from '@galen/ui';
import { words } from '../words/words';
import { Incomplete } from './incomplete';
import { useMedications } from '@galen/record';
import { MedicationLines } from './medication-lines';
import { Section } from './section';

export function Medications({ id }: { id: string }) {
  const t = useWords(words);
  const { queries, medications } = useMedications(id);
  const { current, past } = medications ?? { current: [], past: [] };
  return (
    <Stack gap={4}>
      <Section title={t('currentMedications')} queries={queries} isEmpty={current.length === 0} emptyTitle={t('noCurrentMedications')} icon="pill" flush>
        <MedicationLines medications={current} />
      </Section>
      <Section title={t('pastMedications')} queries={queries} isEmpty={past.length === 0} emptyTitle={t('noPastMedications')} icon="pill" flush>
        <MedicationLines medications={past} />
      </Section>
      <Incomplete isComplete={queries.every(({ data }) => data?.isComplete !== false)} />
    </Stack>
  );
}
