// Links that ask for what cannot be set, in a real browser: node --test test/links.mjs
// The variables are those of browser.mjs.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDrawer, picture, start, until } from './many.mjs';

const mega = 1 << 20;

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

/** What each link is told as, the address that it becomes, and what a field then holds. */
const links = [
  ['#lr=1e9&epochs=5000', 'Learning rate (lr) is "1e9" in the link, want a number from 0.000001 to 1: 1 is used instead.', '#data=mag-mini&epochs=5000&lr=1', ['Learning rate', '1']],
  ['#hidden=0&epochs=5000', 'Student width (hidden) is "0" in the link, want a whole number from 1 to 1024: 1 is used instead.', '#data=mag-mini&hidden=1&epochs=5000', ['Student width', '1']],
  ['#seed=1000000000000000000&epochs=5000', 'Seed (seed) is "1000000000000000000" in the link, want a whole number from 0 to 4294967296: 4294967296 is used instead.', '#data=mag-mini&seed=4294967296&epochs=5000', ['Seed', '4294967296']],
  ['#dropout=NaN&epochs=5000', 'Dropout (dropout) is "NaN" in the link, want a number from 0 to 0.95: 0.5 is used instead.', '#data=mag-mini&epochs=5000', ['Dropout', '0.5']],
  ['#seed=%E0%A4%A&epochs=5000', 'Seed (seed) is "%E0%A4%A" in the link, want a whole number from 0 to 4294967296: 1 is used instead.', '#data=mag-mini&epochs=5000', ['Seed', '1']],
  ['#__proto__=1&constructor=2&garbage&seed=4&epochs=5000', 'The link has "__proto__", "constructor", "garbage", which cannot be set here.', '#data=mag-mini&seed=4&epochs=5000', ['Seed', '4']],
  ['#seed=2&seed=5&epochs=5000', 'The link has "seed" more than once: the last counts.', '#data=mag-mini&seed=5&epochs=5000', ['Seed', '5']],
  [`#seed=3&epochs=5000&${'W'.repeat(mega)}=1`, 'The link has 1,048,597 characters: what begins or ends after the first 65,536 is not read.', '#data=mag-mini&seed=3&epochs=5000', ['Seed', '3']],
  ['#dissimilarity=cosine&attend=most&warmup=-1&gate=0&epochs=5000', 'Dissimilarity D (dissimilarity) is "cosine" in the link, want one of embedding, energy, subspace, relations, posterior: embedding is used instead. Attention learns to weigh (attend) is "most" in the link, want one of easy, hard, helpful: easy is used instead. Warm-up of the criterion (warmup) is "-1" in the link, want a whole number from 0 to 100000: 0 is used instead. Gate of the criterion (gate) is "0" in the link, want a number from 0.001 to 1000: 0.001 is used instead.', '#data=mag-mini&warmup=0&gate=0.001&epochs=5000', ['Gate of the criterion', '0.001']],
  [`#seed=3&epochs=5000&hidden=${'9'.repeat(60_000)}`, `Student width (hidden) is "${'9'.repeat(40)}…" in the link, want a whole number from 1 to 1024: 1024 is used instead.`, undefined, ['Seed', '3']],
];

for (const [i, [fragment, told, address, [label, value]]] of links.entries()) {
  for (const [name, viewport, colorScheme] of [['wide', { width: 1280, height: 800 }, i % 2 ? 'dark' : 'light'], ['phone', { width: 390, height: 800 }, 'light']]) {
    if (name === 'phone' && i % 3 !== 1) continue; // the sentence wraps alike
    test(`${fragment.slice(0, 60)} on a ${name} screen is told, corrected and trained`, async () => {
      await lab.visit(fragment, async (page) => {
        const notice = page.locator('p.trouble[role=status]');
        await notice.waitFor();
        assert.equal((await notice.innerText()).replace(/\s*Dismiss\s*$/, '').slice(0, 1000), told);
        if (address !== undefined) assert.equal(await page.evaluate(() => location.hash.slice(0, 1000)), address);
        await openDrawer(page, 'Settings');
        if (await page.getByLabel(label, { exact: true }).count() === 0) await page.getByRole('button', { name: 'All settings' }).click();
        assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), value);
        await until(page, () => window.__abkd?.epoch > 0);
        assert.equal(await notice.count(), 1, 'what is told stays until it is dismissed');
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than the window');
        await picture(page, `link-${i}-${name}-${colorScheme}`);
      }, { viewport, colorScheme });
    });
  }
}

/** The controls of the alignment in an order in which each is there to be set. */
const forms = [
  ['renormalise', 'on'], ['softmax', 'column'], ['softmax', 'global'], ['attend', 'hard'], ['attend', 'helpful'], ['softmax', 'uniform'], ['hidden-only', 'on'], ['own-lr', '0.1'], ['own-decay', '0.1'],
  ['warmup', '2'], ['fade', '10'], ['gate', '0.3'], ['dissimilarity', 'energy'], ['dissimilarity', 'subspace'], ['dissimilarity', 'relations'], ['dissimilarity', 'posterior'],
];

test('every control of the alignment makes another run, and the address makes that run again', async () => {
  const ended = async (page, other) => {
    await until(page, (before) => window.__abkd?.phase === 'finished' && window.__abkd.epoch === 12 && window.__abkd.hash !== before, other);
    return page.evaluate(() => window.__abkd.hash);
  };
  let address, hash;
  await lab.visit('#data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=8&teach=on&teacher-epochs=5&alpha=0.5&nodes=all&epochs=12&speed=0', async (page) => {
    hash = await ended(page, '');
    const runs = [hash];
    await openDrawer(page, 'Settings');
    await page.getByRole('button', { name: 'All settings' }).click();
    for (const [key, value] of forms) {
      const control = page.locator(`#control-${key}`);
      if (await control.evaluate((e) => e.tagName) === 'SELECT') await control.selectOption(value);
      else if (await control.getAttribute('type') === 'checkbox') await control.check();
      else await control.fill(value).then(() => control.press('Enter'));
      hash = await ended(page, hash);
      assert.ok(!runs.includes(hash), `${key}=${value} makes the run of a setting before`);
      runs.push(hash);
      await until(page, (pair) => location.hash.slice(1).split('&').includes(pair), `${key}=${value}`);
    }
    address = await page.evaluate(() => location.hash);
  });
  await lab.visit(address, async (page) => { assert.equal(await ended(page, ''), hash); });
});
