// The waiting list: who waits for what and since when, who was offered a time, and what the desk does about it.
import {
  Can, useListClinicsQuery, useListServicesQuery, useListWaitingQuery, useLive, useNow, useOfferAppointmentMutation, useTitle, useWords,
  type BoardEntry, type CancellationReason, type ChoiceView, type ClinicView, type WishesView,
} from '@galen/core';
import { formatIso } from '@galen/fhir';
import { nameOf } from '@galen/patients';
import { Alert, Badge, Button, EmptyState, ErrorState, Group, Heading, LoadingState, NhsNumber, Panel, Select, showToast, useLabels } from '@galen/ui';
import { useState } from 'react';
import { CancelDialog } from '../board/cancel-dialog';
import { nameOfEntry } from '../board/model';
import { useRefused, useSteps, type Refused } from '../board/use-steps';
import { TimeDialog } from '../moving/time-dialog';
import { words } from '../words/words';
import { PRIORITY_WORDS } from './join-dialog';
import { daysWaited } from './wishes';

const ASK_AGAIN_MS = 60_000;
const DAY_MS = 86_400_000;
const WAITS = [7, 14, 28] as const;
const PRIORITIES = ['urgent', 'soon', 'routine'] as const;
const TONES = { urgent: 'critical', soon: 'warning', routine: 'neutral' } as const;

export default function WaitingScreen() {
  const t = useWords(words);
  useTitle(t('waiting'));
  useLive('Appointment');
  const [service, setService] = useState('');
  const [priority, setPriority] = useState('');
  const [waits, setWaits] = useState('');
  const [opened] = useState(() => Date.now());
  const services = useListServicesQuery({});
  const clinics = useListClinicsQuery();
  const query = useListWaitingQuery(
    {
      ...(service !== '' && { service }),
      ...(PRIORITIES.some((one) => one === priority) && { priority: priority as (typeof PRIORITIES)[number] }),
      ...(waits !== '' && { sinceBefore: new Date(opened - Number(waits) * DAY_MS).toISOString() }),
    },
    { pollingInterval: ASK_AGAIN_MS },
  );
  const { data } = query;
  const offers = data?.entries.filter(({ appointment }) => appointment.isOffer) ?? [];
  const others = data?.entries.filter(({ appointment }) => !appointment.isOffer) ?? [];
  const [acting, setActing] = useState<Acting>();
  const acted = data?.entries.find(({ appointment }) => appointment.id === acting?.id);
  const places = clinics.data?.clinics ?? [];
  const line = (entry: BoardEntry) => <Entry key={entry.appointment.id} entry={entry} clinics={places} onAct={setActing} />;
  return (
    <div className="screen">
      <Heading level={1}>{t('waiting')}</Heading>
      <div className="waiting-bar">
        <Select label={t('service')} value={service} onChange={setService} placeholder={t('all')} choices={(services.data?.services ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
        <Select label={t('priority')} value={priority} onChange={setPriority} placeholder={t('all')} choices={PRIORITIES.map((value) => ({ value, label: t(PRIORITY_WORDS[value]) }))} />
        <Select label={t('waitingSince')} value={waits} onChange={setWaits} placeholder={t('all')} choices={WAITS.map((days) => ({ value: String(days), label: t('waitingLonger', { count: days }) }))} />
      </div>
      {query.isError && <ErrorState title={t('waitingUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />}
      {!data && !query.isError && <LoadingState lines={8} />}
      {data?.entries.length === 0 && <EmptyState icon="check" title={t('waitingNobody')}>{t('waitingNobodyHint')}</EmptyState>}
      {offers.length > 0 && <Panel title={t('offersOpen')} actions={<span className="g-tone-muted g-size-sm">{t('waitingPeople', { count: offers.length })}</span>} flush><ul className="g-plain-list">{offers.map(line)}</ul></Panel>}
      {others.length > 0 && <Panel title={t('waitingInOrder')} actions={<span className="g-tone-muted g-size-sm">{t('waitingPeople', { count: others.length })}</span>} flush><ol className="g-plain-list">{others.map(line)}</ol></Panel>}
      {data?.hasMore && <Alert tone="warning">{t('waitingMore')}</Alert>}
      {acting && acted && <ActingDialog key={`${acting.id} ${acting.what}`} entry={acted} what={acting.what} clinics={places} onClose={() => setActing(undefined)} />}
    </div>
  );
}

function useWishes(): (wishes: WishesView, clinics: readonly ClinicView[]) => string {
  const t = useWords(words);
  const labels = useLabels();
  const short = t('weekdaysShort').split(' ');
  const codes = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  return (wishes, clinics) => {
    const lines = clinics.flatMap(({ schedules }) => schedules);
    const days = wishes.days.map((code) => short[codes.indexOf(code)] ?? code).join(', ');
    const date = (iso: string | null | undefined) => formatIso(iso ?? undefined, { words: labels.words });
    return [
      [date(wishes.first), date(wishes.last)].filter(Boolean).join(' – '),
      days,
      wishes.from && wishes.to && `${wishes.from}–${wishes.to}`,
      wishes.schedules.map((id) => lines.find((line) => line.id === id)?.name ?? t('unnamed')).join(', '),
      wishes.clinic && clinics.find(({ id }) => id === wishes.clinic)?.name,
      wishes.replaces && t('waitingEarlier'),
    ].filter(Boolean).join(' · ');
  };
}

/** The clinic in which times are looked for: the one that is wished for, or the first that offers it. */
function clinicOf(entry: BoardEntry, clinics: readonly ClinicView[]): ClinicView | undefined {
  const { wishes, service, schedules } = entry.appointment;
  const offers = ({ schedules: lines }: ClinicView) => lines.some((line) => line.actor.startsWith('Practitioner') && (line.services.length === 0 || line.services.includes(service ?? '')));
  const wished = new Set([...(wishes?.schedules ?? []), ...schedules]);
  return clinics.find(({ id }) => id === wishes?.clinic) ?? clinics.find((clinic) => clinic.schedules.some(({ id }) => wished.has(id))) ?? clinics.find(offers);
}

/** What is done with somebody of the list: here, and not in their line, because an answer may put the line elsewhere meanwhile. */
interface Acting {
  id: string;
  what: 'offer' | 'remove';
}

function ActingDialog({ entry, what, clinics, onClose }: { entry: BoardEntry; what: Acting['what']; clinics: readonly ClinicView[]; onClose: () => void }) {
  const t = useWords(words);
  const labels = useLabels();
  const refusedOf = useRefused();
  const [refused, setRefused] = useState<Refused>();
  const steps = useSteps(setRefused);
  const [offer, offering] = useOfferAppointmentMutation();
  const { wishes, id, version } = entry.appointment;
  const clinic = clinicOf(entry, clinics);
  const name = nameOfEntry(entry, t('unnamed'));
  const pick = async (choice: ChoiceView) => {
    const { data, error } = await offer({ id, offerAppointment: { version, start: choice.start, schedules: choice.schedules } });
    setRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (!data) return;
    showToast(t('offered', { name, time: formatIso(data.start ?? undefined, { words: labels.words, ...(clinic && { timeZone: clinic.zone }) }) ?? '' }));
    onClose();
  };
  const remove = async (reason: CancellationReason) => {
    const isDone = await steps.cancel(entry, reason, t('removed', { name }));
    if (isDone) onClose();
  };
  if (what === 'remove') return <CancelDialog entry={entry} kind="remove" refused={refused} isBusy={steps.isBusy} onClose={onClose} onCancel={(reason) => void remove(reason)} />;
  if (!clinic) return null;
  return <TimeDialog entry={entry} clinic={clinic} title={t('offerTitle')} schedules={wishes?.schedules ?? []} refused={refused} isBusy={offering.isLoading} onClose={onClose} onPick={(choice) => void pick(choice)} />;
}

function Entry({ entry, clinics, onAct }: { entry: BoardEntry; clinics: readonly ClinicView[]; onAct: (acting: Acting) => void }) {
  const t = useWords(words);
  const labels = useLabels();
  const now = useNow();
  const said = useWishes();
  const [refused, setRefused] = useState<Refused>();
  const steps = useSteps(setRefused);
  const { appointment, who, serviceName } = entry;
  const { wishes, isOffer, id } = appointment;
  if (!wishes) return null;
  const name = nameOfEntry(entry, t('unnamed'));
  const at = (iso: string | null | undefined) => formatIso(iso ?? undefined, { words: labels.words, ...(appointment.zone && { timeZone: appointment.zone }) }) ?? '';
  return (
    <li className="waiting-entry">
      <div className="waiting-who">
        <strong dir="auto">{who ? (nameOf(who) ?? t('unnamed')) : t('queueSealed')}</strong>
        {who?.nhsNumber && <span className="g-tone-muted g-size-sm"><NhsNumber value={who.nhsNumber} /></span>}
        <span dir="auto">{serviceName}</span>
        {appointment.description && <span className="g-tone-muted g-size-sm" dir="auto">{appointment.description}</span>}
      </div>
      <div className="waiting-what">
        <Group gap={2}>
          <Badge tone={TONES[wishes.priority]} {...(wishes.priority !== 'routine' && { icon: 'alert' as const })}>{t(PRIORITY_WORDS[wishes.priority])}</Badge>
          <span className="g-figures">{t('waitingFor', { count: daysWaited(wishes, now) })}</span>
          {wishes.offers > 0 && <span className="g-tone-muted g-size-sm">{t('offersMade', { count: wishes.offers })}</span>}
        </Group>
        <span className="g-tone-muted g-size-sm">{said(wishes, clinics)}</span>
        {isOffer && <Alert tone="info" title={t('offeredAt', { time: at(appointment.start) })}>{t('answersUntil', { time: at(appointment.heldUntil) })}</Alert>}
        {!wishes.isOfferedMore && !isOffer && <Alert tone="warning">{t('offersOver')}</Alert>}
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
      </div>
      <Can ability="bookAppointments">
        <Group gap={2}>
          {isOffer
            ? <Button size="sm" icon="check" loading={steps.isBusy} onClick={() => void steps.confirm(entry, t('approved', { name, time: at(appointment.start) }))} aria-label={`${t('accept')}: ${name}`}>{t('accept')}</Button>
            : <Button size="sm" icon="calendar" disabled={!clinicOf(entry, clinics)} onClick={() => onAct({ id, what: 'offer' })} aria-label={`${t('offer')}: ${name}`}>{t('offer')}</Button>}
          <Button size="sm" kind="quiet" icon="close" onClick={() => onAct({ id, what: 'remove' })} aria-label={`${t('remove')}: ${name}`}>{t('remove')}</Button>
        </Group>
      </Can>
    </li>
  );
}
