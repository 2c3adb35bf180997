// Somebody like this is registered already: each is compared, and said to be another person or opened.
import { useReadPatientQuery, useWords } from '@galen/core';
import { Alert, Button, ErrorState, Group, Link, LoadingState, Panel, Stack } from '@galen/ui';
import { nameOf } from '../search/patient-identity';
import { words } from '../words/words';
import { registrationPath } from './place';
import { Compare, type Comparable } from './compare';

export interface DuplicateWarningProps {
  entered: Comparable;
  candidates: readonly string[];
  notSame: readonly string[];
  onNotSame: (id: string, isOther: boolean) => void;
}

function Candidate({ id, entered, isOther, onNotSame }: {
  id: string;
  entered: Comparable;
  isOther: boolean;
  onNotSame: (isOther: boolean) => void;
}) {
  const t = useWords(words);
  const { data, isError, refetch } = useReadPatientQuery({ id });
  const actions = (
    <Group>
      <Link href={registrationPath(id)}>{t('openRecord')}</Link>
      <Button size="sm" aria-pressed={isOther} icon={isOther ? 'check' : 'person'} onClick={() => onNotSame(!isOther)}>
        {t('notSame')}
      </Button>
    </Group>
  );
  return (
    <Panel level={3} title={(data && nameOf(data)) ?? t('registeredPatient')} actions={actions}>
      {data ? (
        <Compare left={entered} right={data} leftTitle={t('entered')} rightTitle={t('registered')} caption={t('compareCaption')} />
      ) : isError ? (
        <ErrorState compact title={t('candidateUnavailable')} detail={t('candidateUnavailableDetail')} onRetry={() => void refetch()} />
      ) : (
        <LoadingState lines={4} />
      )}
    </Panel>
  );
}

export function DuplicateWarning({ entered, candidates, notSame, onNotSame }: DuplicateWarningProps) {
  const t = useWords(words);
  return (
    <Stack gap={4} as="section">
      <Alert tone="warning" title={t('duplicates', { count: candidates.length })} announce>{t('duplicatesDetail')}</Alert>
      {candidates.map((id) => (
        <Candidate
          key={id}
          id={id}
          entered={entered}
          isOther={notSame.includes(id)}
          onNotSame={(isOther) => onNotSame(id, isOther)}
        />
      ))}
    </Stack>
  );
}
