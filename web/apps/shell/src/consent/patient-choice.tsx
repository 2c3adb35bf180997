// Whose record the application gets, where nothing but the person in front of the screen can say.
import { usePatientSearch, useWords } from '@galen/core';
import { Alert, RadioGroup, SearchField, Stack, useLabels, VisuallyHidden } from '@galen/ui';
import { useState } from 'react';
import { patientLine } from '../patient-line';
import { words } from '../words/words';

const CHOICES_MAX = 6;
export const PATIENT_FIELD = 'consent-patient';

export interface PatientChoiceProps {
  chosen: string;
  onChoose: (patient: string) => void;
  error?: string | undefined;
}

export function PatientChoice({ chosen, onChoose, error }: PatientChoiceProps) {
  const t = useWords(words);
  const labels = useLabels();
  const [typed, setTyped] = useState('');
  const search = usePatientSearch(typed, CHOICES_MAX);
  const patients = search.state === 'found' ? search.patients : search.state === 'searching' ? search.previous : [];
  return (
    <Stack gap={2}>
      <SearchField
        id={PATIENT_FIELD}
        label={t('consentChoosePatient')}
        value={typed}
        onChange={(text) => {
          setTyped(text);
          onChoose('');
        }}
        error={error}
      />
      <VisuallyHidden live="polite">{search.state === 'found' ? t('consentFound', { count: patients.length }) : ''}</VisuallyHidden>
      {search.state === 'failed' && <Alert tone="warning" announce>{search.refusal.status === 0 ? t('unreachable') : search.refusal.detail}</Alert>}
      {search.state === 'found' && patients.length === 0 && <Alert tone="info">{t('consentNobody')}</Alert>}
      {patients.length > 0 && (
        <RadioGroup
          label={t('patients')}
          value={chosen}
          onChange={onChoose}
          choices={patients.map((patient) => {
            const { label, detail } = patientLine(patient, labels, t);
            return { value: patient.id, label, description: detail };
          })}
        />
      )}
    </Stack>
  );
}
