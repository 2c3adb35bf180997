// Booking a series: planned, shown time by time with what stands in the way, and booked as it was agreed.
import {
  useBookAppointmentSeriesMutation, useNow, usePreviewAppointmentSeriesMutation, useWords, type ClinicView, type OccurrenceView, type SeriesView,
} from '@galen/core';
import { formatIso, formatTime, localDay } from '@galen/fhir';
import { Alert, Badge, Button, DaysField, EmptyState, Group, Panel, Select, showToast, Stack, useLabels, type BadgeProps } from '@galen/ui';
import { CalendarDateField } from '@galen/ui/dates';
import { useState } from 'react';
import { useRefused, type Refused } from '../board/use-steps';
import { choosable, type Wanted } from '../booking/search';
import { words } from '../words/words';
import { agreed, decisionsOf, planOf, TIMES, type Decision, type PlanDraft } from './plan';

const LOOKS = {
  free: { icon: 'check', tone: 'success', word: 'stateFree' },
  holiday: { icon: 'calendar', tone: 'warning', word: 'whyHoliday' },
  leave: { icon: 'person', tone: 'warning', word: 'whyLeave' },
  closed: { icon: 'clock', tone: 'warning', word: 'stateClosed' },
  taken: { icon: 'close', tone: 'warning', word: 'stateTaken' },
  'patient-busy': { icon: 'person', tone: 'warning', word: 'statePatientBusy' },
  'clock-change': { icon: 'alert', tone: 'warning', word: 'stateClockChange' },
  past: { icon: 'close', tone: 'neutral', word: 'statePast' },
  'too-far-ahead': { icon: 'calendar', tone: 'neutral', word: 'stateTooFar' },
} as const satisfies Record<OccurrenceView['state'], { icon: NonNullable<BadgeProps['icon']>; tone: NonNullable<BadgeProps['tone']>; word: string }>;
const COUNTS = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 40, 52];
const EVERY = [1, 2, 3, 4, 6, 8, 12];

export interface SeriesPanelProps {
  patient: string;
  clinic: ClinicView;
  wanted: Wanted;
  day: string;
  description: string;
  onDone: () => void;
}

/** A series is with somebody: one person, and a room where it was said which. */
function schedulesOf(clinic: ClinicView, { service, practitioner, room, device }: Wanted): string[] {
  const { people, rooms } = choosable(clinic, service);
  const [only] = people;
  const person = practitioner === '' && people.length === 1 ? (only?.id ?? '') : practitioner;
  const [first] = rooms;
  const place = room === 'none' ? '' : room === '' && rooms.length === 1 ? (first?.id ?? '') : room;
  return person === '' ? [] : [person, place, device].filter((id) => id !== '');
}

export function SeriesPanel({ patient, clinic, wanted, day, description, onDone }: SeriesPanelProps) {
  const t = useWords(words);
  const refusedOf = useRefused();
  const now = useNow();
  const [draft, setDraft] = useState<PlanDraft>({ first: day < localDay(now, clinic.zone) ? localDay(now, clinic.zone) : day, time: '09:00', every: 1, unit: 'weeks', days: [], count: 6 });
  const [refused, setRefused] = useState<Refused>();
  const [decisions, setDecisions] = useState<Map<number, Decision>>(new Map());
  const [preview, previewing] = usePreviewAppointmentSeriesMutation();
  const [book, booking] = useBookAppointmentSeriesMutation();
  const schedules = schedulesOf(clinic, wanted);
  const shown = previewing.data;
  const change = (part: Partial<PlanDraft>) => {
    setDraft({ ...draft, ...part });
    previewing.reset();
  };
  const look = async () => {
    const { data, error } = await preview({ previewSeries: { patient, service: wanted.service, schedules, plan: planOf(draft) } });
    setRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (data) setDecisions(decisionsOf(data.occurrences));
  };
  const times = shown && agreed(shown.occurrences, decisions, schedules);
  const submit = async () => {
    if (!times) return;
    const { data, error } = await book({ bookSeries: { patient, service: wanted.service, times, ...(description !== '' && { description }) } });
    setRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (data) showToast(t('seriesBooked', { count: data.outcomes.filter(({ appointment }) => appointment).length }));
  };
  if (booking.data) return <Outcome view={booking.data} zone={clinic.zone} onDone={onDone} />;
  if (schedules.length === 0) return <EmptyState icon="person" title={t('seriesWithWhom')}>{t('seriesWithWhomHint')}</EmptyState>;
  return (
    <Stack gap={4}>
      {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
      <div className="time-filters">
        <CalendarDateField label={t('seriesFirst')} value={draft.first} onChange={(first) => change({ first })} />
        <Select label={t('time')} value={draft.time} onChange={(time) => change({ time })} choices={TIMES.map((value) => ({ value, label: value }))} />
        <Select label={t('seriesEvery')} value={`${draft.every} ${draft.unit}`} onChange={(text) => {
          const [every, unit] = text.split(' ');
          change({ every: Number(every), unit: unit === 'days' ? 'days' : 'weeks' });
        }} choices={[...EVERY.map((every) => ({ value: `${every} weeks`, label: t('everyWeeks', { count: every }) })), { value: '1 days', label: t('everyDays', { count: 1 }) }, { value: '2 days', label: t('everyDays', { count: 2 }) }]} />
        <Select label={t('seriesCount')} value={String(draft.count)} onChange={(count) => change({ count: Number(count) })} choices={COUNTS.map((count) => ({ value: String(count), label: String(count) }))} />
      </div>
      {draft.unit === 'weeks' && <DaysField label={t('seriesDays')} description={t('seriesDaysHint')} names={t('weekdaysShort').split(' ')} value={draft.days} onChange={(days) => change({ days })} />}
      {!shown && <div><Button kind="primary" icon="eye" loading={previewing.isLoading} onClick={() => void look()}>{t('seriesPreview')}</Button></div>}
      {shown && (
        <>
          <ol className="g-plain-list series" aria-label={t('seriesPreview')}>
            {shown.occurrences.map((one) => (
              <Occurrence key={one.number} one={one} zone={shown.zone} decision={decisions.get(one.number)} onDecide={(decision) => setDecisions(new Map(decisions).set(one.number, decision))} />
            ))}
          </ol>
          {times === undefined && <Alert tone="info">{t('seriesUndecided', { count: shown.occurrences.length - decisions.size })}</Alert>}
          <Group gap={2}>
            <Button kind="primary" icon="check" disabled={times === undefined || times.length === 0} loading={booking.isLoading} onClick={() => void submit()}>{t('seriesBook', { count: times?.length ?? 0 })}</Button>
            <Button onClick={() => previewing.reset()}>{t('change')}</Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

function Occurrence({ one, zone, decision, onDecide }: { one: OccurrenceView; zone: string; decision: Decision | undefined; onDecide: (decision: Decision) => void }) {
  const t = useWords(words);
  const labels = useLabels();
  const { icon, tone, word } = LOOKS[one.state];
  const weekday = new Intl.DateTimeFormat(labels.language, { weekday: 'short', timeZone: 'UTC' }).format(Date.parse(one.day));
  const at = (iso: string) => formatIso(iso, { words: labels.words, timeZone: zone }) ?? '';
  const named = [weekday, formatIso(one.day, { words: labels.words }), one.start && formatTime(Date.parse(one.start), zone)].filter(Boolean).join(' ');
  return (
    <li className="series-time" data-left-out={decision === 'skip' || undefined}>
      <span className="g-figures series-number">{one.number}</span>
      <span className="g-figures">{named}</span>
      <Badge tone={tone} icon={icon}>{t(word)}</Badge>
      {one.state !== 'free' && (
        <span className="series-choices" role="group" aria-label={`${t('decide')}: ${named}`}>
          {one.nearest && <Button size="sm" aria-pressed={decision === 'nearest'} icon={decision === 'nearest' ? 'check' : 'calendar'} onClick={() => onDecide('nearest')}>{at(one.nearest.start)}</Button>}
          <Button size="sm" aria-pressed={decision === 'skip'} icon={decision === 'skip' ? 'check' : 'close'} onClick={() => onDecide('skip')}>{t('leaveOut')}</Button>
        </span>
      )}
    </li>
  );
}

/** What became of each: what could not be booked is said, with why. */
function Outcome({ view, zone, onDone }: { view: SeriesView; zone: string; onDone: () => void }) {
  const t = useWords(words);
  const labels = useLabels();
  const at = (iso: string | null | undefined) => formatIso(iso ?? undefined, { words: labels.words, timeZone: zone }) ?? '';
  const booked = view.outcomes.filter(({ appointment }) => appointment);
  return (
    <Panel title={t('seriesBooked', { count: booked.length })}>
      <Stack gap={3}>
        {!view.isComplete && <Alert tone="warning" title={t('seriesIncomplete', { count: view.outcomes.length - booked.length })} announce>{t('seriesIncompleteHint')}</Alert>}
        <ol className="g-plain-list series">
          {view.outcomes.map(({ start, appointment, detail }, index) => (
            // eslint-disable-next-line react/no-array-index-key
            <li key={index} className="series-time">
              <span className="g-figures series-number">{index + 1}</span>
              <span className="g-figures">{at(start)}</span>
              {appointment ? <Badge tone="success" icon="check">{t('stateBooked')}</Badge> : <Badge tone="warning" icon="alert">{t('stateNotBooked')}</Badge>}
              {!appointment && <span className="g-tone-muted g-size-sm">{detail}</span>}
            </li>
          ))}
        </ol>
        <div><Button kind="primary" icon="plus" onClick={onDone}>{t('bookNext')}</Button></div>
      </Stack>
    </Panel>
  );
}
