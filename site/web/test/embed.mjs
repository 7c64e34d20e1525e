// The page as a part of another one, and with parts left out: what is there,
// what is not, and who may show it. node --test test/embed.mjs (the
// environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertAccessible, eventually, picture, start, until } from './many.mjs';

const dist = process.env.DIST ?? fileURLToPath(new URL('../dist/', import.meta.url));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.json': 'application/json' };
let lab, course, plain, lms;

/** Answers with what reply(url) is, on an origin of its own: its address. */
async function host(reply) {
  const server = createServer((request, response) => {
    const [type, body] = reply(new URL(request.url, 'http://localhost')) ?? [];
    response.writeHead(type ? 200 : 404, { 'content-type': type ?? 'text/plain' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

before(async () => {
  lab = await start();
  course = await host(({ searchParams: p }) => ['text/html', `<!doctype html><html lang="en"><title>A course</title><body><h1>A course</h1><iframe id="lab" title="ABKD Lab" width="${p.get('w')}" height="${p.get('h')}" src="${p.get('src')}"></iframe>`]);
  plain = await host(({ pathname }) => {
    const path = pathname === '/' ? 'index.html' : pathname.slice(1);
    return [types[extname(path)] ?? 'application/octet-stream', readFileSync(join(dist, path))];
  });
});
after(async () => { await lab?.close(); for (const h of [course, plain, lms]) h?.close(); });

/** A learning management system: what SCORM 1.2 asks of its object, by the letter, around a package that it has unpacked. */
const system = `<!doctype html><html lang="en"><title>A system</title><link rel="icon" href="data:,"><body><script>
window.said = {}; window.calls = [];
const known = { 'cmi.core.lesson_status': 'not attempted' };
let state = 'new';
const answer = (name, fits, does) => (...args) => { calls.push([name, ...args]); if (!fits(...args)) { calls.push(['wrong', name, ...args]); return 'false'; } return does(...args) ?? 'true'; };
const runs = () => state === 'running', text = (v) => typeof v === 'string';
window.API = {
  LMSInitialize: answer('LMSInitialize', (v) => v === '' && state === 'new', () => { state = 'running'; }),
  LMSGetValue: answer('LMSGetValue', (name) => runs() && name in known, (name) => known[name]),
  LMSSetValue: answer('LMSSetValue', (name, v) => runs() && text(v) && ({
    'cmi.core.lesson_status': /^(passed|failed|completed|incomplete)$/, 'cmi.core.lesson_location': /^.{1,255}$/, 'cmi.core.score.raw': /^\\d+$/, 'cmi.core.score.min': /^0$/, 'cmi.core.score.max': /^100$/,
    'cmi.core.session_time': /^\\d{4}:\\d\\d:\\d\\d$/, id: /^[\\w-]{1,255}$/, type: /^(choice|fill-in)$/, student_response: /^.{0,255}$/, result: /^(correct|wrong)$/,
  })[name.replace(/^cmi.interactions.\\d+./, '')]?.test(v), (name, v) => { said[name] = v; }),
  LMSCommit: answer('LMSCommit', (v) => v === '' && runs(), () => undefined),
  LMSFinish: answer('LMSFinish', (v) => v === '' && runs(), () => { state = 'over'; }),
};
</script><iframe id="sco" title="The lesson" width="900" height="650" src="package/lms.html?lesson=hand&page=file"></iframe>`;

test('a package tells a learning management system what becomes of its lesson', async () => {
  lms = await host(({ pathname }) => (pathname === '/' ? ['text/html', system] : [types[extname(pathname)] ?? 'application/octet-stream', readFileSync(join(dist, pathname.replace('/package/', '')))]));
  await lab.visit('', async (page, { requests }) => {
    const sco = await (await page.locator('#sco').elementHandle()).contentFrame();
    const frame = await (await sco.locator('#lab').elementHandle()).contentFrame();
    await frame.locator('.lesson .dot').first().waitFor();
    await until(page, () => window.said['cmi.core.lesson_status'] === 'incomplete' && window.said['cmi.core.lesson_location'] !== undefined);
    const next = frame.locator('.lesson .story-go .primary');
    await next.click();
    await frame.locator('.options button').first().click();
    await next.click(); // the runs begin
    await until(page, () => /passed|failed/.test(window.said['cmi.core.lesson_status']));
    await until(frame, () => document.querySelector('.lesson .story-go .primary')?.disabled === false);
    await next.click();
    const right = /As you guessed/.test(await frame.locator('.lesson-part').innerText());
    const { said, guess } = await page.evaluate(() => ({ said: window.said, guess: window.calls.filter(([, name]) => /student_response/.test(name)) }));
    assert.deepEqual([said['cmi.core.lesson_status'], said['cmi.core.score.raw'], said['cmi.interactions.0.id'], said['cmi.interactions.0.result'], guess.length], right ? ['passed', '100', 'hand', 'correct', 1] : ['failed', '0', 'hand', 'wrong', 1]);
    await page.evaluate(() => document.querySelector('#sco').remove());
    await until(page, () => window.calls.at(-1)[0] === 'LMSFinish');
    assert.match(await page.evaluate(() => window.said['cmi.core.session_time']), /^0000:/);
    assert.deepEqual(await page.evaluate(() => window.calls.filter(([name]) => name === 'wrong')), []);
    assert.deepEqual(requests.filter((r) => !r.startsWith(lms.url) && !/^(blob|data):/.test(r)), []);
  }, { at: lms.url, ready: '#sco' });
});

test('the example page lists what a frame tells', async () => {
  await lab.visit('lms.html?events=1&step=6.1&data=karate&teacher-epochs=4&epochs=6&kernels=simd128&speed=0', async (page) => {
    const told = () => page.locator('#events li').evaluateAll((all) => all.map((e) => JSON.parse(e.textContent)));
    await until(page, () => /"finished"/.test(document.querySelector('#events').textContent));
    const frame = await (await page.locator('#lab').elementHandle()).contentFrame(), { hash, accuracy } = (await told()).find((e) => e.type === 'finished');
    assert.deepEqual(await frame.evaluate(() => [window.__abkd.hash, window.__abkd.student.acc]), [hash, accuracy]);
    await frame.getByRole('button', { name: 'Next', exact: true }).click();
    await until(page, () => /"place","scene":"alignment","step":2/.test(document.querySelector('#events').textContent));
    const types = new Set((await told()).map((e) => e.type));
    for (const type of ['ready', 'place', 'epoch', 'finished']) assert.ok(types.has(type), type);
    for (const e of await told()) assert.deepEqual([e.from, e.version], ['abkd-lab', 1]);
  }, { ready: '#lab' });
});

/** Shows an address of the page in a course of another origin. */
const framed = (src, [w, h], body, options) => lab.visit(`?${new URLSearchParams({ src, w, h })}`, async (page, context) => {
  await body(page, await (await page.locator('#lab').elementHandle()).contentFrame(), context);
}, { at: course.url, ready: '#lab', ...options });

const trained = 'data=mag-mini&alpha=0.5&nodes=all&epochs=5000&kernels=simd128';
const gone = { rail: '.rail', story: '.story', transport: '.transport', settings: '.drawer, nav[aria-label=Page] button[aria-expanded]' };

for (const size of [[480, 360], [640, 400], [360, 640], [1100, 700]]) {
  test(`a course on another origin shows a step of the story in a frame of ${size.join(' × ')}`, async () => {
    await framed(`${lab.url}?embed=1&step=6.1#${trained}`, size, async (page, frame, { context }) => {
      await until(frame, () => window.__abkd?.epoch > 0 && window.__abkd.frames > 2);
      await until(frame, () => window.__abkd.scene === 'alignment' && document.querySelector('.dot').getAttribute('aria-current') === 'step');
      for (const selector of [gone.rail, gone.settings, 'header nav', 'input[type=file]', '#share', '.tabs', '.transport .rest']) assert.equal(await frame.locator(selector).count(), 0, selector);
      assert.deepEqual(await frame.evaluate(() => [location.search, /scene=alignment&step=1/.test(location.hash)]), ['?embed=1', true]);
      const entries = await page.evaluate(() => history.length);
      await frame.getByRole('button', { name: 'Next', exact: true }).click();
      await until(frame, () => /scene=alignment&step=2/.test(location.hash));
      await frame.getByRole('button', { name: 'Pause' }).or(frame.getByRole('button', { name: 'Play' })).first().click();
      await frame.locator('.told').click();
      await page.keyboard.press('s');
      assert.equal(await page.evaluate(() => history.length), entries, 'history is that of the course');
      assert.deepEqual(await frame.evaluate(() => ({
        down: document.scrollingElement.scrollHeight - innerHeight, wide: document.scrollingElement.scrollWidth - innerWidth,
        small: ['.stage', '.story', '.transport .primary', '.to-whole'].filter((s) => { const { width, height, right, bottom } = document.querySelector(s).getBoundingClientRect(); return width < 40 || height < 16 || right > innerWidth + 1 || bottom > innerHeight + 1; }),
      })), { down: 0, wide: 0, small: [] });
      await eventually(() => assertAccessible(frame, `embedded, ${size.join(' × ')}`));
      await picture(page, `embed-${size.join('x')}`);
      const opens = context.waitForEvent('page');
      await frame.getByRole('link', { name: 'Open the whole page' }).click();
      const whole = await opens;
      await whole.locator('.rail').waitFor();
      await until(whole, () => window.__abkd?.epoch > 0 && window.__abkd.scene === 'alignment');
      assert.equal(await whole.evaluate(() => window.opener), null);
    });
  });
}

test('what is not asked for to be embedded is shown in no frame of another origin', async () => {
  await framed(`${lab.url}#data=karate`, [480, 360], async (page) => {
    const child = await eventually(() => { const found = page.frames().find((f) => f !== page.mainFrame()); assert.match(found.url(), /^chrome-error:/); return found; });
    assert.equal(await child.locator('.transport').count(), 0);
  }, { expected: [/frame-ancestors/, /Failed to load/] });
});

test('where a host sends no headers, a frame of another origin has no more of the page', async () => {
  await framed(`${plain.url}#data=karate&model=gcn&hidden=4`, [640, 400], async (page, frame) => {
    await until(frame, () => window.__abkd?.epoch > 0);
    for (const selector of [gone.settings, 'input[type=file]']) assert.equal(await frame.locator(selector).count(), 0, selector);
  });
});

for (const [name, options] of Object.entries({ 'a screen': {}, 'a phone': { viewport: { width: 390, height: 844 } } })) {
  test(`a link leaves parts out, on ${name}, and nothing that explains them stays`, async () => {
    for (const hide of [...Object.keys(gone), Object.keys(gone).join(',')]) {
      await lab.visit(`#${trained}&hide=${hide}`, async (page) => {
        await until(page, () => window.__abkd?.epoch > 0);
        const parts = hide.split(',');
        for (const [part, selector] of Object.entries(gone)) {
          if (parts.includes(part)) assert.equal(await page.locator(selector).count(), 0, `${part} of ${hide}`);
          else await page.locator(selector).first().waitFor({ state: 'attached' });
        }
        await page.keyboard.press('6');
        if (!parts.includes('rail')) await until(page, () => window.__abkd.scene === 'alignment');
        await page.keyboard.press('s');
        if (!parts.includes('settings')) await page.keyboard.press('Escape');
        await page.keyboard.press('Space'); // who cannot see the transport can stop what moves
        await until(page, () => !window.__abkd.running);
        if (!parts.includes('transport')) {
          await page.keyboard.press('?');
          const keys = await page.locator('#keys dt').allInnerTexts();
          assert.deepEqual([keys.includes('S'), keys.includes('0 – 9')], [!parts.includes('settings'), !parts.includes('rail')], hide);
          await page.keyboard.press('?');
        }
        assert.equal(await page.getByRole('button', { name: 'A and D as a table' }).count(), parts.includes('rail') || parts.includes('settings') || parts.includes('story') ? 0 : 1, hide);
        await eventually(() => assertAccessible(page, `without ${hide}, ${name}`));
        await until(page, (h) => new URLSearchParams(location.hash.slice(1)).get('hide') === h, hide);
        await picture(page, `without-${parts.length > 1 ? 'all' : hide}-${name.split(' ').at(-1)}`);
      }, { ready: '.stage iframe', ...options });
    }
  });
}
