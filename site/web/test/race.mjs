// The scenes of many runs in a real browser: node --test test/race.mjs
// (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccessible, best, download, eventually, over, patience, picture, reference, start, table, trainers, until } from './many.mjs';

const karate = 'data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=12&input-dropout=0';
const at = (scene, rest, speed = 1) => `#${karate}&${rest}&kernels=simd128&speed=${speed}&scene=${scene}`;

const studies = JSON.parse(readFileSync(new URL('../src/generated/studies.json', import.meta.url), 'utf8'));

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

/** Waits for the page's own trainer, so that those of a race can be told from it. */
const trains = (page) => until(page, () => window.__abkd?.epoch > 0);

const stageOf = (page) => page.frames().find((f) => f.url().endsWith('stage.html'));
/** Waits until the canvas shows so many results, and returns what it says. */
async function canvas(page, results) {
  await stageOf(page).waitForFunction((n) => {
    const s = window.__abkd?.state?.();
    return s && !s.flocking && !s.moving && s.results === n;
  }, results, { timeout: patience, polling: 50 });
  return stageOf(page).evaluate(() => window.__abkd.state());
}

/** Presses what the canvas has at a place. */
async function pressAt(page, { places }, name) {
  const box = await page.locator('iframe').boundingBox();
  await page.mouse.move(box.x + places[name][0], box.y + places[name][1]);
  await page.mouse.down();
  await page.mouse.up();
}

const press = (page, name) => page.locator('.study').getByRole('button', { name, exact: true }).click();

/** Leaves only these methods in the race. */
async function only(page, names) {
  await page.locator('.who summary').click();
  for (const box of await page.locator('.who label').all()) {
    const name = (await box.innerText()).split(/\s{2,}|\n/)[0].trim();
    await box.locator('input').setChecked(names.includes(name.replace(' + KD', '')));
  }
}

const seeds = (page, n) => page.locator('.study .seeds').first().getByLabel(String(n), { exact: true }).check();
const mean = (x) => x.reduce((a, b) => a + b, 0) / x.length;
const sd = (x) => Math.sqrt(x.reduce((s, v) => s + (v - mean(x)) ** 2, 0) / (x.length - 1));
const signed = (v) => (Math.abs(v) < 0.0005 ? '0.0' : `${v < 0 ? '−' : '+'}${Math.abs(100 * v).toFixed(1)}`);

test('the table of a race is what the same experiments come to', async () => {
  await lab.visit(at(7, 'epochs=20&seed=4&nodes=all'), async (page) => {
    await only(page, ['Student alone', 'ABKD', 'KD']);
    await seeds(page, 3);
    await press(page, 'Start the race');
    await over(page);
    assert.match(await page.locator('.study .standing').innerText(), /^9 of 9 runs/);
    const rows = await table(page, '.results table');
    assert.deepEqual(rows.map((r) => r.Method), ['Student alone', 'ABKD', 'KD']);

    const tests = {};
    for (const [name, criterion] of [['Student alone', 'none'], ['ABKD', 'abkd'], ['KD', 'kd']]) {
      tests[name] = [];
      for (const seed of [4, 5, 6]) {
        const s = await reference(page, `${karate}&epochs=20&seed=${seed}&nodes=all&criterion=${criterion}`, { kernels: 'simd128' });
        assert.equal(s.phase, 'finished');
        if (criterion !== 'none') assert.equal(best(s.lanes[0]), tests['Student alone'][seed - 4], 'differences are taken against the row of the student alone');
        tests[name].push(best(s.lanes.at(-1)));
      }
    }
    for (const row of rows) {
      const mine = tests[row.Method];
      assert.equal(row['Test, %'], `${(100 * mean(mine)).toFixed(1)} ± ${(100 * sd(mine)).toFixed(1)} (3)`, row.Method);
      if (row.Method === 'Student alone') continue;
      const d = mine.map((v, i) => v - tests['Student alone'][i]);
      const half = (4.302653 * sd(d)) / Math.sqrt(3);
      const bounds = sd(d) < 1e-6 ? '' : ` [${signed(mean(d) - half)}, ${signed(mean(d) + half)}]`;
      assert.equal(row['To the student alone, points'], signed(mean(d)) + bounds, row.Method);
      const told = row['Which means'];
      if (told === 'ahead') assert.ok(mean(d) - half > 0, `${row.Method} is called ahead`);
      if (told === 'behind') assert.ok(mean(d) + half < 0, `${row.Method} is called behind`);
    }
    const { name, text } = await download(page, 'Save CSV');
    assert.equal(name, 'abkd-race.csv');
    const lines = text.trim().split('\r\n').map((l) => l.split(','));
    for (const line of lines.slice(1)) {
      const name = { none: 'Student alone', abkd: 'ABKD', kd: 'KD' }[line[0]];
      assert.deepEqual(line[lines[0].indexOf('tests')].split(' ').map(Number), tests[name], `${name} in the file`);
    }
    // The canvas has the same numbers, and is saved as it is.
    const { texts } = await canvas(page, 9);
    for (const row of rows) assert.ok(texts.includes(`${(100 * mean(tests[row.Method])).toFixed(1)} %`), `${row.Method}: the canvas says ${texts}`);
    assert.ok(!texts.includes('stored'));
    const svg = await download(page, 'Save SVG of where the runs ended');
    assert.match(svg.text, /^<svg [^>]*xmlns=/);
    assert.equal((svg.text.match(/<circle/g) ?? []).length, 9, 'a dot for each run');

    await page.locator('[data-method=abkd] summary').click();
    assert.equal(await page.locator('[data-method=abkd] math').count(), 4, 'the loss, the criterion, A and D');
  });
});

test('scenes of many runs open with what was stored, called so, until runs of one’s own take its place', async () => {
  await lab.visit('#scene=methods&step=3&speed=0.5', async (page) => {
    await page.locator('.study .stored').waitFor();
    for (const [width, height] of [[1024, 640], [1280, 800], [390, 844], [320, 200]]) { // the last is 400 %
      await page.setViewportSize({ width, height });
      const beyond = await page.locator('.results .scrolls').evaluate((e) => e.scrollWidth - e.clientWidth);
      assert.ok(beyond <= 0, `at ${width} pixels ${beyond} of the table lie outside`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    const shown = (await table(page, '.results table')).map((r) => [r.Method, r['Test, %']]);
    await page.locator('.who summary').click();
    const names = (await page.locator('.who label').allInnerTexts()).map((t) => t.split(/\s{2,}|\n/)[0].trim());
    assert.deepEqual(shown.map(([name]) => name), names);
    shown.forEach(([name, said], i) => {
      const all = studies.race.filter((_, k) => k % names.length === i).map((r) => r.student.test);
      assert.equal(said, `${(100 * mean(all)).toFixed(1)} ± ${(100 * sd(all)).toFixed(1)} (${all.length})`, name);
    });
    const race = await canvas(page, studies.race.length);
    assert.ok(race.texts.includes('stored'), race.texts.join('; '));
    await picture(page, 'stored-race');
    assert.equal(await page.locator('.standing').count(), 0, 'nothing is being run');

    // Nothing that is stored answers a guess: of the sizes only the students alone and the teacher are there.
    await page.keyboard.press('8');
    assert.ok((await canvas(page, studies.frontier.length + 1)).texts.includes('stored'));
    assert.equal(await page.locator('.results').count(), 0);
    await page.evaluate(() => { location.hash = location.hash.replace(/&step=\d+/, '') + '&step=4'; });
    await canvas(page, studies.frontier.length * 2 + 1);
    assert.equal((await table(page, '.results table')).length, studies.frontier.length);
    await picture(page, 'stored-frontier');

    await page.keyboard.press('2');
    await page.locator('[data-study=depth] .stored').waitFor();
    assert.equal(await page.locator('.results').count(), 0);
    await page.evaluate(() => { location.hash = location.hash.replace(/&step=\d+/, '') + '&step=4'; });
    await page.locator('.results').waitFor();
    assert.ok((await table(page, '.results table')).every((r) => /^\d/.test(r['Test, %'])));

    await page.keyboard.press('7');
    await page.locator('[data-study=race]').waitFor();
    await canvas(page, 3); // the student alone
    await only(page, ['Student alone']);
    await seeds(page, 1);
    await press(page, 'Start the race');
    await over(page);
    assert.equal(await page.locator('.study .stored').count(), 0);
    assert.ok(!(await canvas(page, 1)).texts.includes('stored'));
    const [row] = await table(page, '.results table');
    assert.match(row['Test, %'], /^\d+\.\d \(1\)$/);
  });
});

test('what is stored is of the opening experiment, and another one is told so', async () => {
  await lab.visit(at(7, 'epochs=3'), async (page) => {
    await page.locator('.study .stored', { hasText: 'not of what is set now' }).waitFor();
  });
});

test('every criterion of the product races, with soft labels beside it when asked', async () => {
  await lab.visit(at(7, 'epochs=3&criterion=abkd&beta=2'), async (page) => {
    await seeds(page, 1);
    await page.getByLabel('soft labels (KD) beside each').check();
    await press(page, 'Start the race');
    await over(page);
    const rows = await table(page, '.results table');
    await page.keyboard.press('s');
    await page.locator('#control-criterion').waitFor();
    const schema = await page.evaluate(() => [...document.querySelectorAll('#control-criterion option')].map((o) => o.textContent.split(':')[0]));
    const raced = schema.filter((n) => n !== 'spread'); // a control, which has no teacher
    assert.equal(rows.length, raced.length + 1, 'and what is set, which is none of them');
    for (const name of raced.filter((n) => !['none', 'KD'].includes(n))) assert.ok(rows.some((r) => r.Method === `${name} + KD`), name);
    assert.equal(rows.at(-1).Method, 'As set');
    for (const r of rows.slice(1)) assert.equal(r['Which means'], 'one seed says nothing of chance', r.Method);
    const own = best((await reference(page, `${karate}&epochs=3&beta=2`, { kernels: 'simd128' })).lanes.at(-1));
    assert.equal(rows.at(-1)['Test, %'], `${(100 * own).toFixed(1)} (1)`);
  });
});

test('comparing two runs takes two actions', async () => {
  await lab.visit(at(1, 'epochs=3'), async (page) => {
    let actions = 0;
    const act = async (what) => { actions++; await what(); };
    await act(() => page.keyboard.press('7'));
    await page.locator('[data-study=race]').waitFor();
    await act(() => press(page, 'Start the race'));
    await over(page);
    assert.ok((await table(page, '.results table')).filter((r) => /^\d/.test(r['Test, %'])).length >= 2);
    console.log(`compare two runs: ${actions} actions`);
    assert.equal(actions, 2);
  });
});

test('a trainer that dies fails its run alone, and the sentence is told', async () => {
  await lab.visit(at(7, 'epochs=100000'), async (page) => {
    await trains(page);
    await only(page, ['Student alone', 'KD']);
    await seeds(page, 1);
    const before = new Set(trainers(page));
    await press(page, 'Start the race');
    await until(page, () => /epoch [1-9]/.test(document.querySelector('.method[data-method=none]').textContent));
    const [victim] = trainers(page).filter((w) => !before.has(w));
    await victim.evaluate(() => { setTimeout(() => { throw new Error('struck down'); }); });
    await page.locator('.method[data-method=none] .why', { hasText: 'struck down' }).waitFor({ timeout: patience });
    assert.match(await page.locator('.method[data-method=none]').innerText(), /1 failed/);
    await until(page, () => /epoch [1-9]/.test(document.querySelector('.method[data-method=kd]').textContent)); // the other one goes on
    assert.match(await page.locator('.study .standing').innerText(), /1 failed/);
    await press(page, 'Stop the race');
    await over(page);
    assert.equal((await page.evaluate(() => window.__abkd.error)), '', 'the main run is untouched');
  }, { expected: [/struck down/] });
});

test('an experiment that the trainer refuses is told beside its method', async () => {
  await lab.visit(at(7, 'epochs=3'), async (page) => {
    await trains(page); // where nothing does, another experiment takes its place
    await page.evaluate((hash) => { location.hash = hash; }, at(7, 'epochs=3&split=nowhere'));
    await page.getByText(/split is "nowhere"/).first().waitFor();
    await only(page, ['Student alone', 'KD']);
    await seeds(page, 1);
    await press(page, 'Start the race');
    await over(page);
    for (const method of ['none', 'kd']) assert.match(await page.locator(`.method[data-method=${method}] .why`).innerText(), /nowhere/);
  });
});

test('all methods come on together, by turns; they pause, go on, and stopping ends them at once', async () => {
  await lab.visit(at(7, 'epochs=100000'), async (page) => {
    await trains(page);
    await only(page, ['Student alone', 'AT', 'FitNet', 'GSP', 'LSP', 'KD']);
    await seeds(page, 3);
    const own = trainers(page).length;
    await press(page, 'Start the race');
    // None of them ends, and yet each gets on, on however few cores.
    await until(page, () => [...document.querySelectorAll('.standing-of')].filter((e) => /epoch [1-9]/.test(e.textContent)).length === 6);
    const places = await page.evaluate(() => Math.max(navigator.hardwareConcurrency - 1, Math.min(12, 2 * (navigator.deviceMemory ?? 4))));
    assert.equal(trainers(page).length, own + Math.min(places, 18));
    await canvas(page, Math.min(places, 18)); // each run that has begun is a dot on its way
    await page.locator('.left', { hasText: /are left/ }).waitFor();

    const epochs = () => page.locator('.methods').innerText();
    await press(page, 'Pause the runs');
    await eventually(async () => {
      const before = await epochs();
      await page.waitForTimeout(1500);
      assert.equal(await epochs(), before, 'nothing moves in a pause');
    });
    const halted = await epochs();
    await press(page, 'Go on');
    await until(page, (t) => document.querySelector('.methods').innerText !== t, halted);

    // A page that nobody sees does not train.
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const text = () => page.locator('.methods').innerText();
    let still = '', before = await text();
    for (let i = 0; i < 60 && still !== before; i++) { // what was on its way arrives, then nothing
      await page.waitForTimeout(1500);
      [before, still] = [still, await text()];
    }
    assert.equal(still, before, 'nothing moves while the page is hidden');
    await page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await until(page, (t) => document.querySelector('.methods').innerText !== t, still);

    await press(page, 'Stop the race');
    await over(page);
    assert.deepEqual(await page.evaluate(() => [...new Set([...document.querySelectorAll('.standing-of')].map((e) => e.textContent))]), ['stopped']);
    assert.equal(await page.locator('.results').count(), 0, 'nothing finished, nothing is claimed');
    await press(page, 'Race again');
    await until(page, () => [...document.querySelectorAll('.standing-of')].some((e) => /epoch [1-9]/.test(e.textContent)));
    await press(page, 'Stop the race');
  });
});

test('what has run is there after leaving the scene, and its trainers are not', async () => {
  await lab.visit(at(7, 'epochs=5'), async (page) => {
    await trains(page);
    await only(page, ['Student alone', 'KD']);
    const own = trainers(page).length;
    await press(page, 'Start the race');
    await over(page);
    const rows = await table(page, '.results table');
    assert.ok(trainers(page).length > own);
    await page.locator('body').press('3');
    await page.locator('.study').waitFor({ state: 'detached' });
    await eventually(() => assert.equal(trainers(page).length, own, 'idle trainers are ended'));
    await page.locator('body').press('7');
    await page.locator('.results').waitFor();
    assert.deepEqual(await table(page, '.results table'), rows);
  });
});

test('a dot of the frontier is what its experiment comes to, and opens it', async () => {
  await lab.visit(at(8, 'epochs=10&criterion=kd', 0.1), async (page) => { // slowly, but not so that it is taken for dead
    const slider = page.getByRole('slider', { name: /^Width/ });
    await slider.focus();
    for (let i = 0; i < 3; i++) await slider.press('ArrowRight');
    assert.match(await page.locator('.study .slide').first().innerText(), /Width\s*8/);
    await press(page, 'Run this size');
    await over(page);
    const [row] = await table(page, '.results table');
    const s = await reference(page, `${karate}&epochs=10&criterion=kd&hidden=8`, { kernels: 'simd128' });
    const student = s.lanes.at(-1);
    assert.equal(row.Student, '2 × 8');
    assert.equal(row['Test, %'], (100 * best(student)).toFixed(1));
    assert.equal(row['Alone, %'], (100 * best(s.lanes[0])).toFixed(1));
    assert.equal(row.Parameters, student.model.params.toLocaleString('en-GB'));

    // The canvas has the student, the same one alone and the teacher; what is chosen there is described.
    const seen = await canvas(page, 3), count = (n) => n.toLocaleString('en-GB');
    assert.ok(seen.texts.includes('parameters') && seen.texts.includes('What the paper reports') && seen.texts.includes('+1.79 %, 32.3×'), seen.texts.join('; '));
    await pressAt(page, seen, 'result 2 0');
    await page.locator('.card', { hasText: `Taught student 2 × 8, seed 1: ${(100 * best(student)).toFixed(1)} % of test nodes` }).waitFor();
    assert.match(await page.locator('.card').innerText(), new RegExp(`${count(student.model.params)} parameters`));
    await pressAt(page, await canvas(page, 3), 'result 0 0');
    await page.locator('.card', { hasText: `Teacher 2 × 16: ${(100 * s.teacher.test).toFixed(1)} % of test nodes` }).waitFor();

    // The keyboard goes through the rows.
    await page.getByRole('button', { name: 'Open 2 × 8, seed 1, in the main run' }).focus();
    await page.locator('.card', { hasText: 'Taught student 2 × 8, seed 1' }).waitFor();
    for (const [cost, said] of [['Bytes', 'bytes of all weights'], ['Time', 'fastest inference on the whole graph, here']]) {
      await page.getByLabel(cost, { exact: true }).check();
      await stageOf(page).waitForFunction((text) => window.__abkd.state().texts.includes(text), said, { timeout: patience });
    }

    await page.getByLabel('Parameters', { exact: true }).check();
    await page.getByLabel('Speed').selectOption('0');
    await press(page, 'Open in the main run');
    await until(page, (params) => window.__abkd.student.params === params, student.model.params);
    await until(page, () => location.hash.includes('hidden=8'));
  });
});

test('the walk into the depth shows the trainer’s cosines', async () => {
  await lab.visit(at(2, 'epochs=10'), async (page) => {
    await seeds(page, 1);
    await page.locator('.study').getByLabel('Width').selectOption('4');
    await press(page, 'Train 1 to 8 layers');
    await over(page);
    const cell = (layers, n) => page.locator(`tr[data-layers="${layers}"] > :nth-child(${n})`).innerText();
    for (const layers of [1, 3, 8]) {
      const s = await reference(page, `data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=12&input-dropout=0&epochs=10&criterion=none&layers=${layers}`, { kernels: 'simd128', show: 'smoothness' });
      assert.equal(s.smoothness.student.length, layers);
      assert.equal(await cell(layers, 2), (100 * best(s.lanes.at(-1))).toFixed(1), `${layers} layers`);
      for (let l = 1; l <= layers; l++) assert.equal(await cell(layers, 2 + l), s.smoothness.student[l - 1].toFixed(2).replace('-', '−'), `layer ${l} of ${layers}`);
    }
    const { text } = await download(page, 'Save CSV');
    assert.equal(text.trim().split('\r\n').length, 9);
  });
});

for (const [name, options] of Object.entries({
  light: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 } },
  'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
})) {
  for (const [scene, study, go] of [[2, 'depth', 'Train 1 to 8 layers'], [7, 'race', 'Start the race'], [8, 'frontier', 'Run 15 sizes']]) {
    test(`accessible: ${study}, ${name}`, async () => {
      await lab.visit(at(scene, 'epochs=8'), async (page) => {
        await assertAccessible(page, `${study} ${name}, before`);
        await press(page, go);
        await over(page);
        if (study === 'race') {
          await page.locator('.who summary').click();
          await page.locator('.method summary').nth(1).click();
        }
        if (study === 'frontier') await page.locator('.results button.small', { hasText: 'Open' }).nth(2).focus();
        await page.waitForTimeout(300);
        await picture(page, `${study}-${name}`);
        await assertAccessible(page, `${study} ${name}`);
      }, options);
    });
  }
}
