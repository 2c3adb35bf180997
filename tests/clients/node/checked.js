//! Counts what was found to hold, so that a run says how much it looked at.

import assert from 'node:assert/strict';

let checks = 0;

export function equal(found, wanted, what) {
  assert.deepEqual(found, wanted, what);
  checks += 1;
}

export function holds(truth, what) {
  assert.ok(truth, what);
  checks += 1;
}

/** What an attempt that must fail fails with. */
export function failureOf(attempt, what) {
  return attempt.then(
    (done) => assert.fail(`${what}: not refused: ${JSON.stringify(done)}`),
    (error) => error,
  );
}

export function tell(name) {
  console.log(`${name}: ${checks} checks passed`);
}
