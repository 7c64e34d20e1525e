// Two runs side by side, A | B: what was kept beside what has been changed.
// node --test test/beside.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, eventually, openDrawer, picture, read, reference, start, trainers, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const stage = (page) => page.frames().find((f) => f.url().endsWith('stage.html'));
const drawn = (page) => stage(page).evaluate(() => window.__abkd.state());
const said = (page) => page.locator('.beside p').innerText();
const short = 'data=mag-mini&alpha=0.5&nodes=all&epochs=60';
/** Both are shown at an epoch. */
const both = (page, epoch) => until(page, (e) => window.__abkd?.beside?.b.epoch === e && window.__abkd.beside.a.epoch === e, epoch);
const beside = (page) => page.evaluate(() => window.__abkd.beside);

async function rewind(page, epoch) {
  await page.locator('.timeline input').fill(String(epoch));
  await both(page, epoch);
}

/** Both runs, each alone, by trainers that the page knows nothing of. */
const alone = async (page, ...experiments) => Promise.all(experiments.map((e) => reference(page, e, { kernels: 'simd128' })));
const right = (s, epoch) => Math.round(s.lanes.at(-1).history.at(epoch - 1).test * s.tests);

test('A and B at an epoch are each as it is alone, in the drawing, the sentence, the table and the link', async () => {
  let link;
  await lab.visit(`#${short}&speed=0&kernels=simd128`, async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished' && window.__abkd.frames > 0);
    await page.keyboard.press('a');
    await both(page, 60);
    assert.match(await said(page), /A and B are level at epoch 60.*B is still the same as A/s);

    await openDrawer(page, 'Settings');
    await page.getByLabel('Student width', { exact: true }).fill('8');
    await page.getByLabel('Student width', { exact: true }).press('Enter');
    await until(page, () => window.__abkd.phase === 'finished' && window.__abkd.student.params > 0);
    await both(page, 60);
    const [a, b] = await alone(page, short, short.replace('mini', 'mini&hidden=8'));
    assert.notEqual(a.hash, b.hash);
    for (const epoch of [60, 20, 7]) {
      await rewind(page, epoch);
      const now = await beside(page);
      assert.deepEqual([now.a.right, now.b.right], [right(a, epoch), right(b, epoch)], `epoch ${epoch}`);
      if (epoch === 60) assert.deepEqual([now.a.hash, now.b.hash], [a.hash, b.hash], 'bit for bit');
      const n = now.b.right - now.a.right, text = await said(page);
      assert.match(text, n === 0 ? new RegExp(`level at epoch ${epoch}: ${now.b.right} of ${b.tests}`)
        : new RegExp(`B is ${Math.abs(n)} papers? ${n > 0 ? 'ahead' : 'behind'} at epoch ${epoch}: ${now.b.right} right against ${now.a.right}, of ${b.tests} test papers`));
      assert.match(text, /B has Student width: 8, A: 5\./);
      const rows = await page.locator('.both tbody tr').evaluateAll((all) => all.map((r) => [...r.children].map((c) => c.textContent)));
      assert.deepEqual(rows.slice(0, 2), [['Student width', '5', '8'], [`right, of ${b.tests} test papers`, String(now.a.right), String(now.b.right)]]);
    }
    await eventually(async () => { const s = await drawn(page); assert.ok(s.paired > 0 && s.texts.includes('A') && s.texts.includes('B'), JSON.stringify(s.texts.slice(0, 9))); });
    await picture(page, 'beside-drawer');
    await page.keyboard.press('Escape');
    await page.locator('#scene-tab-start').focus(); // a slider has keys of its own
    for (const digit of process.env.SCREENSHOTS ? [0, 1, 2, 3, 4, 5, 6] : []) {
      await page.keyboard.press(String(digit));
      await page.waitForTimeout(2500);
      await picture(page, `beside-scene-${digit}`);
    }
    const { paired } = await drawn(page);
    await page.keyboard.press('7'); // of many runs: B alone stands behind it
    await eventually(async () => assert.ok((await drawn(page)).scene === 'methods'));
    await page.keyboard.press('6');
    await eventually(async () => assert.ok((await drawn(page)).paired > paired));
    await both(page, 7);
    await page.locator('.curves').first().waitFor();
    assert.match(read(await page.locator('.curves .readout').innerText()), new RegExp(`A ${(100 * a.lanes.at(-1).history.at(6).test).toFixed(1)} %`));
    await assertAccessible(page, 'A | B');
    await until(page, () => /epoch=7/.test(location.hash) && /beside=data=mag-mini;/.test(decodeURIComponent(location.hash)));
    link = await page.evaluate(() => location.hash);

    // A changed run beside an unchanged one, and back
    await page.getByRole('button', { name: 'Swap A and B' }).first().click();
    await both(page, 7);
    assert.deepEqual(await beside(page).then((now) => [now.a.right, now.b.right]), [right(b, 7), right(a, 7)]);
    assert.match(await said(page), /B has Student width: 5, A: 8\./);

    // bad states are sentences
    await trainers(page).at(-1).evaluate(() => close()).catch(() => { /* it may be gone before it answers */ });
    await eventually(async () => assert.match(await said(page), /A is gone, and B is drawn alone.*the browser ended it/));
    await page.locator('.beside').getByRole('button', { name: 'Retry' }).click();
    await both(page, 7);
    await openDrawer(page, 'Settings');
    await page.getByLabel('Graph', { exact: true }).selectOption('karate');
    await until(page, () => window.__abkd.teacher.params > 0 && window.__abkd.beside === null);
    await eventually(async () => assert.match(await said(page), /A is on another graph/));
    await page.keyboard.press('a');
    assert.equal(await page.locator('.beside').count(), 0);
    await until(page, () => !/beside=/.test(location.hash));
    await eventually(async () => assert.equal(trainers(page).length, 1, 'A has no trainer any more'));
  });
  await lab.visit(link, async (page) => { // in another browser profile
    await both(page, 7);
    const now = await beside(page), { hash } = await page.evaluate(() => window.__abkd);
    assert.equal(now.b.hash, hash);
    assert.match(await said(page), /B has Student width: 8, A: 5\./);
    await page.getByLabel('Language').selectOption('zh-Hans');
    await eventually(async () => assert.match(await said(page), /第 7 轮/));
    await page.getByLabel('语言').selectOption('en');
    await picture(page, 'beside-phone');
    await assertAccessible(page, 'A over B');
    const { places } = await drawn(page), box = await page.locator('.stage iframe').boundingBox();
    assert.ok(Object.values(places).every(([, y]) => y > box.height / 2 - 1), 'B stands below A');
  }, { viewport: { width: 390, height: 844 } });
});

test('a run that goes on is followed by A, and has its focus', async () => {
  await lab.visit('#data=mag-mini&alpha=0.5&nodes=all&epochs=100000&kernels=simd128', async (page) => {
    await until(page, () => window.__abkd?.epoch >= 4);
    await page.keyboard.press('a');
    await until(page, () => window.__abkd.beside?.b.epoch > 6);
    const { beside: now } = await page.evaluate(() => window.__abkd);
    assert.equal(now.a.hash, now.b.hash, 'the same run');
    await page.keyboard.press('6');
    await page.keyboard.press('Space');
    await until(page, () => !window.__abkd.running);
    const epoch = await page.evaluate(() => window.__abkd.epoch);
    await both(page, epoch);
    const stand = await beside(page);
    assert.deepEqual(stand.a, stand.b);
    await until(page, (at) => new RegExp(`epoch=${at}\\b`).test(location.hash), epoch); // or the page writes over what follows
    await page.evaluate(() => { location.hash = `${location.hash}&node=3`; });
    await until(page, () => window.__abkd.beside?.a.node === 3 && window.__abkd.beside.b.node === 3);
  }, { colorScheme: 'dark' });
});
