// How requests are sent and what becomes of their refusals.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fhirApi } from './fhir-api';
import { isRefusal } from './refusal';
import { sessionStarted } from './session';
import { makeStore } from './store';

import { ada, bob, json, problem, serve } from './test-server';

const read = fhirApi.endpoints.readPatient;
const register = fhirApi.endpoints.registerPatient;
const patient = { id: 'p1', version: 1, given: ['Ann'] };
const registration = { registerPatient: { demographics: { family: 'Ng' } } };

function signedIn() {
  const store = makeStore();
  store.dispatch(sessionStarted(ada));
  return store;
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settled<T>(promise: PromiseLike<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(2_000);
  return promise;
}

describe('a request', () => {
  it('carries the session token, reads included, so that a page of somebody else is found out', async () => {
    const asked = serve(json(patient));
    await signedIn().dispatch(read.initiate({ id: 'p1' }));
    expect(asked[0]?.headers['x-csrf-token']).toBe('c1');
    expect(asked[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('repeats its idempotency key until the server has decided, and then takes a new one', async () => {
    const outcomes: (() => Response)[] = [
      () => {
        throw new TypeError('gone');
      },
      () => problem(503, 'unavailable'),
      () => json(patient, 201),
      () => json(patient, 201),
    ];
    const asked = serve(({ method }) => (method === 'POST' ? outcomes.shift()?.() : undefined) ?? json({}));
    const store = signedIn();
    for (let time = 0; time < 4; time += 1) await settled(store.dispatch(register.initiate(registration)));
    const posts = asked.filter(({ method }) => method === 'POST');
    const keys = posts.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('leaves out criteria that are empty', async () => {
    const asked = serve(json({ patients: [] }));
    await signedIn().dispatch(fhirApi.endpoints.findPatients.initiate({ text: 'José ng', name: '' }));
    expect(asked[0]?.url).toBe('/api/patients?text=Jos%C3%A9+ng');
  });
});

describe('a server that is away', () => {
  it('is asked again for a read, and noticed when it stays away', async () => {
    const asked = serve(new TypeError('gone'));
    const store = signedIn();
    const { error } = await settled(store.dispatch(read.initiate({ id: 'p1' })));
    expect(asked.filter(({ url }) => url === '/api/patients/p1')).toHaveLength(3);
    expect(isRefusal(error) && error.code).toBe('server-unreachable');
    expect(store.getState().connection.isReachable).toBe(false);
  });

  it('is never sent a change twice by itself', async () => {
    const asked = serve(new TypeError('gone'));
    await settled(signedIn().dispatch(register.initiate(registration)));
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('is found again, and what is on screen is asked for anew', async () => {
    let isAway = true;
    serve(() => {
      if (isAway) throw new TypeError('gone');
      return json(patient);
    });
    const store = signedIn();
    const query = store.dispatch(read.initiate({ id: 'p1' }));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(store.getState().connection.isReachable).toBe(false);
    isAway = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.getState().connection.isReachable).toBe(true);
    expect(read.select({ id: 'p1' })(store.getState()).data).toEqual(patient);
    query.unsubscribe();
  });

  it.each([
    ['is waited for when it asks for a short wait', '1', patient],
    ['is not waited for when it asks for a long one', '60', undefined],
  ])('that throttles %s', async (_what, seconds, expected) => {
    serve(json({ code: 'too-many', detail: 'slow down' }, 429, { 'retry-after': seconds }), json(patient));
    const { data } = await settled(signedIn().dispatch(read.initiate({ id: 'p1' })));
    expect(data).toEqual(expected);
  });
});

describe('a session', () => {
  it('that has ended keeps the person and what they typed', async () => {
    serve(problem(401, 'session-ended'));
    const store = signedIn();
    await store.dispatch(read.initiate({ id: 'p1' }));
    expect(store.getState().session).toMatchObject({ phase: 'expired', who: { user: 'u1' } });
  });

  it('of another user takes the page over, and the refused change is not sent in their name', async () => {
    const asked = serve(problem(403, 'csrf-invalid'), json(bob));
    const store = signedIn();
    await store.dispatch(register.initiate(registration));
    expect(store.getState().session).toMatchObject({ takenOver: true, who: { user: 'u2' } });
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('renewed by the same user in another tab goes on with the new token', async () => {
    const asked = serve(problem(403, 'csrf-invalid'), json({ ...ada, csrf: 'c9' }), json(patient));
    const store = signedIn();
    const { data } = await store.dispatch(read.initiate({ id: 'p1' }));
    expect(data).toEqual(patient);
    expect(asked[2]?.headers['x-csrf-token']).toBe('c9');
  });
});

describe('a refusal', () => {
  it('reads alike from problem+json and OperationOutcome', async () => {
    serve(problem(409, 'possible-duplicate', { related: ['p2'], location: 'demographics.family' }));
    const store = signedIn();
    const { error } = await store.dispatch(register.initiate(registration));
    expect(error).toMatchObject({ status: 409, related: ['p2'], location: 'demographics.family', reference: 'r1' });

    const details = { text: 'sealed', coding: [{ code: 'record-sealed' }] };
    serve(json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'forbidden', details }] }, 403));
    const sealed = await store.dispatch(fhirApi.endpoints.conditions.initiate({ patient: 'p1' }));
    expect(sealed.error).toMatchObject({ status: 403, code: 'record-sealed', detail: 'sealed' });
  });
});
