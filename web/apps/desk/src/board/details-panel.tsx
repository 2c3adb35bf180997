// One appointment beside the board: who it is, when and where, and the steps that can be taken now.
import { Can, useListClinicsQuery, useReadPatientQuery, useWords, type BoardEntry, type BoardView } from '@galen/core';
import { formatTime, minutesSince } from '@galen/fhir';
import { AppointmentState, Button, ErrorState, Facts, Group, Link, LoadingState, SidePanel, Stack, type Fact } from '@galen/ui';
import { PatientIdentity } from '@galen/patients';
import { useState } from 'react';
import { MoveDialog } from '../moving/move-dialog';
import { words } from '../words/words';
import { CancelDialog } from './cancel-dialog';
import { LetterButton } from './letter-button';
import { MoreSteps } from './more-steps';
import { isOfPeople, nameOfEntry } from './model';
import { useSteps, type Refused } from './use-steps';

export interface DetailsPanelProps {
  entry: BoardEntry;
  board: BoardView;
  now: number;
  onClose: () => void;
  /** Picks it up to be moved; absent where it is not on the board's calendar. */
  onLift?: () => void;
  onRefused: (refused: Refused | undefined) => void;
}

const ATTENDANCE = [
  { step: 'arrive', word: 'arrive', icon: 'clock' },
  { step: 'check-in', word: 'checkIn', icon: 'check' },
  { step: 'fulfil', word: 'fulfil', icon: 'check' },
  { step: 'miss', word: 'miss', icon: 'alert' },
] as const;

function useFacts(entry: BoardEntry, board: BoardView, now: number): Fact[] {
  const t = useWords(words);
  const { start, end, arrivedAt, status, description, heldUntil, schedules } = entry.appointment;
  const time = (iso: string) => formatTime(Date.parse(iso), board.zone);
  const lines = board.columns.map(({ schedule }) => schedule).filter(({ id }) => schedules.includes(id));
  const names = (people: boolean) => lines.filter(({ actor }) => isOfPeople(actor) === people).map(({ name }) => name ?? t('unnamed')).join(', ');
  const waited = status === 'arrived' || status === 'checked-in' ? minutesSince(arrivedAt, now) : undefined;
  const facts: (Fact | false)[] = [
    Boolean(start && end) && { label: t('time'), value: `${time(start ?? '')}–${time(end ?? '')}` },
    Boolean(entry.serviceName) && { label: t('service'), value: entry.serviceName },
    names(true) !== '' && { label: t('practitioner'), value: names(true) },
    names(false) !== '' && { label: t('where'), value: names(false) },
    Boolean(description) && { label: t('reason'), value: <span dir="auto">{description}</span> },
    Boolean(arrivedAt) && { label: t('arrive'), value: [time(arrivedAt ?? ''), waited !== undefined && t('waited', { count: waited })].filter(Boolean).join(' · ') },
    status === 'pending' && Boolean(heldUntil) && { label: t('askedFor'), value: t('lapses', { time: time(heldUntil ?? '') }) },
  ];
  return facts.filter((fact) => fact !== false);
}

function Who({ entry }: { entry: BoardEntry }) {
  const t = useWords(words);
  const id = entry.appointment.patient ?? '';
  const { data, isError, isFetching, refetch } = useReadPatientQuery({ id }, { skip: id === '' });
  if (data) return <PatientIdentity patient={data} />;
  if (isError || id === '') return <ErrorState compact title={t('noPatientRecord')} onRetry={() => void refetch()} retrying={isFetching} />;
  return <LoadingState lines={3} />;
}

export function DetailsPanel({ entry, board, now, onClose, onLift, onRefused }: DetailsPanelProps) {
  const t = useWords(words);
  const [isCancelling, setIsCancelling] = useState(false);
  const [isMoving, setIsMoving] = useState(false);
  const { data: clinics } = useListClinicsQuery();
  const clinic = clinics?.clinics.find(({ schedules }) => schedules.some(({ id }) => entry.appointment.schedules.includes(id)));
  const steps = useSteps(onRefused);
  const facts = useFacts(entry, board, now);
  const name = nameOfEntry(entry, t('unnamed'));
  const can = entry.appointment.steps;
  const [next, ...others] = ATTENDANCE.filter(({ step }) => can.includes(step));
  const cancel = async (reason: Parameters<typeof steps.cancel>[1]) => {
    await steps.cancel(entry, reason, t('cancelled', { name }));
    setIsCancelling(false);
  };
  return (
    <SidePanel opened onClose={onClose} title={t('details')}>
      <Stack gap={4}>
        <div><AppointmentState status={entry.appointment.status} /></div>
        <Who entry={entry} />
        <Facts facts={facts} />
        <Can ability="bookAppointments">
          <Group gap={2}>
            {can.includes('book') && <Button kind="primary" icon="check" loading={steps.isBusy} onClick={() => void steps.confirm(entry, t('approved', { name, time: timeOf(entry, board) }))}>{t('confirmStep')}</Button>}
            {next && <Button kind="primary" icon={next.icon} loading={steps.isBusy} onClick={() => void steps.attend(entry, next.step)}>{t(next.word)}</Button>}
            {others.map(({ step, word, icon }) => (
              <Button key={step} icon={icon} disabled={steps.isBusy} onClick={() => void steps.attend(entry, step)}>{t(word)}</Button>
            ))}
            {can.includes('reschedule') && onLift && <Button icon="edit" onClick={onLift}>{t('move')}</Button>}
            {can.includes('reschedule') && clinic && <Button icon="home" onClick={() => setIsMoving(true)}>{t('moveElsewhere')}</Button>}
            {can.includes('cancel') && <Button kind="quiet" icon="close" onClick={() => setIsCancelling(true)}>{t('cancelStep')}</Button>}
          </Group>
        </Can>
        <Group gap={3}>
          <LetterButton id={entry.appointment.id} />
          {entry.appointment.patient && <Link href={`/desk/registration/${entry.appointment.patient}`}>{t('patient')}</Link>}
        </Group>
      </Stack>
      <MoreSteps entry={entry} onRefused={onRefused} />
      {isMoving && clinic && <MoveDialog entry={entry} clinic={clinic} onClose={() => setIsMoving(false)} />}
      <CancelDialog entry={isCancelling ? entry : undefined} kind="cancel" isBusy={steps.isBusy} onClose={() => setIsCancelling(false)} onCancel={(reason) => void cancel(reason)} />
    </SidePanel>
  );
}

const timeOf = (entry: BoardEntry, board: BoardView) => (entry.appointment.start ? formatTime(Date.parse(entry.appointment.start), board.zone) : '');
