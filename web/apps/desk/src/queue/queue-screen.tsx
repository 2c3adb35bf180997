// The queue of a clinic today: tokens are given, called to a room, called again, and let go.
import {
  useCallNextTicketMutation,
  useIssueTicketMutation,
  useLive,
  useNavigate,
  useReadClinicDayQuery,
  useReadQueueQuery,
  useStepTicketMutation,
  useTitle,
  useWords,
  type BoardEntry,
  type ClinicView,
  type TicketStep,
  type TicketView,
} from '@galen/core';
import { formatTime, localDay } from '@galen/fhir';
import { nameOf, PatientPicker } from '@galen/patients';
import { Alert, Badge, Button, Checkbox, Dialog, EmptyState, ErrorState, Group, Heading, Link, LoadingState, NhsNumber, Panel, Select, showToast, Stack } from '@galen/ui';
import { useState, type ReactNode } from 'react';
import { nameOfEntry } from '../board/model';
import { useRefused, type Refused } from '../board/use-steps';
import { words } from '../words/words';
import { ClinicRoute } from './clinic-route';

/** Changes are heard as they happen; this is for when they are not. */
const ASK_AGAIN_MS = 60_000;

export default function QueueScreens() {
  return <ClinicRoute path="/desk/queue">{(clinic, clinics) => <QueueScreen key={clinic.id} clinic={clinic} clinics={clinics} />}</ClinicRoute>;
}

function Ticket({ ticket, zone, children }: { ticket: TicketView; zone: string; children?: ReactNode }) {
  const t = useWords(words);
  const { who } = ticket;
  const time = (iso: string) => formatTime(Date.parse(iso), zone);
  return (
    <li className="ticket">
      <span className="ticket-token g-figures">{ticket.token}</span>
      <span className="ticket-who">
        <strong dir="auto">{who ? (nameOf(who) ?? t('unnamed')) : t('queueSealed')}</strong>
        <span className="ticket-detail">
          {[ticket.place, ticket.appointment ? t('queueDue', { time: time(ticket.due) }) : t('queueWalkIn'), t('queueSince', { time: time(ticket.arrived) })].filter(Boolean).join(' · ')}
          {who?.nhsNumber && <> · <NhsNumber value={who.nhsNumber} /></>}
          {ticket.priority && <> <Badge tone="warning" icon="alert">{t('queuePriority')}</Badge></>}
        </span>
      </span>
      {children !== undefined && <Group gap={2}>{children}</Group>}
    </li>
  );
}

/** Who is there for an appointment and has no token that counts. */
function withoutToken(entries: readonly BoardEntry[], tickets: readonly TicketView[], seen: readonly string[]): BoardEntry[] {
  const known = new Set([...tickets.map(({ appointment }) => appointment), ...seen]);
  const there = entries.filter(({ appointment: { id, status } }) => (status === 'arrived' || status === 'checked-in') && !known.has(id));
  const once = new Map(there.map((entry) => [entry.appointment.id, entry]));
  return [...once.values()].sort((a, b) => (a.appointment.start ?? '').localeCompare(b.appointment.start ?? ''));
}

function GiveDialog({ clinic, opened, onClose, onGiven }: { clinic: ClinicView; opened: boolean; onClose: () => void; onGiven: () => void }) {
  const t = useWords(words);
  const refusedOf = useRefused();
  const [typed, setTyped] = useState('');
  const [isFirst, setIsFirst] = useState(false);
  const [refused, setRefused] = useState<Refused>();
  const [issue] = useIssueTicketMutation();
  const give = async (patient: string) => {
    const { data, error } = await issue({ id: clinic.id, issueTicket: { patient, priority: isFirst } });
    setRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (!data) return;
    showToast(t('queueGiven', { token: data.token }));
    setTyped('');
    setIsFirst(false);
    onGiven();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={t('queueGive')}>
      <Stack gap={3}>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        <Checkbox label={t('queuePriority')} checked={isFirst} onChange={setIsFirst} />
        <PatientPicker label={t('findPatient')} typed={typed} onTyped={setTyped} onPick={({ id, replacedBy }) => void give(replacedBy ?? id)} autoFocus />
      </Stack>
    </Dialog>
  );
}

function QueueScreen({ clinic, clinics }: { clinic: ClinicView; clinics: readonly ClinicView[] }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const refusedOf = useRefused();
  useTitle(t('queue'));
  useLive('Appointment', 'Location');
  const query = useReadQueueQuery({ id: clinic.id }, { pollingInterval: ASK_AGAIN_MS });
  const board = useReadClinicDayQuery({ id: clinic.id, day: localDay(Date.now(), clinic.zone) }, { pollingInterval: ASK_AGAIN_MS });
  const [room, setRoom] = useState('');
  const [isGiving, setIsGiving] = useState(false);
  const [refused, setRefused] = useState<Refused>();
  const [callNext, calling] = useCallNextTicketMutation();
  const [step, stepping] = useStepTicketMutation();
  const [issue, issuing] = useIssueTicketMutation();
  const { data } = query;
  const settle = (error: unknown, done?: string) => {
    setRefused(error === undefined ? undefined : refusedOf(t('notDone'), error));
    if (error === undefined && done !== undefined) showToast(done);
  };
  const call = async () => {
    const { data: ticket, error } = await callNext({ id: clinic.id, callNext: { room } });
    settle(error, ticket && t('queueCalledTo', { token: ticket.token, place: ticket.place ?? '' }));
  };
  const take = async ({ number }: TicketView, wanted: TicketStep) => settle((await step({ id: clinic.id, number: String(number), stepTicket: { step: wanted } })).error);
  const give = async (entry: BoardEntry) => {
    const { data: ticket, error } = await issue({ id: clinic.id, issueTicket: { appointment: entry.appointment.id } });
    settle(error, ticket && t('queueGiven', { token: ticket.token }));
  };
  const again = (ticket: TicketView) => <Button size="sm" icon="refresh" disabled={stepping.isLoading} onClick={() => void take(ticket, 'recall')}>{t('queueRecall')}</Button>;
  const wentIn = (ticket: TicketView) => <Button size="sm" icon="check" disabled={stepping.isLoading} onClick={() => void take(ticket, 'finish')}>{t('queueFinish')}</Button>;
  const entries = board.data?.columns.flatMap((column) => column.entries) ?? [];
  const here = data ? withoutToken(entries, [...data.called, ...data.waiting, ...data.skipped], data.seen) : [];
  return (
    <div className="screen">
      <Group justify="between">
        <Heading level={1}>{t('queue')}</Heading>
        <Link href={`/desk/display/${clinic.id}`}>{t('queueDisplay')}</Link>
      </Group>
      <div className="queue-bar">
        <Select label={t('clinic')} value={clinic.id} onChange={(id) => void navigate(`/desk/queue/${id}`)} choices={clinics.map(({ id, name }) => ({ value: id, label: name ?? id }))} />
        <Select label={t('queueRoom')} value={room} onChange={setRoom} placeholder={t('queueRoomChoose')} choices={(data?.rooms ?? []).map(({ id, name }) => ({ value: id, label: name ?? t('unnamed') }))} />
        <Button kind="primary" icon="person" disabled={room === '' || !data || data.waiting.length === 0} loading={calling.isLoading} onClick={() => void call()}>{t('queueCall')}</Button>
        <Button icon="plus" onClick={() => setIsGiving(true)}>{t('queueGive')}</Button>
      </div>
      {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
      {query.isError && <ErrorState title={t('queueUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />}
      {!data && !query.isError && <LoadingState lines={8} />}
      {data && (
        <div className="queue">
          <Panel title={t('queueWaiting')} flush>
            {data.waiting.length === 0 ? <EmptyState icon="check" title={t('queueNobodyWaits')} /> : (
              <ol className="g-plain-list">{data.waiting.map((ticket) => <Ticket key={ticket.number} ticket={ticket} zone={clinic.zone} />)}</ol>
            )}
          </Panel>
          <Stack gap={4}>
            <Panel title={t('queueCalled')} actions={<span className="g-tone-muted g-size-sm">{t('queueFinished', { count: data.finished })}</span>} flush>
              {data.called.length === 0 ? <EmptyState icon="none" title={t('queueNobodyCalled')} /> : (
                <ol className="g-plain-list">
                  {data.called.map((ticket) => (
                    <Ticket key={ticket.number} ticket={ticket} zone={clinic.zone}>
                      {again(ticket)}
                      <Button size="sm" icon="close" disabled={stepping.isLoading} onClick={() => void take(ticket, 'skip')}>{t('queueSkip')}</Button>
                      {wentIn(ticket)}
                    </Ticket>
                  ))}
                </ol>
              )}
            </Panel>
            {data.skipped.length > 0 && (
              <Panel title={t('queueSkipped')} flush>
                <ol className="g-plain-list">{data.skipped.map((ticket) => <Ticket key={ticket.number} ticket={ticket} zone={clinic.zone}>{again(ticket)}{wentIn(ticket)}</Ticket>)}</ol>
              </Panel>
            )}
            {here.length > 0 && (
              <Panel title={t('queueWithoutToken')} flush>
                <ul className="g-plain-list">
                  {here.map((entry) => (
                    <li key={entry.appointment.id} className="ticket">
                      <span className="g-figures">{entry.appointment.start ? formatTime(Date.parse(entry.appointment.start), clinic.zone) : ''}</span>
                      <span className="ticket-who">
                        <strong dir="auto">{nameOfEntry(entry, t('unnamed'))}</strong>
                        <span className="ticket-detail" dir="auto">{entry.serviceName}</span>
                      </span>
                      <Button size="sm" disabled={issuing.isLoading} onClick={() => void give(entry)} aria-label={`${t('queueToken')}: ${nameOfEntry(entry, t('unnamed'))}`}>{t('queueToken')}</Button>
                    </li>
                  ))}
                </ul>
              </Panel>
            )}
          </Stack>
        </div>
      )}
      <GiveDialog clinic={clinic} opened={isGiving} onClose={() => setIsGiving(false)} onGiven={() => setIsGiving(false)} />
    </div>
  );
}
