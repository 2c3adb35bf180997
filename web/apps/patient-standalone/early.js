// Asks who is signed in while the page's own code is still on its way: on a slow phone that is a second.
globalThis.galenSession = fetch('/api/session', { credentials: 'same-origin', cache: 'no-store' });
// Whoever takes it up says what became of it.
globalThis.galenSession.catch(() => undefined);
