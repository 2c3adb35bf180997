//! One line of time from records of several kinds.
import type { DocumentView, EncounterView, ImmunizationView, ProblemView, ProcedureView, TimelineItem } from './views';
import { englishWords, type ClinicalWords } from './words';

const detail = (texts: readonly (string | undefined)[]): { detail?: string } => {
  const text = texts.filter(Boolean).join(' · ');
  return text ? { detail: text } : {};
};

/** An encounter of which nobody recorded what it was for is called by its class. */
export function encounterItem(view: EncounterView, classLabel?: string, words: ClinicalWords = englishWords): TimelineItem {
  const unusual = view.status !== 'finished';
  const kind = classLabel ?? view.className ?? view.classCode;
  return {
    id: view.id,
    kind: 'encounter',
    title: view.type ?? (kind || words.notNamed),
    ...(view.start && { at: view.start }),
    ...(view.end && { end: view.end }),
    ...detail([view.type && kind, view.reasons.join(', '), view.location ?? view.provider, view.practitioner]),
    ...(unusual && { status: view.status }),
  };
}

export function procedureItem(view: ProcedureView): TimelineItem {
  return { id: view.id, kind: 'procedure', title: view.name, ...(view.performed && { at: view.performed }), ...detail([view.reasons.join(', '), view.performer]), ...(view.status !== 'completed' && { status: view.status }) };
}

export function immunizationItem(view: ImmunizationView): TimelineItem {
  return { id: view.id, kind: 'immunization', title: view.vaccine, ...(view.occurred && { at: view.occurred }), ...detail([view.dose, view.location]), ...(view.status !== 'completed' && { status: view.status }) };
}

export function documentItem(view: DocumentView): TimelineItem {
  return { id: view.id, kind: 'document', title: view.title, ...(view.at && { at: view.at }), ...detail([view.author]), ...(view.status !== 'current' && view.status !== 'final' && { status: view.status }) };
}

export function problemItem(view: ProblemView): TimelineItem {
  return { id: view.id, kind: 'problem', title: view.name, ...(view.onset?.moment && { at: view.onset.moment }), ...(view.abated?.moment && { end: view.abated.moment }) };
}
