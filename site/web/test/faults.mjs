// What goes wrong around the page: files that are blocked, missing or damaged,
// workers that end, a network that is gone, memory that runs out.
// node --test test/faults.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, closeSheet, openDrawer, patience, picture, start, trainers, until } from './many.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

/** What each way to break a file does with a request for it, and what is said of the file. */
const faults = {
  blocked: [(route) => route.abort(), /cannot be reached/],
  missing: [(route) => route.fulfill({ status: 404, contentType: 'text/plain', body: '404 there is no such file' }), /is not there \(HTTP status 404\)/],
  replaced: [(route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Sign in</title>' }), /arrives damaged or incomplete/],
  cut: [(route) => damaged(route, (bytes) => bytes.subarray(0, bytes.length / 2)), /arrives damaged or incomplete/],
  flipped: [(route) => damaged(route, flip), /arrives damaged or incomplete/],
};

async function damaged(route, change) {
  const response = await route.fetch();
  await route.fulfill({ response, body: change(await response.body()) });
}

/** One bit in the middle is another. */
function flip(bytes) {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1] ^= 1;
  return copy;
}

const expected = [/Failed to load resource/, /Failed to find a valid digest/, /SRI's integrity checks failed/];
const visit = (fragment, body, options) => lab.visit(fragment, body, { expected, ...options });
const state = (page) => page.evaluate(() => ({ ...window.__abkd }));
const trains = (page) => until(page, () => window.__abkd?.running && window.__abkd.epoch > 0);
const drawn = (page) => until(page, () => window.__abkd?.frames > 2);
const notice = (page) => page.locator('.trouble[role=status]');
const stopped = (page) => page.getByRole('alert').filter({ hasText: 'The trainer stopped' });
const long = 'epochs=5000&speed=3';

/** What is told is whole sentences, of a length that is read, and no error as programs write it. */
function assertSentences(text) {
  assert.match(text, /^[A-Z“].*[.!?]$/s);
  assert.ok(text.length < 400, `it has ${text.length} characters: ${text}`);
  assert.doesNotMatch(text, /TypeError|RuntimeError|CompileError|LinkError|WebAssembly\.|Failed to fetch|undefined|null|\bat \w+:\d+/);
}

/** The text of a notice or an alert without its button. */
const told = async (locator) => {
  await locator.waitFor({ timeout: patience });
  return (await locator.innerText()).replace(/\s*(Dismiss|Retry)\s*$/, '').trim();
};

for (const [name, [fault]] of Object.entries(faults)) {
  test(`both kernel modules ${name}: plain Go trains, and the page says so`, async () => {
    await visit(`#${long}`, async (page) => {
      const text = await told(notice(page));
      assertSentences(text);
      assert.match(text, /relaxed\.wasm and simd128\.wasm could not be loaded: it trains without the fast kernels/);
      await trains(page);
      assert.equal((await state(page)).backend, 'go');
    }, { routes: { '**/{relaxed,simd128}.wasm': fault } });
  });

  test(`the teacher's weights ${name}: the teacher is trained here, and the page says so`, async () => {
    await visit(`#${long}`, async (page) => {
      const text = await told(notice(page));
      assertSentences(text);
      assert.match(text, /it is trained here instead/);
      assert.match(text, faults[name][1]);
      await until(page, () => window.__abkd.phase === 'teaching' && window.__abkd.epoch > 0 || window.__abkd.phase === 'distilling');
    }, { routes: { '**/teacher.safetensors': fault } });
  });

  test(`the pack of the graph that the page opens with ${name}: the page says so, trains on another graph, and a preset takes it once it is there`, async () => {
    let broken = true;
    await visit('', async (page) => {
      const text = await told(notice(page));
      assertSentences(text);
      assert.ok(text.includes('debian-mini.pack'), text);
      assert.match(text, faults[name][1]);
      assert.match(text, /An experiment on a generated graph runs instead\.$/);
      await trains(page);
      assert.match(await page.evaluate(() => location.hash), /^#data=mag-mini&/);
      broken = false;
      await openDrawer(page, 'Settings');
      await page.getByRole('button', { name: 'Debian', exact: true }).click();
      await until(page, () => location.hash.startsWith('#data=debian-mini&') && window.__abkd.epoch > 0 && window.__abkd.teacher.params > 400_000);
      assert.equal(await notice(page).count(), 0);
    }, { routes: { '**/debian-mini.pack': (route) => (broken ? fault(route) : route.continue()) } });
  });

  test(`reader.wasm ${name}: whoever opens a file is told, and opening it again works once it is there`, async () => {
    let broken = true;
    await visit(`#${long}`, async (page) => {
      await trains(page);
      const alert = page.locator('section.own').getByRole('alert');
      const example = () => page.locator('section.own').getByRole('button', { name: 'Open this example', exact: true }).click();
      await openDrawer(page, 'Your graph');
      await page.locator('section.own').getByRole('button', { name: 'What they look like', exact: true }).click();
      await example();
      const text = await told(alert.locator('li'));
      assertSentences(text.replace(/^i/, 'I'));
      assert.match(text, /immutable\/\w+\/reader\.wasm/);
      assert.match(text, faults[name][1]);
      assert.equal((await state(page)).error, '', 'training goes on');
      broken = false;
      await example();
      await page.locator('section.own .own-opened').waitFor({ timeout: patience });
      assert.equal(await alert.count(), 0);
    }, { routes: { '**/reader.wasm': (route) => (broken ? fault(route) : route.continue()) } });
  });

  for (const [file, where, goesOn] of [
    ['trainer.wasm', stopped, trains],
    ['app.wasm', (page) => page.locator('.stage').getByRole('alert'), drawn],
  ]) {
    test(`${file} ${name}: the page says what and what to do, and a retry works once it is there`, async () => {
      let broken = true;
      await visit(`#${long}&seed=3`, async (page) => {
        const text = await told(where(page));
        assertSentences(text.replace(' Training goes on.', ''));
        assert.ok(text.includes(`/${file} `), text);
        assert.match(text, faults[name][1]);
        broken = false;
        await where(page).getByRole('button', { name: 'Retry' }).click();
        await goesOn(page);
        assert.equal(await where(page).count(), 0);
        assert.equal((await state(page)).seed, 3, 'the experiment of the address');
      }, { routes: { [`**/${file}`]: (route) => (broken ? fault(route) : route.continue()) } });
    });
  }
}

test('what arrives damaged once, as from a browser that keeps it for a year, is asked for past what is kept, and nothing is said', async () => {
  const asked = { 'trainer.wasm': 0, 'app.wasm': 0, 'teacher.safetensors': 0, 'simd128.wasm': 0 };
  const routes = Object.fromEntries(Object.keys(asked).map((name) => [`**/${name}`, (route) => (asked[name]++ === 0 ? damaged(route, flip) : route.continue())]));
  await visit(`#${long}`, async (page) => {
    await trains(page);
    await drawn(page);
    assert.equal(await notice(page).count(), 0);
    assert.deepEqual(Object.values(asked), [2, 2, 2, 2]);
  }, { routes });
});

test('one kernel module missing: the next best trains, and the page says so', async () => {
  await visit(`#${long}`, async (page) => {
    assert.match(await told(notice(page)), /^The kernels in relaxed\.wasm could not be loaded: it trains with simd128 instead\./);
    await trains(page);
    assert.equal((await state(page)).backend, 'simd128');
  }, { routes: { '**/relaxed.wasm': faults.missing[0] } });
});

for (const file of ['stage.html', 'stage.js', 'wasm_exec.js']) {
  test(`${file} blocked: the drawing says so, training goes on, and a retry works`, async () => {
    let broken = true;
    await visit(`#${long}`, async (page) => {
      const alert = page.locator('.stage').getByRole('alert');
      const text = await told(alert);
      assertSentences(text);
      assert.match(text, /stage\.html.*could not be loaded.* Training goes on\.$/);
      await trains(page);
      broken = false;
      await alert.getByRole('button', { name: 'Retry' }).click();
      await drawn(page);
      assert.equal(await alert.count(), 0);
    }, { routes: { [`**/${file}`]: (route) => (broken ? route.abort() : route.continue()) } });
  });
}

/** Notes by what programs are compiled. Browsers keep the code of compileStreaming alone. */
function noteCompiling() {
  window.compiled = new Set();
  for (const way of ['compile', 'compileStreaming']) {
    const plain = WebAssembly[way];
    WebAssembly[way] = (source) => {
      window.compiled.add(way);
      return plain.call(WebAssembly, source);
    };
  }
}

for (const [type, way] of [['application/wasm', 'compileStreaming'], ['application/octet-stream', 'compile']]) {
  test(`programs that arrive as ${type} are compiled by ${way}`, async () => {
    await visit(`#${long}`, async (page) => {
      await trains(page);
      await drawn(page);
      assert.deepEqual(await page.evaluate(() => [...window.compiled]), [way]);
    }, {
      prepare: (page) => page.addInitScript(noteCompiling),
      routes: {
        '**/{trainer,app,reader}.wasm': async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, headers: { ...response.headers(), 'content-type': type } });
        },
      },
    });
  });
}

/** Keeps the page from taking silence for an end: it then has only the worker's lock to hear it by. */
function hearNoSilence() {
  const plain = setTimeout;
  window.setTimeout = (then, wait, ...rest) => plain(then, wait === 30_000 ? 2 ** 31 - 1 : wait, ...rest);
}
const deafToSilence = { prepare: (page) => page.addInitScript(hearNoSilence) };

/** Ends a worker from outside. */
const end = (worker) => worker.evaluate(() => close()).catch(() => { /* it may be gone before it answers */ });

test('a trainer that is ended is missed without any silence, and a retry goes on with the same experiment', async () => {
  await visit(`#${long}&seed=9`, async (page) => {
    await trains(page);
    await end(trainers(page)[0]);
    const text = await told(stopped(page));
    assertSentences(text);
    assert.match(text, /the browser ended it.*memory/);
    assert.equal((await state(page)).running, false);
    await stopped(page).getByRole('button', { name: 'Retry' }).click();
    await until(page, () => window.__abkd.error === '' && window.__abkd.running && window.__abkd.epoch > 0);
    assert.equal((await state(page)).seed, 9);
    assert.equal(await notice(page).count(), 0);

    // What ends a trainer twice is left.
    await end(trainers(page)[0]);
    await stopped(page).getByRole('button', { name: 'Retry' }).click();
    await until(page, () => window.__abkd.error === '' && window.__abkd.running && window.__abkd.seed === 1);
    assert.match(await told(notice(page)), /^What the trainer stopped with is not begun again: the experiment that the page opens with runs instead\.$/);
  }, deafToSilence);
});

test('a trainer of a race that is ended fails its run without any silence, and the others go on', async () => {
  await visit('#data=karate&model=gcn&hidden=4&epochs=100000&speed=1&scene=methods', async (page) => {
    await trains(page);
    const [own] = trainers(page);
    await page.locator('.study').getByRole('button', { name: 'Start the race', exact: true }).click();
    await until(page, () => document.querySelector('.study .standing progress') !== null);
    await other(page, own);
    await until(page, async (all) => (await navigator.locks.query()).pending.length >= all, trainers(page).length); // the page listens to each
    const struck = await other(page, own);
    await end(struck);
    await page.locator('.study').getByText(/the browser ended it/).first().waitFor({ timeout: patience });
    await other(page, own); // the next run has a trainer
    assert.equal((await state(page)).error, '', 'the page’s own trainer lives');
  }, deafToSilence);
});

/** A trainer of the page's that is not this one, once there is one. */
async function other(page, own) {
  for (const begun = Date.now(); Date.now() - begun < patience;) {
    const found = trainers(page).find((w) => w !== own);
    if (found) return found;
    await page.waitForTimeout(50);
  }
  throw new Error('no trainer of a race came up');
}

test('once loaded everything works without a network', async () => {
  await visit(`#${long}`, async (page, { context, requests }) => {
    await trains(page);
    await drawn(page);
    await until(page, () => ['reader.wasm', 'debian-mini.pack', 'teacher.safetensors'].every((name) => performance.getEntriesByType('resource').some((e) => e.name.endsWith(`/${name}`) && e.responseEnd > 0)));
    requests.length = 0;
    await context.setOffline(true);

    // Another preset, other kernels: another trainer.
    await openDrawer(page, 'Settings');
    const first = page.locator('.presets button[aria-pressed=false]').first();
    await first.click();
    await until(page, () => window.__abkd.running && window.__abkd.epoch > 0);
    const [old] = trainers(page);
    await page.evaluate((hash) => { location.hash = hash; }, `#${long}&seed=2`);
    await until(page, () => window.__abkd.seed === 2 && window.__abkd.epoch > 0);
    await page.locator('#control-kernels').evaluate((e) => e.closest('details')?.setAttribute('open', ''));
    await page.locator('#control-kernels').selectOption('none');
    await until(page, () => window.__abkd.backend === 'go' && window.__abkd.running && window.__abkd.epoch > 0);
    assert.notEqual(trainers(page).at(-1), old);

    // A trainer that ends, and a retry.
    await end(trainers(page).at(-1));
    await stopped(page).getByRole('button', { name: 'Retry' }).click();
    await until(page, () => window.__abkd.error === '' && window.__abkd.running && window.__abkd.epoch > 0);
    assert.equal(await notice(page).count(), 0, 'the teacher’s weights are there');

    // The drawing begins anew where the density of pixels changes.
    await until(page, () => window.__abkd.frames > 2);
    const stage = page.frames().find((f) => f.url().endsWith('stage.html'));
    const cdp = await context.newCDPSession(page);
    await cdp.send('Emulation.setDeviceMetricsOverride', { width: 1300, height: 820, deviceScaleFactor: 2, mobile: false });
    await until(page, () => document.querySelector('iframe').contentDocument.querySelector('canvas')?.width > 1.5 * document.querySelector('iframe').clientWidth);
    await until(page, () => window.__abkd.frames > 2);
    assert.equal(await stage.evaluate(() => window.__abkd.error), '');
    // And where the graphics processor drops it.
    await stage.evaluate(() => { document.querySelector('canvas').dataset.old = '1'; document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext(); });
    await until(page, () => document.querySelector('iframe').contentDocument.querySelector('canvas:not([data-old])') !== null && window.__abkd.frames > 2);

    // A graph of the user's own, in a scene that shows its labels.
    await page.locator('#scene-tab-alone').click();
    await openDrawer(page, 'Your graph');
    await page.locator('section.own').getByRole('button', { name: 'What they look like', exact: true }).click();
    await page.locator('section.own').getByRole('button', { name: 'Open this example', exact: true }).click();
    await page.locator('section.own').getByRole('button', { name: 'Train on it', exact: true }).click();
    await until(page, () => location.hash.startsWith('#data=pack') && window.__abkd.predictions?.label.length === 7 && window.__abkd.epoch > 0);
    await page.locator('section.own').getByRole('button', { name: 'Back to the built-in graph', exact: true }).click();

    // A race: trainers of its own.
    await page.evaluate(() => { location.hash = '#data=karate&model=gcn&hidden=4&epochs=4&speed=1&scene=methods'; });
    await closeSheet(page);
    await page.locator('.study').getByRole('button', { name: 'Start the race', exact: true }).click();
    await until(page, () => {
      const p = document.querySelector('.study .standing progress');
      return p !== null && p.value === p.max;
    });
    assert.doesNotMatch(await page.locator('.study').innerText(), /failed|stopped/);

    for (const scene of ['node', 'depth', 'teacher', 'alone', 'labels', 'alignment', 'frontier', 'collapse', 'start']) {
      await page.locator(`#scene-tab-${scene}`).click();
      await until(page, (n) => window.__abkd.scene === n, scene);
    }
    await openDrawer(page, 'Settings');
    for (const theme of ['dark', 'contrast', 'light']) await page.getByLabel('Theme').selectOption(theme);
    assert.deepEqual(requests.filter((url) => /^https?:/.test(url) && !url.endsWith('/icon.svg')), [], // the browser shows the icon anew with each address
      'nothing is asked of the network');
  });
});

test('a link to what does not fit into memory is refused before it begins', async () => {
  await visit('#hidden=1024&layers=64', async (page) => {
    const text = await told(notice(page));
    assertSentences(text);
    assert.match(text, /memory.*choose fewer or narrower layers.*The experiment that the page opens with runs instead\.$/s);
    await trains(page);
    assert.equal(await stopped(page).count(), 0);
    assert.doesNotMatch(await page.evaluate(() => location.hash), /1024|64/);
  });
});

/**
 * Lets the test take what memory a trainer could still have: before the worker's script stands one that grows
 * the program's memory to its limit when asked.
 */
function takeMemory() {
  const Plain = Worker;
  window.Worker = class extends Plain {
    constructor(url, options) {
      const keep = `const { instantiate } = WebAssembly;
        WebAssembly.instantiate = async (program, imports) => {
          const made = await instantiate(program, imports), { mem } = made.exports;
          self.fill = () => {
            for (let pages = 32768; pages > 0;) { try { mem.grow(pages); } catch { pages >>= 1; } }
            imports.gojs['runtime.resetMemoryDataView']();
          };
          return made;
        };`;
      super(`${URL.createObjectURL(new Blob([`${keep}\nimportScripts(${JSON.stringify(url)});`]))}#trainer.js`, options);
    }
  };
}

test('a trainer whose memory runs out says so, and a retry leaves what took it', async () => {
  await visit(`#${long}&seed=5`, async (page) => {
    await trains(page);
    await page.evaluate((hash) => { location.hash = hash; }, `#${long}&seed=6&hidden=64`);
    await until(page, () => window.__abkd.seed === 6 && window.__abkd.epoch > 0);
    await trainers(page)[0].evaluate(() => self.fill());
    await page.evaluate((hash) => { location.hash = hash; }, `#${long}&seed=7&hidden=900&layers=4`);
    const text = await told(stopped(page));
    assertSentences(text);
    assert.match(text, /^The trainer stopped: its memory ran out\. Choose fewer or narrower layers/);
    await picture(page, 'faults-memory');
    await assertAccessible(page, 'out of memory', ['main']);
    await stopped(page).getByRole('button', { name: 'Retry' }).click();
    await until(page, () => window.__abkd.error === '' && window.__abkd.running && window.__abkd.seed === 6 && window.__abkd.epoch > 0);
    assert.match(await told(notice(page)), /^What the trainer stopped with is not begun again: the last experiment that ran runs instead\.$/);
    await until(page, () => location.hash.includes('seed=6'));
  }, { prepare: (page) => page.addInitScript(takeMemory), bypassCSP: true, expected: [...expected, /exit code: 2/] });
});
