// The dedicated worker that runs trainer.wasm. It only starts the program; the
// conversation with the page is the program's own (wasm/trainer). wasm_exec.js
// and glue.js stand before it in one script, see supply.ts.
'use strict';

/** What the program wrote to standard error, until it said why it ends. */
let said = '';
const reason = /^fatal error: (.*)\n/m;

/** Says that the trainer is gone and why; cause is memory if that is what was lacking. */
const end = (text, cause) => postMessage({ type: 'error', text, cause, fatal: true });

/** Holds a lock for as long as this worker lives, so that whoever waits for it hears at once of its end. */
function hold(name) {
  navigator.locks?.request(name, () => {
    postMessage({ type: 'alive' });
    return new Promise(() => {});
  }).catch(() => { /* then only silence tells */ });
}

/** Keeps what the program writes to standard error: Go's runtime says there, and nowhere else, why it ends a program. */
function listen() {
  const { writeSync } = globalThis.fs, decoder = new TextDecoder();
  globalThis.fs.writeSync = (fd, bytes) => {
    if (fd === 2 && !reason.test(said)) said = (said + decoder.decode(bytes)).slice(-1000);
    return writeSync(fd, bytes);
  };
}

/** Runs the program until it ends, which it ought not to. */
async function start({ program, kernels, arithmetic, lock }) {
  hold(lock);
  listen();
  const kernel = await abkdKernel.loadKernel({
    fetchBytes: async (name) => kernels[name],
    variant: arithmetic === 'none' ? 'none' : 'auto',
    deterministic: arithmetic === 'simd128',
  });
  if (kernel.missed.length > 0) postMessage({ type: 'without', files: kernel.missed, variant: kernel.variant });
  const go = new Go();
  let instance;
  try {
    instance = await WebAssembly.instantiate(program, { ...go.importObject, kern: kernel.imports });
  } catch (err) {
    return end(err.message, err instanceof RangeError ? 'memory' : '');
  }
  kernel.attach(instance.exports.mem);
  await go.run(instance);
  const fatal = reason.exec(said)?.[1] ?? '';
  end(`its program ended${fatal && ` (${fatal})`}`, /out of memory|cannot allocate/.test(fatal) ? 'memory' : '');
}

onmessage = ({ data }) => start(data).catch((err) => end(err instanceof Error ? err.message : String(err), ''));
