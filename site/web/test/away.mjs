// The page away from its host: as one file from a disk, and kept by the browser.
// node --test test/away.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { assertAccessible, closeSheet, download, eventually, openDrawer, picture, start, until } from './many.mjs';

const dist = process.env.DIST ?? fileURLToPath(new URL('../dist/', import.meta.url));
let lab, folder;
before(async () => {
  lab = await start();
  folder = mkdtempSync(join(tmpdir(), 'abkd away ')); // as downloads are called
});
after(async () => { await lab?.close(); if (folder) rmSync(folder, { recursive: true }); });

/** Cuts the network before a page is opened. */
const cut = { prepare: (page) => page.context().setOffline(true) };
const short = 'data=karate&teacher-epochs=4&epochs=6&seed=3&kernels=simd128&speed=0';
/** The hash of that run, which TestSameHashEverywhere in package sim holds amd64, WebAssembly and other processors to. */
const { hash: everywhere } = JSON.parse(readFileSync(new URL('../../../sim/testdata/hash.json', import.meta.url), 'utf8'));
const atEnd = (page) => until(page, () => window.__abkd?.phase === 'finished' && window.__abkd.frames > 2);
const hash = (page) => page.evaluate(() => window.__abkd.hash);

test('one file, opened from a disk without a network, trains to the hash of the site', async () => {
  let expected;
  await lab.visit(`#${short}`, async (page) => {
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const arrives = page.waitForEvent('download');
    await page.getByRole('link', { name: 'This page as one file' }).click();
    copyFileSync(await (await arrives).path(), join(folder, 'abkd-lab.html'));
    await atEnd(page);
    expected = await hash(page);
    assert.equal(expected, everywhere, 'what the core comes to on every processor');
  });
  const file = pathToFileURL(join(folder, 'abkd-lab.html')).href;
  await lab.visit(`${file}#${short}`, async (page, { requests }) => {
    await atEnd(page);
    assert.equal(await hash(page), expected);
    assert.equal(await page.evaluate(() => window.__abkd.error), '');
    await picture(page, 'one-file');
    await page.locator('header select').selectOption('zh-Hans');
    await page.getByRole('button', { name: '分享', exact: true }).click();
    await page.getByText('本页是一个文件').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('header select').selectOption('en');
    await openDrawer(page, 'About');
    assert.match((await download(page, 'Save the licences')).text, /Apache License/);
    await closeSheet(page);
    await page.keyboard.press('c');
    await page.locator('.story .lessons button').first().waitFor();
    await eventually(() => assertAccessible(page, 'one file'));
    await page.keyboard.press('c');
    await page.evaluate(() => { location.hash = '#seed=4&epochs=5000'; }); // the graph that ships
    await until(page, () => window.__abkd.seed === 4 && window.__abkd.epoch > 0);
    assert.deepEqual(requests.filter((r) => !/^(file|blob|data):/.test(r)), []);
  }, { ...cut, expected: [/Failed to execute 'postMessage'.*'file:/] }); // axe's own, to the frame that draws
});

test('a copy that was cut off is told', async () => {
  const whole = readFileSync(join(dist, 'abkd-lab.html'), 'utf8'), at = whole.indexOf('id="file:trainer.wasm"');
  writeFileSync(join(folder, 'cut.html'), whole.slice(0, at + 500_000));
  await lab.visit(pathToFileURL(join(folder, 'cut.html')).href, async (page) => {
    await page.getByText('This copy of the page is incomplete (trainer.wasm). Ask for the file again.').waitFor();
  }, { ...cut, ready: '[role=alert]' });
});

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.json': 'application/json' };

/** A host of the page that can be stopped and begun again at the same address; newer is the version that it gives out in place of the built one. */
function hostOf() {
  const host = { url: '', asked: [], newer: '' };
  let server;
  const answer = (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname.slice(1) || 'index.html', file = join(dist, path), packed = `${file}.br`;
    if (!existsSync(file)) return void response.writeHead(404).end();
    const isPacked = existsSync(packed) && !(host.newer && /html$|service/.test(path));
    let body = readFileSync(isPacked ? packed : file);
    if (host.newer && path === 'service.js') body = Buffer.from(body.toString().replace(/(?<=^const version = ')\w+/, host.newer).replace(/(?<="":")[^"]+/, ''));
    host.asked.push({ path, bytes: body.length });
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream', 'cache-control': path.startsWith('immutable/') ? 'max-age=31536000, immutable' : 'no-cache',
      ...(isPacked ? { 'content-encoding': 'br' } : {}),
    }).end(body);
  };
  host.begin = async () => {
    server = createServer(answer);
    await once(server.listen(host.url ? new URL(host.url).port : 0, '127.0.0.1'), 'listening');
    host.url = `http://127.0.0.1:${server.address().port}/`;
  };
  host.stop = () => { server.close(); server.closeAllConnections(); };
  return host;
}

/** The version that the browser would answer with. */
const keptVersion = (page) => page.evaluate(async () => {
  const { active } = await navigator.serviceWorker.ready, { port1, port2 } = new MessageChannel();
  return new Promise((done) => { port1.onmessage = ({ data }) => done(data); active.postMessage(null, [port2]); });
});

test('after one visit the page and its course are there without the host, and a newer version waits for the run', async (t) => {
  const host = hostOf();
  await host.begin();
  try {
    await lab.visit(`#${short}`, async (page, { context }) => {
      await atEnd(page);
      const expected = await hash(page);
      await page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated' || new Promise((done) => { active.onstatechange = done; })));
      const from = host.asked.findIndex((a) => a.path === 'service.js'), paths = host.asked.slice(0, from).map((a) => a.path.split('/').pop());
      for (const name of ['trainer.wasm', 'app.wasm', 'reader.wasm', 'debian-mini.pack', 'lessons-en.json']) assert.ok(paths.includes(name), `${name} is fetched by the visit itself`);
      const bytes = host.asked.slice(from).reduce((n, a) => n + a.bytes, 0);
      t.diagnostic(`to keep the page takes ${bytes} bytes beside the visit's ${host.asked.slice(0, from).reduce((n, a) => n + a.bytes, 0)}`);
      assert.ok(bytes < 400_000, `to keep the page takes ${bytes} bytes`);
      const built = await keptVersion(page);

      host.stop();
      await page.reload();
      await atEnd(page);
      assert.equal(await hash(page), expected);
      await page.locator('header select').selectOption('zh-Hans');
      await page.keyboard.press('c');
      await page.locator('.story .lessons button').first().click();
      await page.getByText('论点').first().waitFor();
      await picture(page, 'kept');
      await page.locator('header select').selectOption('en');

      host.newer = 'newer';
      await host.begin();
      await page.goto('about:blank');
      await page.goto(`${host.url}#data=karate&epochs=100000&speed=0`);
      await until(page, () => window.__abkd?.epoch > 0);
      await page.getByText('A newer version of this page has arrived.').waitFor();
      const at = await page.evaluate(() => window.__abkd.epoch);
      await until(page, (before) => window.__abkd.epoch > before || window.__abkd.phase === 'distilling', at);
      assert.equal(await keptVersion(page), built);
      const next = await context.newPage();
      await page.close();
      await eventually(async () => {
        await next.goto('about:blank');
        await next.goto(`${host.url}#${short}`);
        assert.equal(await keptVersion(next), 'newer');
      });
    }, { at: host.url, serviceWorkers: 'allow', expected: [/Failed to load resource/] });
  } finally {
    host.stop();
  }
});
