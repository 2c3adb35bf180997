// Opens a sealed record for an hour, with a reason that a reviewer will read.
import {
  breakGlassClosed,
  isRefusal,
  REASON_CHARACTERS_MAX,
  REASON_CHARACTERS_MIN,
  useAppDispatch,
  useAppSelector,
  useDraft,
  useOpenBreakGlassMutation,
  useWords,
} from '@galen/core';
import { Button, Dialog, Form, showToast, Text, Textarea, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';

const FORM = 'break-glass';
const FIELD = 'break-glass-reason';

export function BreakGlassDialog() {
  const patient = useAppSelector((state) => state.breakGlass.patient);
  return patient === null ? null : <BreakGlassForm key={patient} patient={patient} />;
}

function BreakGlassForm({ patient }: { patient: string }) {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const reason = useDraft(`${FORM} ${patient}`, '');
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [open, { isLoading }] = useOpenBreakGlassMutation();

  const close = () => void dispatch(breakGlassClosed());
  const submit = async () => {
    const given = reason.value.trim();
    if (given.length < REASON_CHARACTERS_MIN) {
      setProblems([{ field: FIELD, message: t('breakGlassReasonShort', { count: REASON_CHARACTERS_MIN }) }]);
      return;
    }
    setProblems([]);
    const answer = await open({ openBreakGlass: { patient, reason: given } });
    if (answer.data) {
      reason.drop();
      close();
      showToast(t('breakGlassDone'));
    } else if (isRefusal(answer.error)) {
      setProblems([{ message: answer.error.status === 0 ? t('unreachable') : answer.error.detail }]);
    }
  };
  return (
    <Dialog
      opened
      onClose={close}
      title={t('breakGlass')}
      actions={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button kind="danger" type="submit" form={FORM} loading={isLoading}>{t('breakGlassSubmit')}</Button>
        </>
      }
    >
      <Text as="p" className="dialog-detail">{t('breakGlassDetail')}</Text>
      <Form id={FORM} onSubmit={() => void submit()} problems={problems} aria-label={t('breakGlass')}>
        <Textarea
          id={FIELD}
          label={t('breakGlassReason')}
          required
          value={reason.value}
          onChange={reason.change}
          maxLength={REASON_CHARACTERS_MAX}
          autoFocus
          error={problems.find((problem) => problem.field === FIELD)?.message}
        />
      </Form>
    </Dialog>
  );
}
