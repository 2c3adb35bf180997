// Amending a patient: only what was changed is sent, against the version that was read.
import {
  Can,
  isRefusal,
  useAmendPatientMutation,
  useDraft,
  useParams,
  useReadPatientQuery,
  useTitle,
  useWords,
  type PatientView,
} from '@galen/core';
import { Alert, Button, EmptyState, Form, Group, Heading, Link, Panel, showToast, Stack, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { PatientIdentity } from '../search/patient-identity';
import { words } from '../words/words';
import { registrationPath } from './place';
import { DetailsFields } from './details-fields';
import { amendmentOf, changesOf, fieldsOf, fieldId, KEPT_FIELDS, type RegistrationFields } from './details-form';
import { LeaveDialog, useSavedHref } from './leave-dialog';
import { RecordLoading } from './record-loading';
import { useProblems } from './problems';

const FORM = 'amend-patient';

export function AmendScreen() {
  const t = useWords(words);
  const { id = '' } = useParams();
  const query = useReadPatientQuery({ id });
  useTitle(t('amend'));
  return (
    <div className="screen screen-form">
      <Heading level={1}>{t('amend')}</Heading>
      <Can ability="amendPatient" otherwise={<EmptyState icon="lock" title={t('mayNotAmend')} />}>
        <RecordLoading id={id} query={query}>{(patient) => <AmendForm patient={patient} onReload={query.refetch} />}</RecordLoading>
      </Can>
    </div>
  );
}

function AmendForm({ patient, onReload }: { patient: PatientView; onReload: () => void }) {
  const t = useWords(words);
  const problemsOf = useProblems();
  const draft = useDraft<Partial<RegistrationFields>>(`${FORM} ${patient.id}`, {});
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [hasConflict, setConflict] = useState(false);
  const saved = useSavedHref();
  const [amend, { isLoading }] = useAmendPatientMutation();
  const changes = changesOf(draft.value, patient);
  const isDirty = Object.keys(changes).length > 0;

  const submit = async () => {
    setProblems([]);
    setConflict(false);
    const emptied = KEPT_FIELDS.filter((name) => changes[name]?.trim() === '');
    if (emptied.length > 0) {
      setProblems(emptied.map((name) => ({ field: fieldId(name), message: t('cannotEmpty') })));
      return;
    }
    const answer = await amend({ id: patient.id, amendPatient: { version: patient.version, demographics: amendmentOf(changes) } });
    if (answer.data) {
      draft.drop();
      showToast(t('amendedDone'));
      saved.leaveTo(registrationPath(patient.id));
    } else if (isRefusal(answer.error)) {
      if (answer.error.code === 'version-conflict') {
        setConflict(true);
        onReload();
      } else setProblems(problemsOf(answer.error));
    }
  };
  return (
    <Stack gap={5}>
      <Panel><PatientIdentity patient={patient} /></Panel>
      {hasConflict && <Alert tone="warning" title={t('conflict')} announce>{t('conflictDetail')}</Alert>}
      <Panel title={t('demographics')}>
        <Form id={FORM} onSubmit={() => void submit()} problems={problems} aria-label={t('amend')}>
          <DetailsFields
            fields={{ ...fieldsOf(patient), ...draft.value }}
            onChange={(change) => draft.change({ ...draft.value, ...change })}
            problems={problems}
            autoFocus
          />
        </Form>
      </Panel>
      <Group justify="end">
        <Link href={registrationPath(patient.id)}>{t('cancel')}</Link>
        <Button kind="primary" type="submit" form={FORM} loading={isLoading} disabled={!isDirty}>{t('amendSubmit')}</Button>
      </Group>
      <LeaveDialog isDirty={isDirty && !saved.isLeaving} onDiscard={draft.drop} />
    </Stack>
  );
}
