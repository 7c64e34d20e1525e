// Runs the Worker that make edge-build made on this machine, in workerd, as
// wrangler.json describes it, and prints its address:
//
//	node serve.mjs [--port 8787] [--data-dir DIR] [--room-size N] [--silence MS] [--patience MS] [--limit N] [--key KEY] [--clock MS] [--tied]
//
// What it keeps is in DIR, or in memory. --key is the secret TEACHER_KEY. --limit is in place of all rate limits,
// --clock is how far the clock of rooms is off, and --tied ends it with its
// standard input: they are for tests.

import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Miniflare } from 'miniflare';

const here = new URL('.', import.meta.url), config = JSON.parse(readFileSync(new URL('wrangler.json', here)));
const { values: given } = parseArgs({ options: { 'port': { type: 'string', default: '8787' }, 'data-dir': { type: 'string' }, 'room-size': { type: 'string' }, 'silence': { type: 'string' }, 'patience': { type: 'string' }, 'limit': { type: 'string' }, 'key': { type: 'string' }, 'clock': { type: 'string', default: '0' }, 'tied': { type: 'boolean' } } });
const folder = new URL('.', new URL(config.main, here)), main = config.main.split('/').at(-1);
const moduleOf = (name) => ({ type: name.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: fileURLToPath(new URL(name, folder)) });
/** The Worker with another clock. */
const clocked = {
  type: 'ESModule', path: fileURLToPath(new URL('clocked.mjs', folder)),
  contents: `export * from './${main}'; export { default } from './${main}'; const now = Date.now; Date.now = () => now() + ${Number(given.clock)};`,
};
const kept = (kind) => given['data-dir'] === undefined ? false : `${given['data-dir']}/${kind}`;

/** Why a port is not to be had, undefined if it is. */
const taken = await new Promise((resolve) => {
  const probe = createServer().once('error', resolve).listen(Number(given.port), '127.0.0.1', () => probe.close(() => resolve()));
});
if (taken) {
  console.error(taken.code === 'EADDRINUSE' ? `port ${given.port} is taken by another program: stop that one, or choose another port, as by PORT=9000 make edge` : `cannot serve on port ${given.port}: ${taken.message}`);
  process.exit(1);
}

const server = new Miniflare({
  host: '127.0.0.1', port: Number(given.port), cf: false,
  compatibilityDate: config.compatibility_date,
  modulesRoot: fileURLToPath(folder),
  modules: [clocked, ...readdirSync(folder).map(moduleOf)],
  bindings: { ...config.vars, ...(given['room-size'] && { ROOM_SIZE: given['room-size'] }), ...(given.key && { TEACHER_KEY: given.key }), ...(given.patience && { PATIENCE: given.patience }), ...(given.silence && { ROOM_SILENCE: given.silence }) },
  kvNamespaces: config.kv_namespaces.map((n) => n.binding), kvPersist: kept('kv'),
  durableObjects: Object.fromEntries(config.durable_objects.bindings.map((b) => [b.name, { className: b.class_name, useSQLite: true }])), durableObjectsPersist: kept('rooms'),
  ratelimits: Object.fromEntries(config.ratelimits.map((l) => [l.name, { simple: given.limit ? { limit: Number(given.limit), period: 10 } : l.simple }])),
  assets: {
    directory: fileURLToPath(new URL(config.assets.directory, here)), binding: config.assets.binding,
    assetConfig: { html_handling: config.assets.html_handling },
    routerConfig: { has_user_worker: true, static_routing: { user_worker: config.assets.run_worker_first } },
  },
});

console.log(`Serving on ${(await server.ready).origin}`);
const end = async () => {
  await server.dispose();
  process.exit(0);
};
if (given.tied) process.stdin.resume().once('end', end);
process.once('SIGINT', end).once('SIGTERM', end);
