// The one screen and its address: what fits where, keys and focus, history,
// and links that open what another one saw. node --test test/screen.mjs (the
// environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, closeSheet, eventually, openDrawer, patience, picture, scenes, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const state = (page) => page.evaluate(() => ({ ...window.__abkd }));
/** A run that is not over before a test has looked at it, however fast it trains. */
const trained = 'data=mag-mini&alpha=0.5&nodes=all&epochs=100000&kernels=simd128';

/** Trains a little and stands still. */
async function still(page, epoch = 3) {
  await until(page, (e) => window.__abkd?.epoch >= e, epoch);
  await page.keyboard.press('Space');
  await until(page, () => !window.__abkd.running);
}

async function tell(page, digit) {
  await page.keyboard.press(String(digit));
  await until(page, (s) => window.__abkd.scene === s, scenes[digit].id);
}

for (const [width, height] of [[1024, 640], [1280, 800], [1920, 1080]]) {
  test(`nothing scrolls at ${width} × ${height}, and the picture has the most room`, async () => {
    await lab.visit(`#${trained}`, async (page) => {
      await still(page);
      const page1 = () => page.evaluate(() => {
        const box = (s) => document.querySelector(s).getBoundingClientRect();
        return { scrolls: document.scrollingElement.scrollHeight - innerHeight, wide: document.scrollingElement.scrollWidth - innerWidth, picture: box('.stage').width / innerWidth, bottom: box('.transport').bottom - innerHeight, title: box('#scene-title').top };
      });
      for (let digit = 0; digit < scenes.length; digit++) {
        await tell(page, digit);
        const seen = await page1();
        assert.ok(seen.scrolls <= 0 && seen.wide <= 0 && Math.abs(seen.bottom) < 1 && seen.title > 0, `scene ${digit}: ${JSON.stringify(seen)}`);
        assert.ok(seen.picture > 0.54, `scene ${digit}: the picture has ${seen.picture} of the width`);
        await picture(page, `screen-${width}-scene-${digit}`);
      }
      for (const section of ['Settings', 'Change the run', 'Formulas', 'Numbers', 'Your graph', 'Glossary', 'About']) {
        await openDrawer(page, section);
        const seen = await page1();
        assert.ok(seen.scrolls <= 0 && seen.wide <= 0, `${section}: ${JSON.stringify(seen)}`);
      }
    }, { viewport: { width, height } });
  });
}

for (const [width, height, what] of [[320, 200, '400 %'], [640, 400, '200 %'], [390, 844, 'a phone'], [844, 390, 'a phone on its side'], [800, 1100, 'a tablet']]) {
  test(`at ${what}, ${width} × ${height}, nothing scrolls sideways and the transport is small`, async () => {
    await lab.visit(`#${trained}`, async (page) => {
      await still(page);
      for (let digit = 0; digit < scenes.length; digit++) {
        await tell(page, digit);
        const wide = await page.evaluate(() => ({ page: document.scrollingElement.scrollWidth - innerWidth,
          out: [...document.querySelectorAll('header *, .rail, .story > *, .transport *')].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.scrolls, .unseen, [role=tablist]') && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 100)) }));
        assert.deepEqual(wide, { page: 0, out: [] }, `scene ${digit}`);
        const transport = await page.locator('.transport').evaluate((e) => e.getBoundingClientRect().height / innerHeight);
        assert.ok(transport < 0.27, `scene ${digit}: the transport has ${transport} of the height`);
      }
      await picture(page, `screen-${width}`);
      if (await page.getByRole('button', { name: 'More controls' }).isVisible()) {
        await page.getByRole('button', { name: 'More controls' }).click();
        await page.getByRole('button', { name: 'Step', exact: true }).click();
      }
    }, { viewport: { width, height } });
  });
}

test('Space pauses after a click on anything, and presses what the keyboard has reached', async () => {
  await lab.visit(`#${trained}&scene=alignment`, async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    await page.getByRole('button', { name: 'uniform', exact: true }).click();
    await until(page, () => window.__abkd.changes.length === 1);
    await page.keyboard.press('Space');
    await until(page, () => !window.__abkd.running);
    await page.keyboard.press('Space');
    await until(page, () => window.__abkd.running);
    assert.equal((await state(page)).changes.length, 1, 'the chip is not pressed again');
    await page.keyboard.press('Space');
    await until(page, () => !window.__abkd.running);

    const chip = page.getByRole('button', { name: 'diagonal', exact: true });
    await page.getByRole('button', { name: 'learned', exact: true }).focus();
    await page.keyboard.press('Tab');
    assert.equal(await chip.evaluate((e) => e === document.activeElement), true);
    await page.keyboard.press('Space');
    await until(page, () => window.__abkd.changes.some((c) => c.text === 'pin diagonal'));
    assert.equal((await state(page)).running, false, 'a chip that Tab has reached is pressed, and nothing else');
  });
});

test('the drawer opens by S, closes by Escape, and gives the focus back', async () => {
  await lab.visit(`#${trained}`, async (page) => {
    await still(page);
    const tab = page.locator('#scene-tab-start');
    await tab.focus();
    await page.keyboard.press('s');
    await page.waitForFunction(() => document.activeElement.id === 'drawer-title', null, { timeout: patience });
    const shown = await page.locator('.drawer .control label').allInnerTexts();
    assert.ok(shown.includes('Criterion') && !shown.includes('Batch size'), `it shows what the scene is about: ${shown.join(', ')}`);
    await page.keyboard.press('Escape');
    await page.locator('.drawer').waitFor({ state: 'hidden' });
    assert.equal(await tab.evaluate((e) => e === document.activeElement), true);
    await tab.evaluate((e) => e.blur());
    await page.keyboard.press('s');
    await page.waitForFunction(() => document.activeElement.id === 'drawer-title', null, { timeout: patience });
    const [holder, taken] = await page.evaluate(async () => {
      const title = document.activeElement, escape = () => new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
      title.dispatchEvent(escape());
      await Promise.resolve();
      return [document.activeElement.localName, !title.dispatchEvent(escape())]; // before the browser has drawn again
    });
    assert.deepEqual([holder, taken], ['body', false], 'a closed drawer has neither the focus nor the keys');
  });
});

test('scenes are entries of history: Back and Forward go through them, and the run goes on', async () => {
  await lab.visit(`#${trained}&speed=12`, async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    const entries = await page.evaluate(() => history.length);
    await tell(page, 3);
    await tell(page, 6);
    await page.getByRole('button', { name: 'uniform', exact: true }).click(); // it lasts, wherever history goes
    await until(page, () => window.__abkd.changes.length === 1);
    await tell(page, 1);
    assert.equal(await page.evaluate(() => history.length), entries + 3);
    const { epoch } = await state(page);
    for (const [go, scene] of [['goBack', 6], ['goBack', 3], ['goBack', 0], ['goForward', 3], ['goForward', 6]]) {
      await page[go]();
      await until(page, (s) => window.__abkd.scene === s, scenes[scene].id);
      const s = await state(page);
      assert.equal(s.changes.length, 1, 'the run is that of now');
      assert.ok(s.epoch >= epoch, 'it goes on');
      await page.waitForFunction(() => /changes=/.test(location.hash), null, { timeout: patience });
    }
  });
});

test('a guess is asked while its answer is hidden, and judged by what was learned', async () => {
  await lab.visit(`#data=mag-mini&alpha=0.5&nodes=all&epochs=60&speed=0&scene=alignment&step=2`, async (page) => {
    // The link opens before the first epoch, and the answer is not there.
    await until(page, () => window.__abkd?.ready && window.__abkd.epoch === 0 && !window.__abkd.running);
    const guess = page.getByRole('group', { name: 'Your guess' });
    await guess.getByRole('button', { name: 'S1', exact: true }).click();
    assert.equal(await page.locator('.story .worked').count(), 0, 'nothing is computed yet, and nothing is shown as 0');
    assert.equal(await page.locator('.verdict').count(), 0);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await until(page, () => window.__abkd.phase === 'finished');
    const row = (await state(page)).alignment.A[1], most = row.indexOf(Math.max(...row));
    assert.ok(Math.max(...row) - Math.min(...row) > 0.05);
    const verdict = await page.locator('.verdict').innerText();
    assert.match(verdict, new RegExp(`You said: S1\\..*S${most + 1} .*${most === 0 ? 'As you' : 'Not as you'} guessed`));

    // Where the answer is on the screen nothing is asked; a pinned A was learned by nobody.
    await page.locator('#scene-tab-start').click();
    await page.locator('.story-steps button', { hasText: 'Run' }).click();
    await until(page, () => window.__abkd.phase === 'finished');
    await page.locator('#scene-tab-alignment').click();
    await page.getByRole('button', { name: 'uniform', exact: true }).click();
    await until(page, () => window.__abkd.changes.length === 1);
    await page.locator('.story-steps button', { hasText: 'See' }).click();
    await page.locator('.verdict', { hasText: 'A is pinned: nobody learned it' }).waitFor();
    assert.doesNotMatch(await page.locator('.verdict').innerText(), /as you guessed/i);
  });
});

test('a run that is over takes changes, at once, and goes on; what was is of the same epoch', async () => {
  await lab.visit(`#data=mag-mini&alpha=0.5&nodes=all&epochs=20&speed=0&scene=node&kernels=simd128`, async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished' && window.__abkd.focus?.student.length > 0);
    const before = await state(page);
    await page.getByLabel('Messages: cites').uncheck();
    await until(page, () => window.__abkd.changes.length === 1 && window.__abkd.phase === 'distilling');
    await until(page, (f) => JSON.stringify(window.__abkd.focus.student) !== f, JSON.stringify(before.focus.student));
    const after = await state(page);
    assert.deepEqual([after.epoch, after.running, after.changes[0].text], [20, false, 'drop cites']);
    await page.locator('.prediction small', { hasText: 'was' }).first().waitFor();
    await until(page, () => location.hash.includes('epochs=30')); // addresses are written once things rest
    // It goes on from there, and what was said at another epoch is gone.
    await page.locator('.transport .primary').click();
    await until(page, () => window.__abkd.phase === 'finished' && window.__abkd.epoch === 30);
    assert.equal(await page.locator('.prediction small', { hasText: 'was' }).count(), 0);
    await until(page, () => !location.hash.includes('paused'));
    const end = await state(page), link = await page.evaluate(() => location.hash);
    await lab.visit(link, async (other) => { // which is that of a run that had so many epochs, and the change, from the start
      await until(other, () => window.__abkd?.phase === 'finished');
      assert.equal((await state(other)).hash, end.hash);
    });
    // A is pinned at once, paused as the run is.
    await page.locator('#scene-tab-alignment').click();
    await page.getByRole('button', { name: 'diagonal', exact: true }).click();
    await until(page, () => window.__abkd.alignment.A[0]?.[0] === 1 && window.__abkd.alignment.A[2]?.[1] === 1);
    assert.equal((await state(page)).epoch, 30);
  });
});

test('a preset that is carried into another scene is named there', async () => {
  await lab.visit('#data=mag-mini&alpha=0.5&teach=untrained&nodes=all&scene=frontier', async (page) => {
    await page.locator('.story .hook').filter({ hasText: /What runs is the experiment “Untrained teacher”\. The teacher keeps the weights/ }).waitFor();
    await page.evaluate(() => { location.hash = '#scene=frontier'; });
    await page.locator('.story .hook').waitFor({ state: 'detached' });
  });
});

test('a link opens in another browser what this one shows', async () => {
  let link, seen;
  await lab.visit(`#${trained.replace('&kernels=simd128', '')}&speed=0&scene=node`, async (page, { context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await until(page, () => window.__abkd?.epoch > 8);
    // On the deterministic kernels, which a link asks for by itself.
    await openDrawer(page, 'Settings');
    await page.getByLabel('Arithmetic', { exact: true }).selectOption('simd128');
    await closeSheet(page);
    await until(page, () => window.__abkd.backend === 'simd128' && window.__abkd.epoch > 8);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await until(page, () => !window.__abkd.running);
    await page.getByRole('slider', { name: /Epoch/ }).fill('7');
    await until(page, () => window.__abkd.epoch === 7 && !window.__abkd.running);
    await openDrawer(page, 'Numbers');
    await page.getByText('The drawn graph as a list').click();
    const { node } = await state(page);
    await page.locator('.nodes li .focus').nth(2).click();
    await until(page, (n) => window.__abkd.node !== n, node);
    await closeSheet(page);
    await page.getByRole('button', { name: 'Teacher 2', exact: true }).click();
    await until(page, () => window.__abkd.inspection?.subject.startsWith('node teacher 1 '));
    await page.getByRole('button', { name: /^Open the arithmetic/ }).click();
    await page.locator('.inspector .expression').waitFor();
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByText('Link copied').waitFor();
    link = await page.evaluate(() => navigator.clipboard.readText());
    seen = await state(page);
    assert.match(link, /kernels=simd128/);
  });
  await lab.visit(new URL(link).hash, async (page) => {
    await until(page, (s) => window.__abkd?.epoch === s.epoch && window.__abkd.hash === s.hash && window.__abkd.node === s.node && !window.__abkd.running, seen);
    await until(page, (s) => JSON.stringify(window.__abkd.inspection?.quantities) === s, JSON.stringify(seen.inspection.quantities));
    const s = await state(page);
    assert.equal(s.scene, 'node');
    assert.equal(s.inspection.subject, seen.inspection.subject);
    await page.locator('.inspector .expression').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Teacher 2', exact: true }).getAttribute('aria-pressed'), 'true');
    await page.waitForTimeout(500);
    assert.equal((await state(page)).epoch, seen.epoch, 'it stands still');
  });
});

test('a link that is shared pins the kernels, and may give each who opens it another seed', async () => {
  await lab.visit('#data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=5&epochs=100000&speed=3', async (page, { context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await until(page, () => window.__abkd?.phase === 'distilling' && window.__abkd.epoch > 0);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByLabel('another seed for each who opens it').check();
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByText('Link copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /seed=student/);
    assert.match(link, /kernels=simd128/);
    assert.doesNotMatch(link, /epoch=/);
    const seeds = [];
    for (let i = 0; i < 3; i++) {
      await lab.visit(new URL(link).hash, async (other) => {
        await until(other, () => window.__abkd?.epoch > 0);
        seeds.push((await state(other)).seed);
        assert.equal((await state(other)).backend, 'simd128');
      });
    }
    assert.ok(new Set(seeds).size > 1, `the seeds are ${seeds.join(', ')}`);
  });
});

test('for a hall the page is larger, keeps story and transport, has its legend on demand, and Escape or the link ends it', async () => {
  await lab.visit(`#${trained}`, async (page) => {
    await still(page);
    const fonts = () => page.evaluate(() => [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.unseen, option')
      && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim())).map((e) => ({ px: parseFloat(getComputedStyle(e).fontSize) * e.currentCSSZoom, text: e.textContent.trim().slice(0, 40) })));
    const drawn = () => page.frames().find((f) => f.url().endsWith('stage.html')).evaluate(() => window.__abkd.state());
    const usual = await page.locator('.told').evaluate((e) => parseFloat(getComputedStyle(e).fontSize));
    await page.keyboard.press('p');
    await until(page, () => new URLSearchParams(location.hash.slice(1)).get('present') === 'on');
    for (const gone of ['header nav', '.rail', '.transport .rest', '.drawer:not([hidden])']) assert.equal(await page.locator(gone).count(), 0, gone);
    assert.equal(await page.locator('.told').evaluate((e) => parseFloat(getComputedStyle(e).fontSize) * e.currentCSSZoom), 1.5 * usual);
    for (let digit = 0; digit < scenes.length; digit++) {
      await tell(page, digit);
      assert.deepEqual((await fonts()).filter(({ px }) => px < 20), [], `scene ${digit}: no text is smaller than 20 pixels`);
      const over = await page.evaluate(() => ({ down: document.scrollingElement.scrollHeight - innerHeight, wide: document.scrollingElement.scrollWidth - innerWidth, left: document.querySelector('.picture').getBoundingClientRect().left }));
      assert.ok(over.down <= 0 && over.wide <= 0 && over.left < 20, `scene ${digit}: ${JSON.stringify(over)}`);
      await assertAccessible(page, `scene ${digit} for a hall`);
      await picture(page, `present-${digit}`);
    }
    await tell(page, 1);
    await eventually(async () => assert.deepEqual([(await drawn()).large, (await drawn()).bare], [1.5, true]));
    await page.getByRole('button', { name: 'Legend' }).click();
    await eventually(async () => assert.equal((await drawn()).bare, false));
    await page.keyboard.press('s');
    assert.equal(await page.locator('.drawer').isVisible(), false);
    await page.keyboard.press('Escape');
    await page.locator('.rail').waitFor();
    await eventually(async () => assert.deepEqual([(await drawn()).large, (await drawn()).bare], [1, false]));
    await until(page, () => !location.hash.includes('present'));
  }, { viewport: { width: 1920, height: 1080 } });
  await lab.visit(`#${trained}&present=on`, async (page) => {
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.locator('header nav').waitFor();
  });
});

test('where frames take long the drawing costs less, says so, and draws all of it where that is wanted', async () => {
  await lab.visit(`#${trained}`, async (page, { context }) => {
    await until(page, () => window.__abkd?.frames > 3);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 16 });
    const said = page.locator('.slowed');
    await said.waitFor();
    await page.frames().find((f) => f.url().endsWith('stage.html')).waitForFunction(() => window.__abkd.state().pace === 'still', null, { timeout: patience });
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await until(page, () => /still/.test(document.querySelector('.slowed')?.textContent ?? ''));
    await assertAccessible(page, 'slow');
    await said.getByRole('button').click();
    await said.waitFor({ state: 'detached' });
    await eventually(async () => assert.equal(await page.frames().find((f) => f.url().endsWith('stage.html')).evaluate(() => window.__abkd.state().pace), 'full'));
    await openDrawer(page, 'Settings');
    assert.equal(await page.getByLabel('The drawing', { exact: true }).inputValue(), 'full');
  }, { adapts: true });
});

test('in forced colours what is chosen can be told from the rest, and on paper the controls are gone', async () => {
  await lab.visit(`#${trained}&scene=alignment`, async (page) => {
    await still(page);
    await page.emulateMedia({ forcedColors: 'active' });
    const background = (selector) => page.locator(selector).first().evaluate((e) => getComputedStyle(e).backgroundColor);
    for (const [chosen, other] of [['.rail [aria-selected=true]', '.rail [aria-selected=false]'], ['.pin [aria-pressed=true]', '.pin [aria-pressed=false]'], ['.dot[aria-current]', '.dot:not([aria-current])']]) {
      assert.notEqual(await background(chosen), await background(other), chosen);
    }
    await picture(page, 'screen-forced-colors');
    await page.emulateMedia({ forcedColors: 'none', media: 'print' });
    for (const gone of ['.rail', '.transport .primary', '.story-go', 'header nav']) assert.equal(await page.locator(gone).isVisible(), false, gone);
    for (const there of ['#scene-title', '.told', '.stage iframe']) assert.equal(await page.locator(there).isVisible(), true, there);
    const over = await page.evaluate(() => {
      const box = (s) => document.querySelector(s).getBoundingClientRect();
      return box('.story').top >= box('.stage').bottom - 1;
    });
    assert.ok(over, 'the story stands below the picture, not over it');
    await picture(page, 'screen-print');
  });
});
