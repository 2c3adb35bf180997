// The first screen.
import { Link, sessionStarted, useAppDispatch, useTitle, useWords, type Session } from '@galen/core';
import { Heading } from '@galen/ui';
import type { ReactNode } from 'react';
import { forgetOthers } from '../keeping';
import { CardPage } from '../page/card-page';
import { words } from '../words/words';
import { DemoAccounts } from './demo-accounts';
import { SignInForm } from './sign-in-form';

export interface SignInScreenProps {
  tools: ReactNode;
  /** Where an account is made with a code; patients' pages have it. */
  activate?: string;
}

export function SignInScreen({ tools, activate }: SignInScreenProps) {
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
      {activate !== undefined && <Link className="g-link" to={activate}>{t('activateLink')}</Link>}
    </>
  );
  return <CardPage card={card} tools={tools}><DemoAccounts onSignedIn={enter} /></CardPage>;
}
