// The first screen.
import { sessionStarted, useAppDispatch, useTitle, useWords, type Session } from '@galen/core';
import { Card, Heading } from '@galen/ui';
import { Brand } from '../frame/brand';
import { PreferenceMenus } from '../frame/preference-menus';
import { words } from '../words/words';
import { DemoAccounts } from './demo-accounts';
import { SignInForm } from './sign-in-form';

export function SignInScreen() {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const enter = (session: Session) => void dispatch(sessionStarted(session));
  useTitle(t('signIn'));
  return (
    <div className="sign-in">
      <div className="sign-in-tools"><PreferenceMenus /></div>
      <main className="sign-in-column">
        <Brand large />
        <Card className="sign-in-card">
          <Heading level={1} look={2}>{t('signIn')}</Heading>
          <SignInForm onSignedIn={enter} />
        </Card>
        <DemoAccounts onSignedIn={enter} />
      </main>
    </div>
  );
}
