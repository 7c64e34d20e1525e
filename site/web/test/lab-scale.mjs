// How `abkd lab` does on a large graph, beside `abkd train`: from the command to
// a moving picture, memory of both processes, the page's tasks, every scene, a
// walk, and what the same training takes: of the clock, and of the processor, which
// does not depend on what else the machine does. So many steps and three times as
// many are trained: the difference is that of steps alone.
//
//	node test/lab-scale.mjs FOLDER [STEPS [ROUNDS]]    (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openDrawer, picture, scenes, start, until } from './many.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const abkd = process.env.ABKD ?? join(here, '../../../build/abkd'), dist = process.env.DIST ?? join(here, '../dist');
const [folder, steps = '3', rounds = '2'] = process.argv.slice(2);
if (!folder) throw new Error('say which: node test/lab-scale.mjs FOLDER [STEPS [ROUNDS]]');

/** MiB of a process, by a key of its status. */
const memory = (pid, key) => {
  try {
    return Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended
  }
};
/** The processes that show pages. */
const renderers = () => readdirSync('/proc').filter((pid) => {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
  } catch {
    return false;
  }
});
const told = (text) => console.log(text);
const seconds = (from) => (performance.now() - from) / 1000;
const tasks = (page) => page.evaluate(() => window.tasks.splice(0));
const longest = (all) => `${all.length} tasks above 50 ms, the longest ${Math.max(0, ...all)} ms`;

const tick = 100; // of the processor's time, in a second
/** Seconds of the processor that a process has had. */
function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / tick;
}

/** Trains so many steps as `abkd train` does: {wall, cpu}, the latter with all that the command does. */
function train(n) {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', '"$@" && times', 'bash', abkd, 'train', '--data', folder, '--epochs', '1', '--steps', String(n), '--json'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n'), [user, system] = [...lines.at(-1).matchAll(/(\d+)m([\d.]+)s/g)].map((m) => 60 * Number(m[1]) + Number(m[2]));
  return { wall: JSON.parse(lines.at(-3)).seconds, cpu: user + system };
}

/** Begins that training in the lab, and watches it to its end. */
async function teach(page, pid, seed, n) {
  const rest = new URL(page.url()).hash.slice(1).replace(/&?(teach|teacher-\w+|epochs|steps|seed|speed|scene|at|paused)=[^&]*/g, '');
  await page.evaluate((text) => { location.hash = text; }, `${rest}&teach=on&teacher-layers=3&teacher-hidden=64&teacher-epochs=1&steps=${n}&epochs=1000&seed=${seed}&speed=0`);
  await page.waitForFunction((n) => window.__abkd.seed === n && window.__abkd.phase === 'teaching', seed, { timeout: 0, polling: 20 });
  const from = performance.now(), used = processor(pid), frames = await page.evaluate(() => window.__abkd.frames);
  await tasks(page);
  await page.waitForFunction(() => window.__abkd.phase === 'distilling', undefined, { timeout: 0, polling: 20 });
  const wall = seconds(from), cpu = processor(pid) - used, drawn = await page.evaluate(() => window.__abkd.frames) - frames;
  told(`lab, ${n} steps: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of the processor, ${(drawn / wall).toFixed(1)} frames/s meanwhile, ${longest(await tasks(page))}`);
  return { wall, cpu };
}

/** Goes through every scene, to a neighbour, and to a paper by its number. */
async function walk(page) {
  await tasks(page);
  for (const { id } of scenes) {
    await page.locator(`#scene-tab-${id}`).click();
    await until(page, (scene) => window.__abkd.scene === scene, id);
    await page.waitForTimeout(1500);
    await picture(page, `lab-scale-${id}`);
    told(`scene ${id}: ${longest(await tasks(page))}; ${(await page.locator('.trouble').allInnerTexts()).join(' | ') || 'nothing refused'}`);
  }
  await page.locator('#scene-tab-start').click();
  await openDrawer(page, 'Numbers');
  const from = performance.now();
  await page.locator('.drawer .find input').fill('12345');
  await page.locator('.drawer .find button', { hasText: '12345' }).first().click();
  await until(page, () => window.__abkd.node === 12345);
  told(`found paper 12345 and went there in ${seconds(from).toFixed(1)} s, ${longest(await tasks(page))}`);
  await picture(page, 'lab-scale-found');
}

async function visitLab(body) {
  const begun = performance.now();
  const lab = spawn(abkd, ['lab', '--data', folder, '--dir', dist, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(lab, 'exit'), browser = await start();
  try {
    for await (const line of createInterface({ input: lab.stdout })) {
      const address = /http:\S+/.exec(line)?.[0];
      if (!address) continue;
      told(`${seconds(begun).toFixed(1)} s from the command to the address`);
      await browser.visit(address, async (page) => {
        await page.evaluate(() => {
          window.tasks = [];
          new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) => Math.round(e.duration)))).observe({ type: 'longtask', buffered: true });
        });
        await until(page, () => window.__abkd?.ready && window.__abkd.frames > 2);
        told(`${seconds(begun).toFixed(1)} s to a picture`);
        await until(page, () => window.__abkd.step + window.__abkd.epoch > 0);
        told(`${seconds(begun).toFixed(1)} s to a moving one; to load the page: ${longest(await tasks(page))}`);
        await body(page, lab.pid);
        const bytes = (await page.evaluate(() => performance.measureUserAgentSpecificMemory())).bytes;
        told(`memory: page ${(bytes / 2 ** 20).toFixed(0)} MiB as the browser measures it, ${Math.max(...renderers().map((pid) => memory(pid, 'RssAnon'))).toFixed(0)} MiB of its process's own; lab ${memory(lab.pid, 'VmRSS').toFixed(0)} MiB, ${memory(lab.pid, 'VmHWM').toFixed(0)} at its peak`);
      }, { adapts: true });
      break;
    }
  } finally {
    lab.kill();
    await exited;
    await browser.close();
  }
}

const few = Number(steps), many = 3 * few, ratios = [];
for (let round = 1; round <= Number(rounds); round++) {
  let a, b;
  await visitLab(async (page, pid) => {
    a = await teach(page, pid, 2 * round, few);
    b = await teach(page, pid, 2 * round + 1, many);
    if (round === 1) await walk(page);
  });
  const c = train(few), d = train(many);
  told(`abkd train: ${few} steps ${c.wall.toFixed(1)} s, ${many} steps ${d.wall.toFixed(1)} s; of the processor ${c.cpu.toFixed(1)} s and ${d.cpu.toFixed(1)} s with all that the command does`);
  const per = (x, y) => (y - x) / (many - few), ratio = per(c.cpu, d.cpu) / per(a.cpu, b.cpu);
  told(`a step: lab ${per(a.wall, b.wall).toFixed(2)} s, ${per(a.cpu, b.cpu).toFixed(2)} s of the processor; abkd train ${per(c.wall, d.wall).toFixed(2)} s, ${per(c.cpu, d.cpu).toFixed(2)} s: the lab has ${ratio.toFixed(2)} of its pace by the processor, ${(per(c.wall, d.wall) / per(a.wall, b.wall)).toFixed(2)} by the clock`);
  ratios.push(ratio);
}
told(`pace of the lab, by the processor: ${ratios.map((r) => r.toFixed(2)).join(', ')}`);
