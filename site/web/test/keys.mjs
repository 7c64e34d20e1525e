// The same keys lead to the same states on the page and on that of a lab; package
// window presses them too, in TestKeys: node --test test/keys.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { start, until } from './many.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { experiment, script } = JSON.parse(readFileSync(new URL('../../../sim/lesson/testdata/keys.json', import.meta.url), 'utf8'));
assert.ok(script.length > 20);

let browser;
before(async () => { browser = await start(); });
after(async () => { await browser?.close(); });

const names = { Left: 'ArrowLeft', Right: 'ArrowRight' };

/** Waits until the page is where the keys lead; one that is shown to a hall has then taken the screen, or given it back. */
const leadsTo = (page, is) => until(page, (want) => {
  const hash = new URLSearchParams(location.hash.slice(1)), isShown = (css) => document.querySelector(css)?.checkVisibility() === true, s = window.__abkd;
  const got = {
    scene: s.scene, step: Number(hash.get('step') ?? 1), epoch: s.epoch, phase: s.phase, running: s.running,
    open: isShown('#keys') ? 'keys' : isShown('.sheet.drawer') ? 'settings' : '', present: document.documentElement.classList.contains('present'),
  };
  if ('present' in want && want.present !== (document.fullscreenElement !== null)) return false;
  return Object.entries(want).every(([name, value]) => got[name] === value);
}, is);

async function pressesAll(page) {
  await until(page, () => window.__abkd?.phase === 'finished' && window.__abkd.epoch === 4);
  for (const [i, { keys, is }] of script.entries()) {
    for (const key of keys) await page.keyboard.press(names[key] ?? key);
    await leadsTo(page, is).catch((err) => { err.message += `\nafter step ${i + 1}, ${keys.join(' ')}, it is not at ${JSON.stringify(is)}`; throw err; });
  }
}

test('the keys lead where they lead in the window', async () => {
  await browser.visit(`#${experiment}&speed=0`, pressesAll);
});

test('the keys lead there on the page of a lab', async () => {
  const lab = spawn(process.env.ABKD ?? join(here, '../../../build/abkd'), ['lab', '--dir', process.env.DIST ?? join(here, '../dist'), '--port', '0', '--data', 'karate'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(lab, 'exit');
  try {
    for await (const line of createInterface({ input: lab.stdout })) {
      const address = /http:\/\/127\.0\.0\.1:\d+\/#token=\w+/.exec(line)?.[0];
      if (!address) continue;
      await browser.visit(address, async (page) => {
        await until(page, () => window.__abkd?.epoch >= 0);
        await page.evaluate((text) => { location.hash = text; }, `${experiment}&speed=0`);
        await pressesAll(page);
      });
      return;
    }
    assert.fail('the lab ended without an address');
  } finally {
    lab.kill();
    await exited;
  }
});
