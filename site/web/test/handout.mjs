// What leaves the page: the link as a QR code, the drawing as a file, and
// paper. node --test test/handout.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import jsQR from 'jsqr';
import { assertAccessible, picture, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

/** What a camera reads in a picture of an element. */
async function read(page, selector) {
  const shot = await page.locator(selector).screenshot();
  const { data, width, height } = await page.evaluate(async (png) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { data: [...data], width, height };
  }, shot.toString('base64'));
  return jsQR(Uint8ClampedArray.from(data), width, height)?.data;
}

async function still(page) {
  await until(page, () => window.__abkd?.epoch >= 3 && document.querySelector('.stage iframe.shown') !== null); // the drawing is there
  await page.keyboard.press('Space');
  await until(page, () => !window.__abkd.running);
}

for (const [name, options] of Object.entries({ light: {}, dark: { colorScheme: 'dark' } })) {
  test(`the link that is shared is a QR code too, and opens the same: ${name}`, async () => {
    await lab.visit('#data=mag-mini&alpha=0.5&nodes=all&epochs=5000&scene=alignment&step=3', async (page, { context }) => {
      await still(page);
      const seen = await page.evaluate(() => ({ epoch: window.__abkd.epoch, scene: window.__abkd.scene }));
      await page.getByRole('button', { name: 'Share', exact: true }).click();
      await page.locator('#share .qr').waitFor();
      await assertAccessible(page, `sharing, ${name}`);
      await picture(page, `share-${name}`);
      const link = await read(page, '#share .qr');
      assert.match(link ?? 'nothing', /^http:.*#data=mag-mini.*kernels=simd128.*scene=alignment/);
      const other = await context.newPage();
      await other.goto(link);
      await until(other, (want) => window.__abkd?.epoch === want.epoch && window.__abkd.scene === want.scene && !window.__abkd.running, seen);
      await other.close();
      await page.getByLabel('another seed for each who opens it').check();
      await until(page, () => document.querySelector('#share .qr') !== null);
      assert.match(await read(page, '#share .qr'), /seed=student/);
    }, options);
  });
}

test('a link that no QR code holds is told, and can be copied', async () => {
  const changes = Array.from({ length: 200 }, (_, i) => `${i + 1}.0:pin ${i % 2 ? 'uniform' : 'diagonal'}`).join('|');
  await lab.visit(`#data=mag-mini&alpha=0.5&nodes=all&epochs=5000&changes=${encodeURIComponent(changes)}`, async (page) => {
    await until(page, () => window.__abkd?.epoch >= 1);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.locator('#share').getByText('The link is too long for a QR code').waitFor();
    assert.equal(await page.locator('#share .qr').count(), 0);
  });
});

test('the drawing is saved as SVG and as PNG', async () => {
  await lab.visit('#data=mag-mini&alpha=0.5&nodes=all&epochs=5000&scene=alignment', async (page) => {
    await still(page);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const save = async (name) => {
      const arrives = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      return readFileSync(await (await arrives).path());
    };
    const svg = (await save('Drawing as SVG')).toString();
    const texts = await page.frames().find((f) => f.url().endsWith('stage.html')).evaluate(() => window.__abkd.state().texts);
    assert.match(svg, /^<svg /);
    for (const text of texts.filter((t) => /^[\w.]+$/.test(t))) assert.ok(svg.includes(`>${text}</text>`), `${text} is not in the file`);
    const png = await save('Drawing as PNG'), box = await page.locator('.stage').boundingBox();
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.ok(Math.abs(png.readUInt32BE(16) - 2 * box.width) < 8 && Math.abs(png.readUInt32BE(20) - 2 * box.height) < 8, `${png.readUInt32BE(16)} × ${png.readUInt32BE(20)}`);
    const colours = await page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext('2d');
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height), found = new Set();
      for (let i = 0; i < data.length; i += 4) found.add(`${data[i]} ${data[i + 1]} ${data[i + 2]}`);
      return found.size;
    }, png.toString('base64'));
    assert.ok(colours > 20, `it has ${colours} colours`);
  });
});

test('on paper there are the drawing, the numbers and the link, as text and as QR code, light in any theme', async () => {
  await lab.visit('#data=mag-mini&alpha=0.5&nodes=all&epochs=5000&scene=alignment', async (page) => {
    await still(page);
    assert.equal(await page.locator('.handout').count(), 0);
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint'))); // as printing does before it asks for paper, which here would end it at once
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const there of ['.printed svg', '.handout .qr', '.handout .address', '.told', '.worked']) assert.equal(await page.locator(there).first().isVisible(), true, there);
    for (const gone of ['.stage', '.rail', 'header nav', '.story-go']) assert.equal(await page.locator(gone).isVisible(), false, gone);
    const link = await page.locator('.handout .address').innerText();
    assert.equal(await read(page, '.handout .qr'), link);
    assert.match(await page.locator('.handout').innerText(), new RegExp(`epoch ${await page.evaluate(() => window.__abkd.epoch)}`));
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(251, 250, 247)');
    await picture(page, 'handout');
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    assert.equal(await page.locator('.handout').count(), 0);
    await page.evaluate(() => { window.paper = []; for (const type of ['beforeprint', 'afterprint']) addEventListener(type, () => window.paper.push(document.querySelectorAll('.handout .qr, .printed svg').length)); });
    await page.pdf();
    assert.deepEqual(await page.evaluate(() => window.paper), [2, 0], 'a real print has them');
  }, { colorScheme: 'dark' });
});
