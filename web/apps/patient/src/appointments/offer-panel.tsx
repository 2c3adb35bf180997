// A place on the waiting list, and the time that is offered on it: taken or turned down, while it is kept.
import { isRefusal, useCancelAppointmentMutation, useConfirmAppointmentMutation, useDeclineAppointmentOfferMutation, useWords } from '@galen/core';
import { formatIso } from '@galen/fhir';
import { Alert, Button, Dialog, Link, Panel, showToast, Text, useLabels } from '@galen/ui';
import { useState } from 'react';
import { useDayAndTime } from '../common/dates';
import { useRefusalText } from '../common/refusals';
import { useAddress } from '../place';
import { words } from '../words/words';
import { Countdown, useSecondsLeft } from './countdown';
import { useVisits } from './use-visits';
import { VisitFacts, VisitStatus } from './visit-card';
import { isOffer, type Visit } from './visits';

const CODES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What was wished for, in a line. */
function useWished(): (visit: Visit) => string {
  const t = useWords(words);
  const labels = useLabels();
  const names = t('weekdaysMondayFirst').split(' ');
  return ({ view: { wishes } }) => {
    if (!wishes) return '';
    const until = formatIso(wishes.last ?? undefined, { words: labels.words });
    const hours = wishes.from && wishes.to ? t(wishes.from < '12:00' ? 'morning' : 'afternoon') : '';
    return [wishes.days.map((code) => names[CODES.indexOf(code)] ?? code).join(', '), hours, until && t('waitingUntil', { date: until })].filter(Boolean).join(' · ');
  };
}

export function WaitingCard({ visit }: { visit: Visit }) {
  const t = useWords(words);
  const address = useAddress();
  const wished = useWished();
  const offered = isOffer(visit, Date.now());
  return (
    <article className="p-card p-visit">
      <div className="p-card-head">
        <h3 className="p-card-title"><Link href={address(`appointments/${visit.id}`)} className="p-card-link"><bdi>{visit.title || t('appointment')}</bdi></Link></h3>
        <VisitStatus visit={visit} />
      </div>
      {offered ? <VisitFacts visit={visit} /> : <Text as="p" tone="muted">{wished(visit)}</Text>}
      {offered && <Text as="p" weight="medium">{t('offerAnswer')}</Text>}
    </article>
  );
}

export function OfferPanel({ visit }: { visit: Visit }) {
  const t = useWords(words);
  const said = useRefusalText();
  const { both } = useDayAndTime(visit.view.zone);
  const visits = useVisits();
  const [problem, setProblem] = useState('');
  const [accept, accepting] = useConfirmAppointmentMutation();
  const [decline, declining] = useDeclineAppointmentOfferMutation();
  const { heldUntil, version, wishes } = visit.view;
  const seconds = useSecondsLeft(heldUntil);
  const replaced = visits.data?.find(({ id, view }) => id === wishes?.replaces && view.status === 'booked');
  const isOver = seconds === 0;
  const settle = (error: unknown, done: string) => {
    if (isRefusal(error)) setProblem(said(error));
    else showToast(done);
  };
  const take = async () => {
    setProblem('');
    settle((await accept({ id: visit.id, confirmAppointment: { version } })).error, t('booked'));
  };
  const turnDown = async () => {
    setProblem('');
    settle((await decline({ id: visit.id, declineOffer: { version } })).error, t('offerDeclined'));
  };
  return (
    <Panel title={t('offerTitle')}>
      {isOver ? <Alert tone="warning" announce>{t('offerOver')}</Alert> : <Countdown seconds={seconds} />}
      <VisitFacts visit={visit} />
      {heldUntil && <Text as="p" tone="muted">{t('offerUntil', { moment: both(heldUntil) })}</Text>}
      {replaced && <Alert tone="info" title={t('offerReplaces')}>{t('offerReplacesDetail', { moment: both(replaced.view.start ?? undefined) })}</Alert>}
      {problem !== '' && <Alert tone="critical" announce>{problem}</Alert>}
      {!isOver && (
        <div className="p-actions">
          <Button kind="primary" icon="check" loading={accepting.isLoading} disabled={declining.isLoading} onClick={() => void take()}>{t('offerTake')}</Button>
          <Button loading={declining.isLoading} disabled={accepting.isLoading} onClick={() => void turnDown()}>{t('offerTurnDown')}</Button>
        </div>
      )}
    </Panel>
  );
}

export function EntryPanel({ visit }: { visit: Visit }) {
  const t = useWords(words);
  const said = useRefusalText();
  const wished = useWished();
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState('');
  const [cancel, { isLoading }] = useCancelAppointmentMutation();
  const leave = async () => {
    setProblem('');
    const { error } = await cancel({ id: visit.id, cancelAppointment: { version: visit.view.version, reason: 'pat' } });
    if (isRefusal(error)) {
      setProblem(said(error));
      return;
    }
    setAsking(false);
    showToast(t('waitingLeft'));
  };
  return (
    <Panel title={t('waitingOn')}>
      <div><VisitStatus visit={visit} /></div>
      <Text as="p">{t('waitHow')}</Text>
      <Text as="p" tone="muted">{wished(visit)}</Text>
      <div className="p-actions"><Button onClick={() => setAsking(true)}>{t('waitingLeave')}</Button></div>
      <Dialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={t('waitingLeave')}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('waitingStay')}</Button>
            <Button kind="danger" loading={isLoading} onClick={() => void leave()}>{t('waitingLeaveDo')}</Button>
          </>
        }
      >
        <Text as="p">{t('waitingLeaveDetail')}</Text>
        {problem !== '' && <Alert tone="critical" announce>{problem}</Alert>}
      </Dialog>
    </Panel>
  );
}
