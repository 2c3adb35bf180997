//! The calendar, apart from the kit's main entry because only booking screens need it.
export { CalendarDateField, type CalendarDateFieldProps } from './calendar-date-field';
