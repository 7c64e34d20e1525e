// The built page in a real browser: node --test test/browser.mjs
//
//	BASE_URL     a server that runs already; otherwise `abkd serve` serves dist
//	ABKD         the program abkd (build/abkd)
//	SCREENSHOTS  a folder for pictures to look at
//	CHROMIUM     the browser (/usr/bin/chromium)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccessible, eventually, openDrawer, patience, picture, start, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const visit = (...args) => lab.visit(...args);
const state = (page) => page.evaluate(() => ({ ...window.__abkd }));
/** A run that is not over before a test has looked at it. */
const long = '#alpha=0.5&nodes=all&epochs=100000';
const running = (page) => until(page, () => window.__abkd?.running && window.__abkd.epoch > 0);
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

test('the page links the licences of all that it holds', async () => {
  await visit('', async (page) => {
    await openDrawer(page, 'About');
    const link = await page.getByRole('link', { name: 'Licences' }).getAttribute('href');
    const answer = await page.request.get(new URL(link, page.url()).href);
    assert.match(answer.headers()['content-type'], /^text\/plain/);
    const text = await answer.text();
    for (const part of ['Apache License', 'svelte ', 'github.com/hajimehoshi/ebiten', 'SIL OPEN FONT LICENSE']) {
      assert.ok(text.includes(part), `${part} is not in ${link}`);
    }
  });
});

test('training starts at once, on this host alone, and is drawn', async () => {
  await visit('', async (page, { requests }) => {
    await until(page, () => window.__abkd?.epoch > 5 && window.__abkd.frames > 5);
    const s = await state(page);

    assert.equal(s.ready, true);
    assert.equal(s.seed, 1);
    assert.equal(s.error, '');
    assert.notEqual(s.backend, '');
    assert.ok(s.teacher.params > s.student.params, 'the teacher is larger');
    assert.ok(s.teacher.acc > 0.5, `the teacher's accuracy is ${s.teacher.acc}`);
    assert.ok(s.alone !== null && s.alone.loss !== s.student.loss, 'two students race');
    assert.equal(s.alignment.A.length, 3);
    for (const row of s.alignment.A) {
      const sum = row.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5, `a row of A sums to ${sum}`);
    }
    await eventually(async () => { // the drawing fades in
      const colours = await variety(page, '.stage');
      assert.ok(colours > 50, `the stage shows ${colours} colours`);
    });
    await picture(page, 'light');
    const host = new URL(page.url()).host;
    assert.deepEqual(requests.filter((r) => !/^(data|blob):/.test(r) && new URL(r).host !== host), []);
  });
});

test('pause stops and says where, step advances by one, reset gives the same run bit for bit', async () => {
  await visit('#epochs=100000&speed=0', async (page) => {
    await running(page);
    const labels = await page.evaluate(async () => {
      const all = [];
      for (let i = 0; i < 2; i++) { // the trainer has no time to answer
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
        await Promise.resolve();
        all.push(document.querySelector('.transport .primary').textContent.trim());
      }
      return all;
    });
    assert.deepEqual(labels, ['▶ Play', '❚❚ Pause']);
    await until(page, (e) => window.__abkd.epoch > e, (await state(page)).epoch + 2);
    await press(page, 'Pause');
    await until(page, () => !window.__abkd.running);
    const paused = await state(page);
    await page.waitForTimeout(700);
    assert.equal((await state(page)).epoch, paused.epoch, 'nothing moves while paused');
    await until(page, () => [...document.querySelectorAll('[aria-live=polite]')].some((e) => e.textContent.startsWith(`epoch ${window.__abkd.epoch}, `))); // what is told, too
    await press(page, 'Step');
    await until(page, (e) => window.__abkd.epoch > e, paused.epoch);
    await page.waitForTimeout(300); // for a step too many
    assert.equal((await state(page)).epoch, paused.epoch + 1);

    const losses = async () => {
      await press(page, 'Reset');
      await until(page, () => window.__abkd.epoch === 0);
      const seen = [];
      for (let epoch = 1; epoch <= 4; epoch++) {
        await press(page, 'Step');
        await until(page, (e) => window.__abkd.epoch === e, epoch);
        const s = await state(page);
        seen.push([s.student.loss, s.student.ce, s.student.aux, s.alone.loss, ...s.alignment.A.flat()]);
      }
      return seen;
    };
    const once = await losses();
    assert.deepEqual(await losses(), once);
    assert.notEqual(once[0][0], once[1][0]);

    await openDrawer(page, 'Settings');
    await page.getByLabel('Seed', { exact: true }).fill('2');
    await page.getByLabel('Seed', { exact: true }).press('Enter');
    await until(page, () => window.__abkd.seed === 2);
    await press(page, 'Pause');
    await until(page, () => !window.__abkd.running);
    assert.notEqual((await losses())[0][0], once[0][0], 'another seed is another run');
  });
});

test('the address holds the experiment', async () => {
  await visit('#seed=5&hidden=16', async (page) => {
    await running(page);
    const s = await state(page);
    assert.equal(s.seed, 5);
    await openDrawer(page, 'Settings');
    assert.equal(await page.getByLabel('Student width', { exact: true }).inputValue(), '16');

    await page.getByLabel('Criterion', { exact: true }).selectOption('kd');
    assert.equal(await page.evaluate(() => location.hash), '#data=mag-mini&seed=5&hidden=16&criterion=kd');
    await until(page, () => window.__abkd.epoch > 0 && window.__abkd.student.kd > 0);
    assert.deepEqual((await state(page)).alignment.A, []);
    assert.equal(await page.getByLabel('β, weight of the criterion', { exact: true }).count(), 0, 'a setting without effect is not shown');

    await page.evaluate(() => { location.hash = '#data=karate'; });
    await until(page, (params) => window.__abkd.seed === 1 && window.__abkd.teacher.params > 0 && window.__abkd.teacher.params !== params, s.teacher.params);
    assert.equal(await page.getByLabel('Graph', { exact: true }).inputValue(), 'karate');
    const schema = JSON.parse(readFileSync(new URL('../src/generated/schema.json', import.meta.url), 'utf8'));
    assert.equal(await page.getByLabel('Student width', { exact: true }).inputValue(), schema.find((c) => c.key === 'hidden').default);

    await page.evaluate(() => { location.hash = '#data=karate&seed=7&speed=1&epochs=100000'; });
    await until(page, () => window.__abkd.seed === 7 && window.__abkd.epoch > 0);
    await page.evaluate(() => { location.hash = '#data=karate&seed=7&speed=0&epochs=100000'; });
    await until(page, () => window.__abkd.epoch > 1000); // of the same run, at another speed: the one of before would take a quarter of an hour

    await page.evaluate(() => { location.hash = '#layers=99&moon=1'; });
    await page.getByText(/"moon", which cannot be set here/).waitFor();
    await running(page);
  });
});

test('the keyboard does it all', async () => {
  await visit(long, async (page) => {
    await running(page);
    await page.keyboard.press('Space');
    await until(page, () => !window.__abkd.running);
    const at = (await state(page)).epoch;
    await page.keyboard.press('.');
    await until(page, (e) => window.__abkd.epoch === e + 1, at);
    await page.keyboard.press('ArrowRight');
    await until(page, (e) => window.__abkd.epoch === e + 2, at);
    await page.keyboard.press('r');
    await until(page, () => window.__abkd.epoch === 0);
    await page.keyboard.press('?');
    assert.equal(await page.locator('#keys').isVisible(), true);
    await page.frameLocator('iframe').locator('canvas').focus();
    await page.keyboard.press('.');
    await until(page, () => window.__abkd.epoch === 1);
    await page.keyboard.press('r');
    await until(page, () => window.__abkd.epoch === 0);
    await page.locator('body').press('Tab');
    await page.keyboard.press('s');

    const reached = new Set(), wanted = ['Share', '▶ Play', 'control-criterion', 'control-seed', 'looks-theme', 'All settings', 'scrub', 'scene-tab-start'];
    for (let i = 0; i < 200 && !wanted.every((w) => reached.has(w)); i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.tagName));
    }
    for (const want of wanted) {
      assert.ok(reached.has(want), `Tab never reaches ${want}: ${[...reached].join(', ')}`);
    }
    await page.getByLabel('Seed', { exact: true }).focus();
    await page.keyboard.press('.');
    await page.keyboard.press('?');
    await page.waitForTimeout(300);
    assert.equal((await state(page)).epoch, 0, 'keys typed into a field are text');
  });
});

test('a node of the list becomes the focus', async () => {
  await visit(long, async (page) => {
    await running(page);
    await press(page, 'Pause');
    await openDrawer(page, 'Numbers');
    await page.getByText('The drawn graph as a list', { exact: false }).click();
    const nodes = page.locator('.nodes li .focus');
    await nodes.first().waitFor();
    const name = (await nodes.nth(3).getAttribute('aria-label')).replace('Focus on ', '');
    await nodes.nth(3).click();
    await page.waitForFunction((n) => document.querySelector('.nodes li .focus[aria-pressed=true]')?.ariaLabel === `Focus on ${n}`, name, { timeout: patience });
  });
});

test('the stage follows tab, theme, model and visibility', async () => {
  await visit(long, async (page) => {
    await running(page);
    await until(page, () => window.__abkd.frames > 0);
    const stage = page.frames().find((f) => f.url().endsWith('stage.html'));
    const shows = (want) => stage.waitForFunction((w) => Object.entries(w).every(([k, v]) => window.__abkd.state()[k] === v), want, { timeout: patience });
    await shows({ tab: 'graph', teacher: false });
    await press(page, 'Align');
    await shows({ tab: 'align' });
    await openDrawer(page, 'Settings');
    await page.getByLabel('Messages of').selectOption('teacher');
    await shows({ teacher: true });
    const light = await stage.evaluate(() => window.__abkd.state().theme);
    await page.getByLabel('Theme').selectOption('dark');
    await stage.waitForFunction((t) => window.__abkd.state().theme !== t, light, { timeout: patience });
    await press(page, 'Curves');
    await shows({ tab: '' }); // it has taken all that was on its way
    const before = await stage.evaluate(() => window.__abkd.state().snapshots);
    const { epoch } = await state(page);
    await until(page, (e) => window.__abkd.epoch > e + 2, epoch);
    assert.equal(await stage.evaluate(() => window.__abkd.state().snapshots), before, 'a hidden stage gets no snapshots');
    await press(page, 'Graph');
    await shows({ tab: 'graph' });
    await stage.waitForFunction((n) => window.__abkd.state().snapshots > n, before, { timeout: patience });
  }, { viewport: { width: 390, height: 844 } });
});

test('without its program the trainer says so, and a retry works', async () => {
  let broken = true;
  const routes = { '**/trainer.wasm': (route) => (broken ? route.abort() : route.continue()) };
  await visit(long, async (page) => {
    const alert = page.getByRole('alert').filter({ hasText: 'The trainer stopped' });
    await alert.waitFor({ timeout: patience });
    assert.notEqual((await state(page)).error, '');
    await picture(page, 'no-trainer');
    broken = false;
    await alert.getByRole('button', { name: 'Retry' }).click();
    await running(page);
    await until(page, () => window.__abkd.frames > 0);
    assert.equal(await alert.count(), 0);
    assert.equal((await state(page)).error, '');
  }, { routes, expected: [/Failed to load resource/] });
});

test('without its program the stage says so, training goes on, and a retry works', async () => {
  let broken = true;
  const routes = { '**/app.wasm': (route) => (broken ? route.abort() : route.continue()) };
  await visit(long, async (page) => {
    const alert = page.locator('.stage').getByRole('alert');
    await alert.waitFor({ timeout: patience });
    await running(page);
    await picture(page, 'no-stage');
    broken = false;
    await alert.getByRole('button', { name: 'Retry' }).click();
    await until(page, () => window.__abkd.frames > 0);
    assert.equal(await alert.count(), 0);
  }, { routes, expected: [/Failed to load resource/] });
});

test('a teacher that cannot be loaded is trained here', async () => {
  const routes = { '**/teacher.safetensors': (route) => route.abort() };
  await visit('#data=mag-mini', async (page) => {
    await until(page, () => (window.__abkd?.phase === 'teaching' && window.__abkd.epoch > 1) || ['distilling', 'finished'].includes(window.__abkd?.phase));
    await page.getByText('it is trained here instead').waitFor();
  }, { routes, expected: [/Failed to load resource/] });
});

for (const [name, options] of Object.entries({
  light: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 } },
  'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
})) {
  test(`accessible: ${name}`, async () => {
    await visit(long, async (page) => {
      await running(page);
      await until(page, () => window.__abkd.epoch > 10 && window.__abkd.frames > 0);
      await page.waitForTimeout(600);
      await picture(page, `${name}-running`);
      await press(page, 'Pause');
      await assertAccessible(page, name);
      for (const section of ['Settings', 'Change the run', 'Formulas', 'Numbers', 'Your graph', 'Glossary', 'About']) {
        await openDrawer(page, section);
        if (section === 'Settings') await press(page, 'All settings');
        if (section === 'Numbers') await page.getByText('The drawn graph as a list', { exact: false }).click();
        await assertAccessible(page, `${name}, ${section}`);
        await picture(page, `${name}-drawer-${section.toLowerCase().replaceAll(' ', '-')}`);
      }
      await press(page, 'Close');
      for (const tab of options.viewport ? ['Align', 'Curves'] : []) {
        await press(page, tab);
        await page.waitForTimeout(600);
        await picture(page, `${name}-${tab.toLowerCase()}`);
        await assertAccessible(page, `${name} ${tab}`);
      }
      }, options);
  });
}

test('accessible: contrast', async () => {
  await visit(long, async (page) => {
    await running(page);
    await openDrawer(page, 'Settings');
    await page.getByLabel('Theme').selectOption('contrast');
    await page.waitForTimeout(600);
    await picture(page, 'contrast');
    await press(page, 'Pause');
    await assertAccessible(page, 'contrast');
  });
});

test('the run ends with a student well above the majority class', async () => {
  await visit('#speed=0', async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished');
    const s = await state(page);
    assert.equal(s.running, false);
    assert.ok(s.student.acc > 0.4, `accuracy ${s.student.acc}; always naming the largest class gives less than 0.25`);
    const hook = await page.locator('.hook').textContent();
    assert.match(hook, /at the end the taught student (is level|is \d+ packages? \([\d.]+ points\) (above|below))/);
    const gap = 100 * (s.student.acc - s.alone.acc);
    const said = hook.includes('level') ? 0 : Number(hook.match(/([\d.]+) points/)[1]) * (hook.includes('below') ? -1 : 1);
    assert.ok(Math.abs(gap - said) < 0.06, `it says ${said} points, the numbers say ${gap}`);
    await picture(page, 'finished');
    await page.getByLabel('Speed').selectOption('6'); // at full speed a slow machine may see only its end
    await press(page, 'Play again');
    await until(page, () => window.__abkd.running);
  });
});

test('the curves can be saved as a drawing that stands alone', async () => {
  await visit(long, async (page) => {
    await running(page);
    await page.keyboard.press('6');
    await press(page, 'Loss');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save SVG' }).first().click();
    const svg = readFileSync(await (await download).path(), 'utf8');
    assert.match(svg, /^<svg [^>]*xmlns=/);
    assert.match(svg, /<path [^>]*stroke="rgb/);
    assert.doesNotMatch(svg, /class=|var\(/);
  });
});

/** The number of different colours in a picture of the element. */
async function variety(page, selector) {
  const png = (await page.locator(selector).screenshot()).toString('base64');
  return page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const data = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
    return new Set(data).size;
  }, png);
}
