// Ending what an application may do, asked once more.
import { isRefusal, useDisconnectMutation, useWords } from '@galen/core';
import { Alert, Button, Dialog } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';
import type { Application } from './applications';

const GONE = 404;

export interface DisconnectDialogProps {
  /** Which; none before the first is asked about. */
  application: Application | undefined;
  opened: boolean;
  onClose: () => void;
  onEnded: (client: string, application: Application) => void;
}

export function DisconnectDialog({ application, opened, onClose, onEnded }: DisconnectDialogProps) {
  const t = useWords(words);
  const [disconnect] = useDisconnectMutation();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const client = application?.name || t('connectionNameless');

  const close = () => {
    setProblem('');
    onClose();
  };
  const end = async () => {
    if (!application) return;
    setBusy(true);
    setProblem('');
    const answers = await Promise.all(application.authorizations.map((id) => disconnect({ id })));
    setBusy(false);
    // One that ended meanwhile, in another tab or by itself, is what was wanted.
    const refusal = answers.map(({ error }) => error).find((error) => error && !(isRefusal(error) && error.status === GONE));
    if (!refusal) onEnded(client, application);
    else setProblem(isRefusal(refusal) && refusal.status !== 0 && refusal.detail !== '' ? refusal.detail : t('unreachable'));
  };
  return (
    <Dialog
      opened={opened}
      onClose={close}
      size="sm"
      title={t('connectionDisconnectAsk', { client })}
      actions={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button kind="danger" loading={isBusy} onClick={() => void end()}>{t('connectionDisconnect')}</Button>
        </>
      }
    >
      <p>{t('connectionDisconnectDetail')}</p>
      {problem !== '' && <Alert tone="critical" announce>{problem}</Alert>}
    </Dialog>
  );
}
