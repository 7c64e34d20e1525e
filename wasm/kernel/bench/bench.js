// Times every backend on the same work, in the same process, in turn. Only
// ratios from one run count, of the fastest of many short samples.

/**
 * The work: kind, size, and the floating-point operations of one repeat if
 * their rate is of interest. "mxnxk" is C [m × n] = A·B with k products each.
 */
export const works = [
  ...[[4096, 128, 512], [1000, 64, 64], [400, 64, 32]].flatMap(([m, n, k]) =>
    ['NN', 'NT', 'TN'].map((kind) => ({ kind, size: `${m}x${n}x${k}`, m, n, k, flop: 2 * m * n * k }))),
  // The gradient of a layer's weights: a short product over many rows.
  { kind: 'TN', size: '128x64x3000', m: 128, n: 64, k: 3000, flop: 2 * 128 * 64 * 3000 },
  { kind: 'SpMM', size: '3000x32x10000', flop: 2 * 3000 * 32 * 10 },
  { kind: 'SpMM', size: '3000x128x10000', flop: 2 * 3000 * 128 * 10 },
  { kind: 'SoftmaxCE', size: '1000x349x1' },
  { kind: 'Adam', size: '128x512x1' },
  { kind: 'step', size: 'epochs=100000' },
  { kind: 'step', size: 'epochs=100000&hidden=64' },
];

/** Starts the Go program with a variant of the kernel module and returns {name, backends, run}. */
export async function startGo(variant, fetchBytes) {
  const go = new Go();
  const kernel = await abkdKernel.loadKernel({ fetchBytes, variant });
  const { instance } = await WebAssembly.instantiate(await fetchBytes('bench.wasm'), { ...go.importObject, kern: kernel.imports });
  kernel.attach(instance.exports.mem);
  return new Promise((resolve, reject) => {
    globalThis.abkdBench = (run, name) => resolve({ name, run });
    go.run(instance).then(() => reject(new Error(`bench.wasm with ${variant} has ended`)), reject);
  });
}

/** Returns the contenders {name, run(work, repeats)} that run here without TensorFlow.js. */
export async function contenders(fetchBytes) {
  const all = [];
  for (const variant of ['simd128', 'relaxed'].filter(abkdKernel.runs)) {
    const { run } = await startGo(variant, fetchBytes);
    const contender = (backend) => ({
      name: backend,
      run(work, repeats) {
        const fault = run(backend, work.kind, work.size, repeats);
        if (fault) throw new Error(fault);
      },
    });
    if (all.length === 0) all.push(contender('go'));
    all.push(contender(variant));
  }
  return all;
}

/** Returns TensorFlow.js on its WebAssembly backend, one thread, as a contender for the products. */
export async function tensorflow(tf, wasmPath) {
  tf.wasm.setWasmPaths(wasmPath);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!await tf.setBackend('wasm')) throw new Error('TensorFlow.js has no wasm backend here');
  if (!await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) throw new Error('TensorFlow.js runs without SIMD here');
  const operands = {};
  return {
    name: 'tfjs',
    does: ({ kind }) => /^[NT]{2}$/.test(kind),
    run({ kind, size, m, n, k }, repeats) {
      const [ta, tb] = [...kind].map((side) => side === 'T');
      const [a, b] = operands[kind + size] ??= [tf.randomUniform(ta ? [k, m] : [m, k], -1), tf.randomUniform(tb ? [n, k] : [k, n], -1)];
      for (let i = 0; i < repeats; i++) tf.matMul(a, b, ta, tb).dispose();
    },
  };
}

/**
 * Returns the seconds of one repeat of work for each contender, undefined
 * where it does not do that work: the least of rounds samples of about 4 ms.
 */
export async function time(work, all, rounds) {
  const repeats = [], best = all.map(() => undefined);
  const sample = async (c, n) => {
    const start = performance.now();
    await c.run(work, n);
    return (performance.now() - start) / 1e3;
  };
  for (const [i, c] of all.entries()) {
    if (c.does && !c.does(work)) continue;
    await sample(c, 1);
    const once = Math.min(await sample(c, 1), await sample(c, 1));
    repeats[i] = Math.max(1, Math.min(2000, Math.round(0.004 / Math.max(once, 1e-6))));
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, c] of all.entries()) {
      if (repeats[i]) best[i] = Math.min(best[i] ?? Infinity, await sample(c, repeats[i]) / repeats[i]);
    }
  }
  return best;
}

/** Writes a Markdown table of every work: milliseconds, and how many times as fast as the first contender. */
export async function table(all, rounds, log) {
  const cells = (row) => log(`| ${row.join(' | ')} |`);
  cells(['work', ...all.map((c) => `${c.name}, ms`), ...all.slice(1).map((c) => `${c.name} : ${all[0].name}`)]);
  cells(Array(2 * all.length).fill('---'));
  for (const work of works) {
    const s = await time(work, all, rounds);
    await new Promise((then) => setTimeout(then)); // lets a page draw
    cells([
      `${work.kind} ${work.size}`,
      ...s.map((v) => (v === undefined ? '' : `${(v * 1e3).toPrecision(3)}${work.flop ? ` (${(work.flop / v / 1e9).toPrecision(3)} GF/s)` : ''}`)),
      ...s.slice(1).map((v) => (v === undefined ? '' : `${(s[0] / v).toFixed(2)}`)),
    ]);
  }
}
