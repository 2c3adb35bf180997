// Tells the other tabs of this browser who signed in or out, and hears it from them.
import { sessionEnded, sessionExpired, sessionStarted, sessionTakenOver, type Session } from './session';
import type { AppStore } from './store';

const CHANNEL = 'galen-session';
const SESSION_PATH = '/api/session';

/** Only that something changed is told: who it is now, each tab asks the server itself. */
type Notice = 'changed';

/** What a page asked before its own code was there; good for once. */
function taken(): Promise<Response> | undefined {
  const page = globalThis as { galenSession?: Promise<Response> | undefined };
  const asked = page.galenSession;
  page.galenSession = undefined;
  return asked;
}

async function currentSession(): Promise<Session | null | undefined> {
  try {
    const response = await (taken() ?? fetch(SESSION_PATH, { credentials: 'same-origin', cache: 'no-store' }));
    if (response.ok) return (await response.json()) as Session;
    return response.status === 401 ? null : undefined;
  } catch {
    return undefined;
  }
}

/** Asks the server who is signed in; `undefined` when it does not say. */
export async function refreshSession(store: AppStore): Promise<Session | null | undefined> {
  const now = await currentSession();
  const { who } = store.getState().session;
  if (now === null) store.dispatch(who === null ? sessionEnded() : sessionExpired());
  else if (now !== undefined) {
    const isOther = who !== null && who.user !== now.user;
    store.dispatch(isOther ? sessionTakenOver(now) : sessionStarted(now));
  }
  return now;
}

export function watchSession(store: AppStore): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  let csrf = store.getState().session.who?.csrf;
  const unsubscribe = store.subscribe(() => {
    const { phase, who } = store.getState().session;
    if (phase === 'expired' || who?.csrf === csrf) return;
    csrf = who?.csrf;
    channel.postMessage('changed' satisfies Notice);
  });
  channel.addEventListener('message', () => {
    void currentSession().then((now) => {
      if (now === undefined) return;
      const { who } = store.getState().session;
      csrf = now?.csrf;
      if (now === null) store.dispatch(sessionEnded());
      else if (who === null || who.user === now.user) store.dispatch(sessionStarted(now));
      else store.dispatch(sessionTakenOver(now));
    });
  });
  return () => {
    unsubscribe();
    channel.close();
  };
}
