// The first screen.
import { sessionStarted, useAppDispatch, useTitle, useWords, type Session } from '@galen/core';
import { Heading } from '@galen/ui';
import type { ReactNode } from 'react';
import { forgetOthers } from '../keeping';
import { CardPage } from '../page/card-page';
import { words } from '../words/words';
import { DemoAccounts } from './demo-accounts';
import { SignInForm } from './sign-in-form';

export function SignInScreen({ tools }: { tools: ReactNode }) {
  const t = useWords(words);
  const dispatch = useAppDispatch();
  const enter = (session: Session) => {
    void forgetOthers(session.user);
    dispatch(sessionStarted(session));
  };
  useTitle(t('signIn'));
  const card = (
    <>
      <Heading level={1} look={2}>{t('signIn')}</Heading>
      <SignInForm onSignedIn={enter} />
    </>
  );
  return <CardPage card={card} tools={tools}><DemoAccounts onSignedIn={enter} /></CardPage>;
}
