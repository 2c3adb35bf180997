// What the store keeps and what it forgets when the person changes.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { actingChanged } from './acting';
import { draftChanged } from './drafts';
import { fhirApi } from './fhir-api';
import { patientOpened, RECENT_PATIENTS_MAX } from './recent';
import { sessionEnded, sessionExpired, sessionStarted, sessionTakenOver } from './session';
import { makeStore } from './store';
import { restApi } from './tags';

import { ada, bob, json, serve } from './test-server';

const patient = { id: 'p1', version: 1, given: ['Ann'] };
const read = fhirApi.endpoints.readPatient;

afterEach(() => vi.unstubAllGlobals());

async function storeInUse() {
  serve(json(patient));
  const store = makeStore();
  store.dispatch(sessionStarted(ada));
  await store.dispatch(read.initiate({ id: 'p1' }));
  store.dispatch(draftChanged({ form: 'register', value: { family: 'Ng' } }));
  store.dispatch(patientOpened('p1'));
  return store;
}

describe('the store', () => {
  it('keeps drafts and answers while the same person signs in again', async () => {
    const store = await storeInUse();
    store.dispatch(sessionExpired());
    store.dispatch(sessionStarted({ ...ada, csrf: 'c9' }));
    expect(store.getState().drafts).toEqual({ register: { family: 'Ng' } });
    expect(read.select({ id: 'p1' })(store.getState()).data).toEqual(patient);
    expect(store.getState().recent).toEqual(['p1']);
  });

  it.each([
    ['signs out', sessionEnded()],
    ['is replaced by another', sessionTakenOver(bob)],
    ['is followed by another at the same page', sessionStarted(bob)],
  ])('is emptied when somebody %s', async (_what, action) => {
    const store = await storeInUse();
    store.dispatch(action);
    expect(store.getState().drafts).toEqual({});
    expect(store.getState().recent).toEqual([]);
    expect(read.select({ id: 'p1' })(store.getState()).data).toBeUndefined();
  });

  it('remembers the latest patients once each, and few', () => {
    const store = makeStore();
    for (let number = 0; number < 20; number += 1) store.dispatch(patientOpened(`p${number % 12}`));
    expect(store.getState().recent).toHaveLength(RECENT_PATIENTS_MAX);
    expect(store.getState().recent[0]).toBe('p7');
  });
});

describe('acting for somebody', () => {
  it('is said with every request but those about oneself, and shares no answers', async () => {
    const store = await storeInUse();
    const asked = serve(json(patient));
    store.dispatch(actingChanged('child'));
    expect(read.select({ id: 'p1' })(store.getState()).data).toBeUndefined();
    await store.dispatch(read.initiate({ id: 'p1' }));
    await store.dispatch(restApi.endpoints.listOwnProxies.initiate());
    expect(asked.map(({ headers }) => headers['x-acting-for'])).toEqual(['child', undefined]);
    store.dispatch(sessionStarted(bob));
    expect(store.getState().acting.for).toBeNull();
  });
});

describe('tags', () => {
  it('refresh a patient that was amended, and no other', async () => {
    const store = makeStore();
    store.dispatch(sessionStarted(ada));
    const asked = serve((request) => json({ ...patient, id: request.url.split('/').at(-1), version: 2 }));
    const subscriptions = ['p1', 'p2'].map((id) => store.dispatch(read.initiate({ id })));
    await Promise.all(subscriptions);
    const amendment = { id: 'p1', amendPatient: { version: 1, demographics: { family: 'Oh' } } };
    await store.dispatch(fhirApi.endpoints.amendPatient.initiate(amendment));
    await vi.waitFor(() => expect(asked.filter(({ method }) => method === 'GET')).toHaveLength(3));
    expect(asked.at(-1)?.url).toBe('/api/patients/p1');
    for (const subscription of subscriptions) subscription.unsubscribe();
  });

  it('refresh both records of a merge', async () => {
    const store = makeStore();
    store.dispatch(sessionStarted(ada));
    const asked = serve(json({ ...patient, survivor: 'p1', duplicate: 'p2' }));
    const subscriptions = ['p1', 'p2', 'p3'].map((id) => store.dispatch(read.initiate({ id })));
    await Promise.all(subscriptions);
    await store.dispatch(
      fhirApi.endpoints.mergePatients.initiate({ id: 'p1', mergePatients: { duplicate: 'p2' } }),
    );
    await vi.waitFor(() => expect(asked.filter(({ method }) => method === 'GET')).toHaveLength(5));
    expect(asked.slice(4).map(({ url }) => url).toSorted()).toEqual(['/api/patients/p1', '/api/patients/p2']);
    for (const subscription of subscriptions) subscription.unsubscribe();
  });
});
