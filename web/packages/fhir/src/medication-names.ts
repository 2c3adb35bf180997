//! What a medicine is called: generic name, brand, strength and form taken apart only where that is certain.
import { codingIn, conceptText } from './coded';
import type { CodeableConcept } from './datatypes';
import { doseText } from './decimals';
import { doseUnitText } from './units';
import { englishWords, type ClinicalWords } from './words';

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

export interface MedicationName {
  generic: string;
  brand?: string;
  strength?: string;
  form?: string;
}

/** RxNorm's clinical drug: ingredient, one strength, dose form, brand in brackets. Several ingredients do not match. */
const CLINICAL_DRUG = /^([A-Za-z][A-Za-z ,'()-]*?) (\d+(?:\.\d+)?) (MG|MCG|UNT|MEQ|GM|ML|%|[A-Z]+\/[A-Z]+) ([A-Z][A-Za-z ]+?)(?: \[([^\]]+)\])?$/;
const BRAND = /^(.*?) ?\[([^\]]+)\]$/;

/** Capitalised words only: `Penicillin V Potassium` keeps its V, `DTaP` its letters. */
export function genericName(name: string): string {
  return name.replace(/(?<![\p{L}\p{N}])\p{Lu}\p{Ll}+(?![\p{L}\p{N}])/gu, (word) => word.toLowerCase());
}

export function medicationName(concept: CodeableConcept | undefined, words: ClinicalWords = englishWords): MedicationName {
  const text = conceptText(concept);
  if (!text) return { generic: words.medicationNotNamed };
  const drug = codingIn(concept, RXNORM) && CLINICAL_DRUG.exec(text);
  if (drug) {
    const [, ingredient = '', amount, unit, form = '', brand] = drug;
    const strength = [doseText(amount), doseUnitText({ unit: unit ?? '' }, words)].filter(Boolean).join(' ');
    return { generic: genericName(ingredient), strength, form: form.toLowerCase(), ...(brand && { brand: brand.toUpperCase() }) };
  }
  const branded = codingIn(concept, RXNORM) && BRAND.exec(text);
  if (branded) return { generic: genericName(branded[1] ?? text), brand: (branded[2] ?? '').toUpperCase() };
  return { generic: genericName(text) };
}
