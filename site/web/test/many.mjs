// What the tests of the page share: a browser with the built page, and the
// same experiments run by a trainer that the page knows nothing of.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { runnerImport } from 'vite';
import { serve } from './serve.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const axe = readFileSync(join(here, '../node_modules/axe-core/axe.min.js'), 'utf8');
const shots = process.env.SCREENSHOTS;
export const patience = 120_000; // for what takes as long as the machine takes

/** A module of the page's, with all that it imports. */
export const load = async (path) => (await runnerImport(join(here, path), { configFile: false, logLevel: 'error' })).module;

const { decodeSnapshot } = await load('../src/wire/snapshot.ts');
export const { scenes } = await load('../src/generated/lesson.ts');

/** Starts what runs for all tests: {url, visit, close}. */
export async function start() {
  let site, url = process.env.BASE_URL;
  if (!url) {
    const dist = process.env.DIST ?? join(here, '../dist');
    assert.ok(existsSync(join(dist, 'files.json')), `${dist} is missing: build the site first`);
    site = await serve(process.env.ABKD ?? join(here, '../../../build/abkd'), dist);
    url = site.url;
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  return {
    url,
    visit: (address, body, { at = url, ...options } = {}) => visit(browser, new URL(address, at).href, body, options),
    close: async () => { await browser.close(); await site?.stop(); },
  };
}

async function visit(browser, address, body, { viewport = { width: 1280, height: 800 }, colorScheme = 'light', reducedMotion = 'no-preference', ready = '.transport', expected = [], routes = {}, prepare, bypassCSP = false, adapts = false, serviceWorkers = 'block' } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion, bypassCSP, serviceWorkers });
  context.setDefaultTimeout(patience);
  if (!adapts) await context.addInitScript(() => { try { localStorage.setItem('abkd-drawing', 'full'); } catch { /* a document without an origin */ } }); // whatever the machine
  for (const [pattern, handle] of Object.entries(routes)) await context.route(pattern, handle);
  const page = await context.newPage();
  const trouble = [], requests = [];
  page.on('request', (r) => requests.push(r.url()));
  page.on('console', (m) => { if ((m.type() === 'error' || m.type() === 'warning') && !/^Service Worker registration blocked/.test(m.text())) trouble.push(`${m.type()}: ${m.text()}`); });
  page.on('pageerror', (e) => trouble.push(`page: ${e.message}`));
  try {
    await prepare?.(page);
    await page.goto(address);
    await page.locator(ready).waitFor({ timeout: patience });
    await body(page, { context, requests });
    assert.deepEqual(trouble.filter((t) => !expected.some((e) => e.test(t))), []);
  } catch (err) {
    const state = await page.evaluate(() => JSON.stringify(window.__abkd)).catch(() => 'gone');
    const seen = await page.locator('.study').innerText({ timeout: 1000 }).catch(() => 'nothing');
    err.message += `\nthe page's state is ${state?.slice(0, 2000)}\nthe scene says: ${seen.slice(0, 2000)}\nits console: ${trouble.join('; ') || 'silent'}`;
    throw err;
  } finally {
    await context.unrouteAll({ behavior: 'ignoreErrors' }); // a request that is under way when a test ends is none of its own
    await context.close();
  }
}

export const until = (page, condition, argument) => page.waitForFunction(condition, argument, { timeout: patience, polling: 50 });

/** Checks until nothing is wrong any more: what is shown follows in its own time. */
export async function eventually(check) {
  for (const begun = Date.now(); ;) {
    try {
      return await check();
    } catch (err) {
      if (Date.now() - begun > patience) throw err;
    }
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

/** What the drawing says. */
export const drawnTexts = (page) => page.frames().find((f) => f.url().includes('stage.html')).evaluate(() => window.__abkd.state().texts);

/** Goes by Tab, pressed so often at most, to what the selector names, once that is there. */
export async function tabTo(page, selector, most = 120) {
  await page.locator(selector).first().waitFor();
  for (let n = 0; n < most; n++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((q) => document.activeElement?.matches(q) ?? false, selector)) return;
  }
  assert.fail(`Tab does not come to ${selector}`);
}

/** A text as it is read: between words, and between a number and its sign, one space. */
export const read = (text) => text.replace(/\s+/g, ' ').trim();

/** Opens the drawer at one of its sections. */
export async function openDrawer(page, section) {
  const drawer = page.locator('.drawer');
  if (!await drawer.isVisible()) await page.getByRole('button', { name: 'Settings', exact: true }).first().click();
  await drawer.locator('.sections').getByRole('button', { name: section, exact: true }).click();
  await drawer.getByRole('heading', { level: 2, name: section, exact: true }).waitFor();
}

/** Closes what lies over the story. */
export async function closeSheet(page) {
  await page.locator('.sheet:visible').getByRole('button', { name: 'Close', exact: true }).click();
}

/** Waits for all runs to be over. */
export const over = (page) => until(page, () => {
  const p = document.querySelector('.study .standing progress');
  return p !== null && p.value === p.max;
});

/** The script of a trainer's worker. */
const script = ['../public/generated/wasm_exec.js', '../public/generated/glue.js', '../src/wire/worker.js'].map((path) => readFileSync(join(here, path), 'utf8')).join('');

/** Runs an experiment to its end in a worker of the test's own and returns the last snapshot. */
export async function reference(page, experiment, { kernels = 'auto', show = '' } = {}) {
  const text = await page.evaluate(async ([begin, source, arithmetic, wish]) => {
    const files = await (await fetch('files.json')).json();
    const bytes = async (name) => (await fetch(files[`generated/${name}`])).arrayBuffer();
    const teacher = await bytes('teacher.safetensors'), program = await WebAssembly.compile(await bytes('trainer.wasm'));
    const modules = { 'simd128.wasm': await bytes('simd128.wasm'), 'relaxed.wasm': await bytes('relaxed.wasm') };
    const worker = new Worker(URL.createObjectURL(new Blob([source])));
    const say = (m) => worker.postMessage(m);
    try {
      return await new Promise((resolve, reject) => {
        worker.onerror = (e) => reject(new Error(e.message));
        worker.onmessage = ({ data }) => {
          if (data.type === 'error') reject(new Error(data.text));
          if (data.type === 'ready') {
            say({ type: 'teacher', bytes: teacher });
            for (const command of ['speed 0', `begin ${begin}`, ...(wish ? [`show ${wish}`] : [])]) say({ type: 'command', text: command });
            say({ type: 'pull' });
          }
          if (data.type !== 'snapshot') return;
          const phase = new DataView(data.bytes).getUint8(6); // behind the magic and the version
          if (phase < 2) return void setTimeout(() => say({ type: 'pull' }), 20);
          resolve(btoa([...new Uint8Array(data.bytes)].map((b) => String.fromCharCode(b)).join('')));
        };
        say({ type: 'start', program, kernels: modules, arithmetic, lock: `reference ${Math.random()}` });
      });
    } finally {
      worker.terminate();
    }
  }, [experiment, script, kernels, show]);
  return decodeSnapshot(new Uint8Array(Buffer.from(text, 'base64')).buffer);
}

/** The test accuracy at the first epoch of the best validation accuracy, found anew from the history. */
export function best(lane) {
  return [...lane.history].reduce((a, b) => (b.valid > a.valid ? b : a)).test;
}

/** A table of the scene: its rows as texts, by their headings. */
export const table = (page, selector) => page.locator(selector).evaluate((t) => {
  const names = [...t.querySelectorAll('thead th')].map((e) => e.textContent.trim());
  return [...t.querySelectorAll('tbody tr')].map((row) => Object.fromEntries([...row.children].map((cell, i) => [names[i] ?? '', cell.textContent.trim().replace(/\s+/g, ' ')])));
});

export async function download(page, name) {
  const arrives = page.waitForEvent('download');
  await page.getByRole('button', { name, exact: false }).click();
  const file = await arrives;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

export async function picture(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** Checks the page, or only the parts that are named. */
export async function assertAccessible(page, name, parts = ['html']) {
  await page.evaluate(axe); // evaluated by the debugger, which the page's policy does not bind
  const { violations } = await page.evaluate((include) => axe.run({ include }, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }), parts);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' | ')}`), [], name);
  const wide = await page.evaluate(() => (document.scrollingElement.scrollWidth <= innerWidth ? []
    : [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest('.scrolls') && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 120))));
  assert.deepEqual(wide, [], `${name} scrolls sideways`);
}

/** The page's trainers. */
export const trainers = (page) => page.workers().filter((w) => w.url().includes('trainer.js'));
