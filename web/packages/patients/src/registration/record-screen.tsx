// A patient's registration: who it is, what was merged into it, and what can be done with it.
import {
  Can,
  isRefusal,
  patientOpened,
  useAppDispatch,
  useListMergesQuery,
  useParams,
  useReadPatientQuery,
  useTitle,
  useUnmergePatientsMutation,
  useWords,
  type MergeView,
  type PatientView,
} from '@galen/core';
import { Alert, Button, Dialog, ErrorState, Group, Heading, Link, LoadingState, Panel, showToast, Stack } from '@galen/ui';
import { useEffect, useState } from 'react';
import { PatientIdentity } from '../search/patient-identity';
import { words } from '../words/words';
import { registrationPath } from './place';
import { AccountPanel } from './account-panel';
import { LabelButton } from './label-button';
import { RecordLoading } from './record-loading';

export function RecordScreen() {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const { id = '' } = useParams();
  const query = useReadPatientQuery({ id });
  useTitle(t('registration'));
  useEffect(() => void dispatch(patientOpened(id)), [dispatch, id]);
  return (
    <div className="screen screen-form">
      <Heading level={1}>{t('registration')}</Heading>
      <RecordLoading id={id} query={query}>{(patient) => <Record patient={patient} />}</RecordLoading>
    </div>
  );
}

function Record({ patient }: { patient: PatientView }) {
  const t = useWords(words);
  const { id, replacedBy } = patient;
  return (
    <Stack gap={5}>
      {replacedBy && (
        <Alert tone="warning" title={t('replaced')} actions={<Link href={registrationPath(replacedBy)}>{t('openSurvivor')}</Link>}>
          {t('replacedDetail')}
        </Alert>
      )}
      <Panel>
        <PatientIdentity patient={patient} />
      </Panel>
      <Group gap={4}>
        {!replacedBy && (
          <>
            <Can ability="readChart"><Link href={`/doctor/patients/${id}/summary`}>{t('openChart')}</Link></Can>
            <Can ability="amendPatient"><Link href={registrationPath(id, 'amend')}>{t('amend')}</Link></Can>
            <Can ability="mergePatients"><Link href={registrationPath(id, 'merge')}>{t('merge')}</Link></Can>
          </>
        )}
        <LabelButton id={id} />
      </Group>
      {!replacedBy && <Can ability="invitePatient"><AccountPanel id={id} /></Can>}
      <Can ability="mergePatients"><Merges id={id} /></Can>
    </Stack>
  );
}

function Merges({ id }: { id: string }) {
  const t = useWords(words);
  const { data, isError, isFetching, refetch } = useListMergesQuery({ id });
  const [asked, setAsked] = useState<MergeView>();
  const [unmerge, { isLoading }] = useUnmergePatientsMutation();
  const undo = async (merge: MergeView) => {
    const answer = await unmerge({ id: merge.id });
    setAsked(undefined);
    if (answer.data) showToast(t('unmergedDone'));
    else showToast(isRefusal(answer.error) && answer.error.detail ? answer.error.detail : t('notSent'), 'critical');
  };
  if (isError && !data) return <ErrorState title={t('mergesUnavailable')} onRetry={() => void refetch()} retrying={isFetching} />;
  if (!data) return <LoadingState lines={2} />;
  if (data.merges.length === 0) return null;
  return (
    <Panel title={t('merges')}>
      <ul className="g-plain-list merges">
        {data.merges.map((merge) => (
          <li key={merge.id}>
            <span>
              {t('mergedRecord', { count: merge.moved })} <Link href={registrationPath(merge.duplicate)}>{t('openRecord')}</Link>
            </span>
            {merge.undone ? <span className="g-tone-muted">{t('undone')}</span> : <Button size="sm" onClick={() => setAsked(merge)}>{t('unmerge')}</Button>}
          </li>
        ))}
      </ul>
      <Dialog
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={t('unmergeTitle')}
        actions={
          <>
            <Button onClick={() => setAsked(undefined)}>{t('cancel')}</Button>
            <Button kind="danger" loading={isLoading} onClick={() => asked && void undo(asked)}>{t('unmerge')}</Button>
          </>
        }
      >
        {t('unmergeDetail', { count: asked?.moved ?? 0 })}
      </Dialog>
    </Panel>
  );
}
