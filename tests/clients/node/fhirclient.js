//! npm fhirclient (SMART's own) in node, with a token: reading, searching, paging, writing, patching, refusals.

import FHIR from 'fhirclient';
import { equal, failureOf, holds, tell } from './checked.js';

const { GALEN_BASE: serverUrl, GALEN_TOKEN, GALEN_PATIENT_TOKEN } = process.env;

/** A client as an application on a server makes it, with a session of its own. */
function client(token, patient) {
  const request = { headers: { host: 'app.example' }, socket: {}, session: {}, url: '/' };
  const tokenResponse = token && { access_token: token, patient };
  return FHIR(request, {}).client({ serverUrl, ...(token && { tokenResponse }) });
}

const feed = client(GALEN_TOKEN);
const nobody = client();

async function refused(status, attempt, what) {
  const error = await failureOf(attempt, what);
  equal(error.status, status, `${what}: ${error.message}`);
  const [, body] = error.message.split(/\n\n/);
  const outcome = JSON.parse(body.split('\nThis app')[0].split('\nYour session')[0].split('\nSession')[0]);
  equal(outcome.resourceType, 'OperationOutcome', what);
  holds(outcome.issue[0].diagnostics, what);
}

const person = (family) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:galen:fhirclient', value: family }],
  name: [{ family, given: ['Fay'] }],
  gender: 'female',
  birthDate: '1984-02-03',
});
const weight = (patient, day) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: `2022-01-${String(day).padStart(2, '0')}`,
  valueQuantity: { value: 60 + day, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
});

async function readsAndWrites() {
  const made = await feed.create(person('Jsclient'));
  holds(made.id);
  equal(made.meta.versionId, '1');
  const read = await feed.request(`Patient/${made.id}`);
  equal(feed.getPath(read, 'name.0.family'), 'Jsclient');
  const { body, response } = await feed.request({ url: `Patient/${made.id}`, includeResponse: true });
  equal(body.id, made.id);
  equal(response.headers.get('etag'), 'W/"1"');
  const changed = await feed.update({ ...read, active: true });
  equal([changed.active, changed.meta.versionId], [true, '2']);
  await refused(412, feed.update({ ...read, active: false }, { headers: { 'If-Match': 'W/"1"' } }), 'stale If-Match');
  const patched = await feed.patch(`Patient/${made.id}`, [{ op: 'replace', path: '/birthDate', value: '1984-02-04' }]);
  equal([patched.birthDate, patched.meta.versionId], ['1984-02-04', '3']);
  await refused(422, feed.patch(`Patient/${made.id}`, [{ op: 'replace', path: '/gender', value: 'cat' }]), 'an invalid patch');
  return made.id;
}

async function findsAndPages(patient) {
  for (let day = 1; day <= 12; day += 1) await feed.create(weight(patient, day));
  const query = `Observation?patient=${patient}&_sort=date`;
  const some = await feed.request(`${query}&date=ge2022-01-03&date=le2022-01-06&value-quantity=gt63`);
  equal(some.entry.map(({ resource }) => resource.valueQuantity.value), [64, 65, 66]);
  const flat = await feed.request(`${query}&_count=5`, { pageLimit: 0, flat: true });
  equal(flat.map((one) => one.valueQuantity.value), [61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72]);
  const sizes = [];
  await feed.request(`${query}&_count=5`, { pageLimit: 0, onPage: (page) => void sizes.push(page.entry.length) });
  equal(sizes, [5, 5, 2]);
  const pages = [];
  for await (const page of feed.pages(`${query}&_count=4`)) pages.push(page.entry.length);
  equal(pages, [4, 4, 4]);
  const seen = new Set();
  for await (const resource of feed.resources(`${query}&_count=7`)) seen.add(resource.id);
  equal(seen.size, 12);
  equal(Object.keys(feed.byCode(flat, 'code')), ['29463-7']);
  const resolved = await feed.request(`${query}&_count=1`, { resolveReferences: 'subject' });
  equal(resolved.entry[0].resource.subject.name[0].family, 'Jsclient');
  const byName = await feed.request('Patient?family:exact=Jsclient&birthdate=1984-02-04&_summary=count');
  equal(byName.total, 1);
}

async function speaksOfThePatient(patient) {
  const own = client(GALEN_TOKEN, patient);
  equal((await own.patient.read()).id, patient);
  const observations = await own.patient.request('Observation?_count=3');
  equal(observations.entry.length, 3);
  holds(observations.entry.every(({ resource }) => resource.subject.reference === `Patient/${patient}`));
  equal(await own.getFhirVersion(), '4.0.1');
  equal(await own.getFhirRelease(), 4);
}

async function deletes(patient) {
  const made = await feed.create(weight(patient, 20));
  const gone = await feed.delete(`Observation/${made.id}`);
  equal(gone.status, 204);
  await refused(410, feed.request(`Observation/${made.id}`), 'deleted');
}

async function isRefusedRightly(patient) {
  await refused(401, nobody.request(`Patient/${patient}`), 'nobody');
  await refused(401, client(`${GALEN_TOKEN.slice(0, -4)}AAAA`).request(`Patient/${patient}`), 'a forged token');
  await refused(404, feed.request('Patient/js-none'), 'absent');
  await refused(400, feed.request('Patient?shoesize=9'), 'an unknown parameter');
  await refused(422, feed.create({ resourceType: 'Patient', gender: 'cat' }), 'an invalid resource');
  await refused(404, client(GALEN_PATIENT_TOKEN).request(`Patient/${patient}`), "another's record");
  await refused(403, client(GALEN_PATIENT_TOKEN).create(weight('client-ann', 1)), 'a patient writes');
}

const patient = await readsAndWrites();
await findsAndPages(patient);
await speaksOfThePatient(patient);
await deletes(patient);
await isRefusedRightly(patient);
tell('fhirclient');
