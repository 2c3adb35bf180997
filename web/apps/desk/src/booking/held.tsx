// A time that is kept: looked at once more, then booked, or given back.
import { useCancelAppointmentMutation, useConfirmAppointmentMutation, useWords, type AppointmentView, type ClinicView, type PatientView, type ServiceView } from '@galen/core';
import { formatIso, formatTime } from '@galen/fhir';
import { Alert, Button, Facts, Group, Panel, showToast, Stack, useLabels, type Fact } from '@galen/ui';
import { nameOf } from '@galen/patients';
import { useState } from 'react';
import { useRefused, type Refused } from '../board/use-steps';
import { LetterButton } from '../board/letter-button';
import { words } from '../words/words';

export interface HeldProps {
  appointment: AppointmentView;
  patient: PatientView;
  service: ServiceView | undefined;
  clinic: ClinicView;
  onGivenBack: () => void;
  onDone: () => void;
}

export function Held({ appointment, patient, service, clinic, onGivenBack, onDone }: HeldProps) {
  const t = useWords(words);
  const labels = useLabels();
  const refusedOf = useRefused();
  const [refused, setRefused] = useState<Refused>();
  const [confirm, confirming] = useConfirmAppointmentMutation();
  const [cancel, cancelling] = useCancelAppointmentMutation();
  const booked = confirming.data;
  const { id, version, start, schedules, heldUntil } = appointment;
  const when = formatIso(start ?? undefined, { words: labels.words, timeZone: clinic.zone }) ?? '';
  const name = nameOf(patient) ?? t('unnamed');
  const places = clinic.schedules.filter((line) => schedules.includes(line.id)).map((line) => line.name ?? t('unnamed'));
  const facts: (Fact | false)[] = [
    { label: t('patient'), value: <bdi>{name}</bdi> },
    Boolean(service) && { label: t('service'), value: service?.name },
    { label: t('time'), value: <strong className="g-figures">{when}</strong> },
    { label: t('practitioner'), value: places.join(' · ') },
    Boolean(service?.preparation) && { label: t('preparation'), value: service?.preparation },
  ];
  const book = async () => {
    const { data, error } = await confirm({ id, confirmAppointment: { version } });
    setRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (data) showToast(t('booked', { name, time: when }));
  };
  const giveBack = async () => {
    await cancel({ id, cancelAppointment: { version, reason: 'other' } });
    // Refused or not: it lapses by itself.
    onGivenBack();
  };
  return (
    <Panel title={booked ? t('booked', { name, time: when }) : t('chosen')}>
      <Stack gap={4}>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        <Facts facts={facts.filter((fact) => fact !== false)} />
        {!booked && heldUntil && <p className="g-tone-muted">{t('heldUntil', { time: formatTime(Date.parse(heldUntil), clinic.zone) })}</p>}
        <Group gap={2}>
          {booked ? (
            <>
              <Button kind="primary" icon="plus" onClick={onDone}>{t('bookNext')}</Button>
              <LetterButton id={id} />
            </>
          ) : (
            <>
              <Button kind="primary" icon="check" loading={confirming.isLoading} onClick={() => void book()} autoFocus>{t('confirm')}</Button>
              <Button loading={cancelling.isLoading} onClick={() => void giveBack()}>{t('takeOther')}</Button>
            </>
          )}
        </Group>
      </Stack>
    </Panel>
  );
}
