// How `abkd lab` does on a large graph, beside `abkd train`: from the command to
// a moving picture, memory of both processes, the page's longest task, epochs/s.
//
//	node test/lab-scale.mjs FOLDER [EPOCHS]    (the environment of test/browser.mjs)

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { picture, start, until } from './many.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const abkd = process.env.ABKD ?? join(here, '../../../build/abkd'), dist = process.env.DIST ?? join(here, '../dist');
const [folder, epochs = '5'] = process.argv.slice(2);
if (!folder) throw new Error('say which: node test/lab-scale.mjs FOLDER [EPOCHS]');

const status = (pid, key) => Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
/** MiB of the largest process that shows a page. */
const renderer = () => Math.max(0, ...readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).map((pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer') ? status(pid, 'VmHWM') : 0;
  } catch {
    return 0; // it has ended
  }
}));

const settings = `teacher-layers=3&teacher-hidden=64&teach=on&teacher-epochs=${epochs}&epochs=1000`;
const browser = await start();
const begun = performance.now(), since = () => ((performance.now() - begun) / 1000).toFixed(1);
const lab = spawn(abkd, ['lab', '--data', folder, '--dir', dist, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  for await (const line of createInterface({ input: lab.stdout })) {
    const address = /http:\S+/.exec(line)?.[0];
    if (!address) continue;
    console.log(`${since()} s from the command to the address`);
    await browser.visit(address, async (page) => {
      await page.evaluate(() => {
        window.tasks = [];
        new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) => Math.round(e.duration)))).observe({ type: 'longtask' });
      });
      await until(page, () => window.__abkd?.ready && window.__abkd.frames > 2);
      console.log(`${since()} s to a picture`);
      await until(page, () => window.__abkd.step + window.__abkd.epoch > 0);
      console.log(`${since()} s to a moving one`);
      await page.evaluate((text) => { window.tasks = []; location.hash = text; }, `${new URL(page.url()).hash.slice(1).replace(/&?(teach|teacher-\w+|epochs|speed)=[^&]*/g, '')}&${settings}&speed=0`);
      await until(page, (n) => window.__abkd.phase === 'teaching' && window.__abkd.epoch === 0 && window.__abkd.running && window.location.hash.includes(`teacher-epochs=${n}`), epochs);
      const from = performance.now(), frames = await page.evaluate(() => window.__abkd.frames);
      await page.waitForFunction(() => window.__abkd.phase === 'distilling', undefined, { timeout: 0, polling: 50 });
      const seconds = (performance.now() - from) / 1000, drawn = await page.evaluate(() => window.__abkd.frames) - frames;
      console.log(`${(epochs / seconds).toFixed(4)} epochs/s of the teacher, ${(drawn / seconds).toFixed(1)} frames/s meanwhile`);
      await until(page, () => window.__abkd.step > 0);
      await picture(page, 'lab-scale');
      console.log(`longest task ${Math.max(0, ...await page.evaluate(() => window.tasks))} ms, ${(await page.evaluate(() => window.tasks.length))} above 50 ms`);
      console.log(`memory: page ${renderer().toFixed(0)} MiB, lab ${status(lab.pid, 'VmHWM').toFixed(0)} MiB at their peaks`);
    });
    break;
  }
} finally {
  lab.kill();
  await browser.close();
}
const trained = spawnSync(abkd, ['train', '--data', folder, '--epochs', epochs, '--json'], { encoding: 'utf8' });
const { seconds } = JSON.parse(trained.stdout.trim().split('\n').at(-1));
console.log(`${(epochs / seconds).toFixed(4)} epochs/s of abkd train`);
