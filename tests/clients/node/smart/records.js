//! The record that the application is opened on, written by the feed before anybody is asked.

import assert from 'node:assert/strict';

const { GALEN_BASE, GALEN_TOKEN } = process.env;
const CATEGORIES = 'http://terminology.hl7.org/CodeSystem/observation-category';

export const PATIENT = 'smart-pat';
export const NAME = 'Pat Smartley';
export const ANOTHER = 'smart-ben';
export const VITAL = ['8867-4', '29463-7'];
export const LABORATORY = ['718-7', '2345-7'];
export const laboratory = `${CATEGORIES}|laboratory`;

async function put(resource) {
  const answer = await fetch(`${GALEN_BASE}/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${GALEN_TOKEN}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
}

export const observation = (patient, category, code, day) => ({
  resourceType: 'Observation',
  id: `${patient}-${code}`,
  status: 'final',
  category: [{ coding: [{ system: CATEGORIES, code: category }] }],
  code: { coding: [{ system: 'http://loinc.org', code }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: `2025-02-0${day}`,
  valueQuantity: { value: 60 + day, unit: '1' },
});
const person = (id, given) => ({
  resourceType: 'Patient',
  id,
  name: [{ family: 'Smartley', given: [given] }],
  gender: 'male',
  birthDate: '1979-03-04',
});

export async function writeRecords() {
  await put(person(PATIENT, 'Pat'));
  await put(person(ANOTHER, 'Ben'));
  const all = [...VITAL.map((code) => ['vital-signs', code]), ...LABORATORY.map((code) => ['laboratory', code])];
  for (const [at, [category, code]] of all.entries()) await put(observation(PATIENT, category, code, at + 1));
  await put(observation(ANOTHER, 'laboratory', '718-7', 1));
}
