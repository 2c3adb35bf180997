// The session has ended while somebody worked: they sign in again in place, and go on where they were.
import { sessionEnded, sessionStarted, useAppDispatch, useAppSelector, useHasDrafts, useWords } from '@galen/core';
import { Button, Dialog, Text } from '@galen/ui';
import { SignInForm } from '../sign-in/sign-in-form';
import { words } from '../words/words';

export function ExpiredDialog() {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const { phase, who } = useAppSelector((state) => state.session);
  const hasDrafts = useHasDrafts();
  if (phase !== 'expired' || who === null) return null;
  const { name } = who;
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
