// Filling in a form: what is typed is kept while one moves about, saved as a draft when asked, and sent when it is whole.
import { isRefusal, useDraft, useNavigate, useParams, usePreferences, useSaveQuestionnaireResponseMutation, useUnsavedChanges, useWords } from '@galen/core';
import { everyItem, itemText, problemsOf, questionnaireAbout, questionnaireTitle, responseOf, shownItems, startAnswers, type Answers } from '@galen/fhir';
import { Alert, Button, Dialog, EmptyState, Form, showToast, Text, type FormProblem } from '@galen/ui';
import { useEffect, useMemo, useState } from 'react';
import { useRefusalText } from '../common/refusals';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';
import { fieldId, FormContext, PROBLEM_WORDS } from './context';
import { Questions } from './questions';
import { useForms, type OpenForm } from './use-forms';

function useFilling(form: OpenForm) {
  const patient = useOwnPatient();
  const { questionnaire, draft: kept } = form;
  const begun = useMemo(() => startAnswers(questionnaire, kept), [questionnaire, kept]);
  const answers = useDraft<Answers>(`form ${questionnaire.id ?? ''} of ${patient}`, begun);
  const [save, { isLoading }] = useSaveQuestionnaireResponseMutation();
  const store = (status: 'in-progress' | 'completed') =>
    save({
      patient,
      response: responseOf(questionnaire, answers.value, { patient, status, authored: new Date().toISOString(), ...(kept && { draft: kept }) }),
    });
  return { answers, store, isLoading };
}

function LeaveDialog({ unsaved }: { unsaved: ReturnType<typeof useUnsavedChanges> }) {
  const t = useWords(words);
  return (
    <Dialog
      opened={unsaved.isAsking}
      onClose={unsaved.stay}
      size="sm"
      title={t('leaveForm')}
      actions={
        <>
          <Button onClick={unsaved.stay}>{t('stay')}</Button>
          <Button kind="primary" onClick={unsaved.leave}>{t('leave')}</Button>
        </>
      }
    >
      {t('leaveFormDetail')}
    </Dialog>
  );
}

function Filling({ form }: { form: OpenForm }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const address = useAddress();
  const said = useRefusalText();
  const { language } = usePreferences();
  const { questionnaire } = form;
  const { answers, store, isLoading } = useFilling(form);
  const [problems, setProblems] = useState<readonly (FormProblem & { short?: string })[]>([]);
  const unsaved = useUnsavedChanges(answers.isDirty);
  const [isStored, setStored] = useState(false);
  const list = address('forms');
  useEffect(() => {
    // Only once nothing is unsaved any more: before, one would be asked about leaving what was just stored.
    if (isStored && !answers.isDirty) void navigate(list, { replace: true });
  }, [isStored, answers.isDirty, navigate, list]);
  const items = useMemo(() => shownItems(questionnaire, answers.value), [questionnaire, answers.value]);
  const context = useMemo(
    () => ({ questionnaire, answers: answers.value, change: answers.change, language, errorOf: (place: string) => problems.find(({ field }) => field === fieldId(place))?.short }),
    [questionnaire, answers.value, answers.change, language, problems],
  );
  const outcome = async (status: 'in-progress' | 'completed') => {
    const { data, error } = await store(status);
    if (data) {
      answers.drop();
      showToast(status === 'completed' ? t('formSent') : t('formKept'));
      setStored(true);
    } else if (isRefusal(error)) setProblems([{ message: said(error) }]);
  };
  const send = () => {
    const asked = new Map([...everyItem(items)].map((one) => [one.place, itemText(one.item, language)]));
    const found = problemsOf(questionnaire, answers.value).map(({ place, problem }) => ({
      field: fieldId(place), short: t(PROBLEM_WORDS[problem]), message: [asked.get(place), t(PROBLEM_WORDS[problem])].filter(Boolean).join(' – '),
    }));
    setProblems(found);
    if (found.length === 0) void outcome('completed');
  };
  const about = questionnaireAbout(questionnaire, language);
  return (
    <FormContext value={context}>
      {about !== '' && <Text as="p" isolate className="p-prose">{about}</Text>}
      <Form onSubmit={send} problems={problems} aria-label={form.title}>
        <Questions items={items} level={2} />
        <div className="p-actions">
          <Button kind="primary" type="submit" loading={isLoading}>{t('sendForm')}</Button>
          <Button loading={isLoading} onClick={() => void outcome('in-progress')}>{t('keepForm')}</Button>
        </div>
      </Form>
      <Alert tone="info">{t('formCare')}</Alert>
      <LeaveDialog unsaved={unsaved} />
    </FormContext>
  );
}

export default function FormScreen() {
  const t = useWords(words);
  const address = useAddress();
  const { language } = usePreferences();
  const { form: key = '' } = useParams();
  const forms = useForms();
  const form = [...(forms.data?.open ?? []), ...(forms.data?.offered ?? [])].find((one) => one.key === key);
  return (
    <Screen title={form ? questionnaireTitle(form.questionnaire, language) || t('form') : t('form')} back={address('forms')}>
      <Source query={forms} missing={t('formsMissing')} lines={8}>
        {() => (form ? <Filling key={key} form={form} /> : <EmptyState icon="question" title={t('noSuchForm')} />)}
      </Source>
    </Screen>
  );
}
