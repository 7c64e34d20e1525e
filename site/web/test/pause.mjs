// How soon Pause answers while the trainer trains as fast as it can and the
// drawing draws: from the press to the first frame in which the button offers to play,
// and to the first after the trainer has said that the run stands still, as the browser
// stamps them. node test/pause.mjs [presses]
//
// CPU throttling slows the page's main thread, which drawing and controls
// share, and not the trainer's.

import { patience, start, until } from './many.mjs';

const presses = Number(process.argv[2] ?? 12);
const lab = await start();
try {
  for (const rate of [1, 4]) {
    await lab.visit('#epochs=100000&speed=0', async (page, { context }) => {
      await page.waitForFunction(() => window.__abkd?.frames > 5 && window.__abkd.epoch > 0, null, { timeout: patience });
      const cdp = await context.newCDPSession(page);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate });
      const stage = page.frames().find((f) => f.url().endsWith('stage.html'));
      for (let left = 60, before = ''; left > 0; left--) { // until the drawing has found its step
        await page.waitForTimeout(1000);
        const { pace } = await stage.evaluate(() => window.__abkd.state());
        if (pace === before && left < 45) break;
        before = pace;
      }
      await page.evaluate(() => {
        window.took = [];
        addEventListener('keydown', (e) => {
          const from = e.timeStamp, running = window.__abkd.running, label = () => document.querySelector('.transport .primary').textContent, said = label();
          let button;
          const look = () => {
            if (label() !== said) button ??= performance.now() - from;
            if (window.__abkd.running === running) return void requestAnimationFrame(look);
            window.took.push({ pauses: running, button, run: performance.now() - from });
          };
          requestAnimationFrame(look);
        }, true);
      });
      for (let i = 0; i < 2 * presses; i++) {
        await page.waitForTimeout(400);
        await page.keyboard.press('Space');
        await until(page, (n) => window.took.length > n, i);
      }
      const took = (await page.evaluate(() => window.took)).filter((t) => t.pauses);
      const of = (what) => {
        const all = took.map((t) => t[what]).sort((a, b) => a - b);
        return `${all[all.length >> 1].toFixed(0)} ms in the middle, ${all.at(-1).toFixed(0)} ms at most`;
      };
      const { pace, frames } = await stage.evaluate(() => window.__abkd.state());
      console.log(`CPU ${rate}×: the button answers after ${of('button')}; the run stands still after ${of('run')}, of ${took.length}; the drawing is ${pace} after ${frames} frames`);
    }, { adapts: true });
  }
} finally {
  await lab.close();
}
