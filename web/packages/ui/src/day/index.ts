//! A day of appointments, apart from the kit's main entry because only clinics need it.
export { DayAgenda, type DayAgendaProps } from './day-agenda';
export { DayCalendar, type DayBlock, type DayCalendarProps, type DayColumn, type DayPlace, type DayTone } from './day-calendar';
export { HOUR_MS, MINUTE_MS, STEP_MS, type DaySpan } from './geometry';
export { useNarrow } from '../grid/use-narrow';
