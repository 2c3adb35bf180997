// What the desk does to an appointment: each step tells what happened, or why it did not.
import {
  isRefusal,
  useCancelAppointmentMutation,
  useConfirmAppointmentMutation,
  useRecordAttendanceMutation,
  useWords,
  type BoardEntry,
  type CancellationReason,
  type Step,
} from '@galen/core';
import { showToast, useAppointmentState } from '@galen/ui';
import { words } from '../words/words';
import { nameOfEntry } from './model';

export interface Refused {
  title: string;
  detail: string;
}

/** Words for why something was not done. */
export function useRefused(): (title: string, error: unknown) => Refused {
  const t = useWords(words);
  return (title, error) => {
    if (!isRefusal(error) || error.status === 0) return { title, detail: t('notSent') };
    return { title, detail: [error.detail, error.next].filter(Boolean).join('. ') };
  };
}

export function useSteps(onRefused: (refused: Refused | undefined) => void) {
  const t = useWords(words);
  const stateOf = useAppointmentState();
  const refusedOf = useRefused();
  const [attend, attending] = useRecordAttendanceMutation();
  const [cancel, cancelling] = useCancelAppointmentMutation();
  const [confirm, confirming] = useConfirmAppointmentMutation();
  const settle = (answer: { error?: unknown }, done: string): boolean => {
    const { error } = answer;
    onRefused(error === undefined ? undefined : refusedOf(t('notDone'), error));
    if (error === undefined) showToast(done);
    return error === undefined;
  };
  return {
    isBusy: attending.isLoading || cancelling.isLoading || confirming.isLoading,
    attend: async (entry: BoardEntry, step: Step) => {
      const { id, version } = entry.appointment;
      const answer = await attend({ id, recordAttendance: { version, step } });
      return settle(answer, `${nameOfEntry(entry, t('unnamed'))}: ${stateOf(answer.data?.status ?? '')}`);
    },
    cancel: async (entry: BoardEntry, reason: CancellationReason, done: string) => {
      const { id, version } = entry.appointment;
      return settle(await cancel({ id, cancelAppointment: { version, reason } }), done);
    },
    confirm: async (entry: BoardEntry, done: string) => {
      const { id, version } = entry.appointment;
      return settle(await confirm({ id, confirmAppointment: { version } }), done);
    },
  };
}
