//! npm fhir-kit-client against a running server: what it reads, finds, pages, writes, and what it is refused.

import assert from 'node:assert/strict';
import { Client } from 'fhir-kit-client';
import { equal, failureOf, holds, tell } from './checked.js';

const { GALEN_BASE: baseUrl, GALEN_TOKEN, GALEN_PATIENT_TOKEN, GALEN_CORPUS } = process.env;
const feed = new Client({ baseUrl, bearerToken: GALEN_TOKEN });
const ann = new Client({ baseUrl, bearerToken: GALEN_PATIENT_TOKEN });
const nobody = new Client({ baseUrl });

async function refused(status, attempt, what) {
  const error = await failureOf(attempt, what);
  assert.ok(error.response, `${what}: ${error}`);
  equal(error.response.status, status, `${what}: ${JSON.stringify(error.response.data)}`);
  equal(error.response.data.resourceType, 'OperationOutcome', what);
  holds(error.response.data.issue[0].diagnostics, what);
}

const resources = (bundle) => (bundle.entry ?? []).map((entry) => entry.resource);
const ids = (bundle) => resources(bundle).map((resource) => resource.id);
const statusOf = (answer) => Client.httpFor(answer).response.status;
const pulse = (patient, value, day) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: `2024-03-${String(day).padStart(2, '0')}`,
  valueQuantity: { value, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
});
const person = (id, family, given, birthDate) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'urn:galen:kit', value: id }],
  name: [{ family, given: [given] }],
  gender: 'female',
  birthDate,
});

async function describesItself() {
  const statement = await nobody.capabilityStatement();
  equal(statement.resourceType, 'CapabilityStatement');
  equal(statement.fhirVersion, '4.0.1');
  holds(statement.rest[0].resource.some((one) => one.type === 'Patient'));
}

async function readsAndWrites() {
  const made = await feed.update({
    resourceType: 'Patient',
    id: 'client-ann',
    body: person('client-ann', 'Kitson', 'Ann', '1980-02-03'),
  });
  equal(statusOf(made), 201);
  await feed.update({
    resourceType: 'Patient',
    id: 'kit-bea',
    body: person('kit-bea', 'Kitson', 'Bea', '1990-05-06'),
  });
  const read = await feed.read({ resourceType: 'Patient', id: 'client-ann' });
  equal(read.name[0].family, 'Kitson');
  equal(read.meta.versionId, '1');

  const body = { ...read, telecom: [{ system: 'phone', value: '0113 496 0000' }] };
  const match = { headers: { 'If-Match': 'W/"1"' } };
  const updated = await feed.update({ resourceType: 'Patient', id: 'client-ann', body, options: match });
  equal(statusOf(updated), 200);
  equal(updated.meta.versionId, '2');
  await refused(412, feed.update({ resourceType: 'Patient', id: 'client-ann', body, options: match }), 'stale If-Match');

  const first = await feed.vread({ resourceType: 'Patient', id: 'client-ann', version: '1' });
  equal(first.telecom, undefined);
  const history = await feed.history({ resourceType: 'Patient', id: 'client-ann' });
  equal(history.type, 'history');
  equal(resources(history).map((one) => one.meta.versionId), ['2', '1']);
}

async function createsOnlyOnce() {
  const body = { ...person(undefined, 'Onceonly', 'Cleo', '1970-01-01') };
  body.identifier = [{ system: 'urn:galen:kit', value: 'once' }];
  const options = { headers: { 'If-None-Exist': 'identifier=urn:galen:kit|once' } };
  const made = await feed.create({ resourceType: 'Patient', body, options });
  equal(statusOf(made), 201);
  const again = await feed.create({ resourceType: 'Patient', body, options });
  equal(statusOf(again), 200);
  equal(again.id, made.id);
  const found = await feed.search({ resourceType: 'Patient', searchParams: { identifier: 'urn:galen:kit|once' } });
  equal(found.total ?? resources(found).length, 1);
}

async function findsAndPages() {
  for (let day = 1; day <= 25; day += 1) {
    const made = await feed.create({ resourceType: 'Observation', body: pulse('client-ann', 60 + day, day) });
    holds(made.id);
  }
  const some = await feed.search({
    resourceType: 'Observation',
    searchParams: {
      patient: 'client-ann',
      code: 'http://loinc.org|8867-4',
      date: ['ge2024-03-05', 'le2024-03-10'],
      'value-quantity': 'gt66',
      _sort: '-date',
    },
  });
  equal(resources(some).map((one) => one.valueQuantity.value), [70, 69, 68, 67]);
  const byName = await feed.search({
    resourceType: 'Patient',
    searchParams: { 'name:contains': 'itso', birthdate: 'lt1985-01-01', gender: 'female' },
  });
  equal(ids(byName), ['client-ann']);
  const posted = await feed.search({
    resourceType: 'Patient',
    searchParams: { family: 'Kitson' },
    options: { postSearch: true },
  });
  equal(ids(posted).sort(), ['client-ann', 'kit-bea']);
  const withPatient = await feed.search({
    resourceType: 'Observation',
    searchParams: { 'patient.family': 'Kitson', date: '2024-03-01', _include: 'Observation:patient' },
  });
  equal(withPatient.entry.map((entry) => entry.search.mode), ['match', 'include']);
  const back = await feed.search({
    resourceType: 'Patient',
    searchParams: { _id: 'client-ann', _revinclude: 'Observation:patient' },
  });
  equal(resources(back).filter((one) => one.resourceType === 'Observation').length, 25);

  const seen = [];
  let pages = 0;
  let page = await feed.search({ resourceType: 'Observation', searchParams: { patient: 'client-ann', _count: 7 } });
  while (page) {
    pages += 1;
    seen.push(...ids(page));
    page = await feed.nextPage({ bundle: page });
  }
  equal(pages, 4);
  equal(new Set(seen).size, 25);
  equal(seen.length, 25);
}

async function resolvesReferences() {
  const found = await feed.search({ resourceType: 'Observation', searchParams: { patient: 'client-ann', _count: 1 } });
  const [observation] = resources(found);
  const subject = await feed.resolve({ reference: observation.subject.reference });
  equal(subject.id, 'client-ann');
}

async function transacts() {
  const entry = (fullUrl, resource) => ({ fullUrl, resource, request: { method: 'POST', url: resource.resourceType } });
  const patient = 'urn:uuid:0b0e7a52-52f5-4c2e-8a55-0a8fd1f2a001';
  const observation = { ...pulse('x', 71, 1), subject: { reference: patient } };
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      entry(patient, person(undefined, 'Transacted', 'Dora', '1960-01-01')),
      entry('urn:uuid:0b0e7a52-52f5-4c2e-8a55-0a8fd1f2a002', observation),
    ],
  };
  delete bundle.entry[0].resource.identifier;
  const done = await feed.transaction({ body: bundle });
  equal(done.type, 'transaction-response');
  equal(done.entry.map((one) => one.response.status.slice(0, 3)), ['201', '201']);
  const [type, id] = done.entry[0].response.location.replace(`${baseUrl}/`, '').split('/');
  equal(type, 'Patient');
  const found = await feed.search({ resourceType: 'Observation', searchParams: { patient: id } });
  equal(resources(found).map((one) => one.subject.reference), [`Patient/${id}`]);

  const before = await feed.search({ resourceType: 'Patient', searchParams: { family: 'Halfway' } });
  equal(resources(before).length, 0);
  const bad = structuredClone(bundle);
  bad.entry[0].resource.name[0].family = 'Halfway';
  bad.entry[1].resource.status = 'no-such-status';
  await refused(422, feed.transaction({ body: bad }), 'a transaction with one bad entry');
  const after = await feed.search({ resourceType: 'Patient', searchParams: { family: 'Halfway' } });
  equal(resources(after).length, 0, 'all or nothing');

  const get = (url) => ({ request: { method: 'GET', url } });
  const batch = { resourceType: 'Bundle', type: 'batch', entry: [get('Patient/client-ann'), get('Patient/kit-none')] };
  const answers = await feed.batch({ body: batch });
  equal(answers.type, 'batch-response');
  equal(answers.entry.map((one) => one.response.status.slice(0, 3)), ['200', '404']);
}

async function deletes() {
  const made = await feed.create({ resourceType: 'Observation', body: pulse('kit-bea', 80, 1) });
  const gone = await feed.delete({ resourceType: 'Observation', id: made.id });
  equal(statusOf(gone), 204);
  await refused(410, feed.read({ resourceType: 'Observation', id: made.id }), 'deleted');
  const old = await feed.vread({ resourceType: 'Observation', id: made.id, version: '1' });
  equal(old.valueQuantity.value, 80);
}

async function isRefusedRightly() {
  await refused(401, nobody.read({ resourceType: 'Patient', id: 'client-ann' }), 'nobody');
  await refused(401, nobody.search({ resourceType: 'Patient', searchParams: {} }), 'nobody searches');
  const forged = new Client({ baseUrl, bearerToken: `${GALEN_TOKEN.slice(0, -4)}AAAA` });
  await refused(401, forged.read({ resourceType: 'Patient', id: 'client-ann' }), 'forged token');
  await refused(404, feed.read({ resourceType: 'Patient', id: 'kit-none' }), 'absent');
  await refused(404, feed.request('Patint/x'), 'no such type');
  const invalid = { resourceType: 'Patient', gender: 'no-such-gender' };
  await refused(422, feed.create({ resourceType: 'Patient', body: invalid }), 'invalid');
  await refused(400, feed.search({ resourceType: 'Patient', searchParams: { shoesize: '9' } }), 'unknown parameter');
  await refused(400, feed.create({ resourceType: 'Patient', body: '{"resourceType":' }), 'malformed');

  const own = await ann.read({ resourceType: 'Patient', id: 'client-ann' });
  equal(own.id, 'client-ann');
  await refused(404, ann.read({ resourceType: 'Patient', id: 'kit-bea' }), "another's record");
  const visible = await ann.search({ resourceType: 'Patient', searchParams: { family: 'Kitson' } });
  equal(ids(visible), ['client-ann']);
  const hidden = await ann.search({ resourceType: 'Observation', searchParams: { patient: 'kit-bea' } });
  equal(ids(hidden), []);
  await refused(403, ann.create({ resourceType: 'Observation', body: pulse('client-ann', 60, 1) }), 'a patient writes');
}

async function readsTheCorpus() {
  const patients = await feed.search({ resourceType: 'Patient', searchParams: { _count: 50, _sort: 'birthdate' } });
  const synthea = resources(patients).filter((one) => one.identifier?.some((i) => i.system?.includes('synthea')));
  equal(synthea.length, 5);
  for (const patient of synthea) {
    const conditions = await feed.search({
      resourceType: 'Condition',
      searchParams: { patient: patient.id, _include: 'Condition:encounter', _count: 10 },
    });
    holds(resources(conditions).length > 0);
    const references = resources(conditions).filter((one) => one.resourceType === 'Condition');
    holds(references.every((one) => one.subject.reference === `Patient/${patient.id}`));
  }
}

await describesItself();
await readsAndWrites();
await createsOnlyOnce();
await findsAndPages();
await resolvesReferences();
await transacts();
await deletes();
await isRefusedRightly();
if (GALEN_CORPUS) await readsTheCorpus();
tell('fhir-kit-client');
