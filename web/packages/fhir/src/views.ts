//! View models: what the clinical components draw. Codes stay codes; the screen's catalogue turns them into words.

export type DatePrecision = 'year' | 'month' | 'day' | 'minute';

/** A date or moment at the precision somebody recorded it with. */
export interface ClinicalMoment {
  precision: DatePrecision;
  /** As it came. */
  iso: string;
  /** Milliseconds since 1970 of the earliest instant it can mean; for sorting and plotting, not for showing. */
  earliest: number;
  year: number;
  month?: number;
  day?: number;
}

export type AgeUnit = 'min' | 'h' | 'd' | 'wk' | 'mo' | 'y';

export interface AgeView {
  parts: { value: number; unit: AgeUnit }[];
  /** The birth date is known to the month or year only. */
  approximate: boolean;
}

export interface PersonName {
  /** False when nothing usable was recorded: the screen then says "Not Known". */
  known: boolean;
  family?: string;
  given?: string;
  title?: string;
  suffix?: string;
  /** `FAMILY, Given (Title)`, or the text of the name where its parts are not known. */
  banner: string;
  /** `Title Given Family`, for sentences. */
  full: string;
  use?: string;
}

export type Gender = 'male' | 'female' | 'other' | 'unknown';

export interface NhsNumberView {
  digits: string;
  /** `943 476 5919`; the digits as they came where there are not ten. */
  text: string;
  valid: boolean;
}

export interface PatientIdentifier {
  label: string;
  value: string;
  system?: string;
}

export type DeceasedView = { deceased: false } | { deceased: true; on?: ClinicalMoment };

export interface PatientView {
  id: string;
  name: PersonName;
  otherNames: PersonName[];
  gender: Gender;
  born?: ClinicalMoment;
  /** Age now, or at death where the date of death is known. */
  age?: AgeView;
  deceased: DeceasedView;
  nhsNumber?: NhsNumberView;
  mrn?: string;
  identifiers: PatientIdentifier[];
  phone?: string;
  email?: string;
  address: string[];
  language?: string;
  maritalStatus?: string;
  /** Place in a multiple birth, or true where only that it was one is known. */
  multipleBirth?: number | true;
  active: boolean;
  /** Reference of the record that replaced this one in a merge. */
  replacedBy?: string;
}

export type AllergyCriticality = 'high' | 'low' | 'unable-to-assess';

export interface AllergyReactionView {
  manifestations: string[];
  severity?: 'mild' | 'moderate' | 'severe';
  description?: string;
}

export interface AllergyView {
  id: string;
  substance: string;
  kind?: 'allergy' | 'intolerance';
  categories: string[];
  criticality?: AllergyCriticality;
  clinical: 'active' | 'inactive' | 'resolved';
  /** FHIR's code; a missing one is `unconfirmed`. */
  verification: string;
  reactions: AllergyReactionView[];
  onset?: ClinicalMoment;
  recorded?: ClinicalMoment;
  notes: string[];
}

/** The four states of a patient's allergies, and no fifth. */
export type AllergyStatus =
  | { state: 'known'; allergies: AllergyView[]; past: AllergyView[]; incomplete: boolean }
  | { state: 'none-known'; asserted?: ClinicalMoment; past: AllergyView[] }
  | { state: 'not-recorded'; noneKnownFor: string[]; past: AllergyView[] }
  | { state: 'unavailable' };

export type ValueKind =
  | 'quantity' | 'coded' | 'text' | 'boolean' | 'range' | 'ratio' | 'sampled' | 'moment' | 'components' | 'absent';

export interface ObservationValue {
  kind: ValueKind;
  /** Ready to show, without the unit; for `absent` the reason, for `boolean` 'true' or 'false'. */
  text: string;
  unit?: string;
  /** Only where the value is one plain number. */
  number?: number;
  comparator?: '<' | '<=' | '>=' | '>';
}

export interface ReferenceRangeView {
  text: string;
  low?: number;
  high?: number;
  unit?: string;
  appliesTo?: string;
}

export type FlagCode =
  | 'HH' | 'H' | 'N' | 'L' | 'LL' | 'A' | 'AA' | 'POS' | 'NEG' | 'DET' | 'ND'
  | 'R' | 'I' | 'S' | 'IND' | 'OFF-HIGH' | 'OFF-LOW' | 'UP' | 'DOWN' | 'OTHER';

export interface ResultFlagView {
  code: FlagCode;
  /** How loud it is: critical wants action now. */
  level: 'critical' | 'abnormal' | 'normal' | 'neutral';
  direction?: 'up' | 'down';
  /** `computed` = worked out here from the range, because the laboratory sent no interpretation. */
  source: 'reported' | 'computed';
  /** What the sender wrote, for codes that have no word of ours. */
  text?: string;
  /** The sender says normal but the value is outside the range it sent. */
  conflict: boolean;
}

export type ResultStatus =
  | 'registered' | 'preliminary' | 'final' | 'amended' | 'corrected' | 'cancelled' | 'entered-in-error' | 'unknown';

export interface DeltaView {
  previous: string;
  previousAt?: ClinicalMoment;
  direction: 'up' | 'down' | 'same';
  /** Difference with the digits of the two values, e.g. `+0.4`. */
  text: string;
}

export interface ResultComponentView {
  key: string;
  name: string;
  value: ObservationValue;
  flag?: ResultFlagView;
  range?: ReferenceRangeView;
}

export interface ResultView {
  id: string;
  /** `system|code` where coded, else the text folded. */
  testKey: string;
  testName: string;
  categories: string[];
  status: ResultStatus;
  /** False for cancelled and entered-in-error: shown struck through, never plotted, never compared. */
  usable: boolean;
  value: ObservationValue;
  components: ResultComponentView[];
  flag?: ResultFlagView;
  range?: ReferenceRangeView;
  delta?: DeltaView;
  at?: ClinicalMoment;
  issued?: ClinicalMoment;
  performer?: string;
  /** From when on the patient sees it, where that is held back, and the version that says so. */
  release?: { at: ClinicalMoment; version: number };
  notes: string[];
  /** How many identical repeats were folded into this one. */
  repeats: number;
}

export interface ResultGroup {
  key: string;
  name: string;
  categories: string[];
  /** Newest first. */
  results: ResultView[];
  latest: ResultView;
  unit?: string;
  /** Results came in units that must not be drawn on one axis. */
  mixedUnits: boolean;
}

export interface TrendPoint {
  id: string;
  at: number;
  value: number;
  text: string;
  flag?: ResultFlagView;
}

export interface TrendSeries {
  key: string;
  name: string;
  unit?: string;
  /** Oldest first. */
  points: TrendPoint[];
  band?: { low?: number; high?: number };
  /** Results that could not be drawn: other unit, no number, "less than". The table shows them. */
  excluded: number;
}

export interface Flowsheet {
  /** Newest first. */
  columns: { key: string; at: ClinicalMoment }[];
  rows: { key: string; name: string; unit?: string; cells: Record<string, ResultView[]> }[];
}

export interface DoseView {
  text: string;
  unit?: string;
  /** A number was sent without a unit; the line says so instead of guessing. */
  unitMissing: boolean;
}

export interface DoseLineView {
  dose?: DoseView;
  rate?: string;
  route?: string;
  frequency?: string;
  duration?: string;
  asNeeded?: true | string;
  site?: string;
  maximum?: string;
  instructions: string[];
  /** The sender's own words, shown where the parts are not coded. */
  text?: string;
}

export type MedicationState =
  | 'draft' | 'active' | 'on-hold' | 'finished' | 'stopped' | 'cancelled' | 'not-taken' | 'entered-in-error' | 'unknown';

export interface MedicationView {
  id: string;
  source: 'request' | 'statement';
  generic: string;
  brand?: string;
  strength?: string;
  form?: string;
  lines: DoseLineView[];
  state: MedicationState;
  stateReason?: string;
  /** Belongs in the list of what the patient takes now. */
  current: boolean;
  started?: ClinicalMoment;
  ended?: ClinicalMoment;
  /** The prescription may no longer be dispensed; says nothing of whether the patient takes it. */
  prescriptionExpired?: ClinicalMoment;
  prescriber?: string;
  indication?: string;
  notes: string[];
}

export interface OnsetView {
  moment?: ClinicalMoment;
  /** Onset given as an age, a range or words. */
  text?: string;
}

export interface ProblemView {
  id: string;
  name: string;
  clinical: 'active' | 'recurrence' | 'relapse' | 'inactive' | 'remission' | 'resolved' | 'unknown';
  active: boolean;
  /** FHIR's code; a missing one is `unconfirmed`. */
  verification: string;
  categories: string[];
  severity?: string;
  site?: string;
  onset?: OnsetView;
  abated?: OnsetView;
  recorded?: ClinicalMoment;
  notes: string[];
}

export interface ProblemList {
  active: ProblemView[];
  resolved: ProblemView[];
  refuted: ProblemView[];
}

export interface ImmunizationView {
  id: string;
  vaccine: string;
  status: 'completed' | 'not-done' | 'entered-in-error' | 'unknown';
  reason?: string;
  occurred?: ClinicalMoment;
  occurredText?: string;
  dose?: string;
  series?: string;
  targets: string[];
  lot?: string;
  manufacturer?: string;
  site?: string;
  route?: string;
  location?: string;
  reportedOnly: boolean;
  notes: string[];
}

export interface EncounterView {
  id: string;
  /** v3-ActCode: AMB, IMP, EMER ...; the catalogue has words for them. */
  classCode: string;
  className?: string;
  /** What it was for, where somebody recorded it. */
  type?: string;
  status: string;
  start?: ClinicalMoment;
  end?: ClinicalMoment;
  practitioner?: string;
  location?: string;
  provider?: string;
  reasons: string[];
}

export interface AttachmentView {
  kind: 'text' | 'html' | 'pdf' | 'image' | 'other';
  contentType: string;
  title?: string;
  url?: string;
  /** Base64 content where it came inline. */
  base64?: string;
  bytes?: number;
}

export interface DocumentView {
  id: string;
  source: 'document' | 'report';
  title: string;
  category?: string;
  status: string;
  usable: boolean;
  at?: ClinicalMoment;
  author?: string;
  conclusion?: string;
  attachments: AttachmentView[];
  resultReferences: string[];
}

export interface ProcedureView {
  id: string;
  name: string;
  status: string;
  performed?: ClinicalMoment;
  performedText?: string;
  performer?: string;
  location?: string;
  site?: string;
  reasons: string[];
  outcome?: string;
  notes: string[];
}

export interface TimelineItem {
  id: string;
  kind: 'encounter' | 'procedure' | 'immunization' | 'document' | 'problem' | 'medication';
  at?: ClinicalMoment;
  end?: ClinicalMoment;
  title: string;
  detail?: string;
  status?: string;
}
