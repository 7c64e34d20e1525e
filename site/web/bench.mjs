// Prints, as Markdown, what bench.html measures in a browser:
//
//	node bench.mjs FOLDER   (the built site with TensorFlow.js beside it)

import { cpus } from 'node:os';
import { measure } from './test/bench-page.mjs';

const found = await measure(process.argv[2]);
if (found.phase !== 'done') {
  console.error(`bench.html: ${found.doing}`);
  process.exit(1);
}
const when = new Date().toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).replace(' at ', ', ');
console.log(`Measured on ${when} UTC by \`make bench-web\`: Chromium ${found.browser}, headless, on ${cpus()[0].model}, ${cpus().length} CPUs; TensorFlow.js ${found.tensorflow} on its wasm backend with SIMD, on one thread (tfjs)${found.names.includes('tfjs threads') ? ' and on as many as it takes (tfjs threads)' : ''}.
Contenders take turns; each figure is the fastest of many short samples. go is plain Go in WebAssembly; simd128 and relaxed are the kernel modules.
The ABKD student step is forward, cross-entropy, ABKD (pooled, linear heads, row softmax, subspace), backward and Adam, with the outputs of a 3 × 64 teacher computed beforehand.
${found.notes.map((text) => `\nLeft out: ${text}\n`).join('')}
${found.markdown}`);
