//! What was done: immunizations, encounters, procedures.
import { conceptText, conceptTexts, noteTexts, oneOf, referenceText } from './coded';
import { byNewest, clinicalMoment } from './dates';
import type { Encounter, Immunization, Procedure } from './resources';
import type { EncounterView, ImmunizationView, ProcedureView } from './views';
import { englishWords, type ClinicalWords } from './words';

/** `2 of 3`. */
function doseOf(protocol: NonNullable<Immunization['protocolApplied']>[number] | undefined, words: ClinicalWords): string | undefined {
  const number = protocol?.doseNumberPositiveInt ?? protocol?.doseNumberString;
  const total = protocol?.seriesDosesPositiveInt ?? protocol?.seriesDosesString;
  if (number === undefined) return undefined;
  return total === undefined ? String(number) : words.ofTotal(String(number), String(total));
}

export function immunizationView(immunization: Immunization, words: ClinicalWords = englishWords): ImmunizationView {
  const protocol = immunization.protocolApplied?.[0];
  const occurred = clinicalMoment(immunization.occurrenceDateTime);
  const optional = {
    reason: conceptText(immunization.statusReason),
    occurredText: immunization.occurrenceString?.trim() || (occurred ? undefined : immunization.occurrenceDateTime),
    dose: doseOf(protocol, words),
    series: protocol?.series,
    lot: immunization.lotNumber?.trim(),
    manufacturer: referenceText(immunization.manufacturer),
    site: conceptText(immunization.site),
    route: conceptText(immunization.route),
    location: referenceText(immunization.location),
  };
  return {
    id: immunization.id ?? '',
    vaccine: conceptText(immunization.vaccineCode) ?? words.notNamed,
    status: oneOf(['completed', 'not-done', 'entered-in-error'], immunization.status) ?? 'unknown',
    targets: (immunization.protocolApplied ?? []).flatMap((each) => conceptTexts(each.targetDisease)),
    reportedOnly: immunization.primarySource === false,
    notes: noteTexts(immunization.note),
    ...(occurred && { occurred }),
    ...given(optional),
  };
}

/** Only the entries that have something in them. */
function given<T extends Record<string, string | undefined>>(texts: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text)) as { [K in keyof T]?: string };
}

/** Newest first; entered in error is left out. */
export function immunizationList(immunizations: readonly Immunization[], words: ClinicalWords = englishWords): ImmunizationView[] {
  return immunizations
    .map((immunization) => immunizationView(immunization, words))
    .filter((view) => view.status !== 'entered-in-error')
    .sort((a, b) => byNewest({ ...(a.occurred && { at: a.occurred }) }, { ...(b.occurred && { at: b.occurred }) }));
}

export function encounterView(encounter: Encounter): EncounterView {
  const start = clinicalMoment(encounter.period?.start);
  const end = clinicalMoment(encounter.period?.end);
  const optional = {
    className: encounter.class?.display,
    type: conceptTexts(encounter.type).join(', ') || conceptText(encounter.serviceType),
    practitioner: encounter.participant?.map((participant) => referenceText(participant.individual)).find(Boolean),
    location: encounter.location?.map((place) => referenceText(place.location)).filter(Boolean).at(-1),
    provider: referenceText(encounter.serviceProvider),
  };
  return {
    id: encounter.id ?? '',
    classCode: encounter.class?.code ?? '',
    status: encounter.status ?? 'unknown',
    reasons: conceptTexts(encounter.reasonCode),
    ...(start && { start }),
    ...(end && { end }),
    ...given(optional),
  };
}

export function encounterList(encounters: readonly Encounter[]): EncounterView[] {
  return encounters
    .map(encounterView)
    .filter((view) => view.status !== 'entered-in-error')
    .sort((a, b) => byNewest({ ...(a.start && { at: a.start }) }, { ...(b.start && { at: b.start }) }));
}

export function procedureView(procedure: Procedure, words: ClinicalWords = englishWords): ProcedureView {
  const performed = clinicalMoment(procedure.performedDateTime ?? procedure.performedPeriod?.start);
  const optional = {
    performedText: procedure.performedString?.trim(),
    performer: procedure.performer?.map((performer) => referenceText(performer.actor)).find(Boolean),
    location: referenceText(procedure.location),
    site: conceptTexts(procedure.bodySite).join(', '),
    outcome: conceptText(procedure.outcome),
  };
  return {
    id: procedure.id ?? '',
    name: conceptText(procedure.code) ?? words.notNamed,
    status: procedure.status ?? 'unknown',
    reasons: conceptTexts(procedure.reasonCode),
    notes: noteTexts(procedure.note),
    ...(performed && { performed }),
    ...given(optional),
  };
}
