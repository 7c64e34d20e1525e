// A class on `abkd serve`, and on the Worker: a teacher's page and three students',
// through a short lesson with a server that is killed in the middle:
// node --test test/class.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { assertAccessible, download, patience, picture, start, until } from './many.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const abkd = process.env.ABKD ?? join(here, '../../../build/abkd'), dist = process.env.DIST ?? join(here, '../dist');
const experiment = '#data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=5&epochs=30&speed=0';

let browser;
const folders = [], children = new Set();
before(async () => { browser = await start(); });
after(async () => {
  await browser?.close();
  for (const child of children) await end({ child }, 'SIGKILL'); // of a test that failed
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const key = 'key-of-teachers', keyFolder = mkdtempSync(join(tmpdir(), 'class-')), keyFile = join(keyFolder, 'key');
folders.push(keyFolder);
writeFileSync(keyFile, `${key}\n`);
/** The servers of classes, by what they are: programs with their arguments. */
const servers = {
  'abkd serve': [abkd, 'serve', '--dir', dist, '--teacher-key', keyFile],
  'the Worker': ['node', join(here, '../../../wasm/edge/serve.mjs'), '--tied', '--key', key],
};

/** Starts a server of classes on a port, 0 for any, in a group of processes of its own. It comes with the addresses that it prints for other machines. */
async function serve([program, ...args], folder, port) {
  const child = spawn(program, [...args, '--data-dir', folder, '--port', String(port)], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const lines = [];
  child.stdout.on('data', (text) => lines.push(String(text)));
  for (;;) {
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => { throw new Error('the server ended without an address'); })]);
    const said = lines.join(''), at = /Serving on http:\/\/(?:127\.0\.0\.1|\[::\]):(\d+)\n/.exec(said)?.[1]; // all is written at once
    if (at) return { url: `http://127.0.0.1:${at}`, child, others: [...said.matchAll(/Other machines reach it at http:\/\/(\S+)/g)].map(([, other]) => other) };
  }
}

async function end({ child }, signal) {
  const exited = once(child, 'exit');
  process.kill(-child.pid, signal);
  await exited;
}

const dialog = (page) => page.getByRole('dialog');
const openRoom = async (page, words = key) => {
  await dialog(page).getByLabel('Key of the teachers here').fill(words);
  await dialog(page).getByRole('button', { name: 'Open a room' }).click();
};
const bar = (page) => page.locator('.class-bar');
const openClass = (page) => page.getByRole('banner').getByRole('button', { name: 'Class', exact: true }).click();
const lost = [/WebSocket connection to .* failed/, /ERR_CONNECTION_REFUSED/, /ERR_CONNECTION_RESET/, /ERR_EMPTY_RESPONSE/, /ERR_INCOMPLETE_CHUNKED_ENCODING/, /Fetch API cannot load/];
const row = (page, number) => dialog(page).locator('table.students').first().locator('tbody tr').nth(number - 1);

/** The clock of a student's machine is an hour off; so may be any. */
const late = (page) => page.addInitScript(() => {
  const now = Date.now;
  Date.now = () => now() + 3_600_000;
});

/** Says by a script what no page says: a better accuracy for weights that are known, and words for the board. */
async function cheat(teacher, student) {
  const seatOf = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem('abkd-class')).seat);
  const { code, token } = await seatOf(teacher);
  const results = await teacher.evaluate(async ([room, key]) => (await fetch(`api/rooms/${room}/results`, { headers: { Authorization: `Bearer ${key}` } })).text(), [code, token]);
  const [, , seed, epoch, , parameters, weights, link] = results.split('\n').find((line) => line.startsWith('3,')).split(',');
  const entry = { seed: Number(seed), epoch: Number(epoch), accuracy: 1, parameters: Number(parameters), weights, link };
  await student.evaluate(async ([seat, forged]) => {
    const socket = new WebSocket(`ws://${location.host}/api/rooms/${seat.code}/socket`, ['abkd-room', `token.${seat.token}`]);
    await new Promise((open) => { socket.onopen = open; });
    for (const said of [{ type: 'entry', entry: forged }, { type: 'guess', question: 'copies', guess: 'rude' }, { type: 'guess', question: 'rude', guess: 'rude' }]) socket.send(JSON.stringify(said));
  }, [await seatOf(student), entry]);
}

/** A connection that is there and passes nothing on, as of a machine that has left the network, is noticed and made anew. */
test('a page whose connection has died at the other end alone comes back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'class-')), links = [];
  folders.push(folder);
  const server = await serve([...servers['abkd serve'], '--addr', '0.0.0.0'], folder, 0), { port } = new URL(server.url);
  const between = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    links.push(near.on('error', () => {}), far.on('error', () => {}));
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  await browser.visit(experiment, async (page) => {
    await openClass(page);
    await openRoom(page);
    await dialog(page).getByText('Nobody has joined yet.').waitFor();
    assert.deepEqual(await dialog(page).locator('.class-code span').allInnerTexts(), ['Code', ...server.others], 'where students find the page');
    for (const link of links.splice(0)) link.unpipe().pause();
    await bar(page).getByText(/server cannot be reached/).waitFor({ state: 'attached' });
    await bar(page).getByText(/server cannot be reached/).waitFor({ state: 'detached' });
  }, { at: `http://127.0.0.1:${between.address().port}/`, expected: lost });
  for (const link of links) link.destroy();
  between.close();
  await end(server, 'SIGTERM');
});

test('a host of files alone has no class, and nothing is wrong with that', async () => {
  await browser.visit('', async (page, { requests }) => {
    await until(page, () => window.__abkd?.ready);
    assert.equal(requests.filter((r) => r.includes('/api/')).length, 1);
    assert.equal(await page.getByRole('banner').getByRole('button', { name: 'Class', exact: true }).count(), 0);
  });
});

for (const [name, program] of Object.entries(servers)) test(`a teacher and three students go through a lesson on ${name}, which is killed in the middle`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'class-'));
  folders.push(folder);
  let server = await serve(program, folder, 0);
  const { url } = server, at = { at: `${url}/`, expected: [...lost, /status of 40[34]/] };
  await browser.visit(experiment, async (teacher) => {
    await openClass(teacher);
    await assertAccessible(teacher, 'the doors of a class', ['dialog']);
    await picture(teacher, 'class-doors');
    await dialog(teacher).press('Escape');
    await teacher.getByRole('button', { name: 'Share', exact: true }).click();
    await teacher.getByRole('button', { name: 'Copy a short link' }).click();
    const short = await teacher.locator('#share .said').filter({ hasText: '/api/links/' }).innerText({ timeout: patience });
    const { status, headers } = await fetch(/http:\S+/.exec(short)[0], { redirect: 'manual' });
    assert.equal(status, 302);
    assert.match(headers.get('location'), /^\/#.*data=karate/);
    await picture(teacher, 'share-short');
    await teacher.keyboard.press('Escape');
    await openClass(teacher);
    await openRoom(teacher, 'another-key');
    await dialog(teacher).getByText('not the key of the teachers here').waitFor();
    await openRoom(teacher);
    const code = await dialog(teacher).locator('.class-code b').innerText({ timeout: patience });
    assert.match(code, /^[A-HJKMNP-TV-Z2-9]{6}$/);
    await dialog(teacher).getByText(/is an address of this machine alone/).waitFor();
    assert.equal(await dialog(teacher).locator('.class-code span').count(), 1, 'no address is shown that leads students nowhere');

    const lesson = async (students) => {
      await dialog(teacher).getByText('3 students have joined').waitFor();
      await dialog(teacher).getByRole('checkbox', { name: /Hand out seeds/ }).check();
      for (const [i, page] of students.entries()) {
        await bar(page).getByText(`Your seed is ${i + 1}.`).waitFor();
        await until(page, (seed) => window.__abkd.seed === seed && window.__abkd.phase === 'finished', i + 1);
      }
      const runs = dialog(teacher).locator('table.students').nth(1).locator('tbody tr');
      for (const seed of ['1', '2', '3']) await runs.filter({ has: teacher.locator('td', { hasText: new RegExp(`^${seed}$`) }), hasText: new RegExp(`^${seed}`) }).first().waitFor();
      const kept = await runs.count();
      await runs.last().getByRole('button', { name: 'Compute again' }).click();
      await dialog(teacher).getByText('the same weights').waitFor();

      await cheat(teacher, students[2]);
      await runs.filter({ hasText: '100' }).getByRole('button', { name: 'Compute again' }).click();
      await dialog(teacher).getByText('it comes to something else!').waitFor();

      await end(server, 'SIGKILL');
      for (const page of [teacher, ...students]) await bar(page).getByText(/server cannot be reached/).waitFor({ state: 'attached' });
      await students[1].getByRole('button', { name: 'Next', exact: true }).first().click(); // learns alone meanwhile
      await until(students[1], () => location.hash.includes('step=2'));
      server = await serve(program, folder, new URL(url).port);
      for (const page of [teacher, ...students]) await bar(page).getByText(/server cannot be reached/).waitFor({ state: 'detached' });
      assert.ok(await runs.count() >= kept, 'every run is kept');

      await dialog(teacher).getByRole('button', { name: 'All one step on' }).click();
      for (const page of students) await until(page, () => location.hash.includes('step=2'));
      await dialog(teacher).getByRole('button', { name: 'All one step on' }).click();
      for (const page of students) await until(page, () => location.hash.includes('step=3'));
      await row(teacher, 1).getByText(/, 3$/).waitFor();
      await students[0].getByRole('button', { name: 'S1', exact: true }).click();
      await dialog(teacher).locator('.guesses dl div', { hasText: /^S1\s*1$/ }).waitFor();
      await dialog(teacher).getByRole('button', { name: 'For the hall' }).click();
      await dialog(teacher).getByText('1 has guessed').waitFor();
      assert.equal(await dialog(teacher).locator('.guesses dl').count(), 0, 'who is yet to guess reads it in the hall');
      await students[1].getByRole('banner').getByRole('button', { name: 'Class', exact: true }).click();
      assert.equal(await dialog(students[1]).locator('.guesses').count(), 0, 'nor does a page have the guesses');
      await dialog(teacher).getByRole('button', { name: 'Show the guesses to all' }).click();
      await dialog(teacher).locator('.guesses dl div', { hasText: /^S1\s*1$/ }).waitFor();
      await dialog(students[1]).press('Escape');
      await dialog(teacher).getByRole('button', { name: 'For the hall' }).click();
      await dialog(teacher).getByText('The students see these guesses.').waitFor();
      await students[0].locator('.verdict', { hasText: /^You said: S1\./ }).waitFor();
      assert.equal(await students[0].locator('.guess').count(), 0, 'what all see can be changed no more');
      assert.doesNotMatch(await dialog(teacher).innerText(), /rude/, 'what no page can guess is not shown');
      await dialog(teacher).getByRole('button', { name: 'For the hall' }).click();
      assert.doesNotMatch(await dialog(teacher).innerText(), /Ada|Stop all/, 'what is for the teacher alone is not for the hall');
      await teacher.setViewportSize({ width: 1920, height: 1080 });
      const small = await dialog(teacher).locator('p, dt, dd, h3, svg text').evaluateAll((all) => all.filter((e) => e.checkVisibility()).map((e) => [e.textContent.trim(), parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? e.ownerSVGElement.getScreenCTM().a : 1)]).filter(([text, size]) => text && size < 24));
      assert.deepEqual(small, [], 'texts that nobody reads from ten metres');
      await picture(teacher, 'class-hall');
      await assertAccessible(teacher, 'the board for a hall', ['dialog']);
      await teacher.setViewportSize({ width: 1280, height: 800 });
      await dialog(teacher).getByRole('button', { name: 'For the hall' }).click();
      await dialog(teacher).getByRole('button', { name: 'Stop all' }).click();
      for (const page of students) {
        await bar(page).getByText('Your teacher has stopped the class.').waitFor();
        assert.equal(await page.locator('main').evaluate((e) => e.inert), true);
      }
      await row(teacher, 1).getByText('stopped').waitFor();
      await picture(students[0], 'class-frozen');
      await assertAccessible(students[0], 'a class that is stopped', ['.class-bar']);
      await dialog(teacher).getByRole('button', { name: 'Let all go on' }).click();
      for (const page of students) await bar(page).getByText('has stopped').waitFor({ state: 'detached' });

      await dialog(teacher).getByRole('button', { name: 'Send my state to all' }).click();
      for (const [i, page] of students.entries()) await until(page, (seed) => location.hash.includes('step=3') && new RegExp(`seed=${seed}\\b`).test(location.hash) || seed === 1, i + 1);
      await picture(teacher, 'class-board');
      await assertAccessible(teacher, 'the board', ['dialog']);
      const { text } = await download(teacher, 'Results as CSV');
      assert.match(text, /^\ufeffstudent,name,seed,epoch,test_accuracy,parameters,weights,link,guess_copies,guess_rude\n1,Ada,1,30,.*,0,\n/);
      await teacher.setViewportSize({ width: 390, height: 844 });
      await assertAccessible(teacher, 'the board on a phone', ['dialog']);
      await picture(teacher, 'class-board-phone');
      await dialog(teacher).getByRole('checkbox', { name: 'Let nobody else join' }).check();
      await dialog(teacher).getByRole('button', { name: 'Remove 3', exact: true }).click();
      await dialog(teacher).getByRole('button', { name: 'Remove and delete' }).click();
      await students.pop().getByText('Your teacher has removed you').waitFor();
      assert.equal(await dialog(teacher).locator('table.students').first().locator('tbody tr').count(), 2);
      assert.equal((await fetch(`${url}/api/rooms/${code}/students`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })).status, 423);
      await dialog(teacher).getByRole('button', { name: 'Close the room' }).click();
      await dialog(teacher).getByRole('button', { name: 'Close and delete' }).click();
      for (const page of students) await page.getByText(/The class is over/).waitFor();
    };

    const join = (names, pages) => (names.length === 0 ? lesson(pages) : browser.visit(experiment, async (page) => {
      if (pages.length === 2) for (const all of ['All one step on', 'All one step back', 'Stop all']) await dialog(teacher).getByRole('button', { name: all }).click();
      await openClass(page);
      await dialog(page).getByRole('textbox', { name: 'Code' }).fill('QQQQQQ');
      if (pages.length === 0) {
        await dialog(page).getByRole('button', { name: 'Join', exact: true }).click();
        await dialog(page).getByText(/no room with this code/).waitFor();
      }
      await dialog(page).getByRole('textbox', { name: 'Code' }).fill(code.toLowerCase());
      await dialog(page).getByRole('textbox', { name: /Name/ }).fill(names[0]);
      await dialog(page).getByRole('button', { name: 'Join', exact: true }).click();
      await bar(page).getByText(`student ${pages.length + 1}`).waitFor();
      if (pages.length === 2) { // into a class that was taken on and is stopped, and a page that is loaded anew is who it was
        await bar(page).getByText('Your teacher has stopped the class.').waitFor();
        await until(page, () => window.__abkd.ready && !window.__abkd.running);
        await page.reload();
        await bar(page).getByText('student 3').waitFor();
        await until(page, () => window.__abkd.ready && !window.__abkd.running);
        assert.equal(await page.locator('.trouble').count(), 0);
        await dialog(teacher).getByRole('button', { name: 'Let all go on' }).click();
      }
      await join(names.slice(1), [...pages, page]);
    }, { ...at, prepare: names.length === 2 ? late : undefined }));
    await join(['Ada', '李', ''], []);
  }, at);
  await end(server, 'SIGTERM');
});
