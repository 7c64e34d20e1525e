// The dedicated worker that runs generated/trainer.wasm. It only starts the
// program; the conversation with the page is the program's own (wasm/trainer).
'use strict';

const fail = (text) => postMessage({ type: 'error', text, fatal: true });

/** Returns a response for a file of the program, or throws a sentence. */
async function load(name) {
  const response = await fetch(`generated/${name}`).catch((err) => {
    throw new Error(`its program could not be loaded (${err.message})`);
  });
  if (!response.ok) throw new Error(`its program could not be loaded (HTTP status ${response.status})`);
  return response;
}

async function start() {
  importScripts('generated/wasm_exec.js', 'generated/glue.js');
  const go = new Go();
  const kernel = await abkdKernel.loadKernel({
    fetchBytes: async (name) => (await load(name)).arrayBuffer(),
    variant: new URLSearchParams(location.search).get('kernels') ?? 'auto',
  });
  const { instance } = await WebAssembly.instantiateStreaming(load('trainer.wasm'), { ...go.importObject, kern: kernel.imports });
  kernel.attach(instance.exports.mem);
  await go.run(instance);
  throw new Error('its program ended');
}

start().catch((err) => fail(err instanceof Error ? err.message : String(err)));
