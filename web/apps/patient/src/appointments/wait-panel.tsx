// Waiting for a time: "tell me if one comes free", with what would suit.
import { isRefusal, useJoinWaitingListMutation, useWords, type ServiceView } from '@galen/core';
import { Alert, Button, DaysField, Panel, Select, showToast, Text } from '@galen/ui';
import { useState } from 'react';
import { dayKey } from '../common/dates';
import { LinkButton } from '../common/link-button';
import { useRefusalText } from '../common/refusals';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';
import { useVisits } from './use-visits';
import { waiting, type Visit } from './visits';
import { formOf, isPart, NOTICES, PARTS, type Wanted } from './wishes';

const PART_WORDS = { any: 'partAny', morning: 'morning', afternoon: 'afternoon' } as const;
const NOTICE_WORDS = { 120: 'noticeHours', 1440: 'noticeDay', 4320: 'noticeDays' } as const;

export function WaitPanel({ service, replaces }: { service: ServiceView; replaces?: Visit }) {
  const t = useWords(words);
  const address = useAddress();
  const said = useRefusalText();
  const patient = useOwnPatient();
  const visits = useVisits();
  const [isOpen, setOpen] = useState(false);
  const [wanted, setWanted] = useState<Wanted>({ days: [], part: 'any', noticeMinutes: NOTICES[1] });
  const [problem, setProblem] = useState('');
  const [join, { isLoading }] = useJoinWaitingListMutation();
  const known = waiting(visits.data ?? []).find(({ view }) => view.service === service.id);
  const bookable = service.portal === 'self-book' || service.portal === 'request-approval';
  if (!bookable || !visits.data) return null;
  if (known) {
    return (
      <Alert tone="info" title={t('waitingAlready')} actions={<LinkButton href={address(`appointments/${known.id}`)}>{t('waitingShow')}</LinkButton>}>
        {t('waitingAlreadyDetail')}
      </Alert>
    );
  }
  const submit = async () => {
    setProblem('');
    const zone = replaces?.view.zone ?? undefined;
    const replaced = replaces?.view.start ? { id: replaces.id, day: dayKey(Date.parse(replaces.view.start), zone), schedules: replaces.view.schedules } : undefined;
    const { error } = await join({ joinWaitingList: { patient, service: service.id, wishes: formOf(wanted, dayKey(Date.now(), zone), replaced) } });
    if (isRefusal(error)) {
      setProblem(said(error));
      return;
    }
    showToast(t('waitingJoined'));
    setOpen(false);
  };
  const change = (part: Partial<Wanted>) => setWanted({ ...wanted, ...part });
  return (
    <Panel title={replaces ? t('waitEarlier') : t('waitNone')}>
      <Text as="p">{replaces ? t('waitEarlierDetail') : t('waitNoneDetail')}</Text>
      {!isOpen && <div className="p-actions"><Button icon="clock" onClick={() => setOpen(true)}>{t('waitTell')}</Button></div>}
      {isOpen && (
        <>
          <DaysField label={t('waitDays')} description={t('waitDaysHint')} names={t('weekdaysMondayFirst').split(' ')} value={wanted.days} onChange={(days) => change({ days })} />
          <Select label={t('waitPart')} value={wanted.part} onChange={(part) => isPart(part) && change({ part })} choices={Object.keys(PARTS).filter(isPart).map((part) => ({ value: part, label: t(PART_WORDS[part]) }))} />
          <Select label={t('waitNotice')} value={String(wanted.noticeMinutes)} onChange={(text) => change({ noticeMinutes: Number(text) })} choices={NOTICES.map((minutes) => ({ value: String(minutes), label: t(NOTICE_WORDS[minutes as keyof typeof NOTICE_WORDS]) }))} />
          <Text as="p" tone="muted" size="sm">{t('waitHow')}</Text>
          {problem !== '' && <Alert tone="critical" announce>{problem}</Alert>}
          <div className="p-actions">
            <Button kind="primary" loading={isLoading} onClick={() => void submit()}>{t('waitJoin')}</Button>
            <Button onClick={() => setOpen(false)}>{t('waitNot')}</Button>
          </div>
        </>
      )}
    </Panel>
  );
}
