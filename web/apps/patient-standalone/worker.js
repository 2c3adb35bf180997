// Opens the patients' page without a connection: keeps the page's own files, and nothing that the hospital answers.
// The build puts in which files there are.

const CACHE = 'galen-my-__VERSION__';
const FILES = __FILES__;
const PAGE = '/my';

const isOwnFile = (path) => FILES.includes(path);
const isPage = (request) => request.mode === 'navigate';

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...FILES]);
}

/** Files of builds before; whoever still has such a page open gets them from the server, or not at all. */
async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('galen-my-') && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const kept = await caches.match(PAGE, { cacheName: CACHE });
    return kept ?? Response.error();
  }
}

async function file(request) {
  const kept = await caches.match(request, { cacheName: CACHE });
  return kept ?? fetch(request);
}

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(install());
});
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (isPage(request)) event.respondWith(page(request));
  else if (isOwnFile(pathname)) event.respondWith(file(request));
});
