//! A date typed or picked: the calendar is an offer, never the only way.
import { clinicalMoment } from '@galen/fhir';
import { Popover } from '@mantine/core';
import { useState, type ComponentType } from 'react';
import { IconButton } from '../controls/button';
import { DateField, type DateFieldProps } from '../controls/formatted-fields';
import { useLabels } from '../labels/context';
import { showToast } from '../overlays/toasts';
import type { CalendarProps } from './calendar';

export interface CalendarDateFieldProps extends Omit<DateFieldProps, 'partial' | 'end'> {
  /** FHIR dates between which the calendar lets one pick. */
  earliest?: string;
  latest?: string;
}

export function CalendarDateField({ earliest, latest, value, onChange, ...props }: CalendarDateFieldProps) {
  const labels = useLabels();
  const [opened, setOpened] = useState(false);
  const [Calendar, setCalendar] = useState<ComponentType<CalendarProps>>();
  // Opened only once it is there: the focus moves into it, and an empty box has nothing to take it.
  const open = () => {
    import('./calendar').then(
      (loaded) => {
        setCalendar(() => loaded.default);
        setOpened(true);
      },
      () => { showToast(labels.error.title, 'warning'); },
    );
  };
  const pick = (iso: string) => {
    onChange(iso);
    setOpened(false);
  };
  const button = (
    <Popover opened={opened} onChange={setOpened} trapFocus returnFocus position="bottom-end" shadow="md">
      <Popover.Target>
        <IconButton icon="calendar" size="sm" label={labels.form.openCalendar} aria-expanded={opened} onClick={() => (opened ? setOpened(false) : open())} disabled={Boolean(props.disabled)} />
      </Popover.Target>
      <Popover.Dropdown>
        {Calendar && <Calendar value={clinicalMoment(value)?.precision === 'day' ? value : ''} onPick={pick} earliest={earliest} latest={latest} />}
      </Popover.Dropdown>
    </Popover>
  );
  return <DateField partial={false} value={value} onChange={onChange} end={button} {...props} />;
}
