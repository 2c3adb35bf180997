//! `galen exchange` with a FHIR server of another make (npm @medplum/fhir-router, in memory): pull, pull again, push, conflict.
//! GALEN is the program, GALEN_PLACE a data directory of its own, GALEN_OTHER the server's base.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { equal, holds, tell } from '../checked.js';

const { GALEN, GALEN_PLACE: place, GALEN_OTHER: base } = process.env;
const PATIENTS = 130;
const MARK = 'https://galen.health/CodeSystem/exchange-partner';

function galen(...words) {
  return new Promise((resolve) => {
    execFile(GALEN, [...words, '--data', place], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

async function exchange(...words) {
  const done = await galen('exchange', ...words, '--json');
  holds(done.code === 0 || done.code === 3, `${words.join(' ')}: ${done.stderr}`);
  return { code: done.code, ...JSON.parse(done.stdout) };
}

const counts = (report) => [report.created, report.updated, report.unchanged, report.returned, report.refusals];

async function there(method, path, body, headers = {}) {
  const sent = body && JSON.stringify(body);
  const response = await fetch(`${base}/${path}`, {
    method,
    headers: { 'content-type': 'application/fhir+json', ...headers },
    body: sent,
  });
  holds(response.ok, `${method} ${path}: ${response.status}`);
  return response.json();
}

/** Loads what is ours. */
async function local(file, resources) {
  await writeFile(`${place}/${file}`, resources.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const done = await galen('import', `${place}/${file}`, '--json');
  equal(JSON.parse(done.stdout).refused, [], 'what is ours is loaded');
}

await writeFile(`${place}/galen.toml`, `[outbound]\nallowed = ["${new URL(base).host}"]\n`);
const added = await galen('exchange', 'add', 'other', '--url', base);
equal(added.code, 0, added.stderr);

const people = [];
for (let n = 0; n < PATIENTS; n += 1) {
  people.push(await there('POST', 'Patient', { resourceType: 'Patient', name: [{ family: `Other${n}` }] }));
}
const pulse = (subject, value) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'pulse' },
  subject: { reference: subject },
  valueQuantity: { value, unit: '/min' },
});
const first = await there('POST', 'Observation', pulse(`Patient/${people[0].id}`, 60));
await there('POST', 'Observation', pulse('Patient/not-there', 61));

const types = ['--type', 'Observation', '--type', 'Patient'];
let report = await exchange('pull', 'other', ...types);
equal(counts(report), [PATIENTS + 2, 0, 0, 0, 0], 'everything comes, over pages');
holds(report.pages >= 3, `pages: ${report.pages}`);
report = await exchange('pull', 'other', ...types);
equal([report.created, report.updated, report.refusals], [0, 0, 0], 'nothing is written again');
equal(report.deletionsUntold, ['Patient', 'Observation'], 'it says that the other tells of no deletions');
report = await exchange('pull', 'other', ...types, '--whole');
equal(counts(report), [0, 0, PATIENTS + 2, 0, 0], 'nor when all is asked for');
report = await exchange('pull', 'other', '--id', `Observation/${first.id}`);
equal(counts(report), [0, 0, 1, 0, 0], 'a known version is not sent');
await there('PUT', `Observation/${first.id}`, { ...first, valueQuantity: { value: 65, unit: '/min' } });
report = await exchange('pull', 'other', ...types);
equal([report.created, report.updated], [0, 1], 'what changed there is written');

await local('ours.ndjson', [
  { resourceType: 'Patient', id: 'ours', name: [{ family: 'Ours' }], birthDate: '1971-02-03' },
  { ...pulse('Patient/ours', 70), id: 'about-ours' },
]);
const part = (type) => ({ type, resource: { display: 'it' } });
await local('linked.ndjson', [{ resourceType: 'Linkage', id: 'linked', item: [part('source'), part('alternate')] }]);
report = await exchange('push', 'other', ...types, '--type', 'Linkage');
equal(counts(report), [2, 0, 0, PATIENTS + 2, 0], 'ours goes there, theirs does not go back');
equal([report.code, report.skipped.length, report.skipped[0]?.resources], [3, 1, 1], 'what has no identifier does not');
report = await exchange('push', 'other', ...types);
equal(counts(report), [0, 0, 2, PATIENTS + 2, 0], 'once');
const pushed = await there('GET', 'Patient?name=Ours');
equal(pushed.total, 1, 'it is there once');
const ours = pushed.entry[0].resource;
holds(
  ours.identifier.some((one) => one.value === 'Patient/ours'),
  'under our identifier',
);
equal(ours.meta?.tag?.some((one) => one.system === MARK) ?? false, false, 'without a mark of ours for others');
const about = await there('GET', `Observation?subject=Patient/${ours.id}`);
equal(about.total, 1, 'its reference leads there');
report = await exchange('pull', 'other', ...types, '--whole');
equal([report.created, report.updated, report.returned], [0, 0, 2], 'ours does not come back as theirs');

await local('changed.ndjson', [
  { resourceType: 'Patient', id: 'ours', name: [{ family: 'Changed' }], birthDate: '1971-02-03' },
]);
report = await exchange('push', 'other', '--type', 'Patient');
equal([report.code, report.updated], [0, 1], 'a change follows');
await there('PUT', `Patient/${ours.id}`, { ...ours, name: [{ family: 'Corrected there' }] });
await local('again.ndjson', [
  { resourceType: 'Patient', id: 'ours', name: [{ family: 'Again' }], birthDate: '1971-02-03' },
]);
report = await exchange('push', 'other', '--type', 'Patient');
equal([report.code, report.refused[0]?.code], [3, 'conflict'], 'a change of theirs is not written over');
equal((await there('GET', `Patient/${ours.id}`)).name[0].family, 'Corrected there', 'it stays');
const audit = await galen('audit', 'verify', '--json');
equal(audit.code, 0, `the audit holds: ${audit.stdout}${audit.stderr}`);
tell('galen exchange with npm @medplum/fhir-router');
