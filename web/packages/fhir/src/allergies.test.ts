// The four states. The dangerous mistakes are a silent "none" and a hidden allergy; each has a case here.
import { describe, expect, it } from 'vitest';
import { allergyStatus } from './allergies';
import type { AllergyIntolerance } from './resources';

const coded = (code: string): { coding: { code: string }[] } => ({ coding: [{ code }] });

function record(text: string, parts: Partial<AllergyIntolerance> = {}): AllergyIntolerance {
  return { resourceType: 'AllergyIntolerance', id: text, clinicalStatus: coded('active'), verificationStatus: coded('confirmed'), code: { text }, ...parts };
}

const snomed = (code: string, parts: Partial<AllergyIntolerance> = {}) => record(code, { code: { coding: [{ system: 'http://snomed.info/sct', code }] }, ...parts });
const none = (parts: Partial<AllergyIntolerance> = {}) => snomed('716186003', parts);
const state = (records: AllergyIntolerance[] | undefined, incomplete = false) => allergyStatus({ records, incomplete }).state;

describe('allergyStatus', () => {
  it.each<[string, AllergyIntolerance[] | undefined, boolean, string]>([
    ['a failed read', undefined, false, 'unavailable'],
    ['an empty list', [], false, 'not-recorded'],
    ['an empty first page of more', [], true, 'unavailable'],
    ['a record of none, but more pages', [none()], true, 'unavailable'],
    ['a record of none', [none()], false, 'none-known'],
    ['none in words', [record('No known allergies')], false, 'none-known'],
    ['NKA', [record('NKA')], false, 'none-known'],
    ['none, entered in error', [none({ verificationStatus: coded('entered-in-error') })], false, 'not-recorded'],
    ['none, refuted', [none({ verificationStatus: coded('refuted') })], false, 'not-recorded'],
    ['none, no longer active', [none({ clinicalStatus: coded('inactive') })], false, 'not-recorded'],
    ['none for medicines only', [snomed('409137002')], false, 'not-recorded'],
    ['NKDA in words', [record('NKDA')], false, 'not-recorded'],
    ['one allergy', [record('Penicillin')], false, 'known'],
    ['one allergy and more pages', [record('Penicillin')], true, 'known'],
    ['an allergy and a record of none', [none(), record('Penicillin')], false, 'known'],
    ['an unconfirmed allergy', [record('Latex', { verificationStatus: coded('unconfirmed') })], false, 'known'],
    ['an allergy of unknown status', [record('Latex', { clinicalStatus: coded('???') })], false, 'known'],
    ['an allergy without statuses', [{ resourceType: 'AllergyIntolerance', code: { text: 'Nuts' } }], false, 'known'],
    ['an allergy without a name', [{ resourceType: 'AllergyIntolerance' }], false, 'known'],
    ['only a refuted allergy', [record('Penicillin', { verificationStatus: coded('refuted') })], false, 'not-recorded'],
    ['only a resolved allergy', [record('Milk', { clinicalStatus: coded('resolved') })], false, 'not-recorded'],
    ['a resolved allergy and a record of none', [record('Milk', { clinicalStatus: coded('resolved') }), none()], false, 'none-known'],
    ['the code of none under another system', [record('x', { code: { coding: [{ system: 'http://example.org', code: '716186003', display: 'Mould' }] } })], false, 'known'],
    ['a substance that merely begins so', [record('No known allergies to date but itching')], false, 'known'],
  ])('%s', (_, records, incomplete, expected) => expect(state(records, incomplete)).toBe(expected));

  it('says for what none is known, where it is not for all', () => {
    expect(allergyStatus({ records: [snomed('409137002'), snomed('429625007')] })).toMatchObject({ noneKnownFor: ['medication', 'food'] });
  });

  it('puts the dangerous ones first and says when more may follow', () => {
    const records = [record('Zinc'), record('Bee venom', { criticality: 'high' }), record('Amoxicillin', { criticality: 'high', category: ['medication'] }), record('Aspirin', { category: ['medication'] })];
    const status = allergyStatus({ records, incomplete: true });
    expect(status).toMatchObject({ state: 'known', incomplete: true });
    expect(status.state === 'known' && status.allergies.map((allergy) => allergy.substance)).toEqual(['Amoxicillin', 'Bee venom', 'Aspirin', 'Zinc']);
  });

  it('keeps what is over apart from what is active', () => {
    const status = allergyStatus({ records: [record('Milk', { clinicalStatus: coded('resolved') }), record('Penicillin')] });
    expect(status).toMatchObject({ allergies: [{ substance: 'Penicillin' }], past: [{ substance: 'Milk', clinical: 'resolved' }] });
  });
});
