// Builds the kernel module in its two variants:
//
//	node build.mjs [DIR]   (../../build/kernel if not given)

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { check } from './check.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Compiles the sources and returns {bytes, text}. */
async function compile(...features) {
  const files = {};
  const { error, stderr } = await asc.main([
    'assembly/index.ts', '--baseDir', here, '--outFile', 'bytes', '--textFile', 'text', '-O3', ...features,
    '--runtime', 'stub', '--noAssert', '--importMemory', '--noExportMemory', '--initialMemory', '0',
  ], { writeFile: (name, content) => { files[name] = content; } });
  const said = stderr.toString();
  if (error || said) throw new Error(said || error);
  return files;
}

const out = resolve(process.argv[2] ?? join(here, '../../build/kernel'));
mkdirSync(out, { recursive: true });
for (const [name, features] of Object.entries({
  simd128: ['--enable', 'simd'],
  relaxed: ['--enable', 'simd', '--enable', 'relaxed-simd'],
})) {
  const { bytes, text } = await compile(...features);
  check(name, bytes, text);
  writeFileSync(join(out, `${name}.wasm`), bytes);
}
