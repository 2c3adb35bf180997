// What an application asks for, sorted into what a person decides about: who they are, how long, and which records.
import type { ScopeView, Translate } from '@galen/core';
import type { words } from '../words/words';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

/** One thing to allow or not, and the scopes that it stands for. */
export interface Wish {
  key: string;
  scopes: string[];
  label: string;
  detail?: string;
}

export interface Wishes {
  /** Asked for, and nothing to decide about: the context of the launch. */
  silent: string[];
  wishes: Wish[];
}

const IDENTITY = new Set(['openid', 'fhirUser', 'profile']);
const LASTING: Record<string, Word> = { offline_access: 'consentOffline', online_access: 'consentOnline' };

/** Words for what patients and clinicians meet; any other type is called by its own name. */
const KINDS: Record<string, Word> = {
  AllergyIntolerance: 'kindAllergies',
  Appointment: 'kindAppointments',
  CarePlan: 'kindCarePlans',
  Condition: 'kindConditions',
  DiagnosticReport: 'kindReports',
  DocumentReference: 'kindDocuments',
  Encounter: 'kindEncounters',
  Immunization: 'kindImmunizations',
  MedicationRequest: 'kindPrescriptions',
  Observation: 'kindObservations',
  Patient: 'kindPatient',
  Procedure: 'kindProcedures',
};

type T = Translate<Record<Word, string>>;

function verbOf({ reads, writes, deletes }: ScopeView): Word {
  if (deletes) return reads ? 'consentAll' : 'consentWriteDelete';
  if (writes) return reads ? 'consentReadWrite' : 'consentWrite';
  return 'consentRead';
}

/** `category=http://…|laboratory&status=final` as `category laboratory, status final`. */
export function criteriaOf(criteria: string): string {
  return [...new URLSearchParams(criteria)]
    .map(([name, value]) => `${name} ${value.split(',').map((one) => one.slice(one.lastIndexOf('|') + 1) || one).join(' / ')}`)
    .join(', ');
}

function resourceWish(scope: ScopeView, t: T): Wish {
  const word = scope.kind ? KINDS[scope.kind] : 'kindEverything';
  const kind = word ? t(word) : (scope.kind ?? '');
  const whose = t(scope.level === 'patient' ? 'consentOfPatient' : 'consentOfUser');
  const only = scope.criteria ? [t('consentOnly', { criteria: criteriaOf(scope.criteria) })] : [];
  return { key: scope.scope, scopes: [scope.scope], label: t(verbOf(scope), { kind }), detail: [whose, ...only].join(' · ') };
}

export function wishesOf(scopes: readonly ScopeView[], t: T): Wishes {
  const identity = scopes.filter(({ scope }) => IDENTITY.has(scope)).map(({ scope }) => scope);
  const lasting = scopes.flatMap(({ scope }) => {
    const word = LASTING[scope];
    return word ? [{ key: scope, scopes: [scope], label: t(word), detail: t(`${word}Detail` as Word) }] : [];
  });
  const records = scopes.filter(({ level }) => level).map((scope) => resourceWish(scope, t));
  const known = new Set([...identity, ...lasting.map(({ key }) => key), ...records.map(({ key }) => key)]);
  return {
    silent: scopes.map(({ scope }) => scope).filter((scope) => !known.has(scope)),
    wishes: [
      ...records,
      ...(identity.length > 0 ? [{ key: 'identity', scopes: identity, label: t('consentIdentity'), detail: t('consentIdentityDetail') }] : []),
      ...lasting,
    ],
  };
}
