//! Allergies: from records to one of four states. Silence is never taken for safety.
import { conceptText, conceptTexts, firstCode, noteTexts, oneOf } from './coded';
import { clinicalMoment } from './dates';
import type { AllergyIntolerance } from './resources';
import type { AllergyStatus, AllergyView } from './views';
import { englishWords, type ClinicalWords } from './words';

const SNOMED = 'http://snomed.info/sct';
const NONE_KNOWN = '716186003';
const NONE_KNOWN_OF: Record<string, string> = {
  '409137002': 'medication', '428607008': 'environment', '429625007': 'food', '1003774007': 'latex',
};

/** Words that senders without a code use for a patient who was asked and has none. */
const NONE_KNOWN_WORDS = /^(nka|no known (allergy|allergies))\.?$/i;
const NO_DRUG_WORDS = /^(nkda|no known (drug|medication|medicine) (allergy|allergies))\.?$/i;

/** '' for none at all, a category for none of that kind, undefined for a real allergy. */
function noneKnown(record: AllergyIntolerance): string | undefined {
  const codes = (record.code?.coding ?? []).filter((coding) => coding.system === SNOMED).map((coding) => coding.code ?? '');
  if (codes.includes(NONE_KNOWN)) return '';
  const scope = codes.map((code) => NONE_KNOWN_OF[code]).find(Boolean);
  if (scope) return scope;
  const text = conceptText(record.code) ?? '';
  if (NO_DRUG_WORDS.test(text)) return 'medication';
  return NONE_KNOWN_WORDS.test(text) ? '' : undefined;
}

function clinicalOf(record: AllergyIntolerance): AllergyView['clinical'] {
  // A status that is missing or not known must not hide an allergy.
  return oneOf(['inactive', 'resolved'], firstCode(record.clinicalStatus)) ?? 'active';
}

export function allergyView(record: AllergyIntolerance, words: ClinicalWords = englishWords): AllergyView {
  const criticality = oneOf(['high', 'low', 'unable-to-assess'], record.criticality);
  const kind = oneOf(['allergy', 'intolerance'], record.type);
  const onset = clinicalMoment(record.onsetDateTime);
  const recorded = clinicalMoment(record.recordedDate);
  const reacted = record.reaction?.map((reaction) => conceptText(reaction.substance)).find(Boolean);
  return {
    id: record.id ?? '',
    substance: conceptText(record.code) ?? reacted ?? words.notNamed,
    categories: record.category ?? [],
    clinical: clinicalOf(record),
    verification: firstCode(record.verificationStatus) ?? 'unconfirmed',
    reactions: (record.reaction ?? []).map((reaction) => {
      const severity = oneOf(['mild', 'moderate', 'severe'], reaction.severity);
      return {
        manifestations: conceptTexts(reaction.manifestation),
        ...(severity && { severity }),
        ...(reaction.description && { description: reaction.description }),
      };
    }),
    notes: noteTexts(record.note),
    ...(criticality && { criticality }),
    ...(kind && { kind }),
    ...(onset && { onset }),
    ...(recorded && { recorded }),
  };
}

const rank = (allergy: AllergyView) => (allergy.criticality === 'high' ? 0 : 2) + (allergy.categories.includes('medication') ? 0 : 1);

const byDanger = (a: AllergyView, b: AllergyView) => rank(a) - rank(b) || a.substance.localeCompare(b.substance);

export interface AllergyAnswer {
  /** Undefined where the record could not be read. */
  records: readonly AllergyIntolerance[] | undefined;
  /** The list may go on: a further page was not, or could not be, read. */
  incomplete?: boolean;
  words?: ClinicalWords;
}

const withdrawn: ReadonlySet<string> = new Set(['entered-in-error', 'refuted']);

/**
 * An unread or half-read record is `unavailable` unless what was read holds an allergy: then that is shown, and that
 * more may follow is said. A recorded allergy outweighs a record of none.
 */
export function allergyStatus({ records, incomplete = false, words }: AllergyAnswer): AllergyStatus {
  if (!records) return { state: 'unavailable' };
  const standing = records.filter((record) => !withdrawn.has(firstCode(record.verificationStatus) ?? ''));
  const real = standing.filter((record) => noneKnown(record) === undefined).map((record) => allergyView(record, words));
  const allergies = real.filter((allergy) => allergy.clinical === 'active').sort(byDanger);
  const past = real.filter((allergy) => allergy.clinical !== 'active').sort(byDanger);
  if (allergies.length > 0) return { state: 'known', allergies, past, incomplete };
  if (incomplete) return { state: 'unavailable' };
  const denials = standing.filter((record) => clinicalOf(record) === 'active' && noneKnown(record) !== undefined);
  const denial = denials.find((record) => noneKnown(record) === '');
  if (denial) {
    const asserted = clinicalMoment(denial.recordedDate);
    return { state: 'none-known', past, ...(asserted && { asserted }) };
  }
  return { state: 'not-recorded', past, noneKnownFor: [...new Set(denials.map((record) => noneKnown(record) ?? ''))] };
}
