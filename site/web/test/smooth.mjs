// Whether training holds up the page: frames per second and long tasks while
// the smallest and the largest net train as fast as they can, by turns, while
// nothing trains, and late in a long run. node test/smooth.mjs [rounds]
//
// Without a graphics card the drawing itself is slow: only ratios mean
// anything, and long tasks while nothing trains are the drawing's. On a
// machine with other work tasks last longer than they compute; the main
// thread's own time, that of its longest task too, does not count the waiting.

import { patience, start } from './many.mjs';

const rounds = Number(process.argv[2] ?? 3), seconds = 5;
const nets = {
  'nothing trains': { size: 'layers=1&hidden=1', from: 3 },
  'smallest net, 1 × 1': { size: 'layers=1&hidden=1', from: 3 },
  'largest net, 4 × 256': { size: 'layers=4&hidden=256', from: 3 },
  'after 12 000 epochs': { size: 'data=karate&layers=1&hidden=1', from: 12_000 },
};

const lab = await start();
const found = Object.fromEntries(Object.keys(nets).map((name) => [name, { frames: 0, stage: 0, steps: 0, longest: 0, tasks: 0, cost: Infinity, own: 0 }]));
await lab.visit('#epochs=100000&speed=0', async (page) => {
  await page.waitForFunction(() => window.__abkd?.frames > 5 && window.__abkd.epoch > 0, null, { timeout: patience });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value;
  for (let round = 0; round < rounds; round++) {
    for (const [i, [name, { size, from }]] of Object.entries(nets).entries()) {
      const seed = 10 * round + i + 1; // another address each time
      await page.evaluate((hash) => { location.hash = hash; }, `#${size}&epochs=100000&speed=0&seed=${seed}`);
      await page.waitForFunction(([s, epochs]) => window.__abkd.running && window.__abkd.seed === s && window.__abkd.epoch > epochs, [seed, from], { timeout: patience });
      found[name].params = await page.evaluate(() => window.__abkd.student.params);
      if (name === 'nothing trains') {
        await page.locator('body').press('Space');
        await page.waitForFunction(() => !window.__abkd.running, null, { timeout: patience });
      }
      await page.waitForTimeout(500);
      const before = await busy(), traced = await trace(cdp);
      const s = await page.evaluate(async (ms) => {
        let frames = 0, longest = 0, tasks = 0;
        const observer = new PerformanceObserver((list) => { for (const e of list.getEntries()) { tasks++; longest = Math.max(longest, e.duration); } });
        observer.observe({ type: 'longtask' });
        const from = performance.now(), stage = window.__abkd.frames, epoch = window.__abkd.epoch;
        await new Promise((done) => {
          const frame = () => { frames++; if (performance.now() - from < ms) requestAnimationFrame(frame); else done(); };
          requestAnimationFrame(frame);
        });
        observer.disconnect();
        const took = (performance.now() - from) / 1e3;
        return { drawn: frames, frames: frames / took, stage: (window.__abkd.frames - stage) / took, steps: (window.__abkd.epoch - epoch) / took, longest, tasks };
      }, 1e3 * seconds);
      const best = found[name];
      best.own = Math.max(best.own, await traced());
      best.cost = Math.min(best.cost, (1e3 * (await busy() - before)) / s.drawn);
      for (const key of ['frames', 'stage', 'steps']) best[key] = Math.max(best[key], s[key]);
      best.longest = Math.max(best.longest, s.longest);
      best.tasks += s.tasks;
    }
  }
}).finally(lab.close);

/** Begins to watch the page's tasks; the result ends that and returns the longest one's own time on the main thread, in milliseconds. */
async function trace(cdp) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  cdp.on('Tracing.dataCollected', collect);
  await cdp.send('Tracing.start', { traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] } });
  return async () => {
    const complete = new Promise((done) => { cdp.once('Tracing.tracingComplete', done); });
    await cdp.send('Tracing.end');
    await complete;
    cdp.off('Tracing.dataCollected', collect);
    const thread = (e) => `${e.pid} ${e.tid}`;
    const drawing = new Set(events.filter((e) => e.name === 'FireAnimationFrame').map(thread)); // workers have no frames
    return Math.max(0, ...events.filter((e) => e.name.endsWith('RunTask') && drawing.has(thread(e))).map((e) => (e.tdur ?? 0) / 1e3));
  };
}

for (const [name, f] of Object.entries(found)) {
  console.log(`${name.padEnd(22)} ${f.frames.toFixed(1)} frames/s of the page, ${f.stage.toFixed(1)} of the drawing, ${f.steps.toFixed(0)} epochs/s; ${f.cost.toFixed(1)} ms of the main thread's own time a frame; ${f.tasks} tasks over 50 ms in ${rounds * seconds} s, the longest ${f.longest.toFixed(0)} ms; the longest on its own ${f.own.toFixed(0)} ms`);
}
const [, small, large] = Object.values(found);
if (!(small.params < large.params)) throw new Error(`the smallest net has ${small.params} parameters, the largest ${large.params}`);
console.log(`frames fall ${(small.frames / large.frames).toFixed(2)}× (page) and ${(small.stage / large.stage).toFixed(2)}× (drawing) from the smallest net to the largest`);
