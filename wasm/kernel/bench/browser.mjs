// Prints how fast the products and steps are in Chromium, beside TensorFlow.js:
//
//	node bench/browser.mjs [ROUNDS]   (headless; with --serve it only serves the page)

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const serveOnly = process.argv.includes('--serve');
const rounds = process.argv.slice(2).find(Number) ?? 20;

function fileOf(path) {
  if (path === '/wasm_exec.js') return join(goroot, 'lib/wasm/wasm_exec.js');
  if (path.startsWith('/build/')) return join(here, '../../build/kernel', path.slice(7));
  return join(here, path.endsWith('/') ? `${path}index.html` : path);
}

let finish;
const finished = new Promise((then) => { finish = then; });
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method === 'POST') {
    let text = '';
    for await (const part of request) text += part;
    response.end();
    finish(text);
    return;
  }
  try {
    const body = readFileSync(fileOf(normalize(pathname)));
    response.writeHead(200, {
      'content-type': types[extname(pathname)] ?? (pathname.endsWith('/') ? 'text/html' : 'application/octet-stream'),
      // Isolated, the page's clock ticks in microseconds.
      'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((then) => server.listen(0, '127.0.0.1', then));
const address = `http://127.0.0.1:${server.address().port}/bench/?rounds=${rounds}`;

if (serveOnly) {
  console.log(address);
} else {
  const profile = mkdtempSync(join(tmpdir(), 'abkd-bench-'));
  const browser = spawn(process.env.CHROMIUM ?? 'chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, address], { stdio: 'ignore' });
  const gone = new Promise((then) => browser.on('exit', then));
  const text = await Promise.race([finished, gone.then((code) => `failed: Chromium ended with ${code}`)]);
  console.log(text);
  browser.kill();
  await gone;
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exitCode = /^failed/m.test(text) ? 1 : 0;
}
