// Who is signed in, what they connected, and the way out, which asks first when something typed would be lost.
import { CONNECTIONS_PATH, useLeaving } from '@galen/account';
import { useAppSelector, useHasDrafts, useNavigate, useWords } from '@galen/core';
import { Button, Dialog, IconButton, Menu } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';

export function AccountMenu({ onKeyboardHelp }: { onKeyboardHelp: () => void }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const name = useAppSelector((state) => state.session.who?.name ?? '');
  const hasDrafts = useHasDrafts();
  const [isAsking, setAsking] = useState(false);
  const { leave, isLeaving } = useLeaving();
  return (
    <>
      <Menu
        label={t('signedInAs', { name })}
        trigger={<IconButton icon="person" label={t('account')} />}
        items={[
          { key: 'connections', label: t('connections'), icon: 'link', onSelect: () => void navigate(CONNECTIONS_PATH) },
          { key: 'keyboard', label: t('keyboardHelp'), icon: 'keyboard', onSelect: onKeyboardHelp },
          {
            key: 'sign-out',
            label: t('signOut'),
            icon: 'signOut',
            onSelect: () => (hasDrafts ? setAsking(true) : void leave()),
          },
        ]}
      />
      <Dialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={t('signOutDraft')}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
            <Button kind="danger" loading={isLeaving} onClick={() => void leave()}>{t('signOut')}</Button>
          </>
        }
      >
        {t('signOutDraftDetail')}
      </Dialog>
    </>
  );
}
