// What is pointed at, by pointer or by keys, lights wherever it stands: from
// the page to the drawing, and back. node --test test/hover.mjs (the
// environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, openDrawer, picture, scenes, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const stageOf = (page) => page.frames().find((f) => f.url().endsWith('stage.html'));
const drawn = (page) => stageOf(page).evaluate(() => window.__abkd.state());
const lit = (page) => page.locator('.there').evaluateAll((all) => all.map((e) => e.getAttribute('aria-label') ?? e.textContent.trim().replace(/\s+/g, ' ')));

/** Opens a scene of a run that has got somewhere and stands still. */
const visit = (scene, body) => lab.visit('#data=mag-mini&alpha=0.5&nodes=all&epochs=5000&kernels=simd128', async (page) => {
  await until(page, () => window.__abkd?.epoch >= 3 && window.__abkd.frames > 2);
  await page.keyboard.press('Space');
  await until(page, () => !window.__abkd.running);
  await page.keyboard.press(String(scene));
  await until(page, (s) => window.__abkd.scene === s, scenes[scene].id);
  await eventually(async () => { const s = await drawn(page); assert.ok(s.scene === scenes[scene].id && !s.moving && !s.flocking); });
  await body(page);
});

/** Puts the pointer on what the drawing calls subject. */
const point = (page, subject) => eventually(async () => {
  const box = await page.locator('.stage iframe').boundingBox(), { places } = await drawn(page);
  const at = Object.entries(places).find(([name]) => name.startsWith(subject));
  assert.ok(at, `${subject} is not among ${Object.keys(places).slice(0, 30).join(', ')}`);
  await page.mouse.move(box.x + at[1][0] + 1, box.y + at[1][1]);
  await page.mouse.move(box.x + at[1][0], box.y + at[1][1]);
  return at[0];
});

test('a pair of layers: its term of the loss, its cell of the table and of the matrices, its link', async () => {
  await visit(6, async (page) => {
    const term = page.locator('.terms button').nth(2), name = await term.getAttribute('aria-label');
    assert.match(name, /^T2, S1: /);
    await term.hover();
    await eventually(async () => assert.equal((await drawn(page)).light, 'cell 1 0'));
    assert.deepEqual(await lit(page), [name]);
    await picture(page, 'hover-term');
    await page.mouse.move(2, 2);
    await eventually(async () => assert.equal((await drawn(page)).light, ''));

    await page.locator('.terms button').nth(1).focus(); // by keyboard
    await page.keyboard.press('Tab');
    await eventually(async () => assert.equal((await drawn(page)).light, 'cell 1 0'));
    await page.locator('#scene-tab-alignment').focus();
    await eventually(async () => assert.equal((await drawn(page)).light, ''));

    await point(page, 'cell 1 0'); // and back
    await eventually(async () => assert.deepEqual(await lit(page), [name]));
    await page.mouse.move(2, 2);
    await eventually(async () => assert.deepEqual(await lit(page), []));

    await openDrawer(page, 'Numbers');
    await point(page, 'cell 1 0');
    await eventually(async () => assert.equal((await lit(page)).length, 2, 'the term and the cell of the table'));
    await page.locator('.pairs .cell').nth(2).focus();
    await page.mouse.move(2, 2);
    await eventually(async () => assert.equal((await drawn(page)).light, 'cell 1 0'));
    await eventually(async () => assert.equal((await lit(page)).length, 2));
  });
});

test('a term of the loss: its area of the curve, its number among the formulas, and the drawing’s loss', async () => {
  await visit(6, async (page) => {
    await page.locator('.curves').getByRole('button', { name: 'Loss', exact: true }).click();
    await openDrawer(page, 'Formulas');
    const area = (series) => page.locator(`.curve path.area.${series}.there`), figure = (name) => page.locator(`.formula .figure.there[aria-label="${name}"]`);
    await page.locator('.formula .worked .aux .figure').focus(); // by keyboard
    await area('aux').waitFor();
    await eventually(async () => assert.equal((await drawn(page)).light, 'loss'));
    await page.keyboard.press('Shift+Tab');
    await area('kd').waitFor();
    assert.equal(await area('aux').count(), 0);
    await page.locator('#drawer-title').focus();
    await area('kd').waitFor({ state: 'detached' });

    await page.locator('.curve path.area.ce').dispatchEvent('pointerenter'); // areas may be thinner than a pointer
    await figure('(1−α)·CE').waitFor();
    await page.locator('.curve path.area.ce').dispatchEvent('pointerleave');
    await figure('(1−α)·CE').waitFor({ state: 'detached' });

    await page.locator('.formula .figure[aria-label="T1, S2"]').first().focus();
    await eventually(async () => assert.equal((await drawn(page)).light, 'cell 0 1'));
    assert.ok((await lit(page)).some((name) => /^T1, S2: /.test(name)), 'the term of the story');
    await page.locator('#drawer-title').focus();
    await point(page, 'cell 0 1'); // and back
    await eventually(async () => assert.equal(await figure('T1, S2').count(), 2, 'of A and of D'));
    await picture(page, 'hover-formulas');
  });
});

test('by keys alone one goes through the drawing, sees it in the page, and opens its arithmetic', async () => {
  await visit(6, async (page) => {
    await page.frameLocator('.stage iframe').locator('canvas').focus();
    const seen = new Set();
    for (let i = 0; i < 60 && !(await lit(page)).some((name) => /^T2, S1/.test(name)); i++) {
      const before = JSON.stringify(await drawn(page).then((s) => s.focus));
      await page.keyboard.press('j');
      await eventually(async () => assert.notEqual(JSON.stringify((await drawn(page)).focus), before));
      await page.waitForTimeout(50);
      seen.add(before);
    }
    assert.ok(seen.size > 1);
    await eventually(async () => assert.ok((await lit(page)).some((name) => /^T2, S1/.test(name)), 'the pair is lit in the page'));
    await page.keyboard.press('Enter');
    await until(page, () => window.__abkd.inspection?.subject === 'cell 1 0');
    await page.locator('.inspector .expression').waitFor();
  });
});

test('a relation: its row of the sum, and its messages', async () => {
  await visit(1, async (page) => {
    const row = page.locator('.partials tbody tr').filter({ has: page.locator('input') }).first();
    await row.hover();
    await eventually(async () => assert.match((await drawn(page)).light, /^m of /));
    await page.mouse.move(2, 2);
    await row.locator('input').focus();
    await eventually(async () => assert.match((await drawn(page)).light, /^m of /));
    await page.locator('#scene-tab-node').focus();
    const subject = await point(page, 'edge');
    await eventually(async () => assert.equal(await page.locator('.partials tr.there').count(), 1, subject));
  });
});

test('a node: its entry of the list, and its place in the drawing', async () => {
  await visit(1, async (page) => {
    await openDrawer(page, 'Numbers');
    await page.locator('.nodes summary').first().click();
    const first = page.locator('.nodes li button.link').first();
    await first.focus();
    await eventually(async () => assert.match((await drawn(page)).light, /^node /));
    const subject = (await drawn(page)).light.split(' ').slice(3).join(' ');
    await page.locator('#drawer-title').focus();
    await eventually(async () => assert.equal((await drawn(page)).light, ''));
    await eventually(async () => {
      const { places } = await drawn(page);
      await point(page, Object.keys(places).find((name) => name.startsWith('node') && name.endsWith(` ${subject}`)));
      assert.ok(await first.evaluate((e) => e.classList.contains('there')));
    });
  });
});
