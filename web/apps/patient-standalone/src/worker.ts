// Registers what opens this page without a connection: after the page has come, so that it does not wait for it.

const ADDRESS = '/my-worker.js';
const SCOPE = '/my';
/** Long enough for a slow phone to show the page first. */
const WAIT_MS = 3_000;

interface AddressPolicy {
  createPolicy: (name: string, rules: { createScriptURL: (address: string) => string }) => { createScriptURL: (address: string) => unknown };
}

/** Under Trusted Types the one address that may be registered is made by a policy that knows no other. */
function trusted(): string {
  const factory = (globalThis as { trustedTypes?: AddressPolicy }).trustedTypes;
  if (!factory) return ADDRESS;
  const policy = factory.createPolicy('galen-worker', { createScriptURL: () => ADDRESS });
  return policy.createScriptURL(ADDRESS) as string;
}

export function registerWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  const register = () => {
    // A browser that refuses (private windows) still has the page.
    navigator.serviceWorker.register(trusted(), { scope: SCOPE }).catch(() => undefined);
  };
  addEventListener('load', () => setTimeout(register, WAIT_MS));
}
