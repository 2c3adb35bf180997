//! A small SMART application of an origin of its own: a page, and fhirclient's bundle as the package brings it. Prints its
//! address and serves until its input ends.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const FILES = {
  '/': ['text/html; charset=utf-8', new URL('page.html', import.meta.url)],
  '/launch': ['text/html; charset=utf-8', new URL('page.html', import.meta.url)],
  '/page.js': ['text/javascript', new URL('page.js', import.meta.url)],
  '/fhir-client.js': ['text/javascript', createRequire(import.meta.url).resolve('fhirclient/build/fhir-client.js')],
};
/** Nothing but its own script, and any server that the person connects it to. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src http://127.0.0.1:*; img-src data:";

const server = createServer((request, response) => {
  const [type, path] = FILES[new URL(request.url, 'http://localhost').pathname] ?? [];
  if (!path) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(readFileSync(path));
});
server.listen(0, '127.0.0.1', () => console.log(`http://localhost:${server.address().port}`));
