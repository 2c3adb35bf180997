// Merging two records of one person: the preview says what will happen before it does.
import {
  Can,
  isRefusal,
  useMergePatientsMutation,
  useNavigate,
  useParams,
  usePreviewMergeQuery,
  useReadPatientQuery,
  useSearchParams,
  useTitle,
  useUnmergePatientsMutation,
  useWords,
  type MergePreview,
} from '@galen/core';
import { Alert, Button, EmptyState, ErrorState, Facts, Group, Heading, Link, LoadingState, Panel, showToast, showUndoToast, Stack } from '@galen/ui';
import { useState } from 'react';
import { PatientIdentity } from '../search/patient-identity';
import { PatientPicker } from '../search/patient-picker';
import { words } from '../words/words';
import { registrationPath } from './place';
import { Compare } from './compare';
import { RecordLoading } from './record-loading';

export function MergeScreen() {
  const t = useWords(words);
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const duplicate = search.get('duplicate');
  const query = useReadPatientQuery({ id });
  const [typed, setTyped] = useState('');
  useTitle(t('merge'));
  return (
    <div className="screen screen-form">
      <Heading level={1}>{t('merge')}</Heading>
      <Can ability="mergePatients" otherwise={<EmptyState icon="lock" title={t('mayNotMerge')} />}>
        <RecordLoading id={id} query={query}>
          {(patient) =>
            duplicate === null ? (
              <Stack gap={5}>
                <Panel title={t('survivor')}><PatientIdentity patient={patient} /></Panel>
                <PatientPicker
                  label={t('findDuplicate')}
                  typed={typed}
                  onTyped={setTyped}
                  onPick={(picked) => setSearch({ duplicate: picked.id })}
                  except={id}
                  autoFocus
                />
              </Stack>
            ) : (
              <Preview key={duplicate} id={id} duplicate={duplicate} onOther={() => setSearch({})} />
            )
          }
        </RecordLoading>
      </Can>
    </div>
  );
}

function Preview({ id, duplicate, onOther }: { id: string; duplicate: string; onOther: () => void }) {
  const t = useWords(words);
  const { data, error, isFetching, refetch } = usePreviewMergeQuery({ id, duplicate }, { refetchOnMountOrArgChange: true });
  if (error && !data) {
    const detail = isRefusal(error) && error.detail !== '' ? error.detail : undefined;
    return <ErrorState title={t('previewFailed')} detail={detail} onRetry={() => void refetch()} retrying={isFetching} />;
  }
  return data ? <Previewed preview={data} onOther={onOther} isStale={isFetching} /> : <LoadingState lines={8} />;
}

function Previewed({ preview, onOther, isStale }: { preview: MergePreview; onOther: () => void; isStale: boolean }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string>();
  const [merge, { isLoading }] = useMergePatientsMutation();
  const [unmerge] = useUnmergePatientsMutation();
  const { survivor, duplicate, records, blockers } = preview;
  const moved = Object.values(records).reduce((sum, count) => sum + count, 0);

  const go = async () => {
    setProblem(undefined);
    const answer = await merge({ id: survivor.id, mergePatients: { duplicate: duplicate.id } });
    if (answer.data) {
      const { id } = answer.data;
      showUndoToast(t('mergedDone', { count: answer.data.moved }), () => {
        void unmerge({ id }).then(({ error }) => showToast(error ? t('unmergeFailed') : t('unmergedDone'), error ? 'critical' : 'success'));
      });
      void navigate(registrationPath(survivor.id));
    } else setProblem(isRefusal(answer.error) && answer.error.detail !== '' ? answer.error.detail : t('notSent'));
  };
  return (
    <Stack gap={5}>
      {blockers.map((blocker) => <Alert key={blocker} tone="critical" title={t('mergeBlocked')}>{blocker}</Alert>)}
      {problem !== undefined && <Alert tone="critical" announce>{problem}</Alert>}
      <Panel title={t('comparison')} flush>
        <Compare left={survivor} right={duplicate} leftTitle={t('survivor')} rightTitle={t('duplicate')} caption={t('compareCaption')} />
      </Panel>
      <Panel title={t('movedRecords', { count: moved })}>
        {moved === 0 ? t('movedNone') : <Facts columns={2} facts={Object.entries(records).map(([label, count]) => ({ label, value: count }))} />}
      </Panel>
      <Alert tone="info">{t('mergeExplained')}</Alert>
      <Group justify="end">
        <Link href={`${registrationPath(duplicate.id, 'merge')}?duplicate=${survivor.id}`}>{t('mergeSwap')}</Link>
        <Button onClick={onOther}>{t('mergeOther')}</Button>
        <Button kind="danger" icon="merge" loading={isLoading} disabled={blockers.length > 0 || isStale} onClick={() => void go()}>
          {t('mergeSubmit')}
        </Button>
      </Group>
    </Stack>
  );
}
