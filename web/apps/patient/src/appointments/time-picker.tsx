// Finding a free time: a strip of days, each with how many times it has, and the times of the chosen day.
import { useFindAppointmentTimesQuery, useWords, type ChoiceView } from '@galen/core';
import { formatDayMonth, formatTime } from '@galen/fhir';
import { Button, EmptyState, Group, Text, useLabels } from '@galen/ui';
import { useMemo, useState } from 'react';
import { dayKey, useDayAndTime, weekday, ZoneNote } from '../common/dates';
import { Source } from '../common/source';
import { words } from '../words/words';
import { AHEAD_DAYS_MAX, daysOf, distinctTimes, midnight, STRIP_DAYS, type Day } from './days';

/** More than a fortnight of one service has. */
const TIMES_MAX = 1_000;

function DayStrip({ days, chosen, onChoose }: { days: readonly Day[]; chosen: string; onChoose: (key: string) => void }) {
  const t = useWords(words);
  const labels = useLabels();
  return (
    <div className="p-days" role="group" aria-label={t('chooseDay')}>
      {days.map(({ key, noon, choices, isUnknown }) => (
        <button
          key={key}
          type="button"
          className="p-day"
          aria-pressed={key === chosen}
          disabled={choices.length === 0 && !isUnknown}
          onClick={() => onChoose(key)}
        >
          <span>{weekday(noon, t('weekdaysShort'))}</span>
          <strong>{formatDayMonth(noon, { words: labels.words })}</strong>
          <span className="p-day-count">{isUnknown ? '…' : choices.length === 0 ? '–' : t('freeShort', { count: choices.length })}</span>
        </button>
      ))}
    </div>
  );
}

interface TimesProps {
  day: Day;
  onChoose: (choice: ChoiceView, zone?: string) => void;
  busy: string | undefined;
  /** The clinic's. */
  zone: string | undefined;
}

/** A day that the first answer did not reach. */
function AskedTimes({ asked, day, ...props }: TimesProps & { asked: { service: string; schedules?: string } }) {
  const t = useWords(words);
  // The day of the clinic may begin earlier and end later than the person's own.
  const query = useFindAppointmentTimesQuery({ ...asked, from: new Date(midnight(day.noon, props.zone === undefined ? 0 : -1)).toISOString(), to: new Date(midnight(day.noon, props.zone === undefined ? 1 : 2)).toISOString(), count: TIMES_MAX });
  const ofDay = (choices: readonly ChoiceView[]) => distinctTimes(choices.filter(({ start }) => dayKey(Date.parse(start), props.zone) === day.key));
  return (
    <Source query={query} missing={t('timesMissing')} lines={6}>
      {({ choices }) => (ofDay(choices).length === 0 ? <EmptyState icon="calendar" title={t('noTimesThatDay')} /> : <Times day={{ ...day, choices: ofDay(choices) }} {...props} />)}
    </Source>
  );
}

function Times({ day, onChoose, busy, zone }: TimesProps) {
  const t = useWords(words);
  const { time } = useDayAndTime(zone);
  const { day: named } = useDayAndTime();
  const isMorning = ({ start }: ChoiceView) => formatTime(Date.parse(start), zone) < '12:00';
  const parts = [
    { label: t('morning'), choices: day.choices.filter(isMorning) },
    { label: t('afternoon'), choices: day.choices.filter((choice) => !isMorning(choice)) },
  ];
  return (
    <div className="p-times">
      <Text as="p" weight="bold">{named(day.noon)}</Text>
      {parts.filter(({ choices }) => choices.length > 0).map(({ label, choices }) => (
        <div key={label} role="group" aria-label={label}>
          <Text as="p" tone="muted" size="sm">{label}</Text>
          <div className="p-time-grid">
            {choices.map((choice) => (
              <Button key={choice.start} loading={busy === choice.start} disabled={busy !== undefined && busy !== choice.start} onClick={() => onChoose(choice, zone)}>
                {time(choice.start)}
              </Button>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

export interface TimePickerProps {
  service: string;
  /** Those who would do; everybody who offers the service where it is left out. */
  schedules?: readonly string[];
  onChoose: (choice: ChoiceView, zone?: string) => void;
  /** The time that is being asked for. */
  busy: string | undefined;
}

export function TimePicker({ service, schedules, onChoose, busy }: TimePickerProps) {
  const t = useWords(words);
  const [today] = useState(() => midnight(Date.now()));
  const [offset, setOffset] = useState(0);
  const [chosen, setChosen] = useState('');
  const [from, to] = [midnight(today, offset), midnight(today, offset + STRIP_DAYS)];
  const asked = { service, ...(schedules && schedules.length > 0 && { schedules: schedules.join(';') }) };
  const query = useFindAppointmentTimesQuery({
    ...asked,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    count: TIMES_MAX,
  });
  const days = useMemo(() => daysOf(from, distinctTimes(query.data?.choices ?? []), query.data?.hasMore, query.data?.zone ?? undefined), [from, query.data]);
  const zone = query.data?.zone ?? undefined;
  const open = days.find(({ key, choices, isUnknown }) => key === chosen && (choices.length > 0 || isUnknown)) ?? days.find(({ choices }) => choices.length > 0);
  return (
    <div className="p-picker">
      <Group justify="between">
        <Button size="sm" icon="chevronStart" disabled={offset === 0} onClick={() => setOffset(offset - STRIP_DAYS)}>{t('earlierDays')}</Button>
        <Button size="sm" disabled={offset + STRIP_DAYS >= AHEAD_DAYS_MAX} onClick={() => setOffset(offset + STRIP_DAYS)}>{t('laterDays')}</Button>
      </Group>
      <Source query={query.isFetching && query.data === undefined ? { ...query, data: undefined } : query} missing={t('timesMissing')} lines={6}>
        {() => (
          <>
            <DayStrip days={days} chosen={open?.key ?? dayKey(from)} onChoose={setChosen} />
            <ZoneNote zone={zone} at={open?.choices[0]?.start ?? today} />
            {open?.isUnknown && <AskedTimes key={open.key} asked={asked} day={open} onChoose={onChoose} busy={busy} zone={zone} />}
            {open && !open.isUnknown && <Times day={open} onChoose={onChoose} busy={busy} zone={zone} />}
            {!open && <EmptyState icon="calendar" title={t('noTimes')}>{t('noTimesDetail')}</EmptyState>}
          </>
        )}
      </Source>
    </div>
  );
}
