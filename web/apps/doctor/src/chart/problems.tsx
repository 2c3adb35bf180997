// The problem list: active first, what is over below, what turned out not to be so last.
import { useWords } from '@galen/core';
import { Stack } from '@galen/ui';
import { words } from '../words/words';
import { Incomplete } from './incomplete';
import { useProblems } from '@galen/record';
import { ProblemLines } from './problem-lines';
import { Section } from './section';

export function Problems({ id }: { id: string }) {
  const t = useWords(words);
  const { query, problems } = useProblems(id);
  const active = problems?.active ?? [];
  const resolved = problems?.resolved ?? [];
  const refuted = problems?.refuted ?? [];
  return (
    <Stack gap={4}>
      <Section title={t('activeProblems')} queries={[query]} isEmpty={active.length === 0} emptyTitle={t('noProblems')} flush>
        <ProblemLines problems={active} />
      </Section>
      <Section title={t('resolvedProblems')} queries={[query]} isEmpty={resolved.length === 0} emptyTitle={t('noResolvedProblems')} flush>
        <ProblemLines problems={resolved} />
      </Section>
      {refuted.length > 0 && (
        <Section title={t('refuted')} queries={[query]} flush>
          <div className="void"><ProblemLines problems={refuted} /></div>
        </Section>
      )}
      <Incomplete isComplete={query.data?.isComplete} />
    </Stack>
  );
}
