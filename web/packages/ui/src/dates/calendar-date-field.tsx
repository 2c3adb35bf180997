//! A date typed or picked: the calendar is an offer, never the only way.
import { Popover } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import 'dayjs/locale/ar';
import { useState } from 'react';
import { IconButton } from '../controls/button';
import { DateField, type DateFieldProps } from '../controls/formatted-fields';
import { useLabels } from '../labels/context';

export interface CalendarDateFieldProps extends Omit<DateFieldProps, 'partial'> {
  /** FHIR dates between which the calendar lets one pick. */
  earliest?: string;
  latest?: string;
}

export function CalendarDateField({ earliest, latest, value, onChange, ...props }: CalendarDateFieldProps) {
  const labels = useLabels();
  const [opened, setOpened] = useState(false);
  const pick = (iso: string | null) => {
    onChange(iso ?? '');
    setOpened(false);
  };
  return (
    <div className="g-calendar-field">
      <DateField partial={false} value={value} onChange={onChange} {...props} />
      <Popover opened={opened} onChange={setOpened} trapFocus returnFocus position="bottom-end" shadow="md">
        <Popover.Target>
          <IconButton icon="calendar" label={labels.form.openCalendar} kind="secondary" aria-expanded={opened} onClick={() => setOpened(!opened)} disabled={Boolean(props.disabled)} />
        </Popover.Target>
        <Popover.Dropdown>
          <DatePicker
            locale={labels.language}
            firstDayOfWeek={1}
            value={value || null}
            {...(value && { defaultDate: value })}
            onChange={pick}
            {...(earliest && { minDate: earliest })}
            {...(latest && { maxDate: latest })}
            ariaLabels={{ previousMonth: labels.form.previousMonth, nextMonth: labels.form.nextMonth }}
          />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
