// One appointment: what to know before, and what may be done with it.
import { isRefusal, useLive, useParams, useRecordAttendanceMutation, useWords } from '@galen/core';
import { Alert, Button, EmptyState, Panel, showToast, Text } from '@galen/ui';
import { useState } from 'react';
import { LinkButton } from '../common/link-button';
import { useDayAndTime } from '../common/dates';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useRefusalText } from '../common/refusals';
import { useAddress } from '../place';
import { words } from '../words/words';
import { CancelDialog } from './cancel-dialog';
import { EntryPanel, OfferPanel } from './offer-panel';
import { WaitPanel } from './wait-panel';
import { download, icsOf } from './ics';
import { useVisits } from './use-visits';
import { VisitFacts, VisitStatus } from './visit-card';
import { changeableUntil, isOffer, isRequest, isToday, isTooLate, may, type Visit } from './visits';

function CheckIn({ visit }: { visit: Visit }) {
  const t = useWords(words);
  const address = useAddress();
  const said = useRefusalText();
  const [record, { isLoading }] = useRecordAttendanceMutation();
  const [problem, setProblem] = useState('');
  const { time } = useDayAndTime(visit.view.zone);
  if (visit.view.status === 'checked-in') return <Alert tone="success" title={t('checkedIn')}>{t('checkedInDetail')}</Alert>;
  const step = visit.view.steps.find((one) => one === 'check-in') ?? visit.view.steps.find((one) => one === 'arrive');
  if (step === undefined) return null;
  const checkIn = async () => {
    setProblem('');
    const { error } = await record({ id: visit.id, recordAttendance: { version: visit.view.version, step } });
    // From when on one may, or until when one might have: the server says it, the words are the person's own.
    const [at] = isRefusal(error) ? (error.related ?? []) : [];
    if (isRefusal(error) && error.code === 'too-early' && at) setProblem(t('checkInFrom', { time: time(at) }));
    else if (isRefusal(error) && error.code === 'too-late') setProblem(t('checkInOver'));
    else if (isRefusal(error)) setProblem(said(error));
    else showToast(t('checkedIn'));
  };
  return (
    <Panel title={t('checkIn')}>
      <Text as="p">{t('checkInDetail')}</Text>
      {problem !== '' && <Alert tone="warning" announce>{problem}</Alert>}
      <div className="p-actions">
        <Button kind="primary" loading={isLoading} onClick={() => void checkIn()}>{t('checkInNow')}</Button>
        <LinkButton href={address('forms')}>{t('answerFormsFirst')}</LinkButton>
      </div>
    </Panel>
  );
}

function Changes({ visit, now }: { visit: Visit; now: number }) {
  const t = useWords(words);
  const address = useAddress();
  const { both } = useDayAndTime(visit.view.zone);
  const [isAsking, setAsking] = useState(false);
  const [canMove, canCancel] = [may(visit, 'reschedule'), may(visit, 'cancel')];
  if (!canMove && !canCancel) return null;
  const until = changeableUntil(visit);
  if (isTooLate(visit, now) && !isRequest(visit)) return <Alert tone="info" title={t('tooLate')}>{t('tooLateDetail')}</Alert>;
  const bookable = visit.service?.portal === 'self-book' || visit.service?.portal === 'request-approval';
  return (
    <Panel title={t('change')}>
      {until !== undefined && !isRequest(visit) && <Text as="p" tone="muted">{t('changeUntil', { moment: both(until) })}</Text>}
      <div className="p-actions">
        {canMove && bookable && <LinkButton icon="calendar" href={address(`appointments/${visit.id}/move`)}>{t('move')}</LinkButton>}
        {canCancel && <Button onClick={() => setAsking(true)}>{isRequest(visit) ? t('cancelRequest') : t('cancelAppointment')}</Button>}
      </div>
      <CancelDialog visit={visit} opened={isAsking} onClose={() => setAsking(false)} />
    </Panel>
  );
}

function Shown({ visit }: { visit: Visit }) {
  const t = useWords(words);
  const now = Date.now();
  if (isOffer(visit, now)) return <OfferPanel visit={visit} />;
  if (visit.view.status === 'waitlist' || visit.view.isOffer) return <EntryPanel visit={visit} />;
  const isAhead = visit.view.start !== undefined && Date.parse(visit.view.start ?? '') > now && visit.view.status === 'booked';
  const save = () => {
    const text = icsOf(visit, { hospital: 'Galen', title: visit.title || t('appointment'), now });
    if (text !== undefined) download('appointment.ics', 'text/calendar;charset=utf-8', text);
  };
  return (
    <>
      <Panel>
        <div className="p-card-head"><VisitFacts visit={visit} /><VisitStatus visit={visit} /></div>
        {visit.view.description && <Text as="p" isolate>{t('yourReason', { reason: visit.view.description })}</Text>}
        {isAhead && <div className="p-actions"><Button icon="calendar" onClick={save}>{t('addToCalendar')}</Button></div>}
      </Panel>
      {isRequest(visit) && <Alert tone="info" title={t('requestSent')}>{t('requestSentDetail')}</Alert>}
      {visit.view.status === 'cancelled' && <Alert tone="warning">{t('cancelledDetail')}</Alert>}
      {isToday(visit, now) && <CheckIn visit={visit} />}
      {visit.preparation && isAhead && <Panel title={t('preparation')}><Text as="p" isolate className="p-prose">{visit.preparation}</Text></Panel>}
      <Changes visit={visit} now={now} />
      {isAhead && visit.service && <WaitPanel service={visit.service} replaces={visit} />}
    </>
  );
}

export default function AppointmentScreen() {
  const t = useWords(words);
  const address = useAddress();
  const { id = '' } = useParams();
  const visits = useVisits();
  useLive('Appointment');
  const visit = visits.data?.find((one) => one.id === id);
  return (
    <Screen title={visit?.title || t('appointment')} back={address('appointments')}>
      <Source query={visits} missing={t('appointmentMissing')}>
        {() => (visit ? <Shown visit={visit} /> : <EmptyState icon="question" title={t('noSuchAppointment')} />)}
      </Source>
    </Screen>
  );
}
