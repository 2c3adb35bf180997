// Moving an appointment: shown at once where it was dropped, decided by the server, and taken back with one press.
import { useRescheduleAppointmentMutation, useWords, type BoardEntry } from '@galen/core';
import { formatTime } from '@galen/fhir';
import { showToast, showUndoToast } from '@galen/ui';
import type { DayPlace } from '@galen/ui/day';
import { useState } from 'react';
import { words } from '../words/words';
import { nameOfEntry, partsOf, schedulesAfter, type Override } from './model';
import { useRefused, type Refused } from './use-steps';

export function useMover(entries: ReadonlyMap<string, BoardEntry>, zone: string, onRefused: (refused: Refused | undefined) => void) {
  const t = useWords(words);
  const refusedOf = useRefused();
  const [override, setOverride] = useState<Override>();
  const [reschedule] = useRescheduleAppointmentMutation();

  const undo = async (entry: BoardEntry, version: number) => {
    const { id, start, schedules } = entry.appointment;
    if (!start) return;
    const name = nameOfEntry(entry, t('unnamed'));
    const { error } = await reschedule({ id, rescheduleAppointment: { version, start, schedules } });
    if (error) {
      const { title, detail } = refusedOf(t('notMoved', { name }), error);
      showToast(`${title}. ${detail}`, 'critical');
    } else showToast(t('movedBack', { name, time: formatTime(Date.parse(start), zone) }));
  };

  const move = async (key: string, to: DayPlace) => {
    const { schedule, appointment } = partsOf(key);
    const entry = entries.get(appointment);
    if (!entry) return;
    const { version } = entry.appointment;
    const name = nameOfEntry(entry, t('unnamed'));
    onRefused(undefined);
    setOverride({ appointment, version, from: schedule, to });
    const start = new Date(to.start).toISOString();
    const { data, error } = await reschedule({
      id: appointment,
      rescheduleAppointment: { version, start, schedules: schedulesAfter(entry, schedule, to) },
    });
    if (data) showUndoToast(t('moved', { name, time: formatTime(to.start, zone) }), () => void undo(entry, data.version));
    else {
      setOverride(undefined);
      onRefused(refusedOf(t('notMoved', { name }), error));
    }
  };
  return { override, move };
}
