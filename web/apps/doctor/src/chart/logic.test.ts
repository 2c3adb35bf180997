// Small rules of the chart.
import type { ResultGroup } from '@galen/fhir';
import { resultGroups, type Observation } from '@galen/fhir';
import { describe, expect, it } from 'vitest';
import { filtered } from '../results/results';
import { isChild } from '../results/vitals';
import { binaryPath } from '@galen/record';
import { latestGroups } from './latest-results';
import { tabOf } from './tabs';

const observation = (name: string, day: string): Observation => ({
  resourceType: 'Observation',
  id: `${name}-${day}`,
  status: 'final',
  code: { text: name },
  effectiveDateTime: day,
  valueQuantity: { value: 1, unit: 'g' },
});

const names = (groups: readonly ResultGroup[]) => groups.map(({ name }) => name);

describe('results', () => {
  const groups = resultGroups([
    observation('Sodium', '2024-01-02'),
    observation('Protéine C', '2024-01-05'),
    observation('Potassium', '2024-01-03'),
  ]);

  it('are found by any part of their name, accents aside', () => {
    expect(names(filtered(groups, 'proteine'))).toEqual(['Protéine C']);
    expect(names(filtered(groups, ''))).toHaveLength(3);
  });

  it('of the summary are the tests done last', () => {
    expect(names(latestGroups(groups, 2))).toEqual(['Protéine C', 'Potassium']);
  });
});

describe('an attachment’s address', () => {
  it.each([
    ['Binary/b1', '/fhir/Binary/b1'],
    [`${location.origin}/fhir/Binary/b1`, '/fhir/Binary/b1'],
    ['https://elsewhere.example/fhir/Binary/b1', undefined],
    ['../api/session', undefined],
    ['javascript:alert(1)', undefined],
    [undefined, undefined],
  ])('%s is fetched as %s', (url, path) => {
    expect(binaryPath(url)).toBe(path);
  });
});

describe('the chart', () => {
  it('opens on the summary when the address names no part of it', () => {
    expect(tabOf('').path).toBe('summary');
    expect(tabOf('results').path).toBe('results');
    expect(tabOf('nonsense').path).toBe('summary');
  });

  it('draws growth for children only', () => {
    expect(isChild({ age: { parts: [{ value: 5, unit: 'mo' }], approximate: false } })).toBe(true);
    expect(isChild({ age: { parts: [{ value: 40, unit: 'y' }], approximate: false } })).toBe(false);
    expect(isChild({})).toBe(false);
  });
});
