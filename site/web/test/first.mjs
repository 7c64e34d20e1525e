// How soon the page shows something and has trained its first epoch, and how
// many epochs a second it makes of what it opens with.
// node test/first.mjs [rounds] (the environment of test/browser.mjs)

import { patience, start, until } from './many.mjs';

const rounds = Number(process.argv[2] ?? 5);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Notes when the page has said that an epoch is trained, and when the drawing has drawn. */
const watch = () => {
  const seen = window.__first = {};
  const look = () => {
    const s = window.__abkd;
    if (s?.epoch > 0) seen.epoch ??= performance.now();
    if (s?.frames > 0) seen.drawn ??= performance.now();
    if (seen.epoch === undefined || seen.drawn === undefined) setTimeout(look, 5);
  };
  look();
};

const lab = await start();
try {
  const times = { 'first picture': [], 'first trained epoch': [], 'first live frame': [] };
  for (let round = 0; round < rounds; round++) {
    await lab.visit('', async (page) => { // in a browser context of its own: nothing is in a cache
      await until(page, () => window.__first.epoch !== undefined && window.__first.drawn !== undefined);
      const { epoch, drawn } = await page.evaluate(() => window.__first);
      times['first picture'].push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
      times['first trained epoch'].push(epoch);
      times['first live frame'].push(drawn);
    }, { ready: '.transport', prepare: (page) => page.addInitScript(watch) });
  }
  for (const [name, list] of Object.entries(times)) console.log(`${name.padEnd(20)} ${median(list).toFixed(0).padStart(6)} ms (${list.map((t) => t.toFixed(0)).join(', ')})`);

  await lab.visit('#speed=0', async (page) => {
    await page.waitForFunction(() => window.__abkd?.epoch >= 20, null, { timeout: patience });
    const rate = await page.evaluate(async () => {
      const from = { at: performance.now(), epoch: window.__abkd.epoch };
      while (window.__abkd.phase !== 'finished') await new Promise((done) => { setTimeout(done, 2); });
      return (1e3 * (window.__abkd.epoch - from.epoch)) / (performance.now() - from.at);
    });
    const { backend, student, alone, teacher } = await page.evaluate(() => window.__abkd);
    console.log(`${rate.toFixed(1)} epochs/s at full speed on ${backend}; at the end taught ${(100 * student.acc).toFixed(1)} %, alone ${(100 * alone.acc).toFixed(1)} %, teacher ${(100 * teacher.acc).toFixed(1)} % of test nodes`);
  }, { ready: '.transport' });
} finally {
  await lab.close();
}
