// Putting somebody on the waiting list: when they could come, and how much it matters.
import { useJoinWaitingListMutation, useNow, useWords, type ClinicView } from '@galen/core';
import { localDay } from '@galen/fhir';
import { Alert, Button, DaysField, Dialog, Group, RadioGroup, Select, showToast, Stack } from '@galen/ui';
import { CalendarDateField } from '@galen/ui/dates';
import { useState } from 'react';
import { useRefused, type Refused } from '../board/use-steps';
import { words } from '../words/words';
import { draftOf, formOf, isPart, PARTS, type WishesDraft } from './wishes';

const PRIORITIES = ['routine', 'soon', 'urgent'] as const;
export const PRIORITY_WORDS = { routine: 'priorityRoutine', soon: 'prioritySoon', urgent: 'priorityUrgent' } as const;
const PART_WORDS = { any: 'partAny', morning: 'partMorning', afternoon: 'partAfternoon', evening: 'partEvening' } as const;
const NOTICES = [
  { minutes: 0, word: 'noticeNone' },
  { minutes: 120, word: 'noticeHours' },
  { minutes: 1_440, word: 'noticeDay' },
  { minutes: 4_320, word: 'noticeDays' },
] as const;

export interface JoinDialogProps {
  opened: boolean;
  patient: string;
  name: string;
  service: { id: string; name: string };
  clinic: ClinicView;
  /** The Schedule of whom they want to see; anybody's, if empty. */
  practitioner: string;
  description: string;
  onClose: () => void;
  onJoined: () => void;
}

export function JoinDialog({ opened, patient, name, service, clinic, practitioner, description, onClose, onJoined }: JoinDialogProps) {
  const t = useWords(words);
  const refusedOf = useRefused();
  const now = useNow();
  const [draft, setDraft] = useState<WishesDraft>(() => draftOf(localDay(now, clinic.zone)));
  const [refused, setRefused] = useState<Refused>();
  const [join, { isLoading }] = useJoinWaitingListMutation();
  const change = (part: Partial<WishesDraft>) => setDraft({ ...draft, ...part });
  const submit = async () => {
    const wishes = formOf(draft, { clinic: clinic.id, schedules: practitioner === '' ? [] : [practitioner] });
    const { data, error } = await join({ joinWaitingList: { patient, service: service.id, wishes, ...(description !== '' && { description }) } });
    setRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (!data) return;
    showToast(t('waitingJoined', { name }));
    onJoined();
  };
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={t('waiting')}
      actions={
        <>
          <Button onClick={onClose}>{t('back')}</Button>
          <Button kind="primary" icon="check" loading={isLoading} onClick={() => void submit()}>{t('waitingJoinDo')}</Button>
        </>
      }
    >
      <Stack gap={4}>
        <p className="desk-lead"><strong dir="auto">{name}</strong> · <span dir="auto">{service.name}</span></p>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        <Group gap={3}>
          <CalendarDateField label={t('waitingFirst')} value={draft.first} onChange={(first) => change({ first })} />
          <CalendarDateField label={t('waitingLast')} value={draft.last} onChange={(last) => change({ last })} />
        </Group>
        <DaysField label={t('waitingDays')} description={t('waitingDaysHint')} names={t('weekdaysShort').split(' ')} value={draft.days} onChange={(days) => change({ days })} />
        <Group gap={3}>
          <Select label={t('waitingPart')} value={draft.part} onChange={(part) => isPart(part) && change({ part })} choices={Object.keys(PARTS).filter(isPart).map((part) => ({ value: part, label: t(PART_WORDS[part]) }))} />
          <Select label={t('waitingNotice')} value={String(draft.noticeMinutes)} onChange={(text) => change({ noticeMinutes: Number(text) })} choices={NOTICES.map(({ minutes, word }) => ({ value: String(minutes), label: t(word) }))} />
        </Group>
        <RadioGroup
          inline
          label={t('priority')}
          value={draft.priority}
          onChange={(value) => change({ priority: PRIORITIES.find((one) => one === value) ?? 'routine' })}
          choices={PRIORITIES.map((value) => ({ value, label: t(PRIORITY_WORDS[value]) }))}
        />
      </Stack>
    </Dialog>
  );
}
