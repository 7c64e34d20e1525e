// How many epochs a second: this site's trainer beside a plain TypeScript
// network of the same size that trains on the main thread of the same page.
// They take turns. node test/epochs.mjs [rounds]

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { patience, start } from './many.mjs';

const rounds = Number(process.argv[2] ?? 5), seconds = 2;
const peer = await build({
  configFile: false, logLevel: 'error', root: fileURLToPath(new URL('.', import.meta.url)),
  build: { write: false, minify: true, target: 'es2022', lib: { entry: 'peer/karate.ts', formats: ['iife'], name: 'peer' } },
});
const script = `${peer[0].output[0].code}\nglobalThis.abkdPeer = peer;`;

const lab = await start();
await lab.visit('#data=karate&model=gcn&layers=2&hidden=16&criterion=none&teach=on&teacher-layers=1&teacher-hidden=1&teacher-epochs=1&epochs=10000&input-dropout=0&speed=0', async (page) => {
  await page.evaluate(script); // by the debugger, which the page's policy does not bind
  const best = { trainer: 0, 'page that draws each epoch': 0, 'page that does nothing else': 0 };
  let peerNet;
  for (let round = 0; round < rounds; round++) {
    await page.waitForFunction(() => window.__abkd?.phase === 'finished', null, { timeout: patience });
    await page.locator('body').press('Space'); // play again
    const rate = await page.evaluate(async () => {
      const until = async (condition) => {
        while (!condition()) await new Promise((done) => { setTimeout(done, 1); });
        return { at: performance.now(), epoch: window.__abkd.epoch };
      };
      const from = await until(() => window.__abkd.phase === 'distilling' && window.__abkd.epoch > 0);
      const to = await until(() => window.__abkd.phase === 'finished');
      return (1e3 * (to.epoch - from.epoch)) / (to.at - from.at);
    });
    best.trainer = Math.max(best.trainer, rate);
    for (const [name, drawn] of [['page that draws each epoch', true], ['page that does nothing else', false]]) {
      peerNet = await page.evaluate(([s, d]) => window.abkdPeer.measure(16, s, d), [seconds, drawn]);
      best[name] = Math.max(best[name], peerNet.rate);
    }
  }
  const params = await page.evaluate(() => window.__abkd.student.params);
  if (params !== peerNet.numbers) throw new Error(`the trainer's network has ${params} parameters, the page's ${peerNet.numbers}`);
  if (!(peerNet.loss[1] < peerNet.loss[0])) throw new Error('the network of the page does not learn');
  const { backend } = await page.evaluate(() => window.__abkd);
  console.log(`karate club, GCN of width 16, ${params} parameters, the fastest of ${rounds} turns, trainer on ${backend}:`);
  for (const [name, rate] of Object.entries(best)) {
    console.log(`  ${name.padEnd(28)} ${rate.toFixed(0).padStart(6)} epochs/s${name === 'trainer' ? '' : `, the trainer is ${(best.trainer / rate).toFixed(1)}× as fast`}`);
  }
}).finally(lab.close);
