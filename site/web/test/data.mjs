// Graphs of the user's own in a real browser: node --test test/data.mjs
// (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { assertAccessible, closeSheet, load, openDrawer, patience, picture, start, trainers, until } from './many.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const abkd = process.env.ABKD ?? join(here, '../../../build/abkd');
const run = promisify(execFile);
const pack = (data, out, ...rest) => run(abkd, ['pack', '--data', data, '--out', out, ...rest]);
const info = async (file) => JSON.parse((await run(abkd, ['info', '--data', file, '--json'])).stdout);

let lab, folder, nodesCSV, edgesCSV;
before(async () => {
  ({ nodesCSV, edgesCSV } = await load('../src/files/examples.ts'));
  folder = mkdtempSync(join(tmpdir(), 'abkd-data-'));
  if (!process.env.BASE_URL) { // a copy of the site, with a pack in it
    const site = join(folder, 'site');
    cpSync(process.env.DIST ?? join(here, '../dist'), site, { recursive: true });
    process.env.DIST = site;
    await pack('karate', join(site, 'karate.pack'), '--target', '34', '--hops', '1', '--nodes', '34', '--features', 'float32');
  }
  lab = await start();
});
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});


const visit = (address, body, options) => lab.visit(address, body, { ...options });
const panel = (page) => page.locator('section.own');
const press = async (page, name) => {
  if (!await panel(page).isVisible()) await openDrawer(page, 'Your graph');
  await panel(page).getByRole('button', { name, exact: true }).click();
};
/** A control of the experiment. */
const control = async (page, label) => {
  await openDrawer(page, 'Settings');
  return page.getByLabel(label, { exact: true });
};
const setWidth = async (page, width) => {
  const field = await control(page, 'Student width');
  await field.fill(String(width));
  await field.press('Enter');
};
const state = (page) => page.evaluate(() => ({ ...window.__abkd, experiment: location.hash }));
const title = (page) => panel(page).locator('.own-opened h3');

/** Chooses files as a person does. */
async function choose(page, files) {
  const chooser = page.waitForEvent('filechooser');
  await press(page, 'Open files…');
  await (await chooser).setFiles(files.map(([name, content]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })));
}

const opened = (page, name) => title(page).filter({ hasText: name }).waitFor({ timeout: patience });

/** What the trainer has been told, by part and class, once it shows what it predicts. */
async function trained(page, nodes) {
  await until(page, (n) => window.__abkd.error !== '' || (window.__abkd.predictions?.label.length === n && window.__abkd.epoch > 0), nodes);
  const s = await state(page);
  assert.equal(s.error, '');
  assert.match(s.experiment, /^#data=pack/);
  return s.predictions;
}

const tally = (all) => all.reduce((count, v) => ({ ...count, [v]: (count[v] ?? 0) + 1 }), {});

/** A table of the preview by its caption, rows as texts. */
const preview = (page, caption) => panel(page).locator('.preview table', { hasText: caption }).evaluate((t) =>
  [...t.querySelectorAll('tbody tr, tfoot tr')].map((row) => [...row.children].map((cell) => cell.textContent.trim())));

/** Saves the graph and reads it with the program abkd. */
async function saved(page) {
  const download = page.waitForEvent('download');
  await press(page, 'Save as a pack');
  const file = await download, path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return { path, holds: await info(path) };
}

test('CSV is chosen, looked over and trained on, and stays for the session', async () => {
  await visit('#seed=7&scene=4&epochs=4', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    const built = (await state(page)).teacher.params;
    await choose(page, [['edges.csv', edgesCSV], ['nodes.csv', nodesCSV]]);
    await opened(page, 'edges.csv and nodes.csv');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'edges.csv and nodes.csv');
    await panel(page).locator('[role=status]', { hasText: 'edges.csv and nodes.csv is open: 9 nodes, 20 edges, 2 classes.' }).waitFor({ state: 'attached' });
    assert.deepEqual(await preview(page, 'Nodes by type'), [['paper has the labels', '7', '2'], ['author', '2', 'none']]);
    assert.deepEqual(await preview(page, 'Edges by relation'), [['cites', 'paper', 'paper', '10'], ['writes', 'author', 'paper', '5'], ['rev_writes', 'paper', 'author', '5']]);
    assert.deepEqual(await preview(page, 'Labels of paper nodes'), [['graphs', '2', '1', '1', '0'], ['text', '1', '1', '1', '0'], ['all', '3', '2', '2', '0']]);
    assert.deepEqual((await preview(page, 'First nodes'))[3], ['Words, again', 'paper', 'text', 'train', '2017', '0.1', '0.9']);
    assert.equal((await state(page)).teacher.params, built, 'nothing is trained on before it is asked for');
    await picture(page, 'own-preview');

    // Go reads what the page wrote, and the trainer has the same nodes.
    const { holds } = await saved(page);
    assert.deepEqual(holds.types, [{ name: 'paper', count: 7, features: 2 }, { name: 'author', count: 2, features: 0 }]);
    assert.deepEqual(holds.relations.map((r) => [r.src, r.name, r.dst, r.edges]), [['paper', 'cites', 'paper', 10], ['author', 'writes', 'paper', 5], ['paper', 'rev_writes', 'author', 5]]);
    assert.deepEqual(holds.class_sizes, [{ name: 'graphs', size: 4 }, { name: 'text', size: 3 }]);
    assert.deepEqual(holds.splits, [{ name: 'file', train: 3, valid: 2, test: 2 }]);
    await press(page, 'Train on it');
    const p = await trained(page, 7);
    assert.deepEqual(p.label, [0, 0, 0, 1, 1, 1, 0]);
    assert.deepEqual(p.part, [0, 0, 1, 0, 1, 2, 2]);
    await panel(page).getByText('This is what is being trained on.').waitFor();
    const s = await state(page);
    assert.equal(s.seed, 7, 'the seed stays');
    assert.match(s.experiment, /teach=on/);
    await picture(page, 'own-training');

    // It stays through settings, another trainer, and the built-in graph.
    const before = (await state(page)).student.params;
    await setWidth(page, 3);
    await until(page, (n) => location.hash.includes('hidden=3') && window.__abkd.student.params > 0 && window.__abkd.student.params !== n, before);
    await trained(page, 7);
    await (await control(page, 'Arithmetic')).selectOption('none');
    await until(page, () => window.__abkd.backend === 'go');
    await trained(page, 7);
    await press(page, 'Back to the built-in graph');
    await until(page, () => window.__abkd.predictions?.label.length > 7);
    assert.match((await state(page)).experiment, /^#data=mag-mini&seed=7&epochs=4&/);
    await (await control(page, 'Graph')).selectOption('pack');
    await trained(page, 7);

    // A reload asks for the file again, and goes on with the settings of the address.
    await setWidth(page, 2);
    await until(page, () => location.hash.includes('hidden=2'));
    const { experiment } = await state(page);
    await page.reload();
    await page.locator('.trouble', { hasText: 'This address is for a graph of your own, which is kept nowhere but in your file' }).waitFor({ timeout: patience });
    await until(page, () => window.__abkd?.epoch > 0);
    await choose(page, [['nodes.csv', nodesCSV], ['edges.csv', edgesCSV]]);
    await press(page, 'Train on it');
    await trained(page, 7);
    assert.equal((await state(page)).experiment, experiment);
  });
});

test('JSON is dropped on the drawing and gets a split and features', async () => {
  await visit('#data=mag-mini&scene=4', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0 && window.__abkd.frames > 0);
    const nodes = Array.from({ length: 40 }, (_, i) => ({ id: i, label: i % 4 === 3 ? null : ['a', 'b', 'c'][i % 4] }));
    const edges = nodes.slice(1).map((n) => ({ source: n.id, target: Math.floor(n.id / 2) }));
    const path = join(folder, 'tree.json');
    writeFileSync(path, JSON.stringify({ name: 'a tree', nodes, edges }));

    // The browser's own dragging, in through the page and onto the frame of the drawing.
    const devtools = await page.context().newCDPSession(page);
    const stage = await page.locator('.stage').boundingBox();
    const at = { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    await devtools.send('Input.dispatchDragEvent', { type: 'dragEnter', x: 4, y: 4, data });
    await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', x: 4, y: 4, data });
    await page.getByText('Drop to open').waitFor();
    await picture(page, 'own-drop');
    await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
    await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
    await opened(page, 'tree.json');
    assert.equal(await page.getByText('Drop to open').count(), 0);
    const notes = await panel(page).locator('.assumed').innerText();
    assert.match(notes, /all nodes are of one type, called “node”/);
    assert.match(notes, /drawn from seed 1, 60 % training, 20 % validation and 20 % test/);
    assert.match(notes, /one-hot of its degree/);
    assert.deepEqual(await preview(page, 'Labels of node nodes'), [['a', '6', '2', '2', '0'], ['b', '6', '2', '2', '0'], ['c', '6', '2', '2', '0'], ['all', '18', '6', '6', '0']]);
    await press(page, 'Train on it');
    const p = await trained(page, 40);
    assert.deepEqual(tally(p.label), { 0: 10, 1: 10, 2: 10, '-1': 10 });
    assert.deepEqual(tally(p.part), { 0: 18, 1: 6, 2: 6, 3: 10 });
  });
});

/** What is asked for beside the files of a folder of testdata, as the page has it and as abkd import does. */
const asked = {
  'csv-neo4j': [(page) => fill(page, 'Column of the classes', 'genre'), '--label', 'genre'],
  debian: [(page) => fill(page, 'State of the source', '12'), '--release', '12'],
  'csv-gephi': [(page) => panel(page).getByLabel('Edges within a type go one way').check(), '--directed'],
  'json-d3': [(page) => fill(page, 'Draw the split', '50/25/25'), '--split', '50/25/25'],
};

/** Fills a field of "Read it in another way". */
async function fill(page, label, text) {
  await panel(page).getByLabel(label).fill(text);
  await panel(page).getByLabel(label).press('Enter');
}

/** Waits for the end of the reading that has begun. */
const haveRead = (page) => panel(page).getByText(/^Reading /).and(page.locator('p:not(.unseen)')).waitFor({ state: 'detached', timeout: patience });

test('every format gives the graph that abkd import makes of it', async () => {
  const testdata = join(here, '../../../gnn/graph/formats/testdata');
  const folders = readdirSync(testdata, { withFileTypes: true }).filter((e) => e.isDirectory() && !['want', 'fuzz'].includes(e.name)).map((e) => e.name);
  assert.ok(folders.length >= 29);
  await visit('#speed=0&epochs=1', async (page) => {
    const fingerprint = panel(page).locator('.own-opened code[title]');
    for (const name of folders) {
      const [set, ...flags] = asked[name] ?? [() => {}];
      const paths = readdirSync(join(testdata, name)).map((file) => join(testdata, name, file)), out = join(folder, `${name}.pack`);
      const { stdout } = await run(abkd, ['import', ...paths, ...flags, '--json', '--out', out]);
      const want = JSON.parse(stdout.trim().split('\n').at(-1));
      const chooser = page.waitForEvent('filechooser');
      await press(page, 'Open files…');
      await (await chooser).setFiles(paths);
      await haveRead(page);
      await panel(page).locator('.how-read').evaluate((e) => { e.open = true; });
      await set(page);
      await haveRead(page);
      await fingerprint.and(page.locator(`[title="${want.fingerprint}"]`)).waitFor({ timeout: patience }).catch(async (err) => {
        throw new Error(`${name}: ${await panel(page).innerText()}, want the fingerprint ${want.fingerprint}`, { cause: err });
      });
      assert.ok(want.fingerprint.startsWith(await fingerprint.innerText()));
      assert.deepEqual(await panel(page).locator('.assumed li').allInnerTexts(), want.notes, name);
      assert.deepEqual(await preview(page, 'Edges by relation'), want.relations.map((r) => [r.name, r.source, r.target, r.edges.toLocaleString('en-US')]), name);
      assert.deepEqual((await preview(page, 'What the columns').catch(() => [])), want.columns.map((c) => [c.column, c.file, c.as || 'not used']), name);
      const download = page.waitForEvent('download');
      await press(page, 'Save as a pack');
      const path = await (await download).path();
      assert.ok(readFileSync(path).equals(readFileSync(out)), `${name}: the pack is another`);
    }
  });
});

test('what is so extreme that numbers mislead is remarked, before and while it runs, and can be put away', async () => {
  await visit('#data=mag-mini&beta=1000&lr=1&epochs=4&paused=on', async (page) => {
    const remark = page.locator('.remarks span');
    await until(page, () => window.__abkd?.student?.params > 0);
    await remark.getByText('The learning rate is 1, the usual one 0.01').waitFor();
    assert.match(await remark.innerText(), /criterion’s weight β is 1,000, the usual one 1:/);
    await page.locator('.remarks').getByRole('button').click();
    await remark.waitFor({ state: 'detached' });
    const unscaled = nodesCSV.replace('0.9,0.1', '1000000,0.1');
    await choose(page, [['nodes.csv', unscaled], ['edges.csv', edgesCSV]]);
    await press(page, 'Train on it');
    await remark.getByText('Features of paper reach 1,000,000: unscaled').waitFor();
    assert.match(await remark.innerText(), /There are only 2 test nodes: a single one is 50\.0 points of accuracy\./);
    await picture(page, 'remarks');
  });
  const dying = 'model=gcn&hidden=7&teacher-layers=2&teach=on&teacher-epochs=60&alpha=0.8&temperature=2&nodes=all&lr=0.05&dropout=0.1&decay=0.0001&row-normalise=on';
  await visit(`#${dying}&epochs=60&speed=0`, async (page) => {
    await page.locator('.remarks span').getByText('of the student’s 7 hidden units are 0 for every node: they say nothing and can no longer learn. Good to know: the layers have met. Every product A·D is below 0.01').waitFor();
    assert.equal(await page.evaluate(() => window.__abkd.epoch), 60);
    await picture(page, 'remarks-at-the-end');
  });
});

test('nodes are called by their names, and found by them', async () => {
  await visit('#data=mag-mini&scene=3', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    await choose(page, [['nodes.csv', nodesCSV], ['edges.csv', edgesCSV]]);
    await press(page, 'Train on it');
    await trained(page, 7);
    await openDrawer(page, 'Numbers');
    const find = page.getByRole('searchbox', { name: 'Find a paper by name or number' }), found = page.getByRole('list', { name: 'Found' }).getByRole('button');
    const status = page.locator('.find [role=status]');
    await find.fill('WORDS');
    await found.filter({ hasText: 'paper 3 “Words, again” text' }).waitFor({ timeout: patience });
    await status.getByText('1 found.').waitFor();
    await found.click();
    await until(page, () => window.__abkd.node === 3);
    await found.and(page.locator('[aria-pressed=true]')).waitFor();

    // The name is in the lists, in the scene of the node, in its arithmetic.
    const lists = page.locator('section.nodes');
    await lists.getByText('The drawn graph as a list').click();
    await lists.getByRole('button', { name: /^paper 3 “Words, again”: text;/ }).waitFor();
    await lists.getByRole('button', { name: /^author 1 “Bob”$/ }).waitFor();
    await lists.getByText('The messages into the focus').click();
    await lists.getByRole('button', { name: /writes: author 1 “Bob”/ }).waitFor();
    await page.locator('#scene-tab-node').click();
    await page.getByText(/^paper 3 “Words, again”, layer \d of the/).waitFor({ timeout: patience });
    await picture(page, 'own-found');
    await openDrawer(page, 'Numbers');
    await assertAccessible(page, 'found by name', ['section.nodes']);

    for (const [text, says] of [['6', '1 found.'], ['e', /found|first/], ['zebra', 'No paper has that name or number.']]) {
      await find.fill(text);
      await status.filter({ hasText: says }).waitFor({ timeout: patience });
    }
    await find.fill('');
    await until(page, () => document.querySelector('.find [role=status]').textContent === '');
    assert.equal(await found.count(), 0);

    // The graph that is built in has no names: its nodes are found by their numbers.
    await press(page, 'Back to the built-in graph');
    await until(page, () => !location.hash.includes('data=pack'));
    await openDrawer(page, 'Numbers');
    await find.fill('17');
    await found.filter({ hasText: 'paper 17' }).click({ timeout: patience });
    await until(page, () => window.__abkd.node === 17);
  });
});

test('a zip archive and a folder are the files in them; a label in any spelling of missing is none', async () => {
  await visit('#speed=0&epochs=1', async (page) => {
    const nodes = 'id,label\n0,0.0\n1,1.0\n2,nan\n3,0.0\n4,1.0\n5,nan\n6,0.0\n7,1.0\n8,nan\n9,0.0\n10,1.0\n11,NaN\n';
    const edges = 'source,target\n0,1\n1,2\n';
    const dir = join(folder, 'mine');
    mkdirSync(dir);
    writeFileSync(join(dir, 'nodes.csv'), nodes);
    writeFileSync(join(dir, 'edges.csv'), edges);
    writeFileSync(join(dir, '.hidden.csv'), 'x');
    const want = JSON.parse((await run(abkd, ['import', dir, '--json', '--preview'])).stdout.trim().split('\n').at(-1)).fingerprint;

    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [dir], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop']) await devtools.send('Input.dispatchDragEvent', { type, x: 40, y: 40, data });
    await panel(page).locator(`code[title="${want}"]`).waitFor({ timeout: patience });
    assert.match(await panel(page).locator('.assumed').innerText(), /Without a label: 1 of node \(“NaN”\), 3 of node \(“nan”\)\./);
    assert.deepEqual((await preview(page, 'Labels of')).map((r) => r[0]), ['0.0', '1.0', 'all']);

    await choose(page, [['mine.zip', zipped({ 'mine/nodes.csv': nodes, 'mine/edges.csv': edges, '__MACOSX/._x': 'x' })]]);
    await opened(page, 'mine.zip');
    await panel(page).locator(`code[title="${want}"]`).waitFor({ timeout: patience });
  });
});

/** A zip archive of files that are stored as they are. */
function zipped(files) {
  const parts = [], list = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const body = Buffer.from(text), head = Buffer.alloc(30), entry = Buffer.alloc(46);
    head.writeUInt32LE(0x04034b50, 0);
    for (const [b, from] of [[head, 4], [entry, 6]]) {
      b.writeUInt16LE(20, from);
      b.writeUInt32LE(crc32(body), from + 10);
      b.writeUInt32LE(body.length, from + 14);
      b.writeUInt32LE(body.length, from + 18);
      b.writeUInt16LE(name.length, from + 22);
    }
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(at, 42);
    parts.push(head, Buffer.from(name), body);
    list.push(entry, Buffer.from(name));
    at += 30 + name.length + body.length;
  }
  const end = Buffer.alloc(22), directory = Buffer.concat(list);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(list.length / 2, 8);
  end.writeUInt16LE(list.length / 2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

test('a pack is shown as abkd wrote it, and trained on with what is in it', async () => {
  const path = join(folder, 'mag.pack');
  await pack('mag-mini', path, '--target', '60', '--hops', '2', '--nodes', '400');
  const want = await info(path);
  await visit('#data=mag-mini&scene=4&speed=0', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    await choose(page, [['mag.pack', readFileSync(path)]]);
    await opened(page, 'mag.pack');
    assert.deepEqual((await preview(page, 'Nodes by type')).map((r) => [r[0].split(' ')[0], Number(r[1])]), want.types.map((t) => [t.name, t.count]));
    assert.deepEqual(await preview(page, 'Edges by relation'), want.relations.map((r) => [r.name, r.src, r.dst, r.edges.toLocaleString('en-US')]));
    const classes = await preview(page, 'Labels of');
    const [split] = want.splits;
    assert.deepEqual(classes.at(-1), ['all', ...[split.train, split.valid, split.test, want.labelled - split.train - split.valid - split.test].map((n) => n.toLocaleString('en-US'))]);
    assert.deepEqual(classes.slice(0, -1).map((r) => r.slice(1).reduce((sum, n) => sum + Number(n), 0)), want.class_sizes.map((c) => c.size));
    const { path: again } = await saved(page);
    assert.ok(readFileSync(again).equals(readFileSync(path)), 'it is saved as it was opened');
    await press(page, 'Train on it');
    const target = want.types.find((t) => t.name === want.target).count;
    const p = await trained(page, target);
    const counts = tally(p.label);
    assert.deepEqual(want.class_sizes.map((_, c) => counts[c] ?? 0), want.class_sizes.map((c) => c.size));
    assert.deepEqual([0, 1, 2].map((part) => tally(p.part)[part]), [split.train, split.valid, split.test]);
    await until(page, () => ['distilling', 'finished'].includes(window.__abkd.phase) && window.__abkd.student.epochs > 0);
  });
});

test('what cannot be read is refused with file, row and advice, and the run goes on', async () => {
  const some = 'id,label,split\na,1,train\nb,2,valid\n', joined = 'source,target\na,b\n';
  const tables = (nodes, edges = joined) => [['nodes.csv', nodes], ['edges.csv', edges]];
  const damaged = new Uint8Array(await makeKarate());
  damaged[200] ^= 1;
  const cases = [
    [tables(some, 'source,relation,target\na,to,b\na,to,p99\n'), 'edges.csv, row 3: target "p99" is that of no node: every edge joins two nodes by their identifiers.'],
    [tables(`${some}a,1,\n`), 'nodes.csv, row 4: the identifier "a" is that of nodes.csv, row 2 already: every node needs one of its own.'],
    [tables('id,label,f0\na,1,0.5\nb,2,high\n'), 'nodes.csv, row 3: f0 is "high", want a finite number'],
    [tables('id,label,split\na,1,tain\nb,2,valid\n'), 'nodes.csv, row 2: split "tain" is none of train, valid, test: correct it'],
    [tables('id,label\na,1\n"b,2\n'), 'nodes.csv, row 3: a double quote opens a field and none closes it.'],
    [tables('id,label\na,1\nb,2,3\n'), 'nodes.csv, row 3: 3 fields, but the header has 2: a field that'],
    [tables('id,name\na,x\n'), 'nodes.csv: no column says of which class a node is; call the column of the classes "label"'],
    [tables(some, some), 'nodes.csv: these are nodes alone: give the file of the edges too.'],
    [[['nodes.csv', some]], 'nodes.csv: these are nodes alone: give the file of the edges too.'],
    [[['g.json', '{"nodes": [']], 'g.json, line 1: the file ends in the middle'],
    [[['g.json', '{"nodes": [{"id": "a", "label": "x"}, {"id": "b", "label": "y"}], "edges": [{"source": "a", "target": "c"}]}']], 'g.json, edges[0]: target "c" is that of no node'],
    [[['x.csv', Uint8Array.of(0xff, 0xfe, 65, 0)]], 'x.csv: this is UTF-16 text: save it again'],
    [[['x.pack', '<html>not found</html>']], 'x.pack: begins with "<html>no" in 22 bytes, want "ABKDPACK": this is no pack.'],
    [[['x.pack', damaged]], 'the file is damaged.'],
    [[['x.pack', damaged.subarray(0, 900)]], 'x.pack: 876 bytes after the header'],
    [tables(`id,label,split\n${Array.from({ length: 9 }, (_, i) => `n${i},${i % 2},${i % 3 ? 'train' : 'constructor'}`).join('\n')}`, 'source,target\nn0,n1\n'), 'nodes.csv, row 2: split "constructor" is none of train, valid, test'],
    [[['g.json', '{"nodes": [{"id": 9007199254740993, "label": "a"}, {"id": 9007199254741003, "label": "b"}], "links": [{"source": 9007199254740992, "target": 9007199254741003}]}']], 'g.json, links[0]: source "9007199254740992" is that of no node'],
    [[['nodes.csv', ':ID,name,:LABEL\n1,a,Person\n'], ['rels.csv', ':START_ID,:END_ID,:TYPE\n1,1,KNOWS\n']], 'nodes.csv (in the form of neo4j-admin): no column says of which class a node is; call the column of the classes "label"'],
    [tables('node_id,label,feat\n0,1,"0.1,0.2"\n', 'src_id,dst_id\n0,0\n'), 'nodes.csv (CSV in the form of DGL): every label is "1": want two classes or more.'],
    [[['w.safetensors', Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')])]], 'w.safetensors: these are the weights of a model, and this opens graphs: “abkd pack” puts a graph and its teacher into one file'],
    [[['book.xlsx', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(40)])]], 'book.xlsx: the archive cannot be opened'],
    [[['mag/num-node-dict.csv', 'author,paper\n2,3\n']], 'this is of a data set of the Open Graph Benchmark in its raw layout'],
    [[['model.pt', Buffer.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0])]], 'model.pt: this is a PyTorch file'],
    [[...tables(some), ['k.pack', await makeKarate()]], 'k.pack: this is a pack, which holds a whole graph: open it alone.'],
    [tables(`id,label\n${Array.from({ length: 20_001 }, (_, i) => `${i},${i % 2}`).join('\n')}`), 'more than 20,000 nodes, want at most that many'],
    [tables(`id,label\n${'n,1\n'.repeat(9)}a,1\nb,2\n`), 'These are the first 5 of 8.'],
  ];
  await visit('#speed=6&epochs=5000', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    const alert = panel(page).getByRole('alert');
    for (const [files, sentence] of cases) {
      await choose(page, files);
      await alert.filter({ hasText: sentence }).waitFor({ timeout: patience });
      assert.equal(await panel(page).locator('.own-opened').count(), 0);
    }
    assert.equal(await alert.locator('li').count(), 5);
    await picture(page, 'own-refused');
    const { epoch } = await state(page);
    await until(page, (e) => window.__abkd.epoch > e, epoch);

    // What is too large is not read at all.
    const big = join(folder, 'big.csv');
    writeFileSync(big, Buffer.alloc((64 << 20) + 1, 'x'));
    const chooser = page.waitForEvent('filechooser');
    await press(page, 'Open files…');
    await (await chooser).setFiles(big);
    await alert.filter({ hasText: 'big.csv: 67,108,865 bytes: this page takes at most 67,108,864.' }).waitFor({ timeout: patience });

    // What only the trainer can tell is told by it: weights that are none.
    await choose(page, [['odd.pack', await makeOdd()]]);
    await press(page, 'Train on it');
    await alert.filter({ hasText: 'odd.pack: ' }).waitFor({ timeout: patience });
    assert.match(await alert.innerText(), /odd.pack: teacher: /);
    await until(page, (e) => window.__abkd.epoch > e, (await state(page)).epoch);

    // A good file after bad ones.
    await choose(page, tables(nodesCSV, edgesCSV));
    await opened(page, 'nodes.csv and edges.csv');
    assert.equal(await alert.count(), 0);
  });
});

test('?pack= opens a file of this site and no other', { skip: process.env.BASE_URL ? 'the server that runs has no pack' : false }, async () => {
  await visit('?pack=karate.pack#scene=4', async (page) => {
    await opened(page, 'karate.pack');
    await press(page, 'Train on it');
    assert.deepEqual(tally((await trained(page, 34)).label), { 0: 13, 1: 12, 2: 4, 3: 5 });
    assert.equal(await page.evaluate(() => location.search), '?pack=karate.pack', 'the link holds it');
  });

  // A whole link: it trains at once, and so do the trainers of a race.
  const link = '#data=pack&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=8&teach=on&teacher-epochs=3&epochs=3&speed=0';
  await visit(`?pack=karate.pack${link}&scene=7`, async (page) => {
    await panel(page).getByText('This is what is being trained on.').waitFor({ state: 'attached', timeout: patience });
    await until(page, () => window.__abkd.phase === 'finished');
    await until(page, (want) => location.hash === want, `${link}&scene=methods`);
    await closeSheet(page);
    const study = page.locator('.study');
    await study.getByRole('button', { name: 'Start the race', exact: true }).click();
    await study.locator('.results tbody tr').first().waitFor({ timeout: patience });
    assert.ok(trainers(page).length > 1);
    assert.doesNotMatch(await study.innerText(), /none is open|failed/);
  });

  const asked = [];
  const foreign = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }).end();
  });
  await new Promise((done) => foreign.listen(0, '127.0.0.1', done));
  try {
    const origin = `http://127.0.0.1:${foreign.address().port}`;
    for (const [address, sentence] of [
      [`${origin}/karate.pack`, `The address of this page asks for a pack at ${origin}, and only files of this site`],
      ['data:,ABKDPACK', 'asks for a pack at null'],
    ]) {
      await visit(`?pack=${encodeURIComponent(address)}`, async (page) => {
        await panel(page).getByRole('alert').filter({ hasText: sentence }).waitFor({ timeout: patience });
        await page.locator('.tellings .trouble', { hasText: sentence }).waitFor();
        await until(page, () => window.__abkd?.epoch > 0);
      });
    }
    assert.deepEqual(asked, []);
  } finally {
    foreign.close();
  }
  await visit('?pack=gone.pack#data=pack', async (page) => {
    await panel(page).getByRole('alert').filter({ hasText: 'gone.pack: it could not be fetched from this site (HTTP status 404).' }).waitFor({ timeout: patience });
    await until(page, () => window.__abkd?.epoch > 0);
  }, { expected: [/404/] });
});

test('the keyboard opens, trains and goes back; choosing the graph of one’s own asks for it', async () => {
  await visit('#data=mag-mini&scene=4', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    await (await control(page, 'Graph')).selectOption('pack');
    await page.waitForFunction(() => document.activeElement.textContent === 'Open files…');
    assert.doesNotMatch((await state(page)).experiment, /data=pack/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await panel(page).getByRole('button', { name: 'Open this example' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.matches('.own-opened h3'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await trained(page, 7);
    await panel(page).getByRole('button', { name: 'Back to the built-in graph' }).focus();
    await page.keyboard.press('Enter');
    await until(page, () => window.__abkd.predictions?.label.length > 7);
  });
});

test('what is opened and refused is accessible: light, dark, and on a phone', async () => {
  await visit('', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    await page.keyboard.press('Space');
    await until(page, () => !window.__abkd.running);
    await press(page, 'What they look like');
    await choose(page, [['odd.pack', await makeOdd()]]);
    await press(page, 'Train on it');
    await panel(page).getByRole('alert').waitFor({ timeout: patience });
    await assertAccessible(page, 'the page');
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.waitForFunction((t) => document.documentElement.dataset.theme === t, colorScheme);
        await assertAccessible(page, `${colorScheme}, ${width} wide`, ['section.own']);
        await picture(page, `own-${colorScheme}-${width}`);
      }
    }
  });
});

/** The bytes of the karate club as a pack. */
async function makeKarate(seeds = '34') {
  const path = join(folder, 'k.pack');
  await pack('karate', path, '--target', seeds, '--hops', '1', '--nodes', '34');
  return readFileSync(path);
}

/** The karate club with a teacher that is no weights, under the right checksum. */
async function makeOdd() {
  const b = Buffer.concat([(await makeKarate()).subarray(0, -4), Buffer.from([8, 0, 0, 0]), Buffer.from('no model')]);
  b.writeBigUInt64LE(BigInt(b.length - 24), 16);
  let crc = ~0; // CRC-32C
  for (const byte of b.subarray(24)) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  b.writeUInt32LE(~crc >>> 0, 12);
  return b;
}
