// Terms in texts: by pointer, by keys, in both languages, and all of them in the
// drawer. node --test test/glossary.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { assertAccessible, openDrawer, picture, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const { terms, sources } = JSON.parse(readFileSync(new URL('../public/generated/glossary.json', import.meta.url), 'utf8'));
const link = '#scene=labels&step=2&data=karate&teacher-epochs=4&epochs=6&kernels=simd128&speed=0';

for (const [name, options] of Object.entries({ 'a screen': {}, 'a phone in the dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } })) {
  test(`a term tells what it means, on ${name}`, async () => {
    await lab.visit(link, async (page) => {
      const term = page.locator('.told .term').first(), card = page.locator('#term');
      await term.waitFor();
      const word = (await term.innerText()).toLowerCase(), { en, 'zh-Hans': zh, math, source } = terms.find((t) => t.en.forms.some((f) => f.toLowerCase() === word));
      await term.hover();
      await card.waitFor();
      assert.ok((await card.innerText()).includes(en.text));
      assert.equal(await card.locator('math').count(), math ? 1 : 0);
      if (source) assert.ok((await card.innerText()).includes(sources[source].title));
      await picture(page, `term-${name.split(' ')[1]}`);
      await page.mouse.move(5, 5);
      await card.waitFor({ state: 'hidden' });

      await term.focus();
      await page.keyboard.press('Enter');
      await card.waitFor();
      await assertAccessible(page, `a term, on ${name}`);
      const box = await card.boundingBox(), { width, height } = page.viewportSize();
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, JSON.stringify(box));
      await page.keyboard.press('Escape');
      await card.waitFor({ state: 'hidden' });
      assert.equal(await term.evaluate((e) => e === document.activeElement), true, 'the focus is back');

      await page.keyboard.press('Enter');
      await card.getByRole('button', { name: 'All terms and sources' }).click();
      const list = page.locator('.glossary');
      await list.waitFor();
      assert.deepEqual([await list.locator('dt').count(), await list.locator('ul li').count()], [terms.length, Object.keys(sources).length]);
      assert.equal(await list.locator('dd math').count(), terms.filter((t) => t.math).length);
      await assertAccessible(page, `the glossary, on ${name}`);
      await picture(page, `glossary-${name.split(' ')[1]}`);
      await page.keyboard.press('Escape');
      await page.locator('header select').selectOption('zh-Hans');
      await until(page, () => document.documentElement.lang === 'zh-Hans');
      await page.locator('.told .term').first().waitFor();
      await page.locator('.told .term', { hasText: zh.forms[0] }).first().focus();
      await page.keyboard.press('Enter');
      assert.ok((await card.innerText()).includes(zh.text));
    }, options);
  });
}

test('each setting opens its term, and each figure says how it was computed', async () => {
  await lab.visit('#data=karate&teacher-epochs=4&epochs=6&kernels=simd128&speed=0', async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished');
    await openDrawer(page, 'Settings');
    const settings = page.locator('.controls'), card = page.locator('#term');
    await settings.getByRole('button', { name: 'All settings' }).click();
    await settings.locator('.about-term').first().waitFor();
    assert.equal(await settings.locator('.about-term').count(), await settings.locator('.control').count());
    for (const [label, id] of [['Learning rate', 'rate'], ['Student width', 'width'], ['Seed', 'seed']]) {
      await settings.getByRole('button', { name: `What is meant by “${label}”` }).focus();
      await page.keyboard.press('Enter');
      await card.getByText(terms.find((t) => t.id === id).en.text).waitFor();
      await page.keyboard.press('Escape');
      await card.waitFor({ state: 'hidden' });
    }
    await settings.getByRole('button', { name: 'What is meant by “Learning rate”' }).click();
    await card.waitFor();
    await assertAccessible(page, 'a setting with its term');
    await picture(page, 'term-setting');
    await page.keyboard.press('Escape');
    await openDrawer(page, 'Numbers');
    await page.locator('summary', { hasText: 'The curves as a table' }).click();
    for (const figure of ['What the student saves', 'The curves as a table']) {
      await page.getByRole('button', { name: `How this was computed: ${figure}`, exact: true }).first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.how-told:popover-open').waitFor();
      await assertAccessible(page, `how ${figure} was computed`, ['.how-told:popover-open']);
      await picture(page, `how-${figure.split(' ')[1]}`);
      await page.keyboard.press('Escape');
    }
  });
});
