// All journeys: two files at a time, each with a hospital of its own; those that measure how long something takes, alone.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const TIMED = new Set(['chart.test.mjs', 'delivery.test.mjs', 'patient-speed.test.mjs', 'synthea.test.mjs']);

const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs'));
const missing = [...TIMED].filter((name) => !all.includes(name));
if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`);

/** Whether all of them passed. */
function passed(files, atOnce) {
  const { status } = spawnSync(process.execPath, ['--test', `--test-concurrency=${atOnce}`, ...files], { cwd: import.meta.dirname, stdio: 'inherit' });
  return status === 0;
}

const others = passed(all.filter((name) => !TIMED.has(name)), 2);
const timed = passed([...TIMED], 1);
process.exit(others && timed ? 0 : 1);
