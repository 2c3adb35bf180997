//! npm @medplum/core against a running server: reading, searching, paging, writing, patching, batches, value sets, refusals.

import { equal, failureOf, holds, tell } from './checked.js';

// The package names WebSocket when it is loaded; node 20 has none, and nothing here opens one.
globalThis.WebSocket ??= class {};
const { MedplumClient } = await import('@medplum/core');

const { GALEN_BASE, GALEN_TOKEN } = process.env;
const baseUrl = GALEN_BASE.replace(/fhir$/, '');
const feed = new MedplumClient({ baseUrl, fhirUrlPath: 'fhir', fetch, cacheTime: 0 });
feed.setAccessToken(GALEN_TOKEN);
const nobody = new MedplumClient({ baseUrl, fhirUrlPath: 'fhir', fetch, cacheTime: 0 });

async function refused(attempt, what) {
  const error = await failureOf(attempt, what);
  equal(error.outcome?.resourceType, 'OperationOutcome', `${what}: ${error}`);
  holds(error.outcome.issue[0].severity === 'error' || error.outcome.id, what);
}

const person = (family, given, birthDate) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:galen:medplum', value: `${family}-${given}` }],
  name: [{ family, given: [given] }],
  gender: 'female',
  birthDate,
});

async function readsAndWrites() {
  const made = await feed.createResource(person('Osler', 'Ada', '1980-02-03'));
  holds(made.id && made.meta.versionId === '1', 'created');
  equal((await feed.readResource('Patient', made.id)).name[0].family, 'Osler', 'read');
  const changed = await feed.updateResource({ ...made, active: true });
  equal([changed.active, changed.meta.versionId], [true, '2'], 'updated');
  const patched = await feed.patchResource('Patient', made.id, [
    { op: 'replace', path: '/birthDate', value: '1980-02-04' },
    { op: 'add', path: '/name/0/given/-', value: 'Grace' },
  ]);
  equal([patched.birthDate, patched.name[0].given], ['1980-02-04', ['Ada', 'Grace']], 'patched');
  const history = await feed.readHistory('Patient', made.id);
  equal(history.entry.map((entry) => entry.resource.meta.versionId), ['3', '2', '1'], 'history');
  equal((await feed.readVersion('Patient', made.id, '1')).birthDate, '1980-02-03', 'version');
  const again = await feed.createResourceIfNoneExist(
    person('Osler', 'Ada', '1980-02-03'),
    'identifier=urn:galen:medplum|Osler-Ada',
  );
  equal(again.id, made.id, 'created if none exists');
  const upserted = await feed.upsertResource(
    { ...person('Osler', 'Bea', '1990-01-01') },
    'identifier=urn:galen:medplum|Osler-Bea',
  );
  holds(upserted.id && upserted.id !== made.id, 'upserted');
  await feed.deleteResource('Patient', upserted.id);
  await refused(feed.readResource('Patient', upserted.id), 'deleted');
  return made;
}

async function searches(patient) {
  const values = [1, 2, 3, 4, 5];
  for (const value of values) {
    await feed.createResource({
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
      subject: { reference: `Patient/${patient.id}` },
      effectiveDateTime: `2024-03-0${value}`,
      valueQuantity: { value: 60 + value, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    });
  }
  const found = await feed.searchResources('Observation', {
    patient: `Patient/${patient.id}`,
    'value-quantity': 'gt62',
    _sort: '-date',
  });
  equal(found.map((one) => one.valueQuantity.value), [65, 64, 63], 'sorted and compared');
  const paged = [];
  for await (const page of feed.searchResourcePages('Observation', { patient: patient.id, _count: 2, _sort: 'date' })) {
    paged.push(page.map((one) => one.valueQuantity.value));
  }
  equal(paged, [[61, 62], [63, 64], [65]], 'pages');
  const one = await feed.searchOne('Patient', '_has:Observation:patient:code=8867-4&family=osler');
  equal(one.id, patient.id, 'reverse chain');
  const bundle = await feed.search('Observation', `patient.name=osler&_include=Observation:patient&_total=accurate`);
  equal([bundle.total, bundle.entry.filter((entry) => entry.search.mode === 'include').length], [5, 1], 'included');
  const everything = await feed.readPatientEverything(patient.id);
  holds(everything.entry.length >= 6, 'everything');
}

async function batches() {
  const bundle = await feed.executeBatch({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: 'urn:uuid:0b8f6c1e-0000-4000-8000-000000000001', request: { method: 'POST', url: 'Patient' }, resource: person('Osler', 'Cyd', '2000-01-01') },
      {
        request: { method: 'POST', url: 'Observation' },
        resource: {
          resourceType: 'Observation',
          status: 'final',
          code: { text: 'Note' },
          subject: { reference: 'urn:uuid:0b8f6c1e-0000-4000-8000-000000000001' },
        },
      },
    ],
  });
  equal(bundle.entry.map((entry) => entry.response.status.slice(0, 3)), ['201', '201'], 'transaction');
  const made = await feed.readReference({ reference: bundle.entry[1].response.location.split('/_history')[0] });
  holds(made.subject.reference.startsWith('Patient/'), 'references of a transaction');
}

async function terminology() {
  const set = await feed.valueSetExpand({ url: 'http://hl7.org/fhir/ValueSet/administrative-gender', filter: 'fem' });
  equal(set.expansion.contains.map((one) => one.code), ['female'], 'expanded');
}

async function refusals() {
  await refused(feed.createResource({ resourceType: 'Patient', birthDate: '2024-02-30' }), 'no such day');
  await refused(feed.search('Patient', 'nonsense=1'), 'unknown parameter');
  await refused(feed.readResource('Patient', 'nobody-at-all'), 'not found');
  await refused(nobody.search('Patient', 'name=osler'), 'nobody');
}

const patient = await readsAndWrites();
await searches(patient);
await batches();
await terminology();
await refusals();
tell('@medplum/core');
