// Registering a patient: the form, and the likely duplicates that are looked at first.
import { Can, isRefusal, useDraft, useRegisterPatientMutation, useTitle, useWords } from '@galen/core';
import { Button, Checkbox, EmptyState, Form, Group, Heading, Panel, showToast, Stack, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';
import { registrationPath } from './place';
import { DetailsFields } from './details-fields';
import { detailsOf, emptyFields, fieldId, type RegistrationFields } from './details-form';
import { DuplicateWarning } from './duplicate-warning';
import { LeaveDialog, useSavedHref } from './leave-dialog';
import { useProblems } from './problems';

const FORM = 'register-patient';

interface Registration {
  fields: RegistrationFields;
  isUnidentified: boolean;
}

const blank: Registration = { fields: emptyFields, isUnidentified: false };

export function RegisterScreen() {
  const t = useWords(words);
  useTitle(t('register'));
  return (
    <div className="screen screen-form">
      <Heading level={1}>{t('register')}</Heading>
      <Can ability="registerPatient" otherwise={<EmptyState icon="lock" title={t('mayNotRegister')} />}>
        <RegisterForm />
      </Can>
    </div>
  );
}

function RegisterForm() {
  const t = useWords(words);
  const problemsOf = useProblems();
  const draft = useDraft(FORM, blank);
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [candidates, setCandidates] = useState<readonly string[]>([]);
  const [notSame, setNotSame] = useState<readonly string[]>([]);
  const saved = useSavedHref();
  const [register, { isLoading }] = useRegisterPatientMutation();
  const { fields, isUnidentified } = draft.value;
  const isBlocked = candidates.some((id) => !notSame.includes(id));

  const submit = async () => {
    if (!isUnidentified && fields.family.trim() === '' && fields.given.trim() === '') {
      setProblems([{ field: fieldId('family'), message: t('nameNeeded') }]);
      return;
    }
    setProblems([]);
    const demographics = detailsOf(fields);
    const answer = await register({
      registerPatient: { demographics, unidentified: isUnidentified, notSameAs: [...notSame] },
    });
    if (answer.data) {
      draft.drop();
      showToast(t('registeredDone'));
      saved.leaveTo(registrationPath(answer.data.id));
    } else if (isRefusal(answer.error)) {
      const { code, related = [] } = answer.error;
      if (code === 'possible-duplicates' && related.length > 0) setCandidates([...new Set([...candidates, ...related])]);
      else setProblems(problemsOf(answer.error));
    }
  };
  return (
    <Stack gap={5}>
      <Panel title={t('demographics')}>
        <Form id={FORM} onSubmit={() => void submit()} problems={problems} aria-label={t('register')}>
          <DetailsFields
            fields={fields}
            onChange={(change) => {
              // What was compared is no longer what would be registered.
              setCandidates([]);
              setNotSame([]);
              draft.change({ ...draft.value, fields: { ...fields, ...change } });
            }}
            problems={problems}
            autoFocus
          />
          <Checkbox
            label={t('unidentified')}
            description={t('unidentifiedHint')}
            checked={isUnidentified}
            onChange={(checked) => draft.change({ ...draft.value, isUnidentified: checked })}
          />
        </Form>
      </Panel>
      {candidates.length > 0 && (
        <DuplicateWarning
          entered={{ ...detailsOf(fields), given: detailsOf(fields).given ?? [] }}
          candidates={candidates}
          notSame={notSame}
          onNotSame={(id, isOther) => setNotSame(isOther ? [...notSame, id] : notSame.filter((one) => one !== id))}
        />
      )}
      <Group justify="end">
        {draft.isDirty && <Button kind="quiet" onClick={draft.drop}>{t('clearForm')}</Button>}
        <Button kind="primary" type="submit" form={FORM} loading={isLoading} disabled={isBlocked}>
          {candidates.length > 0 ? t('registerNew') : t('registerSubmit')}
        </Button>
      </Group>
      <LeaveDialog isDirty={draft.isDirty && !saved.isLeaving} onDiscard={draft.drop} />
    </Stack>
  );
}
