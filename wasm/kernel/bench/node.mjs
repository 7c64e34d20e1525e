// Prints how fast the products and steps are under Node:
//
//	node bench/node.mjs [ROUNDS]

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import '../relaxed.mjs';
import { contenders, table } from './bench.js';

const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
createRequire(import.meta.url)(join(goroot, 'lib/wasm/wasm_exec.js'));
const all = await contenders((name) => readFile(new URL(`../../../build/kernel/${name}`, import.meta.url)));
await table(all, Number(process.argv[2] ?? 15), console.log);
process.exit(0);
