// Asks before a form with changes is left.
import { useUnsavedChanges, useWords } from '@galen/core';
import { Button, Dialog } from '@galen/ui';
import { words } from '../words/words';

/** The draft is kept when one leaves, unless it is thrown away here. */
export function LeaveDialog({ isDirty, onDiscard }: { isDirty: boolean; onDiscard: () => void }) {
  const t = useWords(words);
  const { isAsking, leave, stay } = useUnsavedChanges(isDirty);
  return (
    <Dialog
      opened={isAsking}
      onClose={stay}
      title={t('leaveTitle')}
      actions={
        <>
          <Button
            kind="quiet"
            onClick={() => {
              onDiscard();
              leave();
            }}
          >
            {t('leaveDiscard')}
          </Button>
          <Button onClick={leave}>{t('leaveKeep')}</Button>
          <Button kind="primary" onClick={stay}>{t('leaveStay')}</Button>
        </>
      }
    >
      {t('leaveDetail')}
    </Dialog>
  );
}
