// A worker that does what bench.html times: this project's kernels in Go, or
// TensorFlow.js. It does one thing at a time: {call, args} in, {result} or
// {error} out.
'use strict';

/** Starts the Go program with a variant of the kernel module; files are the site's, by their names. */
async function startGo({ variant, files }) {
  importScripts(files['wasm_exec.js'].path, files['glue.js'].path);
  const fetchBytes = async (name) => {
    const response = await fetch(files[name].path);
    if (!response.ok) throw new Error(`${name}: HTTP status ${response.status}`);
    return response.arrayBuffer();
  };
  if (!abkdKernel.runs(variant)) return null;
  const go = new Go();
  const kernel = await abkdKernel.loadKernel({ fetchBytes, variant });
  const { instance } = await WebAssembly.instantiate(await fetchBytes('bench.wasm'), { ...go.importObject, kern: kernel.imports });
  kernel.attach(instance.exports.mem);
  const program = await new Promise((resolve, reject) => {
    globalThis.abkdBench = resolve;
    go.run(instance).then(() => reject(new Error('the Go program has ended')), reject);
  });
  const called = (name) => (...args) => {
    const result = program[name](...args);
    if (typeof result === 'string' && result !== '') throw new Error(result);
    return result;
  };
  return {
    run: (backend, { kind, size }, repeats) => called('run')(backend, kind, size, repeats),
    losses: (backend, { kind, size }, steps) => called('losses')(backend, kind, size, steps),
    student: called('student'),
  };
}

let program;
const calls = {
  /** Starts the program and says whether it runs here. */
  async start({ tensorflow, ...options }) {
    if (tensorflow) {
      importScripts('bench-tensorflow.js');
      program = await startTensorFlow(options);
    } else {
      program = await startGo(options);
    }
    return program !== null;
  },
  /** Does a work and returns the seconds that it took. */
  async run(backend, work, repeats) {
    const start = performance.now();
    await program.run(backend, work, repeats);
    return (performance.now() - start) / 1e3;
  },
  losses: (...args) => program.losses(...args),
  student: (...args) => program.student(...args),
};

onmessage = async ({ data: { call, args } }) => {
  try {
    postMessage({ result: await calls[call](...args) });
  } catch (err) {
    postMessage({ error: err instanceof Error ? err.message : String(err) });
  }
};
