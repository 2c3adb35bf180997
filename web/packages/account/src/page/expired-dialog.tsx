// The session has ended while somebody worked: they sign in again in place, and go on where they were.
import { sessionEnded, sessionStarted, useAppDispatch, useAppSelector, useHasDrafts, useTitle, useWords } from '@galen/core';
import { Button, Dialog, Text } from '@galen/ui';
import { SignInForm } from '../sign-in/sign-in-form';
import { words } from '../words/words';

export function ExpiredDialog() {
  const { phase, who } = useAppSelector((state) => state.session);
  return phase === 'expired' && who !== null ? <SignInAgain name={who.name} /> : null;
}

function SignInAgain({ name }: { name: string }) {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const hasDrafts = useHasDrafts();
  // The tab of a locked screen does not say whose chart lies beneath.
  useTitle(t('expired'));
  return (
    <Dialog opened persistent onClose={() => undefined} title={t('expired')} size="sm">
      <Text as="p" className="dialog-detail">{t('expiredDetail', { name })}</Text>
      <SignInForm name={name} onSignedIn={(session) => void dispatch(sessionStarted(session))} />
      <div className="expired-other">
        <Button kind="quiet" size="sm" onClick={() => void dispatch(sessionEnded())} fullWidth>{t('expiredOther')}</Button>
        {hasDrafts && <Text as="p" tone="muted" size="sm">{t('expiredOtherDetail', { name })}</Text>}
      </div>
    </Dialog>
  );
}
