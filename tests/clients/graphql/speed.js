//! How long a clinic's day takes by REST and by GraphQL, one request after the other in turns, and what of it is the server's CPU.
//! GALEN_ORIGIN, GALEN_TOKEN, GALEN_PID, CLINIC and DAY say of whom.

import { readFileSync } from 'node:fs';

const { GALEN_ORIGIN, GALEN_TOKEN, GALEN_PID, CLINIC, DAY } = process.env;
const TURNS = 10;
const ROUNDS = 50;
const TICKS_PER_SECOND = 100;
const headers = { authorization: `Bearer ${GALEN_TOKEN}`, 'content-type': 'application/json' };
const day = `query($clinic: String!, $day: String!) { clinicDay(clinic: $clinic, day: $day) { day zone start end at columns {
  schedule { id actor name capacity active services isOwn } open { start end } absences { start end } hidden { start end }
  entries { serviceName who { id nhsNumber family given birthDate gender } appointment { id version status start end
  patient { id } service { id } schedules { id } heldUntil arrivedAt isRequest steps description } } } } }`;
const across = `query($clinic: String!, $day: String!) { clinicDay(clinic: $clinic, day: $day) { columns { entries { appointment { id
  patient { id family given } schedules { practitioner { name } } } } } } }`;

const post = (query) => ({
  path: '/graphql',
  options: { method: 'POST', headers, body: JSON.stringify({ query, variables: { clinic: CLINIC, day: DAY } }) },
});
const ways = {
  REST: { path: `/api/clinics/${CLINIC}/days/${DAY}`, options: { headers } },
  'GraphQL, the same': post(day),
  'GraphQL, with each patient and practitioner': post(across),
};

function cpu() {
  const fields = readFileSync(`/proc/${GALEN_PID}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}

async function ask({ path, options }) {
  const answer = await fetch(GALEN_ORIGIN + path, options);
  const text = await answer.text();
  if (!answer.ok || text.includes('"errors"')) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
  return text;
}

// In turns, so that what else the machine does meets all of them.
const seen = Object.fromEntries(Object.keys(ways).map((name) => [name, { took: [], cpu: 0, bytes: 0 }]));
for (const way of Object.values(ways)) for (let warm = 0; warm < 20; warm += 1) await ask(way);
for (let turn = 0; turn < TURNS; turn += 1) {
  for (const [name, way] of Object.entries(ways)) {
    const own = seen[name];
    const before = cpu();
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = performance.now();
      own.bytes = (await ask(way)).length;
      own.took.push(performance.now() - began);
    }
    own.cpu += cpu() - before;
  }
}
for (const [name, { took, cpu: spent, bytes }] of Object.entries(seen)) {
  took.sort((a, b) => a - b);
  const at = (part) => took[Math.floor(took.length * part)].toFixed(1);
  console.log(`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, CPU ${(spent / took.length).toFixed(1)} ms, ${bytes} bytes`);
}
