// Appointments at times when nobody is there any more: each is given another time with one press, or from a list.
import {
  Can, useFindAppointmentTimesQuery, useListAppointmentsToMoveQuery, useListClinicsQuery, useLive, useNow, useRescheduleAppointmentMutation, useTitle, useWords,
  type ChoiceView, type ClinicView, type ToMove,
} from '@galen/core';
import { formatIso } from '@galen/fhir';
import { Alert, Badge, Button, EmptyState, ErrorState, Facts, Group, Heading, LoadingState, NhsNumber, Panel, showToast, Stack, useLabels } from '@galen/ui';
import { useState } from 'react';
import { CancelDialog } from '../board/cancel-dialog';
import { nameOfEntry } from '../board/model';
import { useRefused, useSteps, type Refused } from '../board/use-steps';
import { groupsOf } from '../booking/search';
import { words } from '../words/words';
import { MoveDialog } from './move-dialog';

const ASK_AGAIN_MS = 60_000;
const PROPOSED = 4;
/** Nobody is moved to a time of which they could not hear, nor far from the one that they had. */
const NOTICE_MS = 86_400_000;
const EARLIER_MS = 3 * 86_400_000;
const AHEAD_MS = 28 * 86_400_000;

export default function ToMoveScreen() {
  const t = useWords(words);
  useTitle(t('toMove'));
  useLive('Appointment', 'Slot');
  const query = useListAppointmentsToMoveQuery({}, { pollingInterval: ASK_AGAIN_MS });
  const clinics = useListClinicsQuery();
  const { data } = query;
  return (
    <div className="screen screen-narrow">
      <Heading level={1}>{t('toMove')}</Heading>
      <p className="desk-lead">{t('toMoveLead')}</p>
      {query.isError && <ErrorState title={t('toMoveUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />}
      {!data && !query.isError && <LoadingState lines={6} />}
      {data?.appointments.length === 0 && <EmptyState icon="check" title={t('toMoveNone')}>{t('toMoveNoneHint')}</EmptyState>}
      {data?.appointments.map((one) => {
        const clinic = clinics.data?.clinics.find(({ schedules }) => schedules.some(({ id }) => one.appointment.schedules.includes(id)));
        return <One key={one.appointment.id} one={one} clinic={clinic} />;
      })}
      {data?.hasMore && <Alert tone="warning">{t('toMoveMore')}</Alert>}
    </div>
  );
}

function One({ one, clinic }: { one: ToMove; clinic: ClinicView | undefined }) {
  const t = useWords(words);
  const labels = useLabels();
  const [refused, setRefused] = useState<Refused>();
  const [shows, setShows] = useState<'proposals' | 'times' | 'cancel'>();
  const steps = useSteps(setRefused);
  const { appointment, who, serviceName, missing, why } = one;
  const name = nameOfEntry(one, t('unnamed'));
  const at = formatIso(appointment.start ?? undefined, { words: labels.words, ...(clinic && { timeZone: clinic.zone }) }) ?? '';
  return (
    <Panel
      title={<bdi>{name}</bdi>}
      actions={<Badge tone="warning" icon={why === 'leave' ? 'person' : 'calendar'}>{t(why === 'leave' ? 'whyLeave' : 'whyHoliday')}</Badge>}
    >
      <Stack gap={3}>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        <Facts
          columns={2}
          facts={[
            { label: t('timeNow'), value: <strong className="g-figures">{at}</strong> },
            { label: t('service'), value: serviceName ?? labels.notRecorded },
            { label: t('notThere'), value: missing.map((line) => line.name ?? t('unnamed')).join(' · ') },
            { label: labels.patient.nhsNumber, value: <NhsNumber value={who?.nhsNumber ?? undefined} /> },
          ]}
        />
        <Can ability="bookAppointments">
          <Group gap={2}>
            <Button kind="primary" icon="calendar" disabled={!clinic} aria-expanded={shows === 'proposals'} onClick={() => setShows(shows === 'proposals' ? undefined : 'proposals')}>{t('propose')}</Button>
            <Button icon="list" disabled={!clinic} onClick={() => setShows('times')}>{t('otherTimes')}</Button>
            <Button kind="quiet" icon="close" onClick={() => setShows('cancel')}>{t('cancelStep')}</Button>
          </Group>
        </Can>
        {shows === 'proposals' && clinic && <Proposals one={one} clinic={clinic} name={name} onRefused={setRefused} />}
      </Stack>
      {shows === 'times' && clinic && <MoveDialog entry={one} clinic={clinic} onClose={() => setShows(undefined)} />}
      <CancelDialog
        entry={shows === 'cancel' ? one : undefined} kind="cancel" isBusy={steps.isBusy} onClose={() => setShows(undefined)}
        onCancel={(reason) => void steps.cancel(one, reason, t('cancelled', { name }))}
      />
    </Panel>
  );
}

/** The next free times for the same: with whoever it was with if they are there, or else with anybody. */
function Proposals({ one, clinic, name, onRefused }: { one: ToMove; clinic: ClinicView; name: string; onRefused: (refused: Refused | undefined) => void }) {
  const t = useWords(words);
  const labels = useLabels();
  const refusedOf = useRefused();
  const now = Math.floor(useNow() / 60_000) * 60_000;
  const [reschedule, { isLoading }] = useRescheduleAppointmentMutation();
  const { id, version, service, start, schedules: taken } = one.appointment;
  const wanted = { service: service ?? '', practitioner: '', room: taken.some((each) => clinic.schedules.some((line) => line.id === each && line.actor.startsWith('Location'))) ? '' : 'none', device: '' };
  const schedules = groupsOf(clinic, wanted) ?? '';
  const from = Math.max(now + NOTICE_MS, Date.parse(start ?? '') - EARLIER_MS || 0);
  const query = useFindAppointmentTimesQuery(
    { service: service ?? '', schedules, from: new Date(from).toISOString(), to: new Date(from + AHEAD_MS).toISOString(), count: PROPOSED },
    { skip: schedules === '' },
  );
  const move = async (choice: ChoiceView) => {
    const { data, error } = await reschedule({ id, rescheduleAppointment: { version, start: choice.start, schedules: choice.schedules } });
    onRefused(error ? refusedOf(t('notMoved', { name }), error) : undefined);
    if (data) showToast(t('moved', { name, time: formatIso(choice.start, { words: labels.words, timeZone: clinic.zone }) ?? '' }));
  };
  const named = (choice: ChoiceView) => clinic.schedules.find((line) => line.id === choice.schedules[0])?.name ?? t('unnamed');
  if (query.isError) return <ErrorState compact title={t('timesUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />;
  if (schedules !== '' && !query.data) return <LoadingState lines={2} />;
  if (!query.data || query.data.choices.length === 0) return <EmptyState icon="calendar" title={t('noTimes')} />;
  return (
    <ul className="g-plain-list times-of-day" aria-label={t('propose')}>
      {query.data.choices.map((choice) => (
        <li key={`${choice.start} ${choice.schedules.join()}`}>
          <button type="button" className="time" disabled={isLoading} onClick={() => void move(choice)}>
            <span className="g-figures time-start">{formatIso(choice.start, { words: labels.words, timeZone: clinic.zone })}</span>
            <span className="time-who" dir="auto">{named(choice)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
