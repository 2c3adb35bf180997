// Moving an appointment to another time, another person or another room.
import { useRescheduleAppointmentMutation, useWords, type BoardEntry, type ChoiceView, type ClinicView } from '@galen/core';
import { formatIso } from '@galen/fhir';
import { showToast, useLabels } from '@galen/ui';
import { useState } from 'react';
import { nameOfEntry } from '../board/model';
import { useRefused, type Refused } from '../board/use-steps';
import { words } from '../words/words';
import { TimeDialog } from './time-dialog';

export function MoveDialog({ entry, clinic, onClose }: { entry: BoardEntry; clinic: ClinicView; onClose: () => void }) {
  const t = useWords(words);
  const labels = useLabels();
  const refusedOf = useRefused();
  const [refused, setRefused] = useState<Refused>();
  const [reschedule, { isLoading }] = useRescheduleAppointmentMutation();
  const { id, version, start, schedules } = entry.appointment;
  const name = nameOfEntry(entry, t('unnamed'));
  const pick = async (choice: ChoiceView) => {
    const { data, error } = await reschedule({ id, rescheduleAppointment: { version, start: choice.start, schedules: choice.schedules } });
    setRefused(error ? refusedOf(t('notMoved', { name }), error) : undefined);
    if (!data) return;
    showToast(t('moved', { name, time: formatIso(choice.start, { words: labels.words, timeZone: clinic.zone }) ?? '' }));
    onClose();
  };
  return (
    <TimeDialog entry={entry} clinic={clinic} title={t('moveTitle')} from={start ?? undefined} schedules={schedules} refused={refused} isBusy={isLoading} onClose={onClose} onPick={(choice) => void pick(choice)} />
  );
}
