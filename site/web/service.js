// Keeps the page for when there is no network. The build puts before it the
// version of the page, and its files by their paths, with what fetch takes as
// integrity. A newer version is kept beside this one, and takes its place once
// no page is open, so no page is ever left without its files.
'use strict';

const ours = `abkd ${registration.scope} `, kept = ours + version;
/** How long the host of a document may take, in milliseconds, where one is kept. */
const patience = 4000;

const at = (path) => registration.scope + path;

addEventListener('install', (e) => e.waitUntil(keep()));
addEventListener('activate', (e) => e.waitUntil(forget()));
addEventListener('message', (e) => e.ports[0].postMessage(version));
addEventListener('fetch', (e) => {
  const path = pathOf(e.request);
  if (path !== undefined) e.respondWith(path.startsWith('immutable/') ? unchanging(path, e.request) : document(path, e.request));
});

/** Keeps all files of this version. What never changes comes from what the browser has, if it has it. */
async function keep() {
  const cache = await caches.open(kept);
  await Promise.all(Object.entries(files).map(async ([path, integrity]) => {
    const answer = await fetch(at(path), { integrity, cache: path.startsWith('immutable/') ? 'default' : 'no-cache' });
    if (!answer.ok) throw new Error(`${path}: status ${answer.status}`);
    await cache.put(at(path), new Response(answer.body, answer)); // one that was led elsewhere is no answer for a document
  }));
}

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith(ours) && name !== kept) await caches.delete(name);
}

/** The path of a file that is kept; undefined of all else. */
function pathOf({ method, url }) {
  const { scope } = registration, path = url.replace(/[?#].*/, '');
  return method === 'GET' && path.startsWith(scope) && path.slice(scope.length) in files ? path.slice(scope.length) : undefined;
}

const found = async (path) => (await caches.open(kept)).match(at(path));

/** A file whose address has a hash of what is in it: the one that is kept, unless that is found to be damaged. */
async function unchanging(path, request) {
  return (request.cache !== 'reload' && await found(path)) || fetch(request);
}

/** A document, as the host has it now; the one that is kept where the host does not answer. */
async function document(path, request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(patience) });
  } catch (err) {
    const answer = await found(path);
    if (!answer) throw err;
    return answer;
  }
}
