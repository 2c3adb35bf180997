// Signing in, step by step, in one place on the screen: password, code, and at the first time both anew.
import { isRefusal, lazyScreen, useSignInMutation, useWords, type Refusal, type Session, type SignInForm as Given } from '@galen/core';
import { Button, CodeField, Form, LoadingState, PasswordField, Stack, Text, TextField, type FormProblem } from '@galen/ui';
import { Suspense, useMemo, useState } from 'react';
import { words } from '../words/words';
import { NewPasswordFields } from './new-password-fields';
import { advance, afterRefusal, secretOf, start, type Progress } from './steps';

/** Drawn once in the life of an account. */
const QrCode = lazyScreen(async () => ({ default: (await import('./qr-code')).QrCode }));

const ID = { name: 'sign-in-name', password: 'sign-in-password', code: 'sign-in-code', newPassword: 'sign-in-new' };

export interface SignInFormProps {
  /** Who it must be; the name is then not asked for. */
  name?: string;
  onSignedIn: (session: Session) => void;
}

type Problem = { field?: string; message: string };

function useSigningIn(name: string | undefined, onSignedIn: (session: Session) => void) {
  const t = useWords(words);
  const [progress, setProgress] = useState<Progress>(() => start(name));
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [send, { isLoading }] = useSignInMutation();

  const problemOf = (refusal: Refusal): Problem => {
    if (refusal.status === 0) return { message: t('unreachable') };
    if (refusal.status === 429) return { message: t('tooManyTries') };
    if (refusal.location === 'newPassword') return { field: ID.newPassword, message: refusal.detail };
    return refusal.code === 'sign-in-refused' ? { message: t('wrongSignIn') } : { message: refusal.detail };
  };
  const submit = async (given: Given) => {
    setProblems([]);
    const answer = await send(given);
    if (answer.data) {
      const next = advance(progress, given, answer.data);
      if ('user' in next) onSignedIn(next);
      else setProgress(next);
    } else if (isRefusal(answer.error)) {
      setProgress(afterRefusal({ ...progress, given }, answer.error));
      setProblems([problemOf(answer.error)]);
    }
  };
  return { progress, setProgress, problems, setProblems, submit, isLoading };
}

export function SignInForm({ name, onSignedIn }: SignInFormProps) {
  const t = useWords(words);
  const { progress, setProgress, problems, setProblems, submit, isLoading } = useSigningIn(name, onSignedIn);
  const [again, setAgain] = useState('');
  const { step, given, enrolment } = progress;
  const change = (part: Partial<Given>) => setProgress({ ...progress, given: { ...given, ...part } });
  const secret = useMemo(() => secretOf(enrolment ?? ''), [enrolment]);

  const missing = (): Problem[] => {
    const found: Problem[] = [];
    const need = (value: string | undefined, field: string, label: string) => {
      if (!value) found.push({ field, message: t('needed', { field: label }) });
    };
    if (step === 'password') {
      need(given.name.trim(), ID.name, t('name'));
      need(given.password, ID.password, t('password'));
    } else if (step === 'newPassword') {
      need(given.newPassword, ID.newPassword, t('newPassword'));
      if (given.newPassword !== again) found.push({ field: `${ID.newPassword}-again`, message: t('newPasswordDiffers') });
    } else need(given.code, ID.code, t('code'));
    return found;
  };
  const onSubmit = () => {
    const found = missing();
    setProblems(found);
    if (found.length === 0) void submit(given);
  };
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;

  return (
    <Form onSubmit={onSubmit} problems={problems} aria-label={t('signIn')}>
      {(name !== undefined || step === 'newPassword') && (
        // A password manager must learn whose password this is where the name is not asked for.
        <input hidden readOnly type="text" autoComplete="username" value={given.name} />
      )}
      {step === 'password' && (
        <>
          {name === undefined && (
            <TextField
              id={ID.name}
              label={t('name')}
              value={given.name}
              onChange={(value) => change({ name: value })}
              autoComplete="username"
              spellCheck={false}
              autoFocus
              error={errorOf(ID.name)}
            />
          )}
          <PasswordField
            id={ID.password}
            label={t('password')}
            value={given.password}
            onChange={(password) => change({ password })}
            autoFocus={name !== undefined}
            error={errorOf(ID.password)}
          />
        </>
      )}
      {step === 'newPassword' && (
        <NewPasswordFields
          id={ID.newPassword}
          value={given.newPassword ?? ''}
          onChange={(newPassword) => change({ newPassword })}
          again={again}
          onAgainChange={setAgain}
          errorOf={errorOf}
        />
      )}
      {step === 'enrolment' && enrolment !== undefined && (
        <Stack gap={3}>
          <Text as="p">{t('enrolDetail')}</Text>
          <Suspense fallback={<LoadingState lines={6} />}><QrCode text={enrolment} label={t('enrolQr')} /></Suspense>
          <div>
            <Text as="div" tone="muted" size="sm">{t('enrolSecret')}</Text>
            <code className="enrolment-secret" dir="ltr">{secret}</code>
          </div>
        </Stack>
      )}
      {(step === 'code' || step === 'enrolment') && (
        <CodeField
          key={step}
          id={ID.code}
          label={t('code')}
          description={t('codeHint')}
          value={given.code ?? ''}
          onChange={(code) => change({ code })}
          onComplete={(code) => void submit({ ...given, code })}
          autoFocus
          error={errorOf(ID.code)}
        />
      )}
      <Button kind="primary" type="submit" loading={isLoading} fullWidth>
        {step === 'password' ? t('signIn') : t('continue')}
      </Button>
      {step !== 'password' && (
        <Button kind="quiet" onClick={() => setProgress(start(name))} fullWidth>
          {name === undefined ? t('signInOther') : t('cancel')}
        </Button>
      )}
    </Form>
  );
}
