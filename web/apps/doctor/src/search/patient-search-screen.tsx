// Finding a patient: the first screen of the portal.
import { Can, useNavigate, useShortcut, useTitle, useWords } from '@galen/core';
import { EmptyState, Group, Heading, Link } from '@galen/ui';
import { useRef, useState } from 'react';
import { PatientPicker } from '@galen/patients';
import { words } from '../words/words';
import { RecentPatients } from './recent-patients';

export function PatientSearchScreen() {
  const t = useWords(words);
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  useTitle(t('patients'));
  useShortcut('/', t('focusSearch'), () => box.current?.focus());
  return (
    <div className="screen screen-narrow">
      <Group justify="between">
        <Heading level={1}>{t('patients')}</Heading>
        <Can ability="registerPatient">
          <Link href="/desk/registration">{t('register')}</Link>
        </Can>
      </Group>
      <Can ability="findPatients" otherwise={<EmptyState icon="lock" title={t('mayNotFind')} />}>
        <PatientPicker
          ref={box}
          label={t('findPatient')}
          typed={typed}
          onTyped={setTyped}
          onPick={({ id, replacedBy }) => void navigate(`/doctor/patients/${replacedBy ?? id}/summary`)}
          idle={<RecentPatients />}
          autoFocus
        />
      </Can>
      <p className="keyboard-hint g-tone-muted g-size-sm">{t('searchKeys')}</p>
    </div>
  );
}
