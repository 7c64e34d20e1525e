// Runs the trainer's program as the page's worker does, without a page: each
// line of standard input is a message for it, each line of standard output one
// from it. Bytes are in base64.
//
//	node trainer.mjs wasm_exec.js trainer.wasm
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runInThisContext } from 'node:vm';

const [glue, program] = process.argv.slice(2);
runInThisContext(readFileSync(glue, 'utf8'));

globalThis.postMessage = (message) => {
  const { bytes, ...rest } = message;
  process.stdout.write(JSON.stringify(bytes ? { ...rest, bytes: Buffer.from(bytes).toString('base64') } : rest) + '\n');
};

const go = new Go();
const { instance } = await WebAssembly.instantiate(readFileSync(program), go.importObject);
go.run(instance);
for await (const line of createInterface({ input: process.stdin })) {
  const { bytes, ...rest } = JSON.parse(line);
  const data = bytes ? { ...rest, bytes: new Uint8Array(Buffer.from(bytes, 'base64')).buffer } : rest;
  globalThis.onmessage({ data });
}
process.exit(0);
