// The dedicated worker that runs generated/trainer.wasm. It only starts the
// program; the conversation with the page is the program's own (wasm/trainer).
'use strict';

const fail = (text) => postMessage({ type: 'error', text, fatal: true });

async function start() {
  importScripts('generated/wasm_exec.js');
  const go = new Go();
  // A build without the tag purego asks for a kernel module: there is none yet, which it is told by 0.
  go.importObject.kern ??= new Proxy({}, { get: () => () => 0 });
  const response = await fetch('generated/trainer.wasm').catch((err) => {
    throw new Error(`its program could not be loaded (${err.message})`);
  });
  if (!response.ok) throw new Error(`its program could not be loaded (HTTP status ${response.status})`);
  const { instance } = await WebAssembly.instantiateStreaming(response, go.importObject);
  await go.run(instance);
  throw new Error('its program ended');
}

start().catch((err) => fail(err instanceof Error ? err.message : String(err)));
