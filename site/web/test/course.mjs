// The whole course as a person plays it, sitting by sitting: in English by keys
// alone, with every step looked at in six ways, and in Chinese by pointer on a
// phone. It takes minutes, so it is a part of "make audit", not of "make test":
// node --test test/course.mjs (the environment of test/browser.mjs), perhaps
// with --test-name-pattern='sitting 2'

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, start, tabTo, until } from './many.mjs';
import { course, isFree, shows, steps } from './played.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

/** In which a step is looked at. */
const looks = {
  light: {}, dark: { colorScheme: 'dark' }, 'forced colours': { forcedColors: 'active' },
  'a phone': { size: { width: 390, height: 844 } }, '200 %': { size: { width: 640, height: 400 } }, '400 %': { size: { width: 320, height: 200 } },
};

/** Waits until the page is drawn in what it was given last. */
const settled = (page, { forcedColors = 'none', colorScheme = 'light' }) => until(page, async ([forced, scheme]) => {
  await new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); });
  await Promise.all(document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finished.catch(() => {})));
  return matchMedia(`(forced-colors: ${forced})`).matches && matchMedia(`(prefers-color-scheme: ${scheme})`).matches;
}, [forcedColors, colorScheme]);

/** Looks at a step in all ways, and adds what is wrong to the findings. */
async function lookAt(page, what, findings) {
  for (const [name, { size = { width: 1280, height: 800 }, ...media }] of Object.entries(looks)) {
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', ...media });
    await page.setViewportSize(size);
    await page.locator('.transport').evaluate((e, low) => { e.style.position = low ? 'static' : ''; }, size.height < 600); // it covers no target for good
    await settled(page, media);
    await assertAccessible(page, `${what}, ${name}`, ['.story']).catch((err) => findings.push(err.message));
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await settled(page, {});
}

/** How a person plays: by what a step is left, an option is chosen, settings are handed in and the change is made. */
const byKeys = {
  open: async (page, id) => {
    await page.keyboard.press('c');
    await page.locator('.lessons button').first().waitFor();
    await tabTo(page, `.lessons button[data-id="${id}"]`, 150);
    await page.keyboard.press('Enter');
  },
  next: (page) => page.keyboard.press('n'),
  press: async (page, selector) => {
    await tabTo(page, selector, 150);
    await page.keyboard.press('Enter');
  },
  close: (page) => page.keyboard.press('c'),
};
const byPointer = {
  open: async (page, id) => {
    await page.locator('nav [aria-pressed]').first().click();
    await page.locator(`.lessons button[data-id="${id}"]`).click();
  },
  next: (page) => page.locator('.lesson .story-go .primary').click(),
  press: (page, selector) => page.locator(selector).first().click(),
  close: (page) => page.locator('nav [aria-pressed]').first().click(),
};

async function play(page, lesson, person, look) {
  await person.open(page, lesson.id);
  for (const [at, part] of steps(lesson).entries()) {
    if (at > 0) await person.next(page);
    await shows(page, lesson, part);
    if (part === 'guess') await person.press(page, '.options button');
    if (part === 'run') {
      if (lesson.exam) await person.press(page, '.hand-in');
      await isFree(page);
    }
    if (part === 'reveal') await page.locator('dl.verdict').waitFor();
    if (part === 'change' && lesson.change) {
      await person.press(page, '.lesson-part .primary');
      await page.locator('.lesson-part .primary').waitFor({ state: 'detached' });
      await until(page, () => document.querySelector('.lesson .note[role=status]') === null);
    }
    await look(`${part} of ${lesson.id}`);
  }
  await person.close(page);
  await page.locator('.lesson').waitFor({ state: 'detached' });
}

const done = (page) => page.evaluate(() => Object.entries(JSON.parse(localStorage.getItem('abkd-lessons') ?? '{}')).filter(([, p]) => p.guess !== undefined).map(([id]) => id).sort());

/** The requests that went to another host. */
const abroad = (requests) => requests.filter((r) => !r.startsWith(lab.url) && !/^(blob|data):/.test(r));

for (const sitting of [1, 2, 3, 0]) {
  const name = sitting > 0 ? `sitting ${sitting}` : 'the further lessons';
  test(`${name} in English by keys alone, and every step is accessible in six ways`, async (t) => {
    const lessons = course('en').filter((l) => l.sitting === sitting), findings = [];
    assert.ok(lessons.length >= 3);
    let seen = 0;
    await lab.visit('#data=karate', async (page, { requests }) => {
      await until(page, () => window.__abkd?.epoch > 0);
      for (const lesson of lessons) await play(page, lesson, byKeys, (what) => { seen += Object.keys(looks).length; return lookAt(page, what, findings); });
      assert.deepEqual(await done(page), lessons.map((l) => l.id).sort());
      t.diagnostic(`${lessons.length} lessons, ${seen} looks, ${findings.length} findings, ${requests.length} requests, ${abroad(requests).length} of them to other hosts`);
      assert.deepEqual(findings, []);
      assert.deepEqual(abroad(requests), []);
    });
  });

  test(`${name} in Chinese by pointer on a phone`, async (t) => {
    const lessons = course('zh-Hans').filter((l) => l.sitting === sitting);
    await lab.visit('#data=karate', async (page, { requests }) => {
      await until(page, () => window.__abkd?.epoch > 0);
      for (const lesson of lessons) {
        await play(page, lesson, byPointer, async (what) => {
          assert.match(await page.locator('.lesson-part').innerText(), /\p{Script=Han}/u, what);
        });
      }
      assert.deepEqual(await done(page), lessons.map((l) => l.id).sort());
      assert.deepEqual(await page.locator('.trouble').allInnerTexts(), []);
      t.diagnostic(`${lessons.length} lessons, ${requests.length} requests, ${abroad(requests).length} of them to other hosts`);
      assert.deepEqual(abroad(requests), []);
    }, { viewport: { width: 390, height: 844 }, prepare: (page) => page.addInitScript(() => localStorage.setItem('abkd-language', 'zh-Hans')) });
  });
}

/** Kinds of sight that the browser can show the page in. */
const sights = ['none', 'protanopia', 'deuteranopia', 'tritanopia', 'achromatopsia'];
/** Pairs of colours that tell two things apart, and what else does where the colour cannot. */
const pairs = [['--taught', '--alone'], ['--taught', '--teacher'], ['--alone', '--teacher'], ['--kd-area', '--aux-area'], ['--taught-area', '--aux-area']];

for (const theme of ['light', 'dark', 'contrast']) {
  test(`models and losses are told apart by every kind of sight: ${theme}`, async (t) => {
    await lab.visit('#data=karate&epochs=100000', async (page, { context }) => {
      const cdp = await context.newCDPSession(page);
      await page.evaluate(([names, value]) => {
        document.documentElement.dataset.theme = value;
        const strip = document.createElement('div');
        strip.id = 'swatches';
        strip.style.cssText = 'position: fixed; inset: 0 auto auto 0; z-index: 99; display: flex';
        for (const name of names) strip.append(Object.assign(document.createElement('div'), { style: `width: 20px; height: 20px; background: var(${name})` }));
        document.body.append(strip);
      }, [[...new Set(pairs.flat())], theme]);
      for (const type of sights) {
        await cdp.send('Emulation.setEmulatedVisionDeficiency', { type });
        const seen = await colours(page, await page.locator('#swatches').screenshot(), [...new Set(pairs.flat())]);
        const apart = pairs.map(([a, b]) => [a, b, distance(seen[a], seen[b])]);
        t.diagnostic(`${type}: ${apart.map(([a, b, d]) => `${a} ${b} ${d.toFixed(0)}`).join(', ')}`);
        if (type !== 'achromatopsia') for (const [a, b, d] of apart) assert.ok(d >= 9, `${a} and ${b} differ by ${d.toFixed(1)} with ${type}`);
      }
      // Who sees no colour has the dashes of the lines and the words beside them.
      await cdp.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' });
    });
  });
}

/** The colours of a strip of swatches in a picture, by their names, in CIELAB. */
async function colours(page, png, names) {
  const all = await page.evaluate(async (coded) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(coded), (c) => c.charCodeAt(0))])), canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    return Array.from({ length: bitmap.width / 20 }, (_, i) => [...context.getImageData(20 * i + 10, 10, 1, 1).data]);
  }, png.toString('base64'));
  return Object.fromEntries(names.map((name, i) => [name, lab2(all[i])]));
}

function lab2([r, g, b]) {
  const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  const f = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [X, Y, Z] = [(0.4124 * x + 0.3576 * y + 0.1805 * z) / 0.95047, 0.2126 * x + 0.7152 * y + 0.0722 * z, (0.0193 * x + 0.1192 * y + 0.9505 * z) / 1.08883].map(f);
  return [116 * Y - 16, 500 * (X - Y), 200 * (Y - Z)];
}

const distance = (a, b) => Math.hypot(...a.map((v, i) => v - b[i]));
