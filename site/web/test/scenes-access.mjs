// Every scene as axe-core sees it, light, dark and on a phone, in a real
// browser: node --test test/scenes-access.mjs (the environment of test/browser.mjs)

import { after, before, test } from 'node:test';
import { assertAccessible, picture, scenes, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

for (const [name, options] of Object.entries({
  light: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 } },
})) {
  test(`every scene is accessible: ${name}`, async () => {
    await lab.visit('#alpha=0.5&nodes=all&epochs=5000', async (page) => {
      await until(page, () => window.__abkd?.epoch >= 12);
      await page.keyboard.press('Space');
      await until(page, () => !window.__abkd.running);
      for (const scene of [0, 1, 3, 4, 5, 6, 9]) {
        await page.keyboard.press(String(scene));
        await until(page, (s) => window.__abkd.scene === s, scenes[scene].id);
        if (scene === 6) await page.getByRole('button', { name: 'my own…' }).click();
        await page.locator('#scene').locator('h3, table, button, figure').first().waitFor();
        await page.waitForTimeout(500);
        await assertAccessible(page, `scene ${scene}, ${name}`);
        await picture(page, `scene-${scene}-${name}`);
        if (scene !== 1) continue;
        await page.getByRole('button', { name: /^Open the arithmetic/ }).click();
        await page.locator('.inspector .expression').waitFor();
        await assertAccessible(page, `the arithmetic, ${name}`);
        await picture(page, `arithmetic-${name}`);
      }
    }, { ...options });
  });
}
