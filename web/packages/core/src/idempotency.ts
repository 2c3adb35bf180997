// The key that lets the same change be sent twice and happen once.

const KEYS_MAX = 50;

/** Keys of changes whose outcome is not known yet: sending the very same change again repeats its key. */
const open = new Map<string, string>();

export function keyOf(fingerprint: string): string {
  const known = open.get(fingerprint);
  if (known !== undefined) return known;
  const key = crypto.randomUUID();
  open.set(fingerprint, key);
  const oldest = open.keys().next().value;
  if (open.size > KEYS_MAX && oldest !== undefined) open.delete(oldest);
  return key;
}

/** The server has decided: the next change, alike or not, is another one. */
export function settle(fingerprint: string): void {
  open.delete(fingerprint);
}
