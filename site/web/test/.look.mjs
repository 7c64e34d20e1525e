import { start, until } from './many.mjs';
const lab = await start();
const [, , name = 'desk', w = '1280', h = '800', scheme = 'light', list = '0,1,2,3,4,5,6,9,slow'] = process.argv;
const stageOf = (page) => page.frames().find((f) => f.url().endsWith('stage.html'));
try {
  await lab.visit('#epochs=400&speed=12', async (page) => {
    await until(page, () => window.__abkd?.epoch >= 5 && window.__abkd.frames > 3);
    await page.keyboard.press('Space');
    for (const s of list.split(',')) {
      if (s === 'slow') {
        await page.keyboard.press('0');
        await page.getByRole('button', { name: /slow/i }).first().click().catch((e) => console.log(e.message.slice(0, 200)));
        for (const b of ['forward', 'loss', 'backward', 'update']) {
          await page.waitForTimeout(1800);
          await page.screenshot({ path: `/tmp/shots/${name}-${b}.png` });
          await page.getByRole('button', { name: 'Next', exact: true }).click({ timeout: 3000 }).catch(() => {});
        }
        continue;
      }
      await page.keyboard.press(s);
      await until(page, (n) => window.__abkd.scene === n, Number(s));
      await page.waitForTimeout(600);
      await stageOf(page).waitForFunction((n) => window.__abkd.state().scene === n && !window.__abkd.state().moving, Number(s), { timeout: 60000 });
      await page.waitForTimeout(s === '1' ? 9000 : 800);
      await page.screenshot({ path: `/tmp/shots/${name}-${s}.png` });
      const st = await stageOf(page).evaluate(() => window.__abkd.state());
      console.log(s, JSON.stringify({ ...st, places: Object.keys(st.places).length }));
    }
  }, { ready: '#scene', viewport: { width: +w, height: +h }, colorScheme: scheme });
} finally { await lab.close(); }
