// Asks for the server until it answers, ever less often.

const HEALTH_PATH = '/health/ready';
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;
const PROBE_TIME_MAX_MS = 5_000;

async function answers(): Promise<boolean> {
  try {
    const response = await fetch(HEALTH_PATH, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_TIME_MAX_MS) });
    return response.ok;
  } catch {
    return false;
  }
}

export async function untilReachable(): Promise<void> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, wait);
      function done() {
        clearTimeout(timer);
        removeEventListener('online', done);
        resolve();
      }
      addEventListener('online', done);
    });
    if (await answers()) return;
  }
}
