//! The words that formatting needs, so that a screen in another language passes its own.

export interface ClinicalWords {
  /** January first. */
  months: readonly string[];
  notKnown: string;
  ageUnits: { min: string; h: string; d: string; wk: string; mo: string; y: string };
  /** Stands before an age worked out from a birth year or month. */
  about: string;
  to: string;
  in: string;
  per: string;
  once: string;
  twice: string;
  /** Small numbers in words, by index. */
  numbers: readonly string[];
  times: (count: string) => string;
  /** `a day`, `every 6 hours`; `count` is undefined for one. */
  aPeriod: (unit: PeriodUnit) => string;
  everyPeriod: (count: string, unit: PeriodUnit) => string;
  timesIn: (times: string, count: string, unit: PeriodUnit) => string;
  forPeriod: (count: string, unit: string) => string;
  forDoses: (count: string) => string;
  until: (date: string) => string;
  over: (count: string, unit: string) => string;
  on: (days: string) => string;
  at: (times: string) => string;
  durationUnits: Record<PeriodUnit, readonly [one: string, many: string]>;
  days: Record<string, string>;
  when: Record<string, string>;
  timingCodes: Record<string, string>;
  /** A dose of a series: `2 of 3`. */
  ofTotal: (number: string, total: string) => string;
  units: string;
  micrograms: string;
  nanograms: string;
  waveform: string;
  medicationNotNamed: string;
  notNamed: string;
}

export type PeriodUnit = 's' | 'min' | 'h' | 'd' | 'wk' | 'mo' | 'a';

const durationUnits: ClinicalWords['durationUnits'] = {
  s: ['second', 'seconds'],
  min: ['minute', 'minutes'],
  h: ['hour', 'hours'],
  d: ['day', 'days'],
  wk: ['week', 'weeks'],
  mo: ['month', 'months'],
  a: ['year', 'years'],
};

const each = (unit: PeriodUnit) => (unit === 'h' ? 'an hour' : `a ${durationUnits[unit][0]}`);

export const englishWords: ClinicalWords = {
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  notKnown: 'Not Known',
  ageUnits: { min: 'min', h: 'h', d: 'd', wk: 'wk', mo: 'mo', y: 'y' },
  about: 'about',
  to: 'to',
  in: 'in',
  per: 'per',
  once: 'once',
  twice: 'twice',
  numbers: ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  times: (count) => `${count} times`,
  aPeriod: each,
  everyPeriod: (count, unit) => (count === '1' ? `every ${durationUnits[unit][0]}` : `every ${count} ${durationUnits[unit][1]}`),
  timesIn: (times, count, unit) => `${times} every ${count} ${durationUnits[unit][1]}`,
  forPeriod: (count, unit) => `for ${count} ${unit}`,
  forDoses: (count) => `for ${count} ${count === '1' ? 'dose' : 'doses'}`,
  until: (date) => `until ${date}`,
  over: (count, unit) => `over ${count} ${unit}`,
  on: (days) => `on ${days}`,
  at: (times) => `at ${times}`,
  durationUnits,
  days: {
    mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday', fri: 'Friday', sat: 'Saturday', sun: 'Sunday',
  },
  when: {
    MORN: 'in the morning', 'MORN.early': 'in the early morning', 'MORN.late': 'in the late morning',
    NOON: 'at noon', AFT: 'in the afternoon', 'AFT.early': 'in the early afternoon', 'AFT.late': 'in the late afternoon',
    EVE: 'in the evening', 'EVE.early': 'in the early evening', 'EVE.late': 'in the late evening', NIGHT: 'at night',
    PHS: 'after sleep', HS: 'at bedtime', WAKE: 'on waking', C: 'with meals', CM: 'with breakfast', CD: 'with lunch',
    CV: 'with the evening meal', AC: 'before meals', ACM: 'before breakfast', ACD: 'before lunch',
    ACV: 'before the evening meal', PC: 'after meals', PCM: 'after breakfast', PCD: 'after lunch',
    PCV: 'after the evening meal',
  },
  timingCodes: {
    QD: 'once a day', BID: 'twice a day', TID: 'three times a day', QID: 'four times a day', QOD: 'every other day',
    AM: 'in the morning', PM: 'in the afternoon', BED: 'at bedtime', WK: 'once a week', MO: 'once a month',
    Q1H: 'every hour', Q2H: 'every 2 hours', Q3H: 'every 3 hours', Q4H: 'every 4 hours', Q6H: 'every 6 hours', Q8H: 'every 8 hours',
  },
  ofTotal: (number, total) => `${number} of ${total}`,
  units: 'units',
  micrograms: 'micrograms',
  nanograms: 'nanograms',
  waveform: 'Waveform',
  medicationNotNamed: 'Medicine not named',
  notNamed: 'Not named',
};
