// Which clinic, which day, which columns, and what is filtered by.
import { useNavigate, useShortcut, useWords, type ClinicView } from '@galen/core';
import { clinicalMoment, dayAfter, localDay } from '@galen/fhir';
import { Button, IconButton, SearchField, Select } from '@galen/ui';
import { CalendarDateField } from '@galen/ui/dates';
import { words } from '../words/words';
import type { BoardKind } from './model';

export interface DayBarProps {
  clinics: readonly ClinicView[];
  clinic: ClinicView;
  day: string;
  kind: BoardKind;
  filter: string;
  onKind: (kind: BoardKind) => void;
  onFilter: (filter: string) => void;
}

export const boardPath = (clinic: string, day: string) => `/desk/board/${clinic}/${day}`;

export function DayBar({ clinics, clinic, day, kind, filter, onKind, onFilter }: DayBarProps) {
  const t = useWords(words);
  const navigate = useNavigate();
  const today = localDay(Date.now(), clinic.zone);
  const go = (to: string | undefined) => {
    // While a date is typed there is none yet.
    if (to !== undefined && to !== day && clinicalMoment(to)?.precision === 'day') void navigate(boardPath(clinic.id, to));
  };
  useShortcut('t', t('today'), () => go(today));
  useShortcut('[', t('previousDay'), () => go(dayAfter(day, -1)));
  useShortcut(']', t('nextDay'), () => go(dayAfter(day, 1)));
  return (
    <div className="day-bar">
      <Select label={t('clinic')} value={clinic.id} onChange={(id) => void navigate(boardPath(id, day))} choices={clinics.map(({ id, name }) => ({ value: id, label: name ?? id }))} />
      <div className="day-bar-days">
        <IconButton kind="secondary" icon="chevronStart" label={t('previousDay')} onClick={() => go(dayAfter(day, -1))} />
        <CalendarDateField label={t('day')} description="" value={day} onChange={go} />
        <IconButton kind="secondary" icon="chevronEnd" label={t('nextDay')} onClick={() => go(dayAfter(day, 1))} />
        <Button aria-pressed={day === today} onClick={() => go(today)}>{t('today')}</Button>
      </div>
      <Select
        label={t('show')}
        value={kind}
        onChange={(value) => onKind(value === 'rooms' ? 'rooms' : 'people')}
        choices={[{ value: 'people', label: t('people') }, { value: 'rooms', label: t('rooms') }]}
      />
      <SearchField label={t('filter')} placeholder={t('filterHint')} value={filter} onChange={onFilter} />
    </div>
  );
}
