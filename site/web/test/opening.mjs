// What the page opens with: packages of Debian, the race of the taught student
// and the one alone, and what is asked about it. node --test test/opening.mjs
// (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, load, picture, start, until } from './many.mjs';

const { stored } = await load('../src/generated/stored.ts');

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const visit = (fragment, body, options) => lab.visit(fragment, body, { ready: '.gap', ...options });
const state = (page) => page.evaluate(() => ({ ...window.__abkd }));
const last = (curve) => curve.at(-1);
/** Waits for the end of a run, step by step: it takes as long as the machine takes. */
async function finish(page) {
  for (let epoch = 10; epoch <= 120; epoch += 10) await until(page, (e) => window.__abkd?.epoch >= e || window.__abkd?.phase === 'finished', epoch);
  await until(page, () => window.__abkd.phase === 'finished');
}
const right = (accuracy) => Math.round(accuracy * stored.tests);

test('the taught student ends ten points and more ahead, as it did when the curves were stored', async () => {
  await visit('#kernels=simd128&speed=0', async (page) => {
    await finish(page);
    const s = await state(page);
    assert.ok(s.teacher.params >= 32 * s.student.params, 'the student is at least 32 times smaller');
    assert.ok(s.student.acc - s.alone.acc >= 0.1, `taught ${s.student.acc}, alone ${s.alone.acc}`);
    // SIMD128 has the bits of the kernels with which the curves were computed.
    assert.deepEqual([right(s.student.acc), right(s.alone.acc), right(s.teacher.acc)], [last(stored.taught[0].right[0]), last(stored.alone[0]), stored.teacher]);
    const ahead = right(s.student.acc) - right(s.alone.acc), points = (100 * (s.student.acc - s.alone.acc)).toFixed(1);
    assert.equal(await page.locator('.gap .difference').textContent(), `+${ahead} packages`);
    const hook = await page.locator('.hook').textContent();
    assert.match(hook, /^Packages of Debian 12 .*Which section does this package belong to\?/);
    assert.ok(hook.includes(`at the end the taught student is ${ahead} packages (${points} points) above the one alone, of ${stored.tests} to be judged by`), hook);
    assert.match(await page.locator('.gap svg').getAttribute('aria-label'), new RegExp(`Epoch 120: of 200 test packages the taught student has ${right(s.student.acc)} right`));
    await picture(page, 'opening-finished');
  });
});

test('the stored runs are there before the trainer, and are those of the experiment that runs', async () => {
  await visit('', async (page) => {
    assert.equal(await page.locator('.gap path.area.stored').count(), 2);
    assert.deepEqual((await page.locator('.gap .label').allTextContents()).slice(1), ['Alone', 'Taught'], 'each is named');
    assert.match(await page.locator('.gap .note').textContent(), /stored.*ten seeds/);
    await picture(page, 'opening-without-trainer');
  }, { routes: { '**/trainer.wasm': (route) => route.abort() }, expected: [/Failed to load resource/, /Fetch API cannot load|net::ERR/] });
  await visit('#data=mag-mini&hidden=7&speed=0&epochs=5', async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished');
    assert.equal(await page.locator('.gap path.area.stored').count(), 0);
    assert.match(await page.locator('.gap .note').textContent(), /no runs of other seeds are stored/);
    assert.match(await page.locator('.hook').textContent(), /^A generated graph of papers.*Which topic is this paper about\?/);
  });
});

test('one tap looks at a package that one knows, and what teaches is one tap away', async () => {
  await visit('#speed=12', async (page) => {
    await until(page, () => window.__abkd?.epoch > 3);
    await page.keyboard.press('Space');
    await until(page, () => !window.__abkd.running);
    for (const known of [stored.known[1], stored.known[3]]) {
      const button = page.getByRole('button', { name: known.name, exact: true });
      await button.focus();
      await page.keyboard.press('Enter');
      await until(page, (n) => window.__abkd.node === n && window.__abkd.predictions?.label.length > n, known.node);
      assert.equal(await button.getAttribute('aria-pressed'), 'true');
      assert.ok((await page.locator('.answers caption').textContent()).includes(known.name));
      const { predictions: p } = await state(page);
      const says = await page.locator('.answers tbody tr').evaluateAll((rows) => rows.map((r) => r.lastElementChild.textContent.trim()));
      assert.deepEqual(says, [p.teacher, p.student, p.alone].map((of) => (of[known.node] === p.label[known.node] ? '✓ right' : '✗ wrong')));
    }
    const field = page.locator('.find input'), first = page.locator('.find li button').first();
    await field.fill('python3');
    await field.press('Enter'); // before the answer is there, too
    await until(page, () => document.querySelector('.find li button')?.getAttribute('aria-pressed') === 'true');
    const chosen = (await state(page)).node;
    await field.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => [...document.querySelectorAll('.find li button')].indexOf(document.activeElement)), 1);
    await page.keyboard.press('Enter');
    await until(page, (n) => window.__abkd.node !== n, chosen);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Escape');
    assert.deepEqual([await field.inputValue(), await first.count()], ['', 0]);
    assert.equal(await field.evaluate((f) => f === document.activeElement), true);
    await page.getByRole('button', { name: /^alignment alone/ }).click();
    await until(page, () => location.hash.startsWith('#data=debian-mini') && !location.hash.includes('alpha') && window.__abkd.student.kd === 0 && window.__abkd.student.loss > 0);
    assert.equal(await page.getByRole('button', { name: /^alignment alone/ }).getAttribute('aria-pressed'), 'true');
  });
});

test('which layer is copied is guessed once the gap was seen, while A was not; a guess that was judged stays', async () => {
  const small = '#data=mag-mini&alpha=0.5&nodes=all&epochs=12&speed=0&kernels=simd128';
  await visit(small, async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished');
    await until(page, () => [...document.querySelectorAll('[aria-live=polite]')].some((e) => e.textContent.includes('epoch 12')));
    assert.doesNotMatch((await page.locator('[aria-live=polite]').allInnerTexts()).join(), /strongest/, 'who listens is not told, either');
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    const options = page.getByRole('group', { name: 'Your guess' }), verdict = page.locator('.verdict');
    await options.getByRole('button', { name: 'S2', exact: true }).click();
    await options.getByRole('button', { name: 'S1', exact: true }).click(); // nothing is shown yet
    assert.equal(await verdict.count(), 0);
    await picture(page, 'opening-guess');
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await verdict.waitFor();
    const row = (await state(page)).alignment.A.at(-1), [first, second] = row.toSorted((a, b) => b - a);
    const said = await verdict.innerText();
    assert.match(said, /^You said: S1\. At epoch 12 T3 gives S/);
    assert.match(said, first - second >= 0.05 && row[0] === first ? /As you guessed\.$/ : /Not as you guessed\.$/);
    await page.keyboard.press('b');
    await until(page, () => location.hash.includes('step=3'));
    assert.equal(await verdict.innerText(), said);
    assert.equal(await options.count(), 0, 'the guess stays');
    await page.keyboard.press('r');
    await page.getByText('You said: S1. The answer has been shown: your guess stays.').or(verdict).waitFor();
    assert.equal(await options.count(), 0, 'the same run has the same answer');
  });
  await visit(`${small}&scene=alignment`, async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    await page.goto(new URL(`${small}&step=3`, page.url()).href);
    await page.getByText('there is nothing left to guess').waitFor();
    assert.equal(await page.locator('.guess').count(), 0, 'whoever has seen A knows');
  }, { ready: '.story' });
});

for (const [name, options] of Object.entries({ light: {}, dark: { colorScheme: 'dark' }, phone: { viewport: { width: 390, height: 844 }, ready: '.story' } })) {
  test(`the first scene is accessible: ${name}, and with forced colours`, async () => {
    await visit('', async (page) => {
      await until(page, () => window.__abkd?.epoch >= 22 && window.__abkd.frames > 2);
      await page.keyboard.press('Space');
      await until(page, () => !window.__abkd.running);
      if (name === 'phone') await page.getByRole('button', { name: 'Curves', exact: true }).click();
      await assertAccessible(page, name);
      await picture(page, `opening-${name}`);
      await page.emulateMedia({ forcedColors: 'active' });
      await assertAccessible(page, `${name}, forced colours`);
      const colours = await page.locator('.gap').evaluate((f) => ['path.line.taught:not(.stored)', 'path.line.alone:not(.stored)'].map((q) => getComputedStyle(f.querySelector(q)).strokeDasharray));
      assert.notEqual(colours[0], colours[1], 'the two lines differ by more than their colour');
      await picture(page, `opening-${name}-forced`);
    }, options);
  });
}
