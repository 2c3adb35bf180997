//! Reading codes: the words a person chose come first, the code system's display second, the bare code last.
import type { CodeableConcept, Coding, Reference } from './datatypes';

const clean = (text: string | undefined): string | undefined => text?.trim() || undefined;

export function conceptText(concept: CodeableConcept | undefined): string | undefined {
  if (!concept) return undefined;
  const codings = concept.coding ?? [];
  const display = codings.find((coding) => coding.userSelected && clean(coding.display)) ?? codings.find((coding) => clean(coding.display));
  return clean(concept.text) ?? clean(display?.display) ?? clean(codings.find((coding) => clean(coding.code))?.code);
}

export function conceptTexts(concepts: readonly CodeableConcept[] | undefined): string[] {
  return (concepts ?? []).map(conceptText).filter((text): text is string => text !== undefined);
}

export function hasCode(concept: CodeableConcept | undefined, system: string, ...codes: string[]): boolean {
  return (concept?.coding ?? []).some((coding) => coding.system === system && coding.code !== undefined && codes.includes(coding.code));
}

/** The first code, whatever its system: right for the status elements whose binding is required. */
export function firstCode(concept: CodeableConcept | undefined): string | undefined {
  return clean(concept?.coding?.find((coding) => clean(coding.code))?.code) ?? clean(concept?.text)?.toLowerCase();
}

export function codesOf(concepts: readonly CodeableConcept[] | undefined): string[] {
  return (concepts ?? []).flatMap((concept) => (concept.coding ?? []).map((coding) => coding.code)).filter((code): code is string => Boolean(code));
}

export function codingIn(concept: CodeableConcept | undefined, system: string): Coding | undefined {
  return concept?.coding?.find((coding) => coding.system === system && clean(coding.code) !== undefined);
}

export function referenceText(reference: Reference | undefined): string | undefined {
  return clean(reference?.display) ?? clean(reference?.identifier?.value);
}

export function noteTexts(notes: readonly { text?: string }[] | undefined): string[] {
  return (notes ?? []).map((note) => clean(note.text)).filter((text): text is string => text !== undefined);
}

/** Narrow free text to a known code; anything else is `fallback`. */
export function oneOf<const C extends string>(codes: readonly C[], text: string | undefined): C | undefined {
  return codes.find((code) => code === text);
}
