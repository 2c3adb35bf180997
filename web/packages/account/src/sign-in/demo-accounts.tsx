// The sample accounts of a demo hospital: one click signs in. Not there on any other hospital.
import {
  isRefusal,
  isSession,
  useDemoSignInsQuery,
  useLazyDemoSignInsQuery,
  useSignInMutation,
  useWords,
  type DemoAccount,
  type Session,
} from '@galen/core';
import { Alert, Button, Panel, Stack, Text } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';

export function DemoAccounts({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const t = useWords(words);
  const { data } = useDemoSignInsQuery();
  const [current] = useLazyDemoSignInsQuery();
  const [send] = useSignInMutation();
  const [chosen, setChosen] = useState<string>();
  const [problem, setProblem] = useState<string>();
  if (!data) return null;

  const signIn = async ({ name }: DemoAccount) => {
    setChosen(name);
    setProblem(undefined);
    // The codes shown with the list may have run out since; the ones of this moment have not.
    const fresh = (await current(undefined, false)).data?.accounts.find((account) => account.name === name);
    const answer = fresh && (await send({ name, password: fresh.password, code: fresh.code }));
    setChosen(undefined);
    if (answer?.data && isSession(answer.data)) onSignedIn(answer.data);
    else setProblem(isRefusal(answer?.error) && answer.error.status !== 401 ? answer.error.detail : t('demoCodeUsed'));
  };

  return (
    <Panel title={t('demo')} level={2}>
      <Stack gap={2}>
        <Text as="p" tone="muted" size="sm">{t('demoDetail', { hospital: data.hospital })}</Text>
        {problem !== undefined && <Alert tone="warning" announce>{problem}</Alert>}
        <ul className="demo-accounts">
          {data.accounts.map((account) => (
            <li key={account.name}>
              <div className="demo-account">
                <Text as="div" weight="medium" isolate>{account.person}</Text>
                <Text as="div" tone="muted" size="sm">{account.role} · {account.about}</Text>
              </div>
              <Button
                size="sm"
                loading={chosen === account.name}
                disabled={chosen !== undefined && chosen !== account.name}
                onClick={() => void signIn(account)}
                aria-label={t('demoUse', { person: account.person, role: account.role })}
              >
                {t('signIn')}
              </Button>
            </li>
          ))}
        </ul>
      </Stack>
    </Panel>
  );
}
