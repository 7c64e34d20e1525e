// The page on `abkd lab`, whose trainers run natively, and what it says to the
// page: node --test test/lab.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHTTPServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { assertAccessible, closeSheet, openDrawer, over, patience, picture, start, table, trainers, until } from './many.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const abkd = process.env.ABKD ?? join(here, '../../../build/abkd'), dist = process.env.DIST ?? join(here, '../dist');

let browser, folder;
before(async () => {
  browser = await start();
  folder = mkdtempSync(join(tmpdir(), 'lab-'));
  const made = spawnSync(abkd, ['synth', '--scale', '0.002', '--seed', '1', '--out', join(folder, 'mag')], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/** Starts a lab, and calls body with the address that it prints and its process. */
async function withLab(args, body) {
  const child = spawn(abkd, ['lab', '--dir', dist, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /http:\/\/127\.0\.0\.1:\d+\/#token=\w+/.exec(line)?.[0];
      if (!address) continue;
      await body(address, child);
      return;
    }
    throw new Error(`the lab ended without an address: ${said}`);
  } finally {
    child.kill();
    await exited;
  }
}

/** A lab that is refused. */
const lab = (...args) => spawnSync(abkd, ['lab', '--dir', dist, ...args], { encoding: 'utf8' });

const visit = (address, body, options) => browser.visit(address, body, options);
const state = (page) => page.evaluate(() => ({ ...window.__abkd }));
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const hash = async (page) => (await state(page)).hash;
const told = async (locator) => (await locator.innerText({ timeout: patience })).replace(/\s*Retry\s*$/, '');
const stopped = (page) => page.getByRole('alert').filter({ hasText: 'The trainer stopped' });

/** Begins an experiment as a link to it does. */
async function begin(page, fragment) {
  await page.evaluate((text) => { location.hash = text; }, fragment);
}

async function pause(page) {
  await press(page, 'Pause');
  await until(page, () => window.__abkd.running === false);
}

/** Goes back to an epoch, and returns the hash of the run there. */
async function goBack(page, epoch) {
  await page.getByRole('slider', { name: /Epoch/ }).fill(String(epoch));
  await until(page, (e) => window.__abkd.epoch === e && window.__abkd.step === 0, epoch);
  return hash(page);
}

test('a run on the lab is drawn, paused, inspected, and found again by the page that is loaded anew', async () => {
  await withLab(['--data', join(folder, 'mag')], async (address) => {
    await visit(address, async (page, { requests }) => {
      await until(page, () => window.__abkd?.phase === 'teaching' && window.__abkd.epoch > 2 && window.__abkd.frames > 5);
      assert.equal(trainers(page).length, 0, 'nothing trains in the browser');
      assert.equal(requests.find((r) => r.includes('trainer.wasm')), undefined, 'the trainer for browsers is not loaded');
      assert.doesNotMatch(page.url(), /token/, 'the secret is not in the address');
      assert.match(page.url(), /data=pack/);
      await picture(page, 'lab-teaching');
      await pause(page);
      await begin(page, 'data=pack&teach=untrained&teacher-hidden=16&hidden=4&alpha=0.5&nodes=all&epochs=3000&speed=0&open=node%20student%201%20paper%203');
      await until(page, () => window.__abkd?.phase === 'distilling' && window.__abkd.epoch > 3);
      await pause(page);
      await until(page, () => (window.__abkd.inspection?.quantities.length ?? 0) > 3);
      await page.locator('.inspector .quantities > li').first().waitFor();
      await picture(page, 'lab-inspector');
      const before = await state(page);
      await page.reload();
      await until(page, () => window.__abkd?.epoch > 0);
      const now = await state(page);
      assert.deepEqual([now.hash, now.epoch, now.running, now.phase], [before.hash, before.epoch, false, 'distilling'], 'the run is as it was');
      assert.match(page.url(), /epochs=3000/);
      const early = await goBack(page, 2);
      await page.locator('.transport').getByRole('button', { name: /Play/ }).click();
      await until(page, (e) => window.__abkd.epoch > e, before.epoch);
      await pause(page);
      assert.equal(await goBack(page, 2), early);
    });
  });
});

/** A way to the lab at the address that can be cut: {address, cut, close}. */
async function lineTo(address) {
  const { port } = new URL(address), ends = new Set();
  const server = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => { /* it is cut */ }).on('close', () => { ends.delete(end); near.destroy(); far.destroy(); });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1').unref(); // a test that fails leaves it
  await once(server, 'listening');
  return {
    address: address.replace(`:${port}/`, `:${server.address().port}/`),
    cut: () => { for (const end of ends) end.destroy(); },
    close: () => { for (const end of ends) end.destroy(); server.close(); },
  };
}

/** What the console says of a lab that ends while it is asked for something. */
const gone = [/WebSocket connection to .* failed/, /Fetch API cannot load/, /net::ERR_/];

test('nothing is lost: not by a line that is cut, a page that is closed, or a lab that is killed', async () => {
  const kept = join(folder, 'run.state'), args = ['--data', 'karate', '--checkpoint', kept];
  let last, early;
  await withLab(args, async (address, child) => {
    const line = await lineTo(address);
    await visit(line.address, async (page, { context }) => {
      await until(page, () => window.__abkd?.epoch > 0);
      await begin(page, 'data=karate&model=gcn&hidden=4&teach=untrained&teacher-hidden=16&input-dropout=0&epochs=100000&seed=5&speed=50');
      await until(page, () => window.__abkd.seed === 5 && window.__abkd.epoch > 3);
      const before = await state(page);
      line.cut();
      assert.match(await told(stopped(page)), /cannot be reached\. For a minute the page asks for it again by itself/);
      await stopped(page).waitFor({ state: 'detached' });
      await until(page, (e) => window.__abkd.epoch > e, before.epoch);
      assert.equal((await state(page)).seed, 5, 'the run went on');
      const other = lab('--data', 'karate', '--port', '0', '--checkpoint', kept, '--resume');
      assert.match(other.stderr, /^abkd: --checkpoint .*run\.state: abkd with process \d+ writes it since .*; wait for it or give another name\n$/);
      await page.close();
      const next = await context.newPage();
      await next.goto(line.address);
      await until(next, (e) => window.__abkd?.epoch > e, before.epoch + 20);
      await pause(next);
      early = await goBack(next, 4);
      await press(next, 'Play');
      await until(next, (e) => window.__abkd.epoch > e, before.epoch + 40);
      last = (await state(next)).epoch;
      child.kill('SIGKILL');
      await stopped(next).waitFor();
    }, { expected: gone });
    line.close();
  });
  const refused = lab(...args, '--port', '0');
  assert.match(refused.stderr, /^abkd: .*run\.state: it is the checkpoint of an earlier run: --resume goes on from it; to begin anew remove it\n$/);
  await withLab([...args, '--resume'], async (address) => {
    await visit(address, async (page) => {
      await until(page, () => window.__abkd?.epoch > 0);
      const { epoch, seed } = await state(page);
      assert.ok(epoch >= last - 1 && seed === 5, `it goes on at epoch ${epoch} of seed ${seed}, and had been at ${last}`);
      await pause(page);
      assert.equal(await goBack(page, 4), early);
    });
  });
  assert.ok(existsSync(kept));
});

test('on deterministic kernels the lab has the bits of the page’s own trainer', async () => {
  const experiment = 'data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=20&epochs=12&input-dropout=0&seed=5';
  let want;
  await visit(`#${experiment}&kernels=simd128&speed=0`, async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished');
    want = [await hash(page), await goBack(page, 3)];
  });
  await withLab(['--data', 'karate'], async (address) => {
    await visit(address, async (page) => {
      await until(page, () => window.__abkd?.epoch > 0);
      await openDrawer(page, 'Settings');
      await page.locator('#control-kernels').selectOption('simd128');
      await closeSheet(page);
      await until(page, () => window.__abkd?.backend === 'go');
      await begin(page, `${experiment}&kernels=simd128&speed=0`);
      await until(page, () => window.__abkd?.phase === 'finished' && window.__abkd.seed === 5);
      assert.deepEqual([await hash(page), await goBack(page, 3)], want);
    });
  });
});

test('a race of two methods runs on sessions of its own beside the run', async () => {
  await withLab(['--data', 'karate'], async (address) => {
    await visit(address, async (page) => {
      await until(page, () => window.__abkd?.epoch > 0);
      await begin(page, 'data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=10&epochs=15&input-dropout=0&seed=5&scene=7');
      const study = page.locator('.study');
      await study.locator('.who summary').click();
      for (const box of await study.locator('.who label').all()) await box.locator('input').setChecked(/^(Student alone|KD)/.test(await box.innerText()));
      await study.getByRole('button', { name: 'Start the race', exact: true }).click();
      await over(page);
      assert.match(await study.locator('.standing').innerText(), /^6 of 6 runs/);
      const rows = await table(page, '.results table');
      assert.deepEqual(rows.map((r) => r.Method), ['Student alone', 'KD']);
      for (const r of rows) assert.match(r['Test, %'], /^\d+\.\d ± \d+\.\d \(3\)$/);
      assert.equal(trainers(page).length, 0, 'nothing trains in the browser');
      await picture(page, 'lab-race');
    });
  });
});

/** Runs body with the addresses that a training prints and its process, then waits for its end. */
async function withTraining(args, body) {
  const child = spawn(abkd, ['train', '--data', join(folder, 'mag'), '--no-cache', '--hidden', '8', '--epochs', '40', '--listen', '127.0.0.1:0', '--wait', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let said = '';
  const addresses = await new Promise((resolve) => {
    child.stderr.on('data', (text) => {
      const all = (said += text).match(/http:\/\/127\.0\.0\.1:\d+\/#token=\w+(?=\n)/g);
      if (all?.length === 2) resolve(all);
    });
    child.on('exit', () => resolve(undefined));
  });
  try {
    assert.ok(addresses, said);
    await body(addresses, child);
    const [status] = await exited;
    assert.equal(status, 0, said);
  } finally {
    child.kill();
    await exited;
  }
}

test('a training of the command line is watched and steered, here and by a lab, and comes to the same weights', async () => {
  const alone = join(folder, 'alone.safetensors'), attended = join(folder, 'attended.safetensors');
  const { status, stderr } = spawnSync(abkd, ['train', '--data', join(folder, 'mag'), '--no-cache', '--hidden', '8', '--epochs', '40', '--out', alone], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  await withTraining(['--out', attended, '--dir', dist], async ([steer, watch]) => {
    await visit(steer, async (page, { context }) => {
      await until(page, () => window.__abkd?.ready && window.__abkd.running === false);
      const at = await state(page), speed = page.locator('.transport .speed select');
      assert.equal(await speed.inputValue(), '0', 'a page that comes does not pace it');
      await press(page, 'Reset');
      await page.getByRole('status').filter({ hasText: 'The run is that of a command, which says what it is' }).waitFor();
      assert.equal(await hash(page), at.hash);
      await withLab(['--attach', watch], async (address) => {
        const onlooker = await context.newPage();
        await onlooker.goto(address);
        await until(onlooker, (h) => window.__abkd?.hash === h, at.hash);
        await onlooker.getByRole('status').filter({ hasText: 'You watch this run: another page steers it.' }).waitFor();
        assert.ok(await onlooker.locator('.transport button.primary').isDisabled());
        assert.equal(await onlooker.getByRole('button', { name: 'Settings', exact: true }).count(), 0);
        await until(onlooker, () => window.__abkd.frames > 5);
        assert.equal(await onlooker.getByRole('alert').count(), 0, 'it is drawn');
        await picture(onlooker, 'lab-watching');
        await assertAccessible(onlooker, 'a page that watches');
        await press(page, 'Step');
        await until(page, (h) => window.__abkd.hash !== h, at.hash);
        const next = await hash(page);
        await until(onlooker, (h) => window.__abkd.hash === h, next);
        await press(page, 'Play');
        for (const p of [page, onlooker]) await until(p, () => window.__abkd.phase === 'finished');
        for (const p of [page, onlooker]) assert.match(await told(stopped(p)), /the command whose run this is has ended\. What it came to stays here/);
      });
    });
  });
  assert.ok(readFileSync(attended).equals(readFileSync(alone)), 'the weights are the same, bit for bit');
  const gone = lab('--attach', 'http://127.0.0.1:1/#token=ABC', '--port', '0');
  assert.match(gone.stderr, /^abkd: --attach: 127\.0\.0\.1:1: no training listens there \(.*connection refused\): it ends with its run\n$/);
  assert.match(lab('--attach', '127.0.0.1:1', '--port', '0').stderr, /^abkd: --attach: "127\.0\.0\.1:1" is no address of a run, want the whole one/);
});

test('a comparison and a search are begun, watched, stopped and opened in the page', async () => {
  const studies = join(folder, 'studies');
  const desk = (page) => page.locator('.desk');
  const fill = async (page, name, { kind, criteria, epochs }) => {
    const form = desk(page).locator('form');
    await form.getByLabel('Its name').fill(name);
    await form.getByLabel('What it does').selectOption(kind);
    for (const box of await form.locator('fieldset input').all()) await box.setChecked(criteria.includes(await box.getAttribute('value')));
    await form.getByLabel('Sizes of students').fill('2x4');
    await form.getByLabel('Seeds').fill('2');
    if (kind === 'search') await form.getByLabel('Trials of each criterion').fill('2');
    await form.getByLabel(/Epochs of a student/).fill(String(epochs));
    await form.getByLabel(/Epochs of a teacher/).fill('5');
    await form.getByRole('button', { name: 'Start' }).click();
  };
  const finished = async (page, name) => {
    await desk(page).locator('.desk-list button', { hasText: `${name} finished` }).waitFor();
    await desk(page).locator('.note', { hasText: `studies/${name}: tables` }).waitFor();
  };
  await withLab(['--data', 'karate', '--studies', studies], async (address) => {
    await visit(address, async (page) => {
      await openDrawer(page, 'Studies');
      await fill(page, 'first', { kind: 'comparison', criteria: ['none', 'kd+abkd'], epochs: 5 });
      await finished(page, 'first');
      const rows = await table(page, '.desk-rows');
      assert.deepEqual(rows.map((r) => [r.Method, r.Student, r.Seeds]), [['none', '2x4', '2 of 2'], ['abkd + kd', '2x4', '2 of 2']]);
      for (const r of rows) assert.match(r['Test, %'], /^\d+(\.\d+)?$/);
      await desk(page).locator('details summary').click();
      assert.deepEqual(await desk(page).locator('.desk-cells small').allInnerTexts(), ['finished', 'finished', 'finished', 'finished']);
      await until(page, () => document.querySelector('.desk-chart')?.naturalWidth > 0);
      await picture(page, 'lab-studies');
      await assertAccessible(page, 'studies', ['.drawer']);
      await fill(page, 'search', { kind: 'search', criteria: ['kd'], epochs: 5 });
      await finished(page, 'search');
      assert.equal((await table(page, '.desk-rows')).length, 2);
      await fill(page, 'long', { kind: 'comparison', criteria: ['none'], epochs: 100000 });
      await desk(page).getByRole('button', { name: 'Stop', exact: true }).click();
      await desk(page).locator('.desk-list button', { hasText: 'long stopped' }).waitFor();
      await fill(page, 'first', { kind: 'search', criteria: ['kd'], epochs: 5 });
      assert.match(await desk(page).getByRole('alert').innerText(), /^It is refused: .*first: it holds other files/);
    }, { expected: [/400 \(Bad Request\)/] });
  });
  const other = spawnSync(abkd, ['compare', '--data', 'karate', '--criteria', 'none', '--students', '2x4', '--seeds', '1', '--epochs', '3', '--teacher-epochs', '3', '--out', join(studies, 'typed')], { encoding: 'utf8' });
  assert.equal(other.status, 0, other.stderr);
  await withLab(['--data', 'karate', '--studies', studies], async (address) => {
    await visit(address, async (page) => {
      await openDrawer(page, 'Studies');
      await desk(page).locator('.desk-list button', { hasText: 'typed' }).click();
      await until(page, () => document.querySelectorAll('.desk-rows tbody tr').length === 1);
      assert.equal(await desk(page).getByRole('button', { name: 'Go on', exact: true }).count(), 0);
      await desk(page).locator('.desk-list button', { hasText: 'long stopped' }).click();
      await desk(page).getByRole('button', { name: 'Go on', exact: true }).click();
      await desk(page).getByRole('button', { name: 'Stop', exact: true }).waitFor();
    });
  });
});

test('a notebook of another origin embeds the lab by its address, in the form for frames alone', async () => {
  await withLab(['--data', 'karate'], async (address) => {
    const embedded = address.replace('/#', '/?embed=1#');
    const notebook = createHTTPServer((request, response) => {
      const src = request.url === '/whole' ? address : embedded;
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Notebook</title><iframe id="lab" width="640" height="400" src="${src}"></iframe>`);
    }).listen(0, '127.0.0.1');
    await once(notebook, 'listening');
    const url = `http://127.0.0.1:${notebook.address().port}/`;
    try {
      await visit(url, async (page) => {
        const frame = await (await page.locator('#lab').elementHandle()).contentFrame();
        await until(frame, () => window.__abkd?.epoch > 0 && window.__abkd.frames > 2);
        assert.doesNotMatch(frame.url(), /token/);
        assert.equal(await frame.getByRole('button', { name: 'Settings', exact: true }).count(), 0);
        await picture(page, 'lab-notebook');
      }, { ready: '#lab' });
      await visit(`${url}whole`, async (page) => {
        const frame = page.frames().at(-1);
        await assert.rejects(frame.locator('.transport').waitFor({ timeout: 2000 }), 'the whole page is shown in no frame of another origin');
      }, { ready: '#lab', expected: [/frame-ancestors|Refused to frame|refused to connect|ERR_BLOCKED/i] });
    } finally {
      notebook.close();
    }
  });
});

test('a second page is told so, and has the run when the first is closed; a page without the secret has nothing', async () => {
  await withLab(['--data', 'karate'], async (address) => {
    await visit(address, async (page, { context }) => {
      await until(page, () => window.__abkd?.epoch > 0);
      const second = await context.newPage();
      await second.goto(address);
      assert.match(await told(stopped(second)), /the run is open in another page\. Close that one, and try again here\.$/);
      await page.close();
      await second.getByRole('button', { name: 'Retry' }).click();
      await until(second, () => window.__abkd?.ready && window.__abkd.error === '');
      await second.close();
      const third = await context.newPage();
      await third.goto(new URL('/', address).href);
      assert.match(await told(stopped(third)), /does not know the lab’s secret/);
      await third.goto(new URL('/#token=GUESSED', address).href);
      assert.match(await told(stopped(third)), /does not know the lab’s secret/);
    });
  });
});

test('a lab that ends is told, and what was there stays to be looked at', async () => {
  await withLab(['--data', 'karate'], async (address, child) => {
    await visit(address, async (page) => {
      await until(page, () => window.__abkd?.epoch > 0);
      child.kill('SIGKILL');
      assert.match(await told(stopped(page)), /the lab that trains for this page has ended, or cannot be reached/);
      await assertAccessible(page, 'a lab that is gone');
      await page.getByRole('button', { name: 'Retry' }).click();
      await stopped(page).waitFor();
    }, { expected: gone });
  });
});

test('what cannot be trained is one sentence before anything is served', () => {
  for (const [args, want] of [
    [['--data', folder], /^abkd: ogb: .*lab-.*: is no data set: it holds one, give .*mag$/],
    [['--data', join(folder, 'mag'), '--max-memory', '30MiB', '--port', '0'], /^abkd: --data .*mag: it was not read, as a run on it is estimated to need .* or more, more than --max-memory, 30 MiB: graph .*, models /],
    [['--data', 'karate', '--max-memory', '26MiB', '--port', '0'], /^abkd: --max-memory 26 MiB: the run is estimated to need .*: graph .*, models /],
    [['--data', 'karate', '--max-memory', '24MiB', '--port', '0'], /^abkd: --max-memory 24 MiB: the graph and the program need .*: graph .*, program .*; "abkd pack" makes a part/],
    [['--data', 'karate', '--port', '70000'], /^abkd: port is "70000"/],
    [['--data', 'karate', '--port', '0', '--checkpoint', abkd], /^abkd: --checkpoint .*: the file that is there is no checkpoint of a run, and would be replaced/],
    [['--data', join(folder, 'mag'), '--port', '0', '--checkpoint', join(folder, 'mag/state')], /^abkd: --checkpoint .*: it is in .*mag, which is read as --data/],
    [['--data', 'karate', '--port', '0', '--checkpoint', join(folder, 'none'), '--resume'], /^abkd: --resume: there is no checkpoint .*none: leave out --resume to begin anew$/],
    [['--data', 'karate', '--port', '0', '--resume'], /^abkd: --resume: want --checkpoint/],
    [['--data', 'karate', '--dir', folder], /there is no index\.html/],
  ]) {
    const { status, stderr } = lab(...args);
    assert.equal(status, 1);
    assert.match(stderr.trim().split('\n').filter((line) => !line.startsWith('note: ')).join('\n'), want);
  }
});
