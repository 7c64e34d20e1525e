// Joins the kernel module to a Go program. A classic script, so that a worker
// can take it with importScripts; a module or Node imports it for its effect.
//
//	const kernel = await loadKernel({ fetchBytes });
//	const { instance } = await WebAssembly.instantiate(program, { ...go.importObject, kern: kernel.imports });
//	kernel.attach(instance.exports.mem);
//	go.run(instance);
//
// The module works on Go's own memory, which exists only once Go's instance
// does. So Go is given functions that call what attach() puts behind them.
'use strict';

(() => {
  const operations = ['scratch', 'gemm', 'spmm', 'softmaxCE', 'biasReLU', 'reluBackward', 'adam', 'axpy', 'addColumnSums', 'rowNorms'];

  /** What Go's variant() gets. The numbers are part of gnn/internal/kernel/kern_js.go. */
  const variants = ['none', 'simd128', 'relaxed'];

  /** A module of one function that applies an instruction to three vectors and leaves one, if count is 3; to none if it is 0. */
  const probe = (...instruction) => {
    const vector = [0x41, 0, 0xfd, 15]; // i32.const 0, i8x16.splat
    const body = [0, ...vector, ...(instruction.length ? [...vector, ...vector, ...instruction] : []), 0x0b];
    return new Uint8Array([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // \0asm, version 1
      1, 5, 1, 0x60, 0, 1, 0x7b, // a type: () => v128
      3, 2, 1, 0, // a function of it
      10, body.length + 2, 1, body.length, ...body,
    ]);
  };
  const runs = {
    none: () => true,
    simd128: () => WebAssembly.validate(probe()),
    relaxed: () => WebAssembly.validate(probe(0xfd, 0x85, 2)), // f32x4.relaxed_madd
  };

  /** Returns the variants that run here, the best first. The deterministic ones give the bits of plain Go. */
  function fitting(deterministic) {
    return variants.filter((v) => runs[v]() && !(deterministic && v === 'relaxed')).reverse();
  }

  /**
   * Loads the kernel module. fetchBytes(name) returns the bytes of a file such
   * as simd128.wasm; variant forces one; deterministic leaves relaxed out,
   * whose last bits depend on the machine. Unless one is forced, the next best
   * takes the place of what cannot be loaded, plain Go at last; missed names
   * the files.
   */
  async function loadKernel({ fetchBytes, variant = 'auto', deterministic = false }) {
    const fit = fitting(deterministic);
    if (variant !== 'auto' && !variants.includes(variant)) throw new Error(`kernel: variant is ${variant}, want auto or one of ${variants}`);
    if (variant !== 'auto' && !runs[variant]()) throw new Error(`kernel: variant ${variant} does not run here, want ${fit[0]}`);
    const wanted = variant === 'auto' ? fit : [variant], missed = [];
    for (const v of wanted) {
      try {
        return attachable(v, await compiled(v, fetchBytes), missed);
      } catch (err) {
        if (v === wanted.at(-1)) throw err;
        missed.push(`${v}.wasm`);
      }
    }
  }

  /** The module of a variant; plain Go has none. */
  const compiled = async (variant, fetchBytes) => (variant === 'none' ? null : WebAssembly.compile(await fetchBytes(`${variant}.wasm`)));

  /** What loadKernel returns of a module that is to live on memory not there yet. */
  function attachable(variant, module, missed) {
    const missing = () => { throw new Error(`kernel: variant ${variant} is not attached to a memory`); };
    let k = Object.fromEntries(operations.map((name) => [name, missing]));
    return {
      variant,
      missed,
      // Parameters are spelled out: collecting them would cost more than some of the calls.
      imports: {
        variant: () => variants.indexOf(variant),
        scratch: () => k.scratch(),
        gemm: (m, n, l, a, ars, acs, b, brs, bcs, c, ldc, add, scratch) => k.gemm(m, n, l, a, ars, acs, b, brs, bcs, c, ldc, add, scratch),
        spmm: (rows, width, ptr, col, weight, x, y, add, scratch) => k.spmm(rows, width, ptr, col, weight, x, y, add, scratch),
        softmaxCE: (rows, classes, z, labels, scale, grad, rest) => k.softmaxCE(rows, classes, z, labels, scale, grad, rest),
        biasReLU: (rows, width, y, bias, relu) => k.biasReLU(rows, width, y, bias, relu),
        reluBackward: (n, dz, dy, y) => k.reluBackward(n, dz, dy, y),
        adam: (n, w, g, m, v, lr, beta1, beta2, eps, correction2) => k.adam(n, w, g, m, v, lr, beta1, beta2, eps, correction2),
        axpy: (n, a, x, y) => k.axpy(n, a, x, y),
        addColumnSums: (rows, width, x, sum) => k.addColumnSums(rows, width, x, sum),
        rowNorms: (rows, width, x, norm) => k.rowNorms(rows, width, x, norm),
      },
      /** Lets the module work on memory: the export mem of the Go program. */
      attach(memory) {
        if (module) k = new WebAssembly.Instance(module, { env: { memory } }).exports;
      },
    };
  }

  globalThis.abkdKernel = { loadKernel, operations, runs: (variant) => runs[variant]() };
})();
