// The free times, day by day: one press keeps one.
import { useFindAppointmentTimesQuery, useWords, type ChoiceView, type ClinicView } from '@galen/core';
import { formatIso, formatTime } from '@galen/fhir';
import { Alert, EmptyState, ErrorState, LoadingState, useLabels } from '@galen/ui';
import { words } from '../words/words';
import { byDay, TIMES_MAX } from './search';

export interface TimesProps {
  clinic: ClinicView;
  service: string;
  schedules: string;
  window: { from: string; to: string };
  disabled: boolean;
  onPick: (choice: ChoiceView) => void;
}

export function Times({ clinic, service, schedules, window, disabled, onPick }: TimesProps) {
  const t = useWords(words);
  const labels = useLabels();
  const query = useFindAppointmentTimesQuery({ service, schedules, ...window, count: TIMES_MAX });
  const { data } = query;
  const name = (id: string) => clinic.schedules.find((line) => line.id === id)?.name ?? t('unnamed');
  if (query.isError) return <ErrorState title={t('timesUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />;
  if (!data) return <LoadingState lines={8} />;
  if (data.choices.length === 0) return <EmptyState icon="calendar" title={t('noTimes')}>{t('noTimesHint')}</EmptyState>;
  return (
    <div className="times" aria-busy={query.isFetching}>
      {byDay(data.choices, clinic.zone).map(({ day, choices }) => (
        <section key={day} aria-label={formatIso(day, { words: labels.words }) ?? day}>
          <h3 className="g-heading g-heading-4">{new Intl.DateTimeFormat(labels.language, { weekday: 'long', timeZone: 'UTC' }).format(Date.parse(day))} {formatIso(day, { words: labels.words })}</h3>
          <ul className="g-plain-list times-of-day">
            {choices.map((choice) => (
              <li key={`${choice.start} ${choice.schedules.join()}`}>
                <button type="button" className="time" disabled={disabled} onClick={() => onPick(choice)}>
                  <span className="g-figures time-start">{formatTime(Date.parse(choice.start), clinic.zone)}</span>
                  <span className="time-who" dir="auto">{name(choice.schedules[0] ?? '')}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {data.hasMore && <Alert tone="info">{t('timesMore')}</Alert>}
    </div>
  );
}
