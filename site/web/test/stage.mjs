// What a person does to the drawing itself: point, click, zoom, pan, and
// watch the camera go from scene to scene. node --test test/stage.mjs (the
// environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, patience, picture, scenes, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const stageOf = (page) => page.frames().find((f) => f.url().endsWith('stage.html'));
const drawn = (page) => stageOf(page).evaluate(() => window.__abkd.state());
const draws = (page, want) => stageOf(page).waitForFunction(
  (w) => { const s = window.__abkd.state(); return Object.entries(w).every(([k, v]) => s[k] === v); }, want, { timeout: patience, polling: 50 });

/** Opens the page with a run that has got somewhere and stands still. */
const visit = (fragment, body, options) => lab.visit(fragment, async (page) => {
  await until(page, () => window.__abkd?.epoch >= 3 && window.__abkd.frames > 2);
  await page.keyboard.press('Space');
  await until(page, () => !window.__abkd.running);
  await draws(page, { moving: false });
  await body(page);
}, { ...options });

/** Where on the page the drawing has what the trainer calls subject, once the page does not scroll. */
const place = (page, subject) => eventually(async () => {
  const before = await placeNow(page, subject);
  await page.waitForTimeout(100);
  const now = await placeNow(page, subject);
  assert.deepEqual(now, before, 'the page scrolls');
  return now;
});

async function placeNow(page, subject) {
  const box = await page.locator('iframe').boundingBox();
  const { places } = await drawn(page);
  const at = places[Object.keys(places).filter((name) => name.startsWith(subject)).sort()[0]]; // which comes first differs from call to call
  assert.ok(at, `${subject} is not drawn; there are ${Object.keys(places).join(', ').slice(0, 2000)}`);
  return [box.x + at[0], box.y + at[1]];
}

async function click(page, subject) {
  await eventually(async () => {
    await page.mouse.click(...await place(page, subject));
    await page.waitForFunction((s) => window.__abkd.inspection?.subject.startsWith(s) && window.__abkd.inspection.quantities.length > 0, subject, { timeout: 5000 });
  });
  await stageOf(page).waitForFunction((s) => window.__abkd.state().select.startsWith(s), subject, { timeout: patience });
}

/** Opens the arithmetic of each of the subjects by a click. */
async function clickAll(page, subjects) {
  for (const subject of subjects) {
    await click(page, subject);
    await page.locator('.inspector .expression').waitFor();
  }
}

test('the first scene has a dot for each answer to each test node, and a click opens its arithmetic', async () => {
  await visit('#speed=12&epochs=5000', async (page) => {
    const { predictions } = await page.evaluate(() => window.__abkd);
    const tests = predictions.part.flatMap((part, v) => (part === 2 ? [v] : []));
    assert.ok(tests.length > 20);
    await eventually(async () => {
      const { places, flocking } = await drawn(page);
      assert.equal(flocking, false);
      const dots = (model, right) => tests.filter((v) => (predictions[model][v] === predictions.label[v]) === right)
        .map((v) => places[`node ${model} ${{ teacher: 2, student: 1, alone: 1 }[model]} paper ${v}`] ?? assert.fail(`the ${model}'s answer to ${v} is not drawn`));
      for (const model of ['teacher', 'student', 'alone']) {
        assert.ok(Math.max(...dots(model, true).map(([x]) => x)) < Math.min(...dots(model, false).map(([x]) => x)), `the ${model}'s right and wrong answers are two piles`);
      }
    });
    await clickAll(page, [`node teacher 2 paper ${tests[0]}`, `node student 1 paper ${tests[1]}`, `node alone 1 paper ${tests[2]}`]);
    await picture(page, 'stage-verdicts');
  });
});

test('one click opens the arithmetic of a node, a message, a layer, a cell or the loss', async () => {
  await visit('#scene=alone&step=5&speed=12&epochs=5000', (page) => clickAll(page, ['node student 1 paper ', 'edge student 1 writes ']));
  await visit('#scene=6&speed=12&epochs=5000', async (page) => {
    await clickAll(page, ['cell 1 0', 'node teacher 1 paper ', 'loss']);
    // What the pointer is on is lit, and let go of.
    await page.mouse.move(...await place(page, 'cell 2 1'));
    await stageOf(page).waitForFunction(() => window.__abkd.state().hover > 0, null, { timeout: patience });
    await page.mouse.move(3, 3);
    await draws(page, { hover: 0 });
    // A symbol of the inspector lights its marks.
    await click(page, 'cell 1 0');
    const light = (await drawn(page)).light;
    await page.locator('.inspector .quantities button').first().hover();
    await stageOf(page).waitForFunction((l) => !['', l].includes(window.__abkd.state().light), light, { timeout: patience });
    // Pointing at the drawing lights the quantities of what is there.
    await page.mouse.move(...await place(page, 'node student 0 paper '));
    await page.locator('.inspector .quantities > li.there').first().waitFor({ state: 'attached' });
    await picture(page, 'stage-cell');
  });
});

test('a double click makes a node the focus, the first time and however fast', async () => {
  await visit('#scene=alone&step=5&speed=12&epochs=5000', async (page) => {
    await draws(page, { frame: 1, moving: false, flocking: false });
    /** Both clicks within one tick of the drawing. */
    const atOnce = async (x, y) => {
      const box = await page.locator('iframe').boundingBox();
      await page.mouse.move(x, y);
      await stageOf(page).evaluate(([clientX, clientY]) => {
        for (const type of ['mousedown', 'mouseup', 'mousedown', 'mouseup', 'dblclick']) document.querySelector('canvas').dispatchEvent(new MouseEvent(type, { clientX, clientY, bubbles: true, button: 0 }));
      }, [x - box.x, y - box.y]);
    };
    for (const double of [atOnce, (x, y) => page.mouse.dblclick(x, y, { delay: 30 })]) {
      const node = await page.evaluate(() => window.__abkd.node), { places } = await drawn(page);
      const [, id] = /^node student \d+ paper (\d+)$/.exec(Object.keys(places).filter((name) => name.startsWith('node student ') && name.includes(' paper ') && !name.endsWith(` ${node}`)).sort()[0]);
      await double(...await place(page, Object.keys(places).find((name) => name.endsWith(` paper ${id}`))));
      await until(page, (want) => window.__abkd.node === want, Number(id));
      await draws(page, { moving: false });
      await page.locator('.inspector').getByRole('button', { name: 'Close', exact: true }).click();
      await draws(page, { moving: false });
    }
  });
});

test('scene 6 shows how A was decided, and its numbers multiply and add up as they are read', async () => {
  await visit('#scene=6&speed=12&epochs=5000', (page) => eventually(async () => {
    const { alignment: { A }, epoch } = await page.evaluate(() => window.__abkd);
    const { texts } = await drawn(page);
    const at = texts.indexOf('attention A, from the first epoch to now');
    assert.ok(at >= 0, texts.join(' | '));
    const strips = texts.slice(at + 1).filter((text) => /^[TS]\d$/.test(text));
    for (const [i, row] of A.entries()) {
      const best = `S${row.indexOf(Math.max(...row)) + 1}`;
      assert.ok(strips.some((text, k) => text === `T${i + 1}` && strips[k + 1] === best), `T${i + 1} goes to ${best} at epoch ${epoch}: ${strips.join(' ')}`);
    }
    const numbers = texts.filter((text) => /^\d*\.\d+$/.test(text)).map(Number), sum = texts.find((text) => text.startsWith('Σ = '));
    assert.equal(numbers.length, 3 * A.flat().length);
    const half = (text) => 0.501 * 10 ** -text.split('.')[1].length;
    let total = 0;
    for (let k = 0; k < numbers.length; k += 3) {
      const [a, d, p] = numbers.slice(k, k + 3);
      assert.ok(Math.abs(a * d - p) < half(sum), `${a} × ${d} is shown as ${p}`);
      total += p;
    }
    assert.ok(Math.abs(total - Number(sum.slice(4))) < half(sum), `${sum}, what is shown adds up to ${total}`);
  }));
  await lab.visit('#scene=6&paused=on', async (page) => { // at the first moment
    await until(page, () => window.__abkd?.ready && window.__abkd.frames > 2);
    await draws(page, { moving: false, scene: 'alignment' });
    const { alignment: { A } } = await page.evaluate(() => window.__abkd), { texts } = await drawn(page);
    assert.equal(texts.filter((text) => text === '–').length, 3 * A.flat().length, 'A, D and their product are not known yet');
    assert.ok(texts.includes('Σ = –') && !texts.some((text) => /^\d*\.\d+$/.test(text)), texts.join(' | '));
  });
});

test('scenes 2 and 3 have a dot for a node in every layer of both models', async () => {
  await visit('#scene=3&speed=12&epochs=5000', async (page) => {
    for (const scene of ['teacher', 'depth']) {
      if (scene === 'depth') await page.keyboard.press('2');
      await draws(page, { scene, moving: false, flocking: false });
      await eventually(async () => {
        const { embeddings } = await page.evaluate(() => window.__abkd);
        const { places, texts } = await drawn(page);
        const layers = scene === 'depth' ? [['teacher', 3], ['student', 2]] : ['teacher', 'student'].map((model) => [model, embeddings.filter((e) => e.model === model).length]);
        for (const [model, count] of layers) {
          for (let layer = 0; layer < count; layer++) {
            const dots = Object.keys(places).filter((name) => name.startsWith(`node ${model} ${layer} paper `));
            assert.ok(dots.length > 15, `layer ${layer} of the ${model} has ${dots.length} dots that are not below others`);
            assert.ok(texts.includes(`${model === 'teacher' ? 'T' : 'S'}${layer + 1}`));
          }
        }
        for (const name of ['vision', 'language', 'graphs', 'speech', 'robotics', 'planning', 'theory', 'databases']) assert.ok(texts.includes(name), `class ${name} is named: ${texts.join(' | ')}`);
        if (scene === 'depth') assert.equal(texts.filter((text) => /^mean cosine -?\d\.\d\d$/.test(text)).length, 5);
      });
      await picture(page, `stage-${scene}`);
    }
    await page.keyboard.press('3');
    await draws(page, { scene: 'teacher', moving: false, flocking: false });
    await clickAll(page, ['node teacher 1 paper ']);
  });
});

test('scene 5 shows the soft labels of the table, at its temperature, beside those of neighbours', async () => {
  await visit('#scene=5&data=mag-mini&speed=12&epochs=5000', async (page) => {
    for (const t of ['4.0', '9.0']) {
      if (t === '9.0') await page.locator('.temperature input').fill('9');
      await eventually(async () => {
        const { texts, places } = await drawn(page);
        assert.ok(texts.includes(`temperature ${t}`), texts.join(' | '));
        const shares = texts.filter((text) => /^[\d.]+ %$/.test(text)).map(Number.parseFloat);
        const table = await page.locator('table.labels tbody tr td:nth-of-type(1) span').evaluateAll((all) => all.map((span) => 100 * Number(span.dataset.p)));
        assert.equal(shares.length, table.length);
        for (const [k, share] of table.entries()) assert.ok(Math.abs(share - shares[k]) < 0.51, `class ${k} has ${share} % in the table, ${shares[k]} % in the drawing`);
        assert.ok(Object.keys(places).filter((name) => name.startsWith('node student ')).length > 4, 'neighbours have cards');
      });
    }
    await picture(page, 'stage-labels');
  });
});

test('zoom and pan by wheel, by dragging and by keys, and home again', async () => {
  await visit('#scene=6&speed=12&epochs=5000', async (page) => {
    const zoom = async () => (await drawn(page)).zoom;
    const [x, y] = await place(page, 'cell 1 0');
    await page.mouse.move(x, y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -240);
    await page.keyboard.up('Control');
    await stageOf(page).waitForFunction(() => window.__abkd.state().zoom > 1 && !window.__abkd.state().moving, null, { timeout: patience });
    const [nx, ny] = await place(page, 'cell 1 0');
    const [ox, oy] = await place(page, 'cell 2 1');
    assert.ok(Math.hypot(nx - x, ny - y) < 80 && Math.hypot(ox - nx, oy - ny) > 0, `what was under the pointer went from ${x}, ${y} to ${nx}, ${ny}`);

    await page.mouse.down();
    await page.mouse.move(x + 30, y - 20);
    await page.mouse.move(x + 60, y - 40);
    await page.mouse.up();
    await eventually(async () => {
      const [dx, dy] = await place(page, 'cell 1 0');
      assert.ok(Math.abs(dx - nx - 60) < 4 && Math.abs(dy - ny + 40) < 4, `dragged by 60, -40 it went by ${dx - nx}, ${dy - ny}`);
    });
    assert.equal((await page.evaluate(() => window.__abkd.inspection?.subject ?? '')), '', 'a drag is no click');

    // The keys of the drawing are not the page's.
    const { epoch } = await page.evaluate(() => ({ ...window.__abkd }));
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForTimeout(500); // for a step
    assert.equal(await page.evaluate(() => window.__abkd.epoch), epoch, 'Shift and an arrow make no step');
    const before = await zoom();
    await page.keyboard.press('+');
    await stageOf(page).waitForFunction((z) => window.__abkd.state().zoom > z, before, { timeout: patience });
    await page.keyboard.press('Home');
    await draws(page, { zoom: 1, moving: false });
    const [hx, hy] = await place(page, 'cell 1 0');
    assert.ok(Math.hypot(hx - x, hy - y) < 3, 'home is where it was');

    // Without Ctrl the wheel is the page's, where that scrolls.
    await page.setViewportSize({ width: 900, height: 500 });
    await draws(page, { moving: false });
    await page.mouse.move(...await place(page, 'cell 1 0'));
    await page.mouse.wheel(0, 300);
    await page.waitForFunction(() => scrollY > 0, null, { timeout: patience });
    assert.equal(await zoom(), 1);
  });
});

test('each scene has its own frame, reached by a camera move, or at once without motion', async () => {
  const frames = { 0: 5, 1: 2, 2: 6, 3: 7, 4: 5, 5: 8, 6: 4, 7: 9, 8: 10, 9: 11 };
  await visit('#speed=12&epochs=5000', async (page) => {
    await stageOf(page).evaluate(() => { // at each frame, so that no move is missed
      const look = () => {
        window.sawMove ||= window.__abkd.state().moving;
        requestAnimationFrame(look);
      };
      look();
    });
    for (const scene of [1, 3, 6, 0]) {
      await page.keyboard.press(String(scene));
      await draws(page, { scene: scenes[scene].id, frame: frames[scene] });
      await draws(page, { moving: false });
    }
    assert.ok(await stageOf(page).evaluate(() => window.sawMove), 'no camera move was seen');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await draws(page, { still: true });
    for (const [scene, frame] of Object.entries(frames)) {
      await page.keyboard.press(scene);
      await draws(page, { scene: scenes[scene].id, frame, moving: false });
    }
  });
});

test('where colours are forced the drawing has those of high contrast, as dark as the page', async () => {
  await visit('#scene=6&speed=12&epochs=5000', async (page) => {
    await draws(page, { theme: 0 });
    for (const colorScheme of ['light', 'dark', 'light']) {
      await page.emulateMedia({ forcedColors: 'active', colorScheme });
      const [paper] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
      await draws(page, { theme: paper > 127 ? 3 : 2 });
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), paper > 127 ? 'light' : 'dark');
    }
    await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
    await draws(page, { theme: 0 });
  });
});

test('one step in slow motion, beat by beat', async () => {
  await visit('#speed=12&epochs=5000&scene=6', async (page) => {
    const { epoch } = await page.evaluate(() => ({ ...window.__abkd }));
    await page.getByRole('button', { name: /slow/i }).first().click();
    for (const beat of [1, 2, 3, 4]) {
      await draws(page, { beat, frame: 0 });
      if (beat < 4) await page.locator('.slow-motion').getByRole('button', { name: 'Next', exact: true }).click();
    }
    await until(page, (e) => window.__abkd.epoch > e, epoch); // the beats go on before the trainer has answered
    assert.equal(await page.evaluate(() => window.__abkd.epoch), epoch + 1, 'it was one step');
    await page.locator('.slow-motion').getByRole('button', { name: 'Close', exact: true }).click();
    await draws(page, { beat: 0, frame: 4, moving: false });

    // Where motion is wanted it goes on by itself, up to the last beat.
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.getByRole('button', { name: /slow/i }).first().click();
    await draws(page, { beat: 4 });
  }, { reducedMotion: 'reduce' });
});

test('a number that the reader is to find is not in the drawing either', async () => {
  await visit('#scene=1&speed=12&epochs=5000', async (page) => {
    const scene = page.locator('#scene');
    const column = async () => Number((await scene.locator('.quiz label').innerText()).match(/\d+/)[0]);
    await scene.getByRole('button', { name: 'Hide a number' }).click();
    const first = await column();
    await draws(page, { asked: first });
    await picture(page, 'stage-asked');
    await scene.locator('.quiz input').fill('77');
    await page.keyboard.press('Enter');
    await draws(page, { asked: 0 });
    await scene.getByRole('button', { name: 'Hide another number' }).click();
    assert.notEqual(await column(), first);
    await draws(page, { asked: await column() });
    await page.keyboard.press('2'); // types into the field
    await page.getByRole('tab', { name: 'Depth' }).click();
    await draws(page, { asked: 0 });
  });
});

test('on a phone a link opens the part of the drawing that its scene is about', async () => {
  await lab.visit('#scene=6&speed=12&epochs=5000', async (page) => {
    await until(page, () => window.__abkd?.frames > 2);
    assert.equal(await page.locator('.tabs button[aria-pressed=true]').innerText(), 'Align');
    await draws(page, { tab: 'align' });
    await page.evaluate(() => { location.hash = '#scene=1&speed=12&epochs=5000'; });
    await draws(page, { tab: 'graph' });
  }, { viewport: { width: 390, height: 844 } });
});
