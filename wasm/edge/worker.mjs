// The Worker: it answers what is asked below /api/ by programs that are used
// again, and gives the page its embedded form. All other files are sent without it.

import { start } from './program.mjs';

export { Room } from './room.mjs';

/** Programs of this isolate, which has 128 MB, that answer nothing at the moment. Each answers one request at a time: what belongs to one is used by no other. */
const idle = [];
const mostIdle = 6, mostMemory = 12 << 20;

/** Limits that are known to be spent, and until when. */
const spent = new Map();

/** The longest body that is answered, in bytes; the first of more says that there is too much. */
const mostBody = 16 << 10;

/** The request with its body, for which a program would wait; undefined if that does not come. */
async function arrived(request, patience) {
  if (!request.body) return request;
  const reader = request.body.getReader(), parts = [];
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, patience); });
  for (let size = 0; size <= mostBody;) {
    const part = await Promise.race([reader.read(), late]);
    if (!part) return undefined;
    if (part.done) break;
    parts.push(part.value);
    size += part.value.length;
  }
  clearTimeout(timer);
  return new Request(request, { body: new Blob(parts) });
}

const tooLate = () => Response.json({ error: 'the content did not come in time' }, { status: 408, headers: { 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'", 'Cache-Control': 'no-store', 'Connection': 'close' } });

async function answer(asked, env) {
  const request = await arrived(asked, Number(env.PATIENCE));
  if (!request) return tooLate();
  if (spent.size > 10_000) spent.clear();
  const program = idle.pop() ?? await start({ env, part: 'api', spent });
  const plain = await Promise.race([program.binding.handleRequest(request), program.ended]); // a program that fails is not used again
  const response = program.binding.response ?? plain;
  delete program.binding.response;
  if (idle.length < mostIdle && program.memory <= mostMemory) idle.push(program);
  return response;
}

/** The document as pages of other origins may show it: its headers are those of _headers but for two. */
async function embedded(url, env) {
  const response = await env.ASSETS.fetch(url), headers = new Headers(response.headers);
  headers.set('Content-Security-Policy', headers.get('Content-Security-Policy').replace(/; frame-ancestors .*/, ''));
  headers.set('Cross-Origin-Resource-Policy', 'cross-origin');
  return new Response(response.body, { status: response.status, headers });
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url), isEmbedded = url.searchParams.get('embed') === '1';
    if (url.pathname.startsWith('/api/')) return answer(request, env);
    if (url.pathname === '/') url.pathname = '/index.html';
    return isEmbedded ? embedded(url, env) : env.ASSETS.fetch(new Request(url, request));
  },
};
