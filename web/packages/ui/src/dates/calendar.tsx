//! The calendar itself, fetched when it is first opened.
import { DatePicker } from '@mantine/dates';
import 'dayjs/locale/ar';
import { useLabels } from '../labels/context';

export interface CalendarProps {
  value: string;
  onPick: (iso: string) => void;
  earliest: string | undefined;
  latest: string | undefined;
}

export default function Calendar({ value, onPick, earliest, latest }: CalendarProps) {
  const labels = useLabels();
  return (
    <DatePicker
      locale={labels.language}
      firstDayOfWeek={1}
      value={value || null}
      {...(value && { defaultDate: value })}
      onChange={(iso) => onPick(iso ?? '')}
      {...(earliest && { minDate: earliest })}
      {...(latest && { maxDate: latest })}
      ariaLabels={{ previousMonth: labels.form.previousMonth, nextMonth: labels.form.nextMonth }}
    />
  );
}
