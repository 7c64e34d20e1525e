// Gives every Go program that this process instantiates the kernel module, in
// the variant that the environment variable ABKD_KERNEL names.

import { readFile } from 'node:fs/promises';
import './relaxed.mjs';

const kernel = await globalThis.abkdKernel.loadKernel({
  fetchBytes: (name) => readFile(new URL(`../../build/kernel/${name}`, import.meta.url)),
  variant: process.env.ABKD_KERNEL || 'auto',
});
if (kernel.missed.length > 0) throw new Error(`kernel: ${kernel.missed.join(' and ')} cannot be loaded from build/kernel`);
const instantiate = WebAssembly.instantiate;

WebAssembly.instantiate = async (source, imports) => {
  const program = await instantiate(source, { ...imports, kern: kernel.imports });
  kernel.attach(program.instance.exports.mem);
  return program;
};
