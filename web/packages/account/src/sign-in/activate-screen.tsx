// A new account, made with the code of a letter and the birth date that the hospital knows.
import { isRefusal, Link, useActivateMutation, useTitle, useWords, type Refusal } from '@galen/core';
import { Alert, Button, DateField, Form, Heading, Text, TextField, type FormProblem } from '@galen/ui';
import { useState, type ReactNode } from 'react';
import { CardPage } from '../page/card-page';
import { words } from '../words/words';
import { NewPasswordFields } from './new-password-fields';

const ID = { code: 'activate-code', birth: 'activate-birth', name: 'activate-name', password: 'activate-password' };
const FULL_DATE_LENGTH = 10;

export interface ActivateScreenProps {
  tools: ReactNode;
  /** Where one signs in. */
  signIn: string;
}

interface Given {
  code: string;
  birthDate: string;
  name: string;
  password: string;
  again: string;
}

function useActivation() {
  const t = useWords(words);
  const [given, setGiven] = useState<Given>({ code: '', birthDate: '', name: '', password: '', again: '' });
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const [isDone, setDone] = useState(false);
  const [send, { isLoading }] = useActivateMutation();
  const missing = (): FormProblem[] => {
    const need = (isThere: boolean, field: string, label: string) => (isThere ? [] : [{ field, message: t('needed', { field: label }) }]);
    return [
      ...need(given.code.trim() !== '', ID.code, t('activateCode')),
      ...need(given.birthDate.length === FULL_DATE_LENGTH, ID.birth, t('activateBirth')),
      ...need(given.name.trim() !== '', ID.name, t('name')),
      ...need(given.password !== '', ID.password, t('newPassword')),
      ...(given.password === given.again ? [] : [{ field: `${ID.password}-again`, message: t('newPasswordDiffers') }]),
    ];
  };
  const problemOf = ({ status, code, detail, location }: Refusal): FormProblem => {
    if (status === 0) return { message: t('unreachable') };
    if (status === 429) return { message: t('tooManyTries') };
    if (location === 'password' || code.startsWith('password')) return { field: ID.password, message: detail };
    if (location === 'name') return { field: ID.name, message: detail };
    return { message: t('activateRefused') };
  };
  const submit = async () => {
    const found = missing();
    setProblems(found);
    if (found.length > 0) return;
    const { code, birthDate, name, password } = given;
    const { error } = await send({ activateAccount: { code: code.trim(), birthDate, name: name.trim(), password } });
    if (isRefusal(error)) setProblems([problemOf(error)]);
    else setDone(true);
  };
  const change = (part: Partial<Given>) => setGiven({ ...given, ...part });
  return { given, change, problems, submit, isDone, isLoading };
}

export function ActivateScreen({ tools, signIn }: ActivateScreenProps) {
  const t = useWords(words);
  const { given, change, problems, submit, isDone, isLoading } = useActivation();
  useTitle(t('activate'));
  const errorOf = (field: string) => problems.find((problem) => problem.field === field)?.message;
  const card = isDone ? (
    <>
      <Alert tone="success" announce>{t('activated')}</Alert>
      <Link className="g-link" to={signIn}>{t('signIn')}</Link>
    </>
  ) : (
    <>
      <Heading level={1} look={2}>{t('activate')}</Heading>
      <Text as="p">{t('activateLead')}</Text>
      <Form onSubmit={() => void submit()} problems={problems} aria-label={t('activate')}>
        <TextField id={ID.code} label={t('activateCode')} value={given.code} onChange={(code) => change({ code })} autoComplete="off" spellCheck={false} error={errorOf(ID.code)} />
        <DateField id={ID.birth} label={t('activateBirth')} description={t('activateBirthHint')} value={given.birthDate} onChange={(birthDate) => change({ birthDate })} partial={false} error={errorOf(ID.birth)} />
        <TextField id={ID.name} label={t('activateName')} description={t('activateNameHint')} value={given.name} onChange={(name) => change({ name })} autoComplete="username" spellCheck={false} error={errorOf(ID.name)} />
        <NewPasswordFields
          id={ID.password}
          value={given.password}
          onChange={(password) => change({ password })}
          again={given.again}
          onAgainChange={(again) => change({ again })}
          errorOf={errorOf}
          focused={false}
        />
        <Button kind="primary" type="submit" loading={isLoading} fullWidth>{t('activate')}</Button>
      </Form>
      <Link className="g-link" to={signIn}>{t('activateBack')}</Link>
    </>
  );
  return <CardPage card={card} tools={tools} />;
}
