// Makes packages/core/src/generated/api.ts of schemas/openapi.json; with --check, fails when the file is stale.
import { generateEndpoints } from '@rtk-query/codegen-openapi';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCHEMA = fileURLToPath(new URL('../../schemas/openapi.json', import.meta.url));
const CORE = fileURLToPath(new URL('../packages/core/src/', import.meta.url));
const OUTPUT = join(CORE, 'generated/api.ts');
const HEADING = '// Made from schemas/openapi.json by `npm run codegen`. Do not edit.\n';

/** The interactive client has its own FHIR endpoints; tokens, metrics and documents are not for screens. */
const isForScreens = (_name, { path }) => path.startsWith('/api/') && path !== '/api/token' && path !== '/api/openapi.json';

async function generate() {
  const folder = await mkdtemp(join(tmpdir(), 'galen-codegen-'));
  try {
    const document = prepared(JSON.parse(await readFile(SCHEMA, 'utf8')));
    const schemaFile = join(folder, 'openapi.json');
    await writeFile(schemaFile, JSON.stringify(document));
    const source = await generateEndpoints({
      schemaFile,
      apiFile: join(CORE, 'api.ts'),
      apiImport: 'api',
      exportName: 'generatedApi',
      filterEndpoints: isForScreens,
      hooks: { queries: true, lazyQueries: true, mutations: true },
      useEnumType: false,
    });
    return HEADING + String(source).replace(/from "[^"]*api"/, 'from "../api"');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The generator knows components and single status codes only: move `$defs` there, and 2XX to 200. */
function prepared(document) {
  const schemas = (document.components.schemas ??= {});
  const lift = (node) => {
    if (Array.isArray(node)) return node.map(lift);
    if (node === null || typeof node !== 'object') return node;
    for (const [name, schema] of Object.entries(node.$defs ?? {})) schemas[name] ??= lift(schema);
    const entries = Object.entries(node)
      .filter(([key]) => key !== '$defs' && key !== '$schema')
      .map(([key, value]) => [
        key,
        key === '$ref' ? value.replace('#/$defs/', '#/components/schemas/') : lift(value),
      ]);
    const lifted = Object.fromEntries(entries);
    if (typeof lifted.title !== 'string' || lifted.type !== 'object') return lifted;
    schemas[lifted.title] ??= lifted;
    return { $ref: `#/components/schemas/${lifted.title}` };
  };
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods)) {
      if (operation.responses['2XX']) operation.responses = { 200: operation.responses['2XX'], ...operation.responses };
      delete operation.responses['2XX'];
    }
  }
  document.paths = lift(document.paths);
  return document;
}

const fresh = await generate();
if (process.argv.includes('--check')) {
  const committed = await readFile(OUTPUT, 'utf8').catch(() => '');
  if (committed !== fresh) {
    console.error('packages/core/src/generated/api.ts is stale: run `npm run codegen`');
    process.exit(1);
  }
} else {
  await writeFile(OUTPUT, fresh);
}
