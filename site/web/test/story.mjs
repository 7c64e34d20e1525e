// The whole story, from the first step to the last and back: by keys alone on
// what the page opens with, by pointer on a graph so small that the studies run
// to their end, and from each step by a link in another profile.
// node --test test/story.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { closeSheet, openDrawer, over, scenes, start, table, tabTo, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const words = JSON.parse(readFileSync(new URL('../../../assets/messages/en.arb', import.meta.url), 'utf8'));
const places = scenes.flatMap((s) => s.steps.map((step, i) => ({ scene: s.id, i, step, at: `step ${i + 1} of ${s.id}`, text: words[`scene.${s.id}.${i + 1}.text`], task: words[`scene.${s.id}.${i + 1}.do`] })));
const state = (page) => page.evaluate(() => ({ ...window.__abkd }));

/** Waits until the page tells that step, and its address says so. */
async function tells(page, { scene, i, at, text, task }) {
  await until(page, ([s, t, n]) => {
    const hash = new URLSearchParams(location.hash.slice(1));
    return window.__abkd?.scene === s && document.querySelector('.told')?.textContent === t && (hash.get('scene') ?? 'start') === s && Number(hash.get('step') ?? 1) === n;
  }, [scene, text, i + 1]);
  if (task) assert.equal(await page.locator('.act').innerText(), task, at);
  assert.equal(await page.locator('.dot[aria-current=step]').count(), 1, at);
}

/** Waits until the run is where the step moves it; a run that is over stays. */
async function moved(page, { step }) {
  if (step.move === 'start') await until(page, () => window.__abkd.epoch === 0 && window.__abkd.step === 0 && !window.__abkd.running);
  if (step.move === 'pause') await until(page, () => !window.__abkd.running);
  if (step.move === 'play') await until(page, () => window.__abkd.running || window.__abkd.phase === 'finished');
}

/** What the trainer's state says of a guess: the options that it leaves, by their labels. */
const answers = {
  copies: ({ alignment: { A } }) => attended(A.at(-1)),
  gains: ({ predictions: p }) => {
    const tests = testsOf(p), has = (of) => tests.filter((v) => of[v] === p.label[v]).length;
    const apart = tests.filter((v) => (p.student[v] === p.label[v]) !== (p.alone[v] === p.label[v])).length, ahead = has(p.student) - has(p.alone);
    return [Math.abs(ahead) <= 1.96 * Math.sqrt(apart) ? 'no, it is a tie' : ahead > 0 ? 'yes, it is ahead' : 'no, it is behind'];
  },
  lost: ({ predictions: p }) => {
    const known = testsOf(p).filter((v) => p.teacher[v] === p.label[v]), share = known.filter((v) => p.alone[v] !== p.label[v]).length / known.length;
    return [share <= 0.25 ? 'a quarter or fewer' : share <= 0.5 ? 'a quarter to half' : 'more than half'];
  },
  attends: ({ alignment: { A } }) => attended(A[1] ?? A[0]),
  share: ({ focus: { teacher } }) => {
    const e = teacher.map((v) => Math.exp(v / 10)), kept = Math.max(...e) / e.reduce((a, b) => a + b);
    return [kept <= 0.2 ? 'a fifth or less' : kept <= 0.5 ? 'a fifth to half' : 'more than half'];
  },
};
/** The student layer to which a row of A gives most. */
function attended(row) {
  const [first, second] = [...row].sort((a, b) => b - a);
  return [first - second < 0.05 ? 'all alike' : `S${row.indexOf(first) + 1}`];
}
const testsOf = (p) => p.label.flatMap((c, v) => (p.part[v] === 2 && c >= 0 ? [v] : []));

/** What was guessed of each question, in the words of the page. */
const guess = (page) => page.locator('.guess [aria-pressed=true]').innerText();

/** Checks the verdict on a guess in the step after its answer came. */
async function judged(page, ask, said, at) {
  const verdict = page.locator('.verdict');
  await verdict.filter({ hasText: `You said: ${said}.` }).waitFor();
  const text = await verdict.innerText(), wanted = answers[ask]?.(await state(page));
  if (wanted) assert.ok(text.endsWith(wanted.includes(said) ? 'As you guessed.' : 'Not as you guessed.'), `${at}: ${text}; it is ${wanted}`);
  else assert.match(text, /(As you guessed|Not as you guessed|those that tie)\.$/, at);
}

/** The sum of the column in which a number is hidden, from the table. */
const hiddenSum = (page) => page.locator('.partials').evaluate((t) => {
  const rows = [...t.querySelectorAll('tbody tr')], column = [...rows.find((r) => r.innerText.includes('?')).children].findIndex((c) => c.textContent === '?');
  return rows.filter((r) => !r.matches('.sum, .output')).reduce((sum, r) => sum + (Number(r.children[column].textContent.replace('−', '-')) || 0), 0);
});

test('by keys alone, from the first step to the last and back', async () => {
  await lab.visit('', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    const said = {}, told = new Set();
    for (const place of places) {
      if (place !== places[0]) await page.keyboard.press('n');
      await tells(page, place);
      await moved(page, place);
      const { ask, move, kind } = place.step;
      if (ask === 'sum') {
        await tabTo(page, '.quiz input');
        await page.keyboard.type((await hiddenSum(page)).toFixed(3));
        await page.keyboard.press('Enter');
        await page.locator('.quiz [role=status]', { hasText: /^Right:/ }).waitFor();
        await tabTo(page, 'button');
      } else if (ask === 'gains') {
        assert.equal(await page.locator('.guess').count(), 0, 'the gain of what the page opens with is that of its soft labels');
      } else if (ask) {
        if (ask === 'copies') await until(page, () => window.__abkd.phase === 'finished'); // the gap is seen to the end, A is not
        await tabTo(page, '.guess button');
        await page.keyboard.press('Enter');
        await until(page, () => document.querySelector('.guess [aria-pressed=true]'));
        said[place.scene] = [ask, await guess(page)];
        assert.equal(await page.locator('.verdict').count(), 0, place.at);
      }
      const [asked, what] = said[place.scene] ?? [];
      if (asked in answers && move === 'play') await until(page, () => window.__abkd.phase === 'finished' && window.__abkd.predictions !== undefined);
      if (asked in answers && kind === 'reveal') {
        await judged(page, asked, what, place.at);
        told.add(asked);
      }
    }
    await page.keyboard.press('n'); // there is none
    await tells(page, places.at(-1));
    for (const place of places.slice(0, -1).reverse()) {
      await page.keyboard.press('b');
      await tells(page, place);
      await moved(page, place);
      if (!told.has(place.step.ask)) continue;
      await page.locator('.story').getByText(`You said: ${said[place.scene][1]}.`).waitFor();
      assert.equal(await page.locator('.guess').count(), 0, `${place.at}: a guess that was judged stays`);
    }
    assert.ok(told.size >= 3, `${[...told]} were judged`);
    await page.keyboard.press('b');
    await tells(page, places[0]);
  });
});

/** Runs the study of a scene, and returns whether it has one. */
async function study(page, scene) {
  const button = { depth: 'Train 1 to 8 layers', methods: 'Start the race', frontier: 'Run 15 sizes' }[scene];
  if (!button) return false;
  await page.getByRole('radio', { name: '3', exact: true }).check();
  await page.getByRole('button', { name: button, exact: true }).click();
  await over(page);
  return true;
}

/** The link that Share copies. */
async function copied(page) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  const share = page.getByRole('button', { name: 'Share', exact: true });
  await share.click();
  await page.getByRole('button', { name: 'Copy the link' }).click();
  await until(page, async () => await navigator.clipboard.readText() !== '');
  await share.click();
  return page.evaluate(() => navigator.clipboard.readText());
}

const small = '#data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=60&input-dropout=0&epochs=40&speed=0&kernels=simd128';

test('by pointer, studies and all, forth and back; Back and Forward too; and by link from each step in another profile', async () => {
  const seen = [];
  await lab.visit(small, async (page, { context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await until(page, () => window.__abkd?.phase === 'finished');
    const own = (await state(page)).node;
    await openDrawer(page, 'Numbers');
    await page.getByText('The drawn graph as a list').click();
    await page.locator('.nodes li .focus').nth(2).click();
    await until(page, (n) => window.__abkd.node !== n, own);
    await closeSheet(page);
    const entries = await page.evaluate(() => history.length), said = {};
    for (const place of places) {
      const { ask, kind } = place.step;
      if (place !== places[0]) await page.locator('.story-go .primary').click();
      await tells(page, place);
      await moved(page, place);
      if (ask && ask !== 'sum' && await page.locator('.guess').count() > 0) {
        await page.locator('.guess button').nth(1).click();
        said[place.scene] = [ask, await guess(page)];
      }
      if (kind === 'run' && !await study(page, place.scene)) await until(page, () => window.__abkd.phase === 'finished' || !window.__abkd.running);
      if (kind === 'reveal' && said[place.scene]) await judged(page, ...said[place.scene], place.at);
      if (place.scene === 'methods' && kind === 'reveal') {
        const rows = await table(page, '.results table'), best = rows.toSorted((a, b) => parseFloat(b['Test, %']) - parseFloat(a['Test, %']))[0];
        assert.ok((await page.locator('.verdict').innerText()).includes(best.Method), `${best.Method} is the best`);
      }
      if (place.scene === 'alignment' && kind === 'reveal') await page.getByRole('button', { name: 'A and D as a table' }).click();
      if (place.scene === 'node' && kind === 'claim') await page.getByRole('button', { name: /^Open the arithmetic/ }).click();
      if ((await state(page)).running) await page.keyboard.press('Space');
      await until(page, () => !window.__abkd.running);
      const s = await state(page), sheet = await page.locator('.inspector').isVisible();
      seen.push({ place, link: await copied(page), want: { scene: s.scene, epoch: s.epoch, hash: s.hash, node: s.node, subject: sheet ? s.inspection.subject : '' } });
      if (sheet || await page.locator('.drawer').isVisible()) await closeSheet(page);
    }
    assert.equal(await page.evaluate(() => history.length), Math.min(50, entries + places.length - 1));
    for (const [go, at] of [['goBack', -2], ['goBack', -3], ['goBack', -4], ['goForward', -3], ['goForward', -2]]) {
      await page[go]();
      await tells(page, places.at(at));
    }
    for (const place of places.slice(0, -2).reverse()) {
      await page.locator('.story-go button').first().click();
      await tells(page, place);
      await moved(page, place);
    }
    assert.equal(await page.locator('.story-go button').first().isDisabled(), true);
  });
  assert.ok(seen.some(({ want }) => want.subject !== ''), 'an expression was open somewhere');
  await lab.visit('', async (page) => {
    for (const { place, link, want } of seen) {
      await page.goto('about:blank');
      await page.goto(link);
      await tells(page, place);
      await until(page, (w) => {
        const s = window.__abkd;
        return s?.scene === w.scene && s.epoch === w.epoch && s.hash === w.hash && s.node === w.node && !s.running && (w.subject === '' || s.inspection?.subject === w.subject);
      }, want);
      assert.equal(await page.locator('.inspector').isVisible(), want.subject !== '', place.at);
    }
  });
});
