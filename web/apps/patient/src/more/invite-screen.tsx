// Letting somebody act for oneself: who, what, until when; then a code, shown once.
import { isRefusal, useInvitePatientMutation, useWords, type InvitationIssuedView, type Kinship } from '@galen/core';
import { Button, Checkbox, DateField, Form, Panel, Select, Text, TextField, VisuallyHidden, type FormProblem } from '@galen/ui';
import { useState } from 'react';
import { LinkButton } from '../common/link-button';
import { useRefusalText } from '../common/refusals';
import { Screen } from '../common/screen';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from './words/words';

const KINDS: readonly Kinship[] = ['SPS', 'PRN', 'CHILD', 'SIB', 'FAMMEMB', 'FRND', 'GUARD', 'HPOWATT'];

/** The code is in this answer alone: it is never kept, nor shown again. */
function Issued({ issued, name }: { issued: InvitationIssuedView; name: string }) {
  const t = useWords(words);
  const address = useAddress();
  return (
    <Panel title={t('codeFor', { name })}>
      <p className="p-code" dir="ltr" translate="no"><VisuallyHidden>{t('code')}: </VisuallyHidden>{issued.code}</p>
      <Text as="p">{t('codeHow', { name })}</Text>
      <div className="p-actions"><LinkButton href={address('more/people')} kind="primary">{t('done')}</LinkButton></div>
    </Panel>
  );
}

export default function InviteScreen() {
  const t = useWords(words);
  const address = useAddress();
  const said = useRefusalText();
  const id = useOwnPatient();
  const [invite, { data: issued, isLoading }] = useInvitePatientMutation();
  const [name, setName] = useState('');
  const [kinship, setKinship] = useState<Kinship | ''>('');
  const [mayBook, setMayBook] = useState(true);
  const [maySee, setMaySee] = useState(false);
  const [until, setUntil] = useState('');
  const [problems, setProblems] = useState<readonly FormProblem[]>([]);
  const isWhole = name.trim() !== '' && kinship !== '' && (mayBook || maySee) && until.length === 10;
  const submit = async () => {
    if (kinship === '') return;
    setProblems([]);
    const scopes = [...(mayBook ? (['appointments'] as const) : []), ...(maySee ? (['record'] as const) : [])];
    const { error } = await invite({ id, invitePatient: { proxy: { name: name.trim(), kinship, scopes, until } } });
    if (isRefusal(error)) setProblems([{ message: said(error) }]);
  };
  return (
    <Screen title={t('invite')} lead={t('inviteLead')} back={address('more/people')}>
      {issued ? (
        <Issued issued={issued} name={name.trim()} />
      ) : (
        <Panel title={t('invite')}>
          <Form onSubmit={() => void submit()} problems={problems} aria-label={t('invite')}>
            <TextField id="invite-name" label={t('name')} value={name} onChange={setName} autoComplete="off" required />
            <Select
              id="invite-kin" label={t('how')} value={kinship} placeholder="–" required
              onChange={(value) => setKinship(KINDS.find((kind) => kind === value) ?? '')}
              choices={KINDS.map((kind) => ({ value: kind, label: t(`kin${kind}`) }))}
            />
            <fieldset className="p-fieldset">
              <legend><Text weight="medium">{t('may')}</Text></legend>
              <Checkbox label={t('mayAppointments')} checked={mayBook} onChange={setMayBook} />
              <Checkbox label={t('mayRecord')} checked={maySee} onChange={setMaySee} />
            </fieldset>
            <DateField id="invite-until" label={t('until')} description={t('untilHint')} value={until} onChange={setUntil} partial={false} required />
            <div className="p-actions"><Button type="submit" kind="primary" loading={isLoading} disabled={!isWhole}>{t('makeCode')}</Button></div>
          </Form>
        </Panel>
      )}
    </Screen>
  );
}
