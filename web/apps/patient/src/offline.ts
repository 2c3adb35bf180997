// What the patients' own page shows and keeps for when there is no connection.
export { useVisits } from './appointments/use-visits';
export { VisitFacts } from './appointments/visit-card';
export { upcoming, type Visit } from './appointments/visits';
export { useDayAndTime } from './common/dates';
