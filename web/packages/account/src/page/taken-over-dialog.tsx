// Another tab signed in as somebody else: nobody may go on without noticing.
import { takeOverSeen, useAppDispatch, useAppSelector, useWords } from '@galen/core';
import { Button, Dialog } from '@galen/ui';
import { words } from '../words/words';

export function TakenOverDialog() {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const { takenOver, who } = useAppSelector((state) => state.session);
  if (!takenOver || who === null) return null;
  const { name } = who;
  return (
    <Dialog
      opened
      persistent
      onClose={() => undefined}
      title={t('takenOver', { name })}
      actions={<Button kind="primary" onClick={() => void dispatch(takeOverSeen())}>{t('takenOverGoOn', { name })}</Button>}
    >
      {t('takenOverDetail', { name })}
    </Dialog>
  );
}
