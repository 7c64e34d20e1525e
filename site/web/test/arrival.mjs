// How long the page takes to arrive on a telephone's line, and how many bytes:
//
//	node test/arrival.mjs [NAME=FOLDER]...   (the environment of test/browser.mjs, after "make site")
//
// Each FOLDER is the built site of another page, to stand beside this one:
// compressed by compress.mjs too, and served by the same server. The line is
// what Chromium's tools call fast 4G. A slow processor is simulated for the
// thread of the page, not for workers. Nothing comes from other hosts. What is
// printed is Markdown.

import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { patience } from './many.mjs';
import { serve } from './serve.mjs';
import { watchWire } from './wire.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const line = { offline: false, downloadThroughput: 8.1e6 / 8, uploadThroughput: 1.35e6 / 8, latency: 165 };
const turns = 3, quiet = 3000;

/** What happens on a page, as a condition in it, and what a visitor clicks for it once that is there. */
const known = {
  'ABKD Lab': { epoch: () => window.__abkd?.epoch > 0, live: () => window.__abkd?.frames > 2 },
  'TensorFlow Playground': {
    click: '#play-pause-button',
    epoch: () => Number(document.querySelector('#iter-number')?.textContent.replace(/\D/g, '')) > 0,
    live: () => document.querySelector('#network svg, svg#svg')?.querySelector('.core') != null,
  },
  'GNN-101': { live: () => document.querySelector('svg circle') != null && document.querySelector('svg rect') != null }, // graph and matrix; it trains nothing
};
const pages = [['ABKD Lab', process.env.DIST ?? at('../dist')], ...process.argv.slice(2).map((given) => given.split('='))];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });

/** One visit with nothing kept: when things happen, in seconds, and how many bytes had come by then. */
async function visit(url, { click, ...happens }, slowdown) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true, serviceWorkers: 'block' });
  context.setDefaultTimeout(patience);
  try {
    const page = await context.newPage(), wire = await watchWire(page);
    await wire.cdp.send('Network.emulateNetworkConditions', line);
    await wire.cdp.send('Network.setBlockedURLs', { urls: ['https://*', '*google-analytics*'] }); // other hosts, of fonts and of counters
    await wire.cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    await page.addInitScript((conditions) => {
      const seen = window.__seen = {};
      if (window !== top) return;
      const all = Object.entries(conditions).map(([name, text]) => [name, eval(text)]);
      setInterval(() => {
        for (const [name, holds] of all) if (!(name in seen) && holds()) seen[name] = performance.timeOrigin + performance.now();
      }, 10);
    }, Object.fromEntries(Object.entries(happens).map(([name, condition]) => [name, `(${condition})`])));
    await page.goto(url, { waitUntil: 'commit' });
    if (click) await page.locator(click).click();
    await page.waitForFunction((names) => names.every((name) => name in window.__seen), Object.keys(happens), { timeout: patience });
    for (let before = -1; before !== wire.bytes(); await new Promise((done) => { setTimeout(done, quiet); })) before = wire.bytes(); // a page that is busy never says that its network is idle
    const { seen, origin, paint } = await page.evaluate(() => ({
      seen: window.__seen, origin: performance.timeOrigin, paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    }));
    const moment = (ms) => ({ seconds: (ms - origin) / 1e3, bytes: wire.bytes(undefined, ms) });
    const later = wire.find('reader.wasm'), graph = wire.find('debian-mini.pack');
    return {
      paint: moment(origin + paint), ...Object.fromEntries(Object.entries(seen).map(([name, ms]) => [name, moment(ms)])),
      page: { bytes: wire.bytes(wire.all().filter((r) => r !== later)) }, graph: { bytes: graph ? wire.bytes([graph]) : undefined }, later: { bytes: later ? wire.bytes([later]) : undefined },
    };
  } finally {
    await context.close();
  }
}

const kB = (n) => (n === undefined ? '' : (n / 1e3).toLocaleString('en', { maximumFractionDigits: 0 }));
const cell = (m) => (m === undefined ? '' : `${m.seconds.toFixed(1)} s, ${kB(m.bytes)}`);
console.log('| page | processor | first picture | first epoch | live drawing | all of the page | the graph in it | fetched later |\n| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const [name, folder] of pages) {
  const site = await serve(process.env.ABKD ?? at('../../../build/abkd'), folder);
  for (const slowdown of [1, 4]) {
    const visits = [];
    for (let turn = 0; turn < turns; turn++) visits.push(await visit(site.url, known[name] ?? {}, slowdown));
    const best = Object.fromEntries(Object.keys(visits[0]).map((key) => [key, visits.map((v) => v[key]).reduce((a, b) => (b.seconds < a.seconds ? b : a))]));
    console.log(`| ${name} | ${slowdown === 1 ? 'as it is' : `${slowdown}× slower`} | ${cell(best.paint)} | ${cell(best.epoch)} | ${cell(best.live)} | ${kB(best.page.bytes)} | ${kB(best.graph.bytes)} | ${kB(best.later.bytes)} |`);
  }
  await site.stop();
}
await browser.close();
