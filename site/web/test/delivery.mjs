// How the site comes to a browser: what is sent for each file, what is sent
// again, how much there is before the page trains, and that a plain host does.
// node --test test/delivery.mjs (the environment of test/browser.mjs, after "make site")

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { extname, join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { assertAccessible, start, until } from './many.mjs';
import { serve } from './serve.mjs';
import { watchWire } from './wire.mjs';

const dist = process.env.DIST ?? fileURLToPath(new URL('../dist/', import.meta.url));
const abkd = process.env.ABKD ?? fileURLToPath(new URL('../../../build/abkd', import.meta.url));
const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((f) => f.isFile() && !/^\.|\.(br|gz)$/.test(f.name))
  .map((f) => relative(dist, join(f.parentPath, f.name)));
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

let site, lab;
before(async () => { [site, lab] = await Promise.all([serve(abkd, dist), start()]); });
after(async () => { await Promise.all([site?.stop(), lab?.close()]); });

/** Asks as no browser does: the body as it comes. */
async function ask(path, headers) {
  const [response] = await once(get(site.url + path, { headers }), 'response');
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(await response.toArray()) };
}

test('each file is sent compressed as well as can be, and is then the file', async () => {
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
  for (const path of files) {
    const bytes = readFileSync(join(dist, path));
    const plain = await ask(path, {});
    assert.deepEqual([plain.status, plain.headers['content-encoding'], hash(plain.body)], [200, undefined, hash(bytes)], path);
    for (const [coding, decode] of Object.entries(unpack)) {
      const sent = await ask(path, { 'accept-encoding': coding });
      assert.equal(sent.headers['content-type'], plain.headers['content-type'], path);
      if (sent.headers['content-encoding']) {
        assert.equal(hash(decode(sent.body)), hash(bytes), `${path} as ${coding}`);
        assert.ok(sent.body.length < bytes.length && Number(sent.headers['content-length']) === sent.body.length, path);
        assert.notEqual(sent.headers.etag, plain.headers.etag);
      } else {
        const gains = gzipSync(bytes).length < 0.95 * bytes.length; // a picture is compressed in itself
        assert.ok(bytes.length < 1000 || !gains, `${path} has ${bytes.length} bytes and does not come as ${coding}`);
      }
      const again = await ask(path, { 'accept-encoding': coding, 'if-none-match': sent.headers.etag });
      assert.deepEqual([again.status, again.body.length], [304, 0], path);
    }
  }
});

test('what is said never to change has an address of its content, and all that the page fetches by name is', async () => {
  const table = JSON.parse(readFileSync(join(dist, 'files.json'), 'utf8'));
  for (const [from, to] of Object.entries(table)) {
    assert.ok(!files.includes(from), `${from} is there twice`);
    assert.ok(hash(readFileSync(join(dist, to))).startsWith(to.split('/')[1]), to);
  }
  assert.ok(Object.keys(table).includes('generated/trainer.wasm'));
  for (const path of files) {
    const { headers } = await ask(path, {});
    assert.equal(headers['cache-control'], path.startsWith('immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache', path);
    if (path.startsWith('immutable/')) assert.ok(Object.values(table).includes(path) || /-[\w-]{8}\.(js|css)$/.test(path), `${path} has no hash`);
  }
});

/** What is asked for beside the shell: what trains and draws, and what is looked at later. */
const beside = /\.(wasm|pack|safetensors)$|\/(stage\.\w+|(lessons|core)-[^/]+|glossary\.json|wasm_exec\.js|[^/]*later-[^/]+)$/;

for (const language of ['en', 'zh-Hans']) {
  test(`the shell is at most 150 KiB, and is all that the first picture and the training need: ${language}`, async (t) => {
    let wire;
    await lab.visit('', async (page) => {
      await until(page, () => window.__abkd?.epoch > 0 && document.querySelectorAll('.gap path.area.stored').length === 2 && window.__abkd.frames > 0);
      const shell = wire.all().filter((r) => !beside.test(new URL(r.url).pathname)), bytes = wire.bytes(shell);
      t.diagnostic(`${bytes} bytes: ${shell.map((r) => `${new URL(r.url).pathname} ${wire.bytes([r])}`).join(', ')}`);
      assert.ok(shell.some((r) => /\/index-[^/]+\.js$/.test(r.url)) && shell.some((r) => r.url.endsWith('.svg')) && bytes > 50_000, 'the shell was watched');
      assert.ok(bytes <= 150 * 1024, `the shell takes ${bytes} bytes`);
      await assertAccessible(page, 'the page before the rest of it'); // a message that is not there would leave a button without a name
      assert.match(await page.locator('.trouble[role=status]').textContent(), language === 'en' ? /^A part of this page cannot be reached/ : /^本页的一部分无法获取/);
    }, {
      routes: { '**/later-*.js': (route) => route.abort() }, expected: [/Failed to load resource/, /later-/],
      prepare: async (page) => {
        await page.addInitScript((tag) => localStorage.setItem('abkd-language', tag), language);
        wire = await watchWire(page);
      },
    });
  });
}

test('the first epoch and all of the page take few bytes, the drawing waits for the training, and a second visit takes none', async () => {
  await lab.visit('#epochs=100000', async (page, { context }) => {
    const wire = await watchWire(page);
    await page.reload();
    await until(page, () => window.__abkd?.epoch > 0);
    await until(page, () => window.__abkd.frames > 2);
    await until(page, () => ['/reader.wasm', '/debian-mini.pack'].every((name) => performance.getEntriesByType('resource').some((e) => e.name.endsWith(name) && e.responseEnd > 0)));
    const [trainer, teacher, drawing, ...later] = ['trainer.wasm', 'teacher.safetensors', 'app.wasm', 'reader.wasm', 'debian-mini.pack'].map((name) => wire.find(name));
    for (const program of [trainer, drawing, later[0]]) {
      assert.deepEqual([program.headers['content-encoding'], program.headers['content-type']], ['br', 'application/wasm'], program.url);
    }
    assert.ok(drawing.asked > trainer.finished && drawing.asked > teacher.finished, 'the drawing is asked for once the trainer is there');
    const all = wire.all(), whole = wire.bytes(all.filter((r) => !later.includes(r))), first = wire.bytes(all.filter((r) => r.asked < drawing.asked));
    assert.ok(first <= 1.6e6, `the first epoch takes ${first} bytes`);
    assert.ok(whole <= 5e6, `all of the page takes ${whole} bytes`);
    assert.ok(wire.bytes([later[1]]) <= 1.1e6, `the graph that the page opens on takes ${wire.bytes([later[1]])} bytes, with its teacher`);

    wire.clear();
    const next = await context.newPage(), second = await watchWire(next, false);
    await next.goto(page.url());
    await until(next, () => window.__abkd?.epoch > 0 && window.__abkd.frames > 2);
    assert.ok(second.find('trainer.wasm').cached && second.find('app.wasm').cached);
    assert.ok(second.bytes() < 5000, `a second visit takes ${second.bytes()} bytes`);
  });
});

test('a host that neither compresses nor knows of headers, below some path, does', async () => {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.json': 'application/json', '.txt': 'text/plain' };
  const host = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname.replace(/^\/lab\//, '').replace(/^$/, 'index.html');
    if (!files.includes(path)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(readFileSync(join(dist, path)));
  });
  await once(host.listen(0, '127.0.0.1'), 'listening');
  try {
    await lab.visit('', async (page) => {
      await page.goto(`http://127.0.0.1:${host.address().port}/lab/`);
      await until(page, () => window.__abkd?.epoch > 0 && window.__abkd.frames > 2);
      await until(page, () => performance.getEntriesByType('resource').some((e) => e.name.endsWith('/reader.wasm') && e.responseEnd > 0));
      assert.equal(await page.evaluate(() => window.__abkd.error), '');
    });
  } finally {
    host.closeAllConnections();
    host.close();
  }
});
