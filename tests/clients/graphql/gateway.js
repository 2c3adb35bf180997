//! Composes the golden subgraphs into a supergraph, as a gateway would that stands before domains deployed apart, and asks
//! across them. What it answers is what the merged endpoint answers, for staff and for a patient, refusals included.

import { composeServices } from '@apollo/composition';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'graphql';
import { equal, holds, tell } from '../node/checked.js';

const { GALEN_BASE, GALEN_TOKEN, GALEN_PATIENT_TOKEN, GALEN_ADMINISTRATOR } = process.env;
const origin = GALEN_BASE.replace(/\/fhir$/, '');
const schemas = new URL('../../../schemas/graphql/', import.meta.url);
const domains = readdirSync(schemas).map((file) => file.replace(/\.graphql$/, '')).filter((name) => name !== 'galen');

async function send(path, token, body, more = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more };
  return fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function made(path, body) {
  const answer = await send(path, GALEN_ADMINISTRATOR, body);
  const text = await answer.text();
  holds(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function put(reference, resource) {
  const [resourceType, id] = reference.split('/');
  const headers = { authorization: `Bearer ${GALEN_TOKEN}`, 'content-type': 'application/fhir+json' };
  const body = JSON.stringify({ resourceType, id, ...resource });
  const answer = await fetch(`${GALEN_BASE}/${reference}`, { method: 'PUT', headers, body });
  holds(answer.ok, `${reference}: ${answer.status}`);
}

// --- Composition, of what is in the tree.
const parts = domains.map((name) => ({
  name,
  url: `${origin}/graphql/${name}`,
  typeDefs: parse(readFileSync(new URL(`${name}.graphql`, schemas), 'utf8')),
}));
const composed = composeServices(parts);
equal((composed.errors ?? []).map(String), [], 'the subgraphs compose');
const mattering = composed.hints.filter(({ definition }) => definition.level.name !== 'INFO' && definition.level.name !== 'DEBUG');
equal(mattering.map(String), [], 'and nothing of it is a surprise');

// --- What a running server tells of itself is the same.
for (const { name } of parts) {
  const answer = await send(`/graphql/${name}`, GALEN_ADMINISTRATOR, { query: '{ _service { sdl } }' });
  const { data } = await answer.json();
  holds(data._service.sdl.includes('@key(fields: "id"'), `${name} tells its schema`);
}

// --- A clinic.
const patient = 'client-ann';
await put(`Patient/${patient}`, { name: [{ family: 'Graph', given: ['Ann'] }] });
await put('Patient/client-other', { name: [{ family: 'Another', given: ['Otto'] }] });
await put('Practitioner/graph-doctor', { name: [{ prefix: ['Dr'], given: ['Ida'], family: 'Gate' }] });
await put('Location/graph-clinic', { name: 'Graph clinic' });
const service = await made('/api/services', { name: 'Graph check', minutes: 20, portal: 'self-book' });
const schedule = await made('/api/schedules', {
  actor: 'Practitioner/graph-doctor',
  clinic: 'graph-clinic',
  zone: 'Europe/London',
  sessions: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '08:00', end: '20:00' }],
});
const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
const booked = [];
for (const [who, time] of [[patient, '10:00'], ['client-other', '11:00']]) {
  const start = `${day}T${time}:00.000Z`;
  booked.push(await made('/api/appointments', { patient: who, service: service.id, start, schedules: [schedule.id] }));
}

// --- A gateway that passes the user's token on.
class AsUser extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    request.http.headers.set('authorization', `Bearer ${context.token}`);
  }
}
const quiet = { debug() {}, info() {}, warn() {}, error(text) { console.error(text); } };
const gateway = new ApolloGateway({
  supergraphSdl: composed.supergraphSdl,
  buildService: ({ url }) => new AsUser({ url }),
  logger: quiet,
});
const { executor, schema } = await gateway.load();

async function through(token, query, variables = {}) {
  const document = parse(query);
  const queryHash = createHash('sha256').update(query).digest('hex');
  const request = { query, variables, http: { headers: new Map() } };
  const cache = { get: async () => undefined, set: async () => {}, delete: async () => false };
  return executor({ document, request, queryHash, operationName: undefined, schema, cache, logger: quiet, context: { token }, metrics: {} });
}
async function merged(token, query, variables = {}) {
  const answer = await send('/graphql', token, { query, variables });
  equal(answer.status, 200, 'the merged endpoint answers');
  return answer.json();
}
const plain = (value) => JSON.parse(JSON.stringify(value ?? null));
const codes = ({ errors = [] }) => errors.map((error) => error.extensions?.code).sort();

const across = `query ($schedule: String!, $from: String!, $to: String!) {
  appointments(schedule: $schedule, from: $from, to: $to) { appointments { id status start
    patient { id family given } service { name minutes } schedules { practitioner { id name family } } } } }`;
const window = { schedule: schedule.id, from: `${day}T00:00:00Z`, to: `${day}T23:59:59Z` };
const byGateway = await through(GALEN_ADMINISTRATOR, across, window);
const byUs = await merged(GALEN_ADMINISTRATOR, across, window);
equal(codes(byGateway), [], 'nothing is refused');
equal(plain(byGateway.data), byUs.data, 'a gateway answers what we answer');
const rows = byUs.data.appointments.appointments;
equal(rows.map(({ patient: { family } }) => family), ['Graph', 'Another'], 'patients are registration’s');
equal(rows[0].schedules[0].practitioner.name, 'Dr Ida Gate', 'practitioners are the directory’s');

// --- The other way round: from a patient to what scheduling and messaging say of them.
const whole = `query ($id: ID!) { patient(id: $id) { family appointments(count: 5) { appointments { id service { name }
  patient { birthDate family } } } messages { messages { purpose state appointment { status } } } } }`;
for (const token of [GALEN_ADMINISTRATOR, GALEN_PATIENT_TOKEN]) {
  const [left, right] = [await through(token, whole, { id: patient }), await merged(token, whole, { id: patient })];
  equal(plain(left.data), right.data, 'entities are the same both ways');
  equal(right.data.patient.appointments.appointments[0].id, booked[0].id, 'and they are there');
}

// --- A patient sees nothing of others, by whichever way.
const other = 'query ($id: ID!) { appointment(id: $id) { id status patient { family } } }';
for (const asked of [through, merged]) {
  const answer = await asked(GALEN_PATIENT_TOKEN, other, { id: booked[1].id });
  equal([codes(answer), plain(answer.data)], [['not-found'], { appointment: null }], 'what is another’s is not there');
}

// --- A command through the gateway, once although it is sent twice.
const cancel = `mutation ($id: ID!, $key: String!) { cancelAppointment(id: $id, version: 1, reason: pat, idempotencyKey: $key)
  { status patient { family } } }`;
for (let times = 0; times < 2; times += 1) {
  const answer = await through(GALEN_ADMINISTRATOR, cancel, { id: booked[1].id, key: 'gateway-1' });
  equal(codes(answer), [], JSON.stringify(answer.errors));
  equal(plain(answer.data.cancelAppointment), { status: 'cancelled', patient: { family: 'Another' } }, 'it is done once');
}

// --- What no gateway should be able to do.
const refused = await send('/graphql', 'no-token', { query: '{ __typename }' });
equal(refused.status, 401, 'nobody is nobody');
await gateway.stop();
tell('@apollo/composition and @apollo/gateway');
