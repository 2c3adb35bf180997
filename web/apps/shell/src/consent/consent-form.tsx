// What an application may do, decided thing by thing.
import { wishesOf, words as accountWords } from '@galen/account';
import { isRefusal, useDecideConsentMutation, useWords, type ConsentView } from '@galen/core';
import { formatIso } from '@galen/fhir';
import { Button, Checkbox, Form, Stack, Text, useLabels, type FormProblem } from '@galen/ui';
import { useMemo, useState } from 'react';
import { words } from '../words/words';
import { PATIENT_FIELD, PatientChoice } from './patient-choice';

export interface ConsentFormProps {
  request: string;
  consent: ConsentView;
  /** Goes to an address of the application. */
  leave: (address: string) => void;
}

function useDeciding({ request, leave }: ConsentFormProps) {
  const t = useWords(words);
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [isLeaving, setLeaving] = useState(false);
  const [send, { isLoading }] = useDecideConsentMutation();
  const decide = async (answer: { allow: boolean; scopes?: string[]; patient?: string }) => {
    setProblems([]);
    const { data, error } = await send({ decide: { request, ...answer } });
    if (data) {
      setLeaving(true);
      leave(data.redirect);
    } else if (isRefusal(error)) {
      setProblems([{ message: error.status === 0 ? t('unreachable') : [error.detail, error.next].filter(Boolean).join('. ') }]);
    }
  };
  return { problems, setProblems, decide, isBusy: isLoading || isLeaving, isLeaving };
}

export function ConsentForm(props: ConsentFormProps) {
  const { consent } = props;
  const t = useWords(words);
  const account = useWords(accountWords);
  const labels = useLabels();
  const { silent, wishes } = useMemo(() => wishesOf(consent.scopes, account), [consent.scopes, account]);
  const { problems, setProblems, decide, isBusy, isLeaving } = useDeciding(props);
  const [refused, setRefused] = useState<ReadonlySet<string>>(new Set());
  const [patient, setPatient] = useState('');
  const born = consent.patient?.birthDate;

  const toggle = (key: string, on: boolean) => {
    const next = new Set(refused);
    if (on) next.delete(key);
    else next.add(key);
    setRefused(next);
  };
  const allow = () => {
    const left = wishes.filter(({ key }) => !refused.has(key));
    const found: FormProblem[] = [];
    if (consent.choosePatient && patient === '') found.push({ field: PATIENT_FIELD, message: t('consentPatientNeeded') });
    if (left.length === 0) found.push({ message: t('consentNothing') });
    setProblems(found);
    if (found.length > 0) return;
    const scopes = [...silent, ...left.flatMap((wish) => wish.scopes)];
    void decide({ allow: true, scopes, ...(patient !== '' && { patient }) });
  };
  return (
    <Form onSubmit={allow} problems={problems} aria-label={t('consent')}>
      {consent.patient && (
        <div>
          <Text as="div" tone="muted" size="sm">{t('consentPatient')}</Text>
          <Text as="div" weight="bold" isolate>{consent.patient.name || labels.notKnown}</Text>
          {born && <Text as="div" size="sm">{t('bornShort', { date: formatIso(born, { words: labels.words }) ?? born })}</Text>}
        </div>
      )}
      {consent.choosePatient && (
        <PatientChoice
          chosen={patient}
          onChoose={setPatient}
          error={problems.find(({ field }) => field === PATIENT_FIELD)?.message}
        />
      )}
      <fieldset className="consent-wishes">
        <legend>{t('consentMay')}</legend>
        {wishes.map(({ key, label, detail }) => (
          <Checkbox
            key={key}
            label={label}
            description={detail}
            checked={!refused.has(key)}
            onChange={(on) => toggle(key, on)}
          />
        ))}
      </fieldset>
      <Text as="p" tone="muted" size="sm">{t('consentKept')}</Text>
      <Stack gap={2}>
        <Button kind="primary" type="submit" loading={isBusy} fullWidth>{t('consentAllow')}</Button>
        <Button disabled={isBusy} onClick={() => void decide({ allow: false })} fullWidth>{t('consentRefuse')}</Button>
      </Stack>
      {isLeaving && <Text as="p" size="sm">{t('consentLeaving', { client: consent.client })}</Text>}
    </Form>
  );
}
