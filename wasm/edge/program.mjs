// The program of main.go, started in one of its parts.

import './wasm_exec.js';
import { createRuntimeContext, loadModule } from './runtime.mjs';

/** Resolves to {binding, memory, ended}: what the program offers, its memory in bytes, and a promise that is rejected when it ends, which it should not. */
export async function start({ env, ...context }) {
  const binding = {}, go = new Go();
  let ready;
  const isReady = new Promise((resolve) => { ready = resolve; });
  const instance = new WebAssembly.Instance(await loadModule(), { ...go.importObject, workers: { ready } });
  const ended = go.run(instance, { ...createRuntimeContext({ env, binding }), ...context }).then(() => { throw new Error('the program has ended'); });
  ended.catch(() => {}); // whoever waits for it is told
  await Promise.race([isReady, ended]);
  return { binding, ended, get memory() { return instance.exports.mem.buffer.byteLength; } };
}
