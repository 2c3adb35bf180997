// What somebody asked to keep on the device: the last view of a few things, sealed with a key that cannot leave the browser.

const DATABASE = 'galen-keeping';
const STORE = 'kept';
const KEY = 'key';
const SEALED = 'sealed';
const IV_BYTES = 12;
/** More than anybody looks up on the way. */
const THINGS_MAX = 50;

export interface Kept<T = unknown> {
  user: string;
  /** Milliseconds since the epoch. */
  at: number;
  things: T[];
}

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}

export const canKeep = (): boolean => typeof indexedDB !== 'undefined' && typeof crypto.subtle !== 'undefined';

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the device keeps nothing')));
  });
}

async function opened<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => void opening.result.createObjectStore(STORE));
  const database = await asked(opening);
  try {
    return await work(database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
}

const read = <T>(name: string): Promise<T | undefined> => opened('readonly', (store) => asked<T | undefined>(store.get(name)));
const write = (name: string, value: unknown): Promise<unknown> => opened('readwrite', (store) => asked(store.put(value, name)));

async function keyOf(): Promise<CryptoKey | undefined> {
  return read<CryptoKey>(KEY);
}

async function seal(kept: Kept, key: CryptoKey): Promise<void> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(JSON.stringify(kept)));
  await write(SEALED, { iv, bytes } satisfies Sealed);
}

/** From now on the last view is kept. */
export async function startKeeping(user: string): Promise<void> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await write(KEY, key);
  await seal({ user, at: Date.now(), things: [] }, key);
}

/** Key and all that it sealed. */
export async function stopKeeping(): Promise<void> {
  if (!canKeep()) return;
  await opened('readwrite', (store) => asked(store.clear()));
}

/** What is kept; nothing where nobody asked for it, or where it cannot be opened. */
export async function readKept<T = unknown>(): Promise<Kept<T> | undefined> {
  if (!canKeep()) return undefined;
  try {
    const [key, sealed] = [await keyOf(), await read<Sealed>(SEALED)];
    if (!key || !sealed) return undefined;
    const bytes = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, key, sealed.bytes);
    return JSON.parse(new TextDecoder().decode(bytes)) as Kept<T>;
  } catch {
    return undefined;
  }
}

/** Since when; nothing where nothing is kept for this person. */
export async function keptAt(user: string): Promise<number | undefined> {
  const kept = await readKept();
  return kept?.user === user ? kept.at : undefined;
}

/** What another person asked for does not outlast their turn at this device. */
export async function forgetOthers(user: string): Promise<void> {
  const kept = await readKept();
  if (kept && kept.user !== user) await stopKeeping();
}

/** Replaces what is kept, if this person asked for it. */
export async function keep(user: string, things: readonly unknown[]): Promise<void> {
  const [kept, key] = [await readKept(), await keyOf()];
  if (kept?.user === user && key) await seal({ user, at: Date.now(), things: things.slice(0, THINGS_MAX) }, key);
}
