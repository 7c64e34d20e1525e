// The kernel module beside memory that is not its own: each operand lies at
// the very end of the memory once, where reading one byte too far would trap,
// and whatever no operand covers must stay as it is.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import '../relaxed.mjs';
import { check, sectionsOf } from '../check.mjs';

const { loadKernel, operations } = globalThis.abkdKernel;
const fetchBytes = async (name) => readFileSync(new URL(`../../../build/kernel/${name}`, import.meta.url));
const variants = ['simd128', 'relaxed'];
const pages = 6, size = pages << 16;

let state = 1;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const integer = (n) => Math.floor(random() * n);

/** An operand of n numbers: written or only read, floats, or integers that of(i) gives. */
const reads = (n, of) => ({ n, of });
const writes = (n) => ({ n, written: true });

/** Calls of every operation with random shapes: the arguments in order, numbers or operands. */
const calls = {
  gemm(scratch) {
    const [m, n, k] = [1 + integer(20), 1 + integer(20), 1 + integer(20)], pad = integer(3);
    const [ta, tb] = [integer(2), integer(2)];
    const [ars, acs] = ta ? [1, m + pad] : [k + pad, 1], [brs, bcs] = tb ? [1, k + pad] : [n + pad, 1];
    const span = (r, c, rs, cs) => (r - 1) * rs + (c - 1) * cs + 1;
    return [m, n, k, reads(span(m, k, ars, acs)), ars, acs, reads(span(k, n, brs, bcs)), brs, bcs, writes(span(m, n, n, 1)), n, integer(2), scratch];
  },
  spmm(scratch) {
    const [rows, width, cols] = [1 + integer(9), 1 + integer(50), 1 + integer(9)], ptr = [0];
    for (let i = 0; i < rows; i++) ptr.push(ptr[i] + integer(5));
    const entries = ptr[rows];
    const weight = integer(2) ? reads(entries) : 0;
    return [rows, width, reads(rows + 1, (i) => ptr[i]), reads(entries, () => integer(cols)), weight, reads(cols * width), writes(rows * width), integer(2), scratch];
  },
  softmaxCE() {
    const [rows, classes] = [1 + integer(9), 1 + integer(20)];
    return [rows, classes, reads(rows * classes), reads(rows, () => integer(classes)), 0.5, writes(rows * classes), writes(2 * rows)];
  },
  biasReLU() {
    const [rows, width] = [integer(9), 1 + integer(20)];
    return [rows, width, writes(rows * width), reads(width), integer(2)];
  },
  reluBackward() {
    const n = integer(40);
    return [n, writes(n), reads(n), reads(n)];
  },
  adam() {
    const n = integer(40);
    return [n, writes(n), reads(n), writes(n), writes(n), 0.1, 0.9, 0.99, 1e-8, 0.5];
  },
  axpy() {
    const n = integer(40);
    return [n, 0.5, reads(n), writes(n)];
  },
  addColumnSums() {
    const [rows, width] = [integer(9), 1 + integer(50)];
    return [rows, width, reads(rows * width), writes(width)];
  },
  rowNorms() {
    const [rows, width] = [integer(12), integer(20)];
    return [rows, width, reads(rows * width), writes(rows)];
  },
};

for (const variant of variants) {
  const name = `${variant}.wasm`;

  test(`variant=${variant} stays within its operands`, async () => {
    const memory = new WebAssembly.Memory({ initial: pages });
    const kernel = await loadKernel({ fetchBytes, variant });
    kernel.attach(memory);
    const scratch = writes(kernel.imports.scratch() / 4);
    const bytes = new Uint8Array(memory.buffer), floats = new Float32Array(memory.buffer), ints = new Int32Array(memory.buffer);
    for (const [op, draw] of Object.entries(calls)) {
      for (let round = 0; round < 250; round++) {
        const args = draw(scratch), operands = args.filter((a) => typeof a === 'object');
        for (let i = 0; i < floats.length; i += 97) floats[i] = random(); // what must stay
        operands.push(operands.splice(round % operands.length, 1)[0]); // lies last
        let end = size;
        for (const o of operands.reverse()) {
          o.at = end - 4 * o.n;
          for (let i = 0; i < o.n; i++) o.of ? (ints[o.at / 4 + i] = o.of(i)) : (floats[o.at / 4 + i] = random());
          end = o.at - 4 * integer(9);
        }
        const want = bytes.slice();
        kernel.imports[op](...args.map((a) => (typeof a === 'object' ? a.at : a)));
        for (const o of operands) if (o.written) want.set(bytes.subarray(o.at, o.at + 4 * o.n), o.at);
        assert.equal(Buffer.compare(bytes, want), 0, `${op} round ${round} wrote beside its operands`);
      }
    }
  });

  test(`variant=${variant} has no memory of its own`, async () => {
    const bytes = await fetchBytes(name);
    assert.deepEqual([...sectionsOf(bytes)].filter((s) => /data|global|table|memory|start|element/.test(s)), []);
    check(name, bytes, '');
    const withGlobal = Buffer.concat([bytes, Buffer.from([6, 1, 0])]);
    assert.throws(() => check(name, withGlobal, ''), /section is global/);
    assert.throws(() => check(name, bytes, '(memory.grow'), /instruction is memory.grow/);
  });
}

test('every operation is called', () => {
  assert.deepEqual([...Object.keys(calls), 'scratch'].sort(), [...operations].sort());
});

test('the glue chooses', async () => {
  const chosen = async (options) => {
    const k = await loadKernel({ fetchBytes, ...options });
    return [k.variant, k.imports.variant()];
  };
  assert.deepEqual(await chosen({}), ['relaxed', 2]);
  assert.deepEqual(await chosen({ deterministic: true }), ['simd128', 1]);
  assert.deepEqual(await chosen({ variant: 'simd128' }), ['simd128', 1]);
  assert.deepEqual(await chosen({ variant: 'none' }), ['none', 0]);
  await assert.rejects(loadKernel({ fetchBytes, variant: 'avx' }), /variant is avx, want/);
});

test('the next best takes the place of a module that cannot be loaded, unless one is forced', async () => {
  const without = (...names) => async (name) => {
    if (names.includes(name)) throw new Error('HTTP status 404');
    return fetchBytes(name);
  };
  const chosen = async (options) => {
    const { variant, missed } = await loadKernel(options);
    return [variant, ...missed];
  };
  assert.deepEqual(await chosen({ fetchBytes }), ['relaxed']);
  assert.deepEqual(await chosen({ fetchBytes: without('relaxed.wasm') }), ['simd128', 'relaxed.wasm']);
  assert.deepEqual(await chosen({ fetchBytes: without('relaxed.wasm', 'simd128.wasm') }), ['none', 'relaxed.wasm', 'simd128.wasm']);
  assert.deepEqual(await chosen({ fetchBytes: without('simd128.wasm'), deterministic: true }), ['none', 'simd128.wasm']);
  const damaged = async (name) => (await fetchBytes(name)).subarray(0, 1000);
  assert.deepEqual(await chosen({ fetchBytes: damaged }), ['none', 'relaxed.wasm', 'simd128.wasm']);
  await assert.rejects(loadKernel({ fetchBytes: without('simd128.wasm'), variant: 'simd128' }), /404/);
});

test('without a kernel module or a memory every import is there and says so', async () => {
  for (const variant of ['none', 'simd128']) {
    const k = await loadKernel({ fetchBytes, variant });
    if (variant === 'none') k.attach(new WebAssembly.Memory({ initial: 1 }));
    for (const op of operations) assert.throws(() => k.imports[op](), new RegExp(`variant ${variant}`));
  }
});

test('where the browser has less, the next best runs', async (t) => {
  const validate = WebAssembly.validate;
  t.after(() => { WebAssembly.validate = validate; });
  const relaxed = (bytes) => Buffer.from(bytes).includes(Buffer.from([0xfd, 0x85, 2]));
  WebAssembly.validate = (bytes) => !relaxed(bytes) && validate(bytes);
  assert.equal((await loadKernel({ fetchBytes })).variant, 'simd128');
  await assert.rejects(loadKernel({ fetchBytes, variant: 'relaxed' }), /does not run here, want simd128/);
  WebAssembly.validate = () => false;
  assert.equal((await loadKernel({ fetchBytes })).variant, 'none');
});
