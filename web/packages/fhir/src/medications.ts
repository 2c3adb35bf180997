//! Prescriptions and statements as lines of a medicines list. A course that ran out is finished, not stopped.
import { conceptText, conceptTexts, noteTexts, referenceText } from './coded';
import type { CodeableConcept, Dosage, Reference } from './datatypes';
import { clinicalMoment } from './dates';
import { courseEnd, doseLine } from './dosage';
import { medicationName } from './medication-names';
import type { Medication, MedicationRequest, MedicationStatement, Resource } from './resources';
import type { ClinicalMoment, MedicationState, MedicationView } from './views';
import { englishWords, type ClinicalWords } from './words';

export interface MedicationContext {
  /** Milliseconds since 1970. */
  now: number;
  /** Medication resources by reference (`Medication/1`), where they were fetched along. */
  medications?: ReadonlyMap<string, Medication>;
  words?: ClinicalWords;
}

type Medicated = MedicationRequest | MedicationStatement;

const isMedication = (resource: Resource): resource is Medication => resource.resourceType === 'Medication';

function namedMedication(resource: Medicated, context: MedicationContext): { concept: CodeableConcept | undefined; form?: string } {
  const { medicationCodeableConcept: concept, medicationReference: reference } = resource;
  if (concept) return { concept };
  const target = reference?.reference;
  const contained = target?.startsWith('#') ? (resource.contained ?? []).filter(isMedication).find((each) => `#${each.id ?? ''}` === target) : undefined;
  const found = contained ?? (target === undefined ? undefined : context.medications?.get(target));
  const form = conceptText(found?.form);
  return { concept: found?.code ?? displayed(reference), ...(form && { form: form.toLowerCase() }) };
}

const displayed = (reference: Reference | undefined): CodeableConcept | undefined => (reference?.display ? { text: reference.display } : undefined);

const requestStates: Record<string, MedicationState> = {
  draft: 'draft', active: 'active', 'on-hold': 'on-hold', completed: 'finished', stopped: 'stopped', cancelled: 'cancelled', 'entered-in-error': 'entered-in-error',
};

const statementStates: Record<string, MedicationState> = {
  intended: 'draft', active: 'active', 'on-hold': 'on-hold', completed: 'finished', stopped: 'stopped', 'not-taken': 'not-taken', 'entered-in-error': 'entered-in-error',
};

function momentAt(instant: number | undefined): ClinicalMoment | undefined {
  return instant === undefined || !Number.isFinite(instant) ? undefined : clinicalMoment(new Date(instant).toISOString());
}

interface Course {
  state: MedicationState;
  ended?: ClinicalMoment;
}

/** An active order whose course is over by its own terms ran out; nobody discontinued it. */
function course(recorded: MedicationState, dosages: readonly Dosage[] | undefined, started: ClinicalMoment | undefined, stated: ClinicalMoment | undefined, now: number): Course {
  const runsOut = courseEnd(dosages, started?.earliest);
  // A course until 3 May is over on the 4th, but it ends on the 3rd.
  const ended = stated ?? (runsOut === undefined ? undefined : (clinicalMoment(boundsEnd(dosages)) ?? momentAt(runsOut)));
  const over = stated ? stated.earliest < now : runsOut !== undefined && runsOut < now;
  return { state: recorded === 'active' && over ? 'finished' : recorded, ...(ended && { ended }) };
}

const CURRENT: ReadonlySet<MedicationState> = new Set(['active', 'on-hold', 'unknown']);

interface Parts {
  source: MedicationView['source'];
  recorded: MedicationState;
  dosages: readonly Dosage[] | undefined;
  started: ClinicalMoment | undefined;
  stated: ClinicalMoment | undefined;
  stateReason: string | undefined;
  prescriber: string | undefined;
  indication: string | undefined;
}

function assemble(resource: Medicated, parts: Parts, context: MedicationContext): MedicationView {
  const words = context.words ?? englishWords;
  const { concept, form } = namedMedication(resource, context);
  const { state, ended } = course(parts.recorded, parts.dosages, parts.started, parts.stated, context.now);
  const sorted = [...(parts.dosages ?? [])].sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
  return {
    id: resource.id ?? '',
    source: parts.source,
    ...(form && { form }),
    ...medicationName(concept, words),
    lines: sorted.map((dosage) => doseLine(dosage, words)),
    state,
    current: CURRENT.has(state),
    notes: noteTexts(resource.note),
    ...(parts.stateReason && { stateReason: parts.stateReason }),
    ...(parts.started && { started: parts.started }),
    ...(ended && { ended }),
    ...(parts.prescriber && { prescriber: parts.prescriber }),
    ...(parts.indication && { indication: parts.indication }),
  };
}

const firstText = (concepts: readonly CodeableConcept[] | undefined): string | undefined => conceptTexts(concepts).join(', ') || undefined;

function boundsStart(dosages: readonly Dosage[] | undefined): string | undefined {
  return dosages?.map((dosage) => dosage.timing?.repeat?.boundsPeriod?.start).find(Boolean);
}

/** The latest end that the dosages name, as it is written. */
function boundsEnd(dosages: readonly Dosage[] | undefined): string | undefined {
  const ends = (dosages ?? []).map((dosage) => dosage.timing?.repeat?.boundsPeriod?.end);
  return ends.every((end) => end !== undefined) ? ends.toSorted().at(-1) : undefined;
}

export function medicationRequestView(request: MedicationRequest, context: MedicationContext): MedicationView {
  const view = assemble(request, {
    source: 'request',
    recorded: requestStates[request.status ?? ''] ?? 'unknown',
    dosages: request.dosageInstruction,
    started: clinicalMoment(boundsStart(request.dosageInstruction) ?? request.authoredOn),
    stated: undefined,
    stateReason: conceptText(request.statusReason),
    prescriber: referenceText(request.requester),
    indication: firstText(request.reasonCode) ?? request.reasonReference?.map(referenceText).find(Boolean),
  }, context);
  const expired = clinicalMoment(request.dispenseRequest?.validityPeriod?.end);
  return expired && expired.earliest < context.now && view.current ? { ...view, prescriptionExpired: expired } : view;
}

export function medicationStatementView(statement: MedicationStatement, context: MedicationContext): MedicationView {
  const { effectivePeriod } = statement;
  return assemble(statement, {
    source: 'statement',
    recorded: statementStates[statement.status ?? ''] ?? 'unknown',
    dosages: statement.dosage,
    started: clinicalMoment(effectivePeriod?.start ?? statement.effectiveDateTime),
    stated: clinicalMoment(effectivePeriod?.end),
    stateReason: firstText(statement.statusReason),
    prescriber: referenceText(statement.informationSource),
    indication: firstText(statement.reasonCode),
  }, context);
}

export interface MedicationList {
  current: MedicationView[];
  past: MedicationView[];
}

/** Drafts and errors are in neither list. Current by name, past newest first. */
export function medicationList(views: readonly MedicationView[]): MedicationList {
  const shown = views.filter((view) => view.state !== 'entered-in-error' && view.state !== 'draft');
  const when = (view: MedicationView) => view.ended?.earliest ?? view.started?.earliest ?? -Infinity;
  return {
    current: shown.filter((view) => view.current).sort((a, b) => a.generic.localeCompare(b.generic)),
    past: shown.filter((view) => !view.current).sort((a, b) => when(b) - when(a) || 0),
  };
}

/** Medication resources of a bundle by the references that point at them. */
export function medicationsByReference(resources: readonly Resource[]): Map<string, Medication> {
  return new Map(resources.filter(isMedication).flatMap((medication) => (medication.id ? [[`Medication/${medication.id}`, medication] as const] : [])));
}
