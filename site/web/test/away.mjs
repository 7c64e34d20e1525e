// The page away from its host: as one file from a disk. node --test
// test/away.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  }, cut);
});

test('a copy that was cut off is told', async () => {
  const whole = readFileSync(join(dist, 'abkd-lab.html'), 'utf8'), at = whole.indexOf('id="file:trainer.wasm"');
  writeFileSync(join(folder, 'cut.html'), whole.slice(0, at + 500_000));
  await lab.visit(pathToFileURL(join(folder, 'cut.html')).href, async (page) => {
    await page.getByText('This copy of the page is incomplete (trainer.wasm). Ask for the file again.').waitFor();
  }, { ...cut, ready: '[role=alert]' });
});
