// Every step of the story as axe-core sees it: light, dark, in forced colours,
// on a phone, at 200 and at 400 per cent. node --test test/scenes-access.mjs
// (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, closeSheet, picture, scenes, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

/** What a step changes; the rest of the page is looked at with the first step of each scene. */
const changed = ['.story'];

for (const [name, options, media = {}] of [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['forced colours', {}, { forcedColors: 'active' }],
  ['a phone', { viewport: { width: 390, height: 844 } }],
  ['200 %', { viewport: { width: 640, height: 400 } }],
  ['400 %', { viewport: { width: 320, height: 200 } }],
]) {
  test(`every step is accessible: ${name}`, async () => {
    await lab.visit('#data=mag-mini&alpha=0.5&nodes=all&epochs=12&speed=0', async (page) => {
      await page.emulateMedia(media);
      await until(page, () => window.__abkd?.phase === 'finished');
      // Where the window is low, what lies below the transport is scrolled out from under it: it covers no target for good.
      if (options.viewport?.height < 600) await page.locator('.transport').evaluate((e) => { e.style.position = 'static'; });
      let shown = 0;
      for (const scene of scenes) {
        for (const [i, step] of scene.steps.entries()) {
          if (shown++ > 0) await page.keyboard.press('n');
          await until(page, ([s, n]) => window.__abkd.scene === s && document.querySelectorAll('.dot')[n]?.getAttribute('aria-current') === 'step', [scene.id, i]);
          if (step.move === 'start') await until(page, () => window.__abkd.epoch === 0 && !window.__abkd.running);
          if (step.move === 'play') await until(page, () => window.__abkd.phase === 'finished');
          await page.locator('#scene').locator('h3, table, button, figure').first().waitFor();
          await assertAccessible(page, `step ${i + 1} of ${scene.id}, ${name}`, i === 0 ? ['html'] : changed);
          await picture(page, `${scene.id}-${i + 1}-${name.replaceAll(/\W+/g, '-')}`);
        }
        if (scene.id === 'node') await look(page, /^Open the arithmetic/, '.inspector', name);
        if (scene.id === 'alignment') await look(page, 'my own…', '', name);
      }
      assert.equal(shown, scenes.flatMap((s) => s.steps).length);
    }, options);
  });
}

/** Presses a button of the story and looks at what it opens. */
async function look(page, button, sheet, name) {
  await page.getByRole('button', { name: button }).click();
  if (sheet) await page.locator(sheet).waitFor();
  await assertAccessible(page, `${button}, ${name}`, [sheet || '.story']);
  await picture(page, `opened-${sheet || 'pin'}-${name.replaceAll(/\W+/g, '-')}`.replace('.', ''));
  if (sheet) await closeSheet(page);
}
