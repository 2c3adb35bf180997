// Scopes as a person reads them.
import type { ScopeView } from '@galen/core';
import { describe, expect, it } from 'vitest';
import { words } from '../words/words';
import { criteriaOf, wishesOf } from './scopes';

const t = words.translate('en');
const plain = (scope: string): ScopeView => ({ scope, reads: false, writes: false, deletes: false });
const records = (scope: string, more: Partial<ScopeView>): ScopeView => ({ ...plain(scope), level: 'patient', reads: true, ...more });

describe('scopes in words', () => {
  it.each<[string, ScopeView, string, string]>([
    ['one type', records('patient/Observation.rs', { kind: 'Observation' }), 'See measurements and results', "In this patient's record only"],
    ['all types', records('patient/*.rs', {}), 'See everything', "In this patient's record only"],
    ['a type without a word', records('user/Basic.cu', { kind: 'Basic', level: 'user', reads: false, writes: true }), 'Add and change Basic', 'In every record that you may see'],
    ['what changes', records('patient/Condition.crus', { kind: 'Condition', writes: true }), 'See, add and change problems and diagnoses', "In this patient's record only"],
    ['what deletes', records('patient/*.cruds', { writes: true, deletes: true }), 'See, add, change and delete everything', "In this patient's record only"],
    ['what deletes unseen', records('patient/*.d', { reads: false, deletes: true }), 'Add, change and delete everything', "In this patient's record only"],
  ])('%s', (_what, scope, label, detail) => {
    expect(wishesOf([scope], t).wishes).toEqual([{ key: scope.scope, scopes: [scope.scope], label, detail }]);
  });

  it('say what narrows them, without the address of the system', () => {
    expect(criteriaOf('category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory&status=final,amended')).toBe(
      'category laboratory, status final / amended',
    );
    const scope = records('patient/Observation.rs?category=a|b', { kind: 'Observation', criteria: 'category=a|b' });
    expect(wishesOf([scope], t).wishes[0]?.detail).toBe("In this patient's record only · only category b");
  });

  it('put identity into one wish, and ask nothing about the context', () => {
    const asked = ['openid', 'fhirUser', 'launch/patient', 'offline_access'].map(plain);
    const { silent, wishes } = wishesOf([...asked, records('patient/*.rs', {})], t);
    expect(silent).toEqual(['launch/patient']);
    expect(wishes.map(({ scopes }) => scopes)).toEqual([['patient/*.rs'], ['openid', 'fhirUser'], ['offline_access']]);
  });
});
