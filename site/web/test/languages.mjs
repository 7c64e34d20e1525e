// The page in other languages, in a copy of the site that has some more: one
// that nobody speaks, the same from right to left, and one that a folder adds.
// node --test test/languages.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertAccessible, eventually, picture, start, until } from './many.mjs';

const web = fileURLToPath(new URL('../', import.meta.url)), root = join(web, '../..');
const catalogues = join(root, 'assets/messages');
let folder, lab;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'languages-'));
  const copy = join(folder, 'site/web'), messages = join(folder, 'messages');
  cpSync(web, copy, { recursive: true, filter: (path) => !['node_modules', 'dist', 'test'].includes(basename(path)) });
  symlinkSync(join(web, 'node_modules'), join(copy, 'node_modules'));
  cpSync(join(root, 'assets/licences'), join(folder, 'assets/licences'), { recursive: true });
  cpSync(catalogues, messages, { recursive: true });
  const third = { ...JSON.parse(readFileSync(join(catalogues, 'en.arb'), 'utf8')), '@@locale': 'eo', '@@name': 'Esperanto', language: 'Lingvo' };
  writeFileSync(join(messages, 'eo.arb'), JSON.stringify(third));
  execFileSync('go', ['run', './site/gen', '-web', copy, '-messages', messages, '-pseudo'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync(process.execPath, [join(web, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.DIST = join(copy, 'dist');
  lab = await start();
});
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

const visit = (fragment, body, options) => lab.visit(fragment, body, { ...options });
const trains = (page) => until(page, () => window.__abkd?.epoch > 0);
const choice = (page) => page.locator('nav select').first();
const spoken = (page, tag) => until(page, (t) => document.documentElement.lang === t, tag);

async function speak(page, tag) {
  await choice(page).selectOption(tag);
  await spoken(page, tag);
}

test('a language is switched without a reload, the run goes on, and the next visit has it', async () => {
  await visit('#epochs=100000', async (page, { context }) => {
    await trains(page);
    await page.evaluate(() => { window.stays = true; });
    const before = await page.evaluate(() => ({ epoch: window.__abkd.epoch, link: location.href }));
    const english = await page.locator('.hook').first().innerText().catch(() => '');
    await speak(page, 'zh-Hans');
    await until(page, (e) => window.stays && window.__abkd.epoch > e, before.epoch);
    assert.equal(await page.evaluate(() => location.href), before.link);
    const chinese = /\p{Script=Han}/u;
    await eventually(async () => {
      const label = await page.locator('nav label').first().innerText();
      assert.match(label, chinese);
      assert.match(await page.locator('body').innerText(), chinese);
    });
    assert.ok(english === '' || chinese.test(english) === false);
    await picture(page, 'zh-Hans');
    const next = await context.newPage();
    await next.goto(page.url());
    await spoken(next, 'zh-Hans');
    await next.close();
    await speak(page, 'en');
    assert.equal(await page.locator('nav label span').first().innerText(), 'Language');
  });
});

test('what the browser asks for is spoken at once', async () => {
  await visit('', async (page) => {
    await spoken(page, 'zh-Hans');
    await trains(page);
    await assertAccessible(page, 'Chinese', ['nav']);
  }, { prepare: (page) => page.addInitScript(() => { Object.defineProperty(navigator, 'languages', { value: ['zh-CN', 'en'] }); }) });
});

test('a language that a file adds is there, with no line of code', async () => {
  assert.ok(!readdirSync(catalogues).includes('eo.arb'));
  await visit('', async (page) => {
    assert.deepEqual(await choice(page).locator('option').allInnerTexts(), ['English', 'Esperanto', '简体中文', '[Þšéûðö]', '[Þšéûðö ←]']);
    await speak(page, 'eo');
    await eventually(async () => assert.equal(await page.locator('nav label span').first().innerText(), 'Lingvo'));
  });
});

test('a language that cannot be had is told, and the page goes on in the one before', async () => {
  await visit('', async (page) => {
    await trains(page);
    await choice(page).selectOption('eo');
    await page.locator('.trouble[role=status]').filter({ hasText: /^Esperanto cannot be shown: immutable\/\w+\/messages-eo\.json is not there \(HTTP status 404\)/ }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  }, { routes: { '**/messages-eo.json': (route) => route.fulfill({ status: 404, body: '' }) }, expected: [/Failed to load resource/, /Failed to find a valid digest/, /SRI's integrity checks failed/] });
});
