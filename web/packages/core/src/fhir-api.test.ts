// Lists are read to their last page, and a list that could not be read is never an empty one.
import type { Bundle } from '@galen/fhir';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fhirApi, nextOf, PAGES_MAX } from './fhir-api';
import { sessionStarted } from './session';
import { makeStore } from './store';
import { ada, json, problem, serve } from './test-server';

const { conditions, medicationRequests, laboratoryResults } = fhirApi.endpoints;

function bundle(resources: object[], next?: string): Bundle {
  return {
    resourceType: 'Bundle',
    entry: resources.map((resource) => ({ resource })) as Bundle['entry'],
    link: next === undefined ? [] : [{ relation: 'next', url: `https://elsewhere.example${next}` }],
  };
}

function signedIn() {
  const store = makeStore();
  store.dispatch(sessionStarted(ada));
  return store;
}

afterEach(() => vi.unstubAllGlobals());

describe('a list', () => {
  it('follows the next page on this page’s own host', async () => {
    const asked = serve(
      json(bundle([{ resourceType: 'Condition', id: 'c1' }], '/fhir/Condition?_page=2')),
      json(bundle([{ resourceType: 'Condition', id: 'c2' }])),
    );
    const { data } = await signedIn().dispatch(conditions.initiate({ patient: 'p1' }));
    expect(data?.resources.map(({ id }) => id)).toEqual(['c1', 'c2']);
    expect(asked[1]?.url).toBe('/fhir/Condition?_page=2');
  });

  it('is refused as a whole when a page is refused', async () => {
    serve(
      json(bundle([{ resourceType: 'Condition', id: 'c1' }], '/fhir/Condition?_page=2')),
      problem(403, 'not-allowed'),
    );
    const { data, error } = await signedIn().dispatch(conditions.initiate({ patient: 'p1' }));
    expect(data).toBeUndefined();
    expect(error).toMatchObject({ status: 403 });
  });

  it('says when there was more than it follows', async () => {
    const asked = serve(() => json(bundle([], '/fhir/Condition?_page=again')));
    const { data } = await signedIn().dispatch(conditions.initiate({ patient: 'p1' }));
    expect(asked).toHaveLength(PAGES_MAX);
    expect(data?.isComplete).toBe(false);
  });

  it('keeps the medications that came along apart', async () => {
    const request = { resourceType: 'MedicationRequest', id: 'r1' };
    serve(json(bundle([request, { resourceType: 'Medication', id: 'm1' }])));
    const { data } = await signedIn().dispatch(medicationRequests.initiate({ patient: 'p1' }));
    expect(data?.resources).toEqual([request]);
    expect(data?.included.map(({ id }) => id)).toEqual(['m1']);
  });
});

describe('results', () => {
  it('come page by page', async () => {
    serve(
      json(bundle([{ resourceType: 'Observation', id: 'o1' }], '/fhir/Observation?_page=2')),
      json(bundle([{ resourceType: 'Observation', id: 'o2' }])),
    );
    const store = signedIn();
    const first = await store.dispatch(laboratoryResults.initiate({ patient: 'p1' }));
    expect(first.hasNextPage).toBe(true);
    const all = await store.dispatch(laboratoryResults.initiate({ patient: 'p1' }, { direction: 'forward' }));
    expect(all.data?.pages.flatMap(({ resources }) => resources.map(({ id }) => id))).toEqual(['o1', 'o2']);
    expect(all.hasNextPage).toBe(false);
  });
});

describe('the next page', () => {
  it('is none where the bundle has no such link', () => {
    expect(nextOf(bundle([]))).toBeNull();
  });
});
