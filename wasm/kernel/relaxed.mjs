// Lets Node 20 run relaxed SIMD, which later versions have without a flag.

import { setFlagsFromString } from 'node:v8';
import './glue.js';

if (!globalThis.abkdKernel.runs('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');
