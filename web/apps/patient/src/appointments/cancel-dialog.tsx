// Calling an appointment off, with the reason, asked once more.
import { isRefusal, useCancelAppointmentMutation, useWords, type CancellationReason } from '@galen/core';
import { Alert, Button, Dialog, RadioGroup, showToast, Stack, Text } from '@galen/ui';
import { useState } from 'react';
import { useDayAndTime } from '../common/dates';
import { useRefusalText } from '../common/refusals';
import { words } from '../words/words';
import { isRequest, type Visit } from './visits';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

/** FHIR's codes say whose doing it is; `other` is kept for what was never booked. */
const REASONS: readonly { key: string; word: Word; code: CancellationReason }[] = [
  { key: 'cannot', word: 'reasonCannot', code: 'pat' },
  { key: 'no-need', word: 'reasonNoNeed', code: 'pat' },
  { key: 'not-ready', word: 'reasonNotReady', code: 'meds-inc' },
  { key: 'else', word: 'reasonElse', code: 'pat' },
];

export function CancelDialog({ visit, opened, onClose }: { visit: Visit; opened: boolean; onClose: () => void }) {
  const t = useWords(words);
  const said = useRefusalText();
  const { both } = useDayAndTime(visit.view.zone);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [cancel, { isLoading }] = useCancelAppointmentMutation();
  const submit = async () => {
    const chosen = REASONS.find(({ key }) => key === reason);
    if (!chosen) {
      setProblem(t('reasonNeeded'));
      return;
    }
    setProblem('');
    const { error } = await cancel({ id: visit.id, cancelAppointment: { version: visit.view.version, reason: chosen.code } });
    if (isRefusal(error)) {
      setProblem(said(error));
      return;
    }
    onClose();
    showToast(t('cancelled'));
  };
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={isRequest(visit) ? t('cancelRequest') : t('cancelAppointment')}
      actions={
        <>
          <Button onClick={onClose}>{t('keepIt')}</Button>
          <Button kind="danger" loading={isLoading} onClick={() => void submit()}>{t('cancelIt')}</Button>
        </>
      }
    >
      <Stack gap={4}>
        <Text as="p"><bdi>{visit.title || t('appointment')}</bdi>, {both(visit.view.start ?? undefined)}</Text>
        <RadioGroup
          label={t('whyCancel')}
          value={reason}
          onChange={setReason}
          choices={REASONS.map(({ key, word }) => ({ value: key, label: t(word) }))}
        />
        {problem !== '' && <Alert tone="critical" announce>{problem}</Alert>}
      </Stack>
    </Dialog>
  );
}
