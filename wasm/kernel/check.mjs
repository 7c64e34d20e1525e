// What the kernel module must be, so that it can live on memory that is not
// its own: no data, no variables, no table, nothing that runs at the start,
// the memory its one import, and no instruction that changes its size.

import './relaxed.mjs';

const sections = ['custom', 'type', 'import', 'function', 'table', 'memory', 'global', 'export', 'start', 'element', 'code', 'data', 'data count', 'tag'];
const allowed = ['type', 'import', 'function', 'export', 'code'];
const forbidden = /\b(memory\.\w+|global\.\w+|call_indirect|unreachable)\b/;

/** Throws unless the module keeps the rules: bytes is its binary, text its text form. */
export function check(name, bytes, text) {
  const fail = (what) => { throw new Error(`kernel: ${name}: ${what}`); };
  for (const section of sectionsOf(bytes)) {
    if (!allowed.includes(section)) fail(`section is ${section}, want one of ${allowed}`);
  }
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((i) => `${i.module}.${i.name} ${i.kind}`).join();
  if (imports !== 'env.memory memory') fail(`imports are ${imports}, want env.memory memory`);
  const exports = WebAssembly.Module.exports(module).map((e) => e.name).sort().join();
  const want = [...globalThis.abkdKernel.operations].sort().join();
  if (exports !== want) fail(`exports are ${exports}, want ${want}`);
  const instruction = text.match(forbidden);
  if (instruction) fail(`instruction is ${instruction[0]}, want none like it`);
}

/** Yields the names of the sections of a module. */
export function* sectionsOf(bytes) {
  for (let at = 8; at < bytes.length;) {
    yield sections[bytes[at++]] ?? 'unknown';
    let size = 0, shift = 0, byte;
    do { // LEB128
      byte = bytes[at++];
      size |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    at += size;
  }
}
