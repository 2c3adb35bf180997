// The doctor's day: who comes, who is there and waits since when; the chart and the next step are one press away.
import { Can, isRefusal, useFreshness, useLive, useNow, useReadOwnDayQuery, useRecordAttendanceMutation, useTitle, useWords, type BoardEntry, type BoardView, type Step } from '@galen/core';
import { formatIso, formatTime, localDay, minutesSince } from '@galen/fhir';
import { nameOf } from '@galen/patients';
import { Age, Alert, AppointmentState, Button, ClinicalDate, EmptyState, ErrorState, FreshnessStamp, Group, Heading, Link, LoadingState, NhsNumber, showToast, useAppointmentState, useLabels } from '@galen/ui';
import { useEffect, useState } from 'react';
import { words } from '../words/words';

/** Changes are heard as they happen; this is for when they are not. */
const ASK_AGAIN_MS = 60_000;
/** Who is there, or is still to come. */
const AHEAD = new Set(['booked', 'arrived', 'checked-in', 'pending']);

/** Each appointment once, by its time: one may take two of somebody's schedules. */
export function inOrder(board: BoardView): BoardEntry[] {
  const all = new Map(board.columns.flatMap(({ entries }) => entries.map((entry) => [entry.appointment.id, entry] as const)));
  return [...all.values()].sort((a, b) => (a.appointment.start ?? '').localeCompare(b.appointment.start ?? ''));
}

export default function TodayScreen() {
  const t = useWords(words);
  const labels = useLabels();
  const now = useNow();
  const [zone, setZone] = useState<string>();
  const day = localDay(now, zone);
  const query = useReadOwnDayQuery({ day }, { pollingInterval: ASK_AGAIN_MS });
  const { data } = query;
  const { state, updatedAt } = useFreshness(query);
  const live = useLive('Appointment');
  useTitle(t('today'));
  // The day is the clinic's, which need not be this computer's.
  useEffect(() => {
    if (data && data.columns.length > 0) setZone(data.zone);
  }, [data]);
  return (
    <div className="screen">
      <Group justify="between">
        <Heading level={1}>{t('today')}</Heading>
        <Group>
          <FreshnessStamp at={updatedAt} state={state === 'stale' ? 'offline' : live === 'live' || live === 'reconnecting' ? live : 'current'} />
          <span className="g-tone-muted">{formatIso(day, { words: labels.words })}</span>
        </Group>
      </Group>
      <Can ability="seeAppointments" otherwise={<EmptyState icon="lock" title={t('mayNotSeeToday')} />}>
        {state === 'stale' && data && <Alert tone="warning">{t('todayStale')}</Alert>}
        {data ? <Day board={data} now={now} /> : query.isError ? <ErrorState title={t('todayUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} /> : <LoadingState lines={10} />}
      </Can>
    </div>
  );
}

function Day({ board, now }: { board: BoardView; now: number }) {
  const t = useWords(words);
  const entries = inOrder(board);
  const waiting = entries.filter(({ appointment }) => appointment.status === 'arrived' || appointment.status === 'checked-in').length;
  const ahead = entries.filter(({ appointment }) => AHEAD.has(appointment.status)).length;
  const first = entries.findIndex(({ appointment }) => AHEAD.has(appointment.status));
  const earlier = first === -1 ? entries : entries.slice(0, first);
  const later = first === -1 ? [] : entries.slice(first);
  const row = (entry: BoardEntry) => <Row key={entry.appointment.id} entry={entry} zone={board.zone} now={now} />;
  const hidden = board.columns.reduce((count, column) => count + column.hidden.length, 0);
  if (board.columns.length === 0) return <EmptyState icon="calendar" title={t('todayNoSchedule')}>{t('todayNoScheduleHint')}</EmptyState>;
  if (entries.length === 0 && hidden === 0) return <EmptyState icon="calendar" title={t('todayEmpty')} />;
  return (
    <>
      <p className="today-counts">{t('todayCounts', { ahead, waiting })}</p>
      {hidden > 0 && <Alert tone="info">{t('todayHidden', { count: hidden })}</Alert>}
      {earlier.length > 0 && (
        // Whoever opens it in the afternoon wants the afternoon.
        <details className="today-earlier" open={later.length === 0}>
          <summary>{t('todayEarlier', { count: earlier.length })}</summary>
          <ol className="g-plain-list today" aria-label={t('todayEarlier', { count: earlier.length })}>{earlier.map(row)}</ol>
        </details>
      )}
      <ol className="g-plain-list today" aria-label={t('today')}>{later.map(row)}</ol>
    </>
  );
}

const STEPS = [
  { step: 'check-in', word: 'todayStart' },
  { step: 'fulfil', word: 'todayFinish' },
] as const;

function Row({ entry, zone, now }: { entry: BoardEntry; zone: string; now: number }) {
  const t = useWords(words);
  const labels = useLabels();
  const stateOf = useAppointmentState();
  const [record, { isLoading }] = useRecordAttendanceMutation();
  const { id, version, status, start, end, steps, patient, description, arrivedAt } = entry.appointment;
  const { who, serviceName } = entry;
  const name = (who && nameOf(who)) ?? labels.notKnown;
  const isThere = status === 'arrived' || status === 'checked-in';
  const next = STEPS.find(({ step }) => steps.includes(step));
  const take = async (step: Step) => {
    const { data, error } = await record({ id, recordAttendance: { version, step } });
    if (data) showToast(`${name}: ${stateOf(data.status)}`);
    else showToast(isRefusal(error) && error.detail !== '' ? error.detail : t('notSent'), 'critical');
  };
  return (
    <li className={`today-row today-${isThere ? 'there' : AHEAD.has(status) ? 'ahead' : 'over'}`}>
      <div className="today-time g-figures">
        <strong>{start ? formatTime(Date.parse(start), zone) : ''}</strong>
        <span className="g-tone-muted">{end ? formatTime(Date.parse(end), zone) : ''}</span>
      </div>
      <div className="today-who">
        {patient ? <Link href={`/doctor/patients/${patient}/summary`}><bdi>{name}</bdi></Link> : <bdi>{name}</bdi>}
        <span className="today-numbers">
          <span>{labels.patient.born} <ClinicalDate value={who?.birthDate ?? undefined} absent={labels.notKnown} dateOnly />{who?.birthDate && <> (<Age born={who.birthDate} />)</>}</span>
          <span>{labels.patient.nhsNumber} <NhsNumber value={who?.nhsNumber ?? undefined} /></span>
        </span>
      </div>
      <div className="today-what">
        <span dir="auto">{serviceName}</span>
        {description && <span className="g-tone-muted" dir="auto">{description}</span>}
      </div>
      <div className="today-state">
        <AppointmentState status={status} />
        {isThere && arrivedAt && (
          <span className="g-size-sm">{t('todayArrived', { time: formatTime(Date.parse(arrivedAt), zone) })} · {t('todayWaiting', { count: minutesSince(arrivedAt, now) ?? 0 })}</span>
        )}
      </div>
      <div className="today-step">
        {next && (
          <Can ability="bookAppointments">
            <Button size="sm" kind={next.step === 'fulfil' ? 'secondary' : 'primary'} icon="check" loading={isLoading} onClick={() => void take(next.step)} aria-label={`${t(next.word)}: ${name}`}>
              {t(next.word)}
            </Button>
          </Can>
        )}
      </div>
    </li>
  );
}
