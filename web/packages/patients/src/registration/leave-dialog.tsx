// Asks before a form with changes is left, and does not ask when they were saved.
import { useNavigate, useUnsavedChanges, useWords } from '@galen/core';
import { Button, Dialog } from '@galen/ui';
import { useEffect, useState } from 'react';
import { words } from '../words/words';

/** Leaving after saving: only once the form has heard that nothing is unsaved any more. */
export function useSavedHref(): { isLeaving: boolean; leaveTo: (href: string) => void } {
  const navigate = useNavigate();
  const [href, setHref] = useState<string>();
  useEffect(() => {
    if (href !== undefined) void navigate(href);
  }, [href, navigate]);
  return { isLeaving: href !== undefined, leaveTo: setHref };
}

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
