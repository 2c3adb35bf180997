// Small rules: who may, how fresh, which field.
import { describe, expect, it } from 'vitest';
import { ACTIVITIES, isAllowed } from './can';
import { freshnessOf } from './freshness';
import { fieldOf } from './refusal';

const answer = (fulfilledTimeStamp: number | undefined, more: object = {}) => ({
  fulfilledTimeStamp,
  isFetching: false,
  isError: false,
  ...more,
});

describe('freshness', () => {
  it('is as old as the oldest answer', () => {
    expect(freshnessOf([answer(30), answer(10)], true)).toEqual({ updatedAt: 10, state: 'current' });
  });

  it('has no time until every answer is there', () => {
    expect(freshnessOf([answer(30), answer(undefined, { isFetching: true })], true)).toEqual({ state: 'refreshing' });
  });

  it('is stale without a server and after a refusal, however new the answer', () => {
    expect(freshnessOf([answer(30)], false).state).toBe('stale');
    expect(freshnessOf([answer(30, { isError: true })], true).state).toBe('stale');
  });
});

describe('who may', () => {
  it('needs any one of the activities', () => {
    expect(isAllowed(['B0340'], ACTIVITIES.registerPatient)).toBe(true);
    expect(isAllowed(['B0820'], ACTIVITIES.registerPatient)).toBe(false);
    expect(isAllowed([], ACTIVITIES.findPatients)).toBe(false);
  });
});

describe('the field of a refusal', () => {
  it.each([
    ['demographics.birthDate', 'birthDate'],
    ['demographics.given[0]', 'given'],
    ['newPassword', 'newPassword'],
    [undefined, undefined],
  ])('%s is %s', (location, field) => {
    expect(fieldOf({ status: 422, code: 'x', detail: '', ...(location !== undefined && { location }) })).toBe(field);
  });
});
