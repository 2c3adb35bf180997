// The patient's way into the portal: a code, in a letter or told at the desk; and the codes that nobody used yet.
import {
  isRefusal,
  useInvitationLetterMutation,
  useInvitePatientMutation,
  useListInvitationsQuery,
  useWithdrawInvitationMutation,
  useWords,
  type InvitationIssuedView,
  type InvitationView,
} from '@galen/core';
import { Button, ClinicalDate, Dialog, ErrorState, Group, LoadingState, Panel, showToast, Stack, Text } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';
import { openInTab } from './label-button';

function useRefused() {
  const t = useWords(words);
  return (error: unknown) => showToast(isRefusal(error) && error.detail ? error.detail : t('codeFailed'), 'critical');
}

export function AccountPanel({ id }: { id: string }) {
  const t = useWords(words);
  const { data, isError, isFetching, refetch } = useListInvitationsQuery({ id });
  const [issued, setIssued] = useState<InvitationIssuedView>();
  const [invite, { isLoading: isInviting }] = useInvitePatientMutation();
  const [write, { isLoading: isWriting }] = useInvitationLetterMutation();
  const refused = useRefused();
  const show = async () => {
    const answer = await invite({ id, invitePatient: {} });
    if (answer.data) setIssued(answer.data);
    else refused(answer.error);
  };
  const print = async () => {
    const answer = await write({ patient: id });
    if (answer.data) openInTab(answer.data);
    else refused(answer.error);
  };
  return (
    <Panel title={t('account')}>
      <Stack gap={4}>
        <Text as="p" tone="muted">{t('accountDetail')}</Text>
        {isError && !data && <ErrorState title={t('codesUnavailable')} onRetry={() => void refetch()} retrying={isFetching} />}
        {!data && !isError && <LoadingState lines={1} />}
        {data && data.invitations.length > 0 && (
          <ul className="g-plain-list merges">{data.invitations.map((one) => <Open key={one.id} invitation={one} />)}</ul>
        )}
        <Group>
          <Button icon="print" loading={isWriting} onClick={() => void print()}>{t('codeLetter')}</Button>
          <Button icon="eye" loading={isInviting} onClick={() => void show()}>{t('codeShow')}</Button>
        </Group>
      </Stack>
      <Dialog opened={issued !== undefined} onClose={() => setIssued(undefined)} title={t('account')}>
        <Text as="p">{t('codeCheck')}</Text>
        <p className="account-code" dir="ltr" translate="no">{issued?.code}</p>
        {issued && <Text as="p" tone="muted">{t('codeUntil')} <ClinicalDate value={issued.until} /></Text>}
      </Dialog>
    </Panel>
  );
}

function Open({ invitation }: { invitation: InvitationView }) {
  const t = useWords(words);
  const [withdraw, { isLoading }] = useWithdrawInvitationMutation();
  const refused = useRefused();
  const end = async () => {
    const { error } = await withdraw({ id: invitation.id });
    if (error) refused(error);
  };
  return (
    <li>
      <span>
        {invitation.proxy ? t('codeForProxy', { name: invitation.proxy.name }) : t('codeForPatient')}{' '}
        <Text tone="muted" size="sm">{t('codeUntil')} <ClinicalDate value={invitation.until} /></Text>
      </span>
      <Button size="sm" loading={isLoading} onClick={() => void end()}>{t('codeWithdraw')}</Button>
    </li>
  );
}
