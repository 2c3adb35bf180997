//! FHIR R4 resources, as far as the screens read them. Unknown elements are allowed and ignored.
import type {
  Address,
  Annotation,
  Attachment,
  CodeableConcept,
  Coding,
  ContactPoint,
  Dosage,
  Extension,
  FhirDecimal,
  HumanName,
  Identifier,
  Meta,
  Period,
  Quantity,
  Range,
  Ratio,
  Reference,
  SampledData,
} from './datatypes';

export interface Resource {
  resourceType: string;
  id?: string;
  meta?: Meta;
  contained?: Resource[];
  extension?: Extension[];
}

export interface Patient extends Resource {
  resourceType: 'Patient';
  identifier?: Identifier[];
  active?: boolean;
  name?: HumanName[];
  telecom?: ContactPoint[];
  gender?: string;
  birthDate?: string;
  deceasedBoolean?: boolean;
  deceasedDateTime?: string;
  address?: Address[];
  maritalStatus?: CodeableConcept;
  multipleBirthBoolean?: boolean;
  multipleBirthInteger?: number;
  communication?: { language: CodeableConcept; preferred?: boolean }[];
  link?: { other: Reference; type: string }[];
}

export interface AllergyReaction {
  substance?: CodeableConcept;
  manifestation?: CodeableConcept[];
  description?: string;
  onset?: string;
  severity?: string;
}

export interface AllergyIntolerance extends Resource {
  resourceType: 'AllergyIntolerance';
  clinicalStatus?: CodeableConcept;
  verificationStatus?: CodeableConcept;
  type?: string;
  category?: string[];
  criticality?: string;
  code?: CodeableConcept;
  patient?: Reference;
  onsetDateTime?: string;
  recordedDate?: string;
  lastOccurrence?: string;
  note?: Annotation[];
  reaction?: AllergyReaction[];
}

export interface Condition extends Resource {
  resourceType: 'Condition';
  clinicalStatus?: CodeableConcept;
  verificationStatus?: CodeableConcept;
  category?: CodeableConcept[];
  severity?: CodeableConcept;
  code?: CodeableConcept;
  bodySite?: CodeableConcept[];
  subject?: Reference;
  onsetDateTime?: string;
  onsetAge?: Quantity;
  onsetPeriod?: Period;
  onsetRange?: Range;
  onsetString?: string;
  abatementDateTime?: string;
  abatementAge?: Quantity;
  abatementPeriod?: Period;
  abatementRange?: Range;
  abatementString?: string;
  recordedDate?: string;
  note?: Annotation[];
}

export interface ObservationReferenceRange {
  low?: Quantity;
  high?: Quantity;
  type?: CodeableConcept;
  appliesTo?: CodeableConcept[];
  age?: Range;
  text?: string;
}

/** The value[x] that Observation and its components share. */
export interface ObservedValue {
  valueQuantity?: Quantity;
  valueCodeableConcept?: CodeableConcept;
  valueString?: string;
  valueBoolean?: boolean;
  valueInteger?: number;
  valueRange?: Range;
  valueRatio?: Ratio;
  valueSampledData?: SampledData;
  valueTime?: string;
  valueDateTime?: string;
  valuePeriod?: Period;
  dataAbsentReason?: CodeableConcept;
  interpretation?: CodeableConcept[];
  referenceRange?: ObservationReferenceRange[];
}

export interface ObservationComponent extends ObservedValue {
  code: CodeableConcept;
}

export interface Observation extends Resource, ObservedValue {
  resourceType: 'Observation';
  identifier?: Identifier[];
  status?: string;
  category?: CodeableConcept[];
  code?: CodeableConcept;
  subject?: Reference;
  encounter?: Reference;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  effectiveInstant?: string;
  issued?: string;
  performer?: Reference[];
  note?: Annotation[];
  specimen?: Reference;
  hasMember?: Reference[];
  component?: ObservationComponent[];
}

export interface Medication extends Resource {
  resourceType: 'Medication';
  code?: CodeableConcept;
  status?: string;
  form?: CodeableConcept;
  ingredient?: { itemCodeableConcept?: CodeableConcept; strength?: Ratio }[];
}

export interface MedicationRequest extends Resource {
  resourceType: 'MedicationRequest';
  status?: string;
  statusReason?: CodeableConcept;
  intent?: string;
  medicationCodeableConcept?: CodeableConcept;
  medicationReference?: Reference;
  subject?: Reference;
  authoredOn?: string;
  requester?: Reference;
  reasonCode?: CodeableConcept[];
  reasonReference?: Reference[];
  note?: Annotation[];
  dosageInstruction?: Dosage[];
  dispenseRequest?: { validityPeriod?: Period; numberOfRepeatsAllowed?: number; quantity?: Quantity };
}

export interface MedicationStatement extends Resource {
  resourceType: 'MedicationStatement';
  status?: string;
  statusReason?: CodeableConcept[];
  medicationCodeableConcept?: CodeableConcept;
  medicationReference?: Reference;
  subject?: Reference;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  dateAsserted?: string;
  informationSource?: Reference;
  reasonCode?: CodeableConcept[];
  note?: Annotation[];
  dosage?: Dosage[];
}

export interface Immunization extends Resource {
  resourceType: 'Immunization';
  status?: string;
  statusReason?: CodeableConcept;
  vaccineCode?: CodeableConcept;
  patient?: Reference;
  occurrenceDateTime?: string;
  occurrenceString?: string;
  primarySource?: boolean;
  location?: Reference;
  manufacturer?: Reference;
  lotNumber?: string;
  expirationDate?: string;
  site?: CodeableConcept;
  route?: CodeableConcept;
  doseQuantity?: Quantity;
  performer?: { actor: Reference }[];
  note?: Annotation[];
  protocolApplied?: {
    series?: string;
    targetDisease?: CodeableConcept[];
    doseNumberPositiveInt?: number;
    doseNumberString?: string;
    seriesDosesPositiveInt?: number;
    seriesDosesString?: string;
  }[];
}

export interface Encounter extends Resource {
  resourceType: 'Encounter';
  identifier?: Identifier[];
  status?: string;
  class?: Coding;
  type?: CodeableConcept[];
  serviceType?: CodeableConcept;
  subject?: Reference;
  participant?: { type?: CodeableConcept[]; individual?: Reference; period?: Period }[];
  period?: Period;
  reasonCode?: CodeableConcept[];
  diagnosis?: { condition: Reference; use?: CodeableConcept; rank?: number }[];
  location?: { location: Reference; status?: string; period?: Period }[];
  serviceProvider?: Reference;
}

export interface DocumentReference extends Resource {
  resourceType: 'DocumentReference';
  status?: string;
  docStatus?: string;
  type?: CodeableConcept;
  category?: CodeableConcept[];
  subject?: Reference;
  date?: string;
  author?: Reference[];
  description?: string;
  content?: { attachment: Attachment }[];
  context?: { period?: Period };
}

export interface DiagnosticReport extends Resource {
  resourceType: 'DiagnosticReport';
  status?: string;
  category?: CodeableConcept[];
  code?: CodeableConcept;
  subject?: Reference;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  issued?: string;
  performer?: Reference[];
  result?: Reference[];
  conclusion?: string;
  conclusionCode?: CodeableConcept[];
  presentedForm?: Attachment[];
}

export interface Practitioner extends Resource {
  resourceType: 'Practitioner';
  name?: HumanName[];
}

export interface Procedure extends Resource {
  resourceType: 'Procedure';
  status?: string;
  statusReason?: CodeableConcept;
  code?: CodeableConcept;
  subject?: Reference;
  performedDateTime?: string;
  performedPeriod?: Period;
  performedString?: string;
  performer?: { actor: Reference }[];
  location?: Reference;
  reasonCode?: CodeableConcept[];
  bodySite?: CodeableConcept[];
  outcome?: CodeableConcept;
  note?: Annotation[];
}

export interface OperationOutcomeIssue {
  severity: string;
  code: string;
  details?: CodeableConcept;
  diagnostics?: string;
  location?: string[];
  expression?: string[];
}

export interface OperationOutcome extends Resource {
  resourceType: 'OperationOutcome';
  issue: OperationOutcomeIssue[];
}

export interface AppointmentParticipant {
  actor?: Reference;
  status?: string;
}

export interface Appointment extends Resource {
  resourceType: 'Appointment';
  status?: string;
  serviceType?: CodeableConcept[];
  start?: string;
  end?: string;
  description?: string;
  patientInstruction?: string;
  cancelationReason?: CodeableConcept;
  participant?: AppointmentParticipant[];
}

export interface BundleEntry<R extends Resource = Resource> {
  fullUrl?: string;
  resource?: R;
  search?: { mode?: string; score?: FhirDecimal };
}

export interface Bundle<R extends Resource = Resource> extends Resource {
  resourceType: 'Bundle';
  type?: string;
  total?: number;
  timestamp?: string;
  link?: { relation: string; url: string }[];
  entry?: BundleEntry<R>[];
}

export interface QuestionnaireAnswerValue {
  valueBoolean?: boolean;
  valueDecimal?: FhirDecimal;
  valueInteger?: FhirDecimal;
  valueDate?: string;
  valueDateTime?: string;
  valueTime?: string;
  valueString?: string;
  valueUri?: string;
  valueAttachment?: Attachment;
  valueCoding?: Coding;
  valueQuantity?: Quantity;
  valueReference?: Reference;
}

export interface QuestionnaireEnableWhen {
  question: string;
  operator: string;
  answerBoolean?: boolean;
  answerDecimal?: FhirDecimal;
  answerInteger?: FhirDecimal;
  answerDate?: string;
  answerDateTime?: string;
  answerTime?: string;
  answerString?: string;
  answerCoding?: Coding;
  answerQuantity?: Quantity;
  answerReference?: Reference;
}

export interface QuestionnaireItem {
  linkId: string;
  prefix?: string;
  text?: string;
  _text?: { extension?: Extension[] };
  type: string;
  required?: boolean;
  repeats?: boolean;
  readOnly?: boolean;
  maxLength?: number;
  enableWhen?: QuestionnaireEnableWhen[];
  enableBehavior?: string;
  answerValueSet?: string;
  answerOption?: (QuestionnaireAnswerValue & { initialSelected?: boolean })[];
  initial?: QuestionnaireAnswerValue[];
  extension?: Extension[];
  item?: QuestionnaireItem[];
}

export interface ValueSet extends Resource {
  resourceType: 'ValueSet';
  compose?: { include?: { system?: string; concept?: { code: string; display?: string }[] }[] };
  expansion?: { contains?: (Coding & { abstract?: boolean })[] };
}

export interface Questionnaire extends Resource {
  resourceType: 'Questionnaire';
  url?: string;
  version?: string;
  title?: string;
  _title?: { extension?: Extension[] };
  name?: string;
  description?: string;
  _description?: { extension?: Extension[] };
  status?: string;
  subjectType?: string[];
  item?: QuestionnaireItem[];
}

export interface QuestionnaireResponseAnswer extends QuestionnaireAnswerValue {
  item?: QuestionnaireResponseItem[];
}

export interface QuestionnaireResponseItem {
  linkId: string;
  text?: string;
  answer?: QuestionnaireResponseAnswer[];
  item?: QuestionnaireResponseItem[];
}

export interface QuestionnaireResponse extends Resource {
  resourceType: 'QuestionnaireResponse';
  questionnaire?: string;
  status: string;
  subject?: Reference;
  author?: Reference;
  source?: Reference;
  authored?: string;
  item?: QuestionnaireResponseItem[];
}
