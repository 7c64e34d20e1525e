// The scenes, the inspector, the timeline and what changes a run, in a real
// browser: node --test test/scenes.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeSheet, download, drawnTexts, eventually, openDrawer, patience, picture, read, scenes, start, until } from './many.mjs';
import { addsUp, near, numbers, recompute, recomputeShown, rows, separation, softmax, span } from './arithmetic.mjs';

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const visit = (fragment, body, options) => lab.visit(fragment, body, { ...options });
const state = (page) => page.evaluate(() => ({ ...window.__abkd }));
const panel = (page) => page.locator('#scene');
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const text = async (locator) => read(await locator.innerText()).replaceAll('−', '-');

/** Opens a scene with a run that has got somewhere and stands still. */
async function still(page, epoch = 3) {
  await until(page, (e) => window.__abkd?.epoch >= e, epoch);
  if ((await state(page)).running) await page.keyboard.press('Space');
  await until(page, () => !window.__abkd.running);
}

/** The lines of comma-separated values, by the header. */
function parsed(csv) {
  const cells = csv.trimEnd().split('\r\n').map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2]));
  return cells.slice(1).map((row) => Object.fromEntries(cells[0].map((name, i) => [name, row[i]])));
}

const answered = (page, subject) => until(page, (s) => window.__abkd.inspection?.subject.startsWith(s) && window.__abkd.inspection.quantities.length > 0, subject);

test('every scene is reached by key, by arrow and by link, and the run goes on', async () => {
  await visit('#speed=6&epochs=5000', async (page) => {
    await until(page, () => window.__abkd?.epoch > 1);
    let last = (await state(page)).epoch;
    for (const digit of [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]) {
      const scene = scenes[digit].id;
      await page.keyboard.press(String(digit));
      await until(page, (s) => window.__abkd.scene === s, scene);
      const tab = page.getByRole('tab', { selected: true });
      assert.match(await text(tab), new RegExp(`^${digit} `));
      assert.notEqual(await text(page.locator('#scene-title')), '');
      assert.notEqual(await text(page.locator('.told')), '');
      assert.equal(await text(panel(page).locator('.story-steps [aria-current]')), 'Claim');
      assert.equal(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('scene')), digit === 0 ? null : scene);
      await page.locator('[role=status]', { hasText: `Scene ${digit}: ` }).waitFor({ state: 'attached' });
      const { epoch } = await state(page);
      assert.ok(epoch >= last, `scene ${scene} began the run again`);
      last = epoch;
    }
    await page.getByRole('tab', { selected: true }).focus();
    await page.keyboard.press('ArrowRight');
    await until(page, () => window.__abkd.scene === 'node' && document.activeElement.id === 'scene-tab-node');
    await page.keyboard.press('End');
    await until(page, () => window.__abkd.scene === 'collapse');
    await page.evaluate(() => {
      location.hash = location.hash.replace('scene=collapse', 'scene=4');
      document.querySelector('.transport .speed select').dispatchEvent(new Event('change', { bubbles: true })); // the page writes its address before it is told of that one
    });
    await until(page, () => window.__abkd.scene === 'alone');
    assert.ok((await state(page)).epoch >= last, 'a link to another scene of this run goes on with it');
    await page.getByRole('tab', { name: 'Alignment' }).click();
    await until(page, () => window.__abkd.scene === 'alignment');
  });
});

test('one node: the partial sums add up, a relation can be switched off, a hidden number can be found', async () => {
  await visit('#scene=1&epochs=5000', async (page) => {
    await still(page);
    await answered(page, 'node student 0 ');
    const before = await state(page);
    const { quantities } = before.inspection;
    assert.equal(recompute(quantities), quantities.filter((q) => q.uses.length > 0).length, 'every quantity that is computed is recomputed');

    // What the table shows is what the trainer says, and adds up; it has as many columns as there is room for.
    await eventually(async () => {
      const { room, all } = await page.locator('.partials').evaluate((t) => ({ room: t.parentElement.clientWidth, all: t.scrollWidth }));
      assert.ok(all <= room, `the sums are ${all} wide where there is room for ${room}`);
    });
    const table = (await numbers(page, '.partials')).slice(1); // below the head
    const parts = table.slice(0, -2), [sum, output] = table.slice(-2);
    const z = quantities.find((q) => q.symbol === 'z').value[0];
    assert.ok(sum.length >= 4 && sum.length <= z.length, `${sum.length} of ${z.length} columns`);
    z.slice(0, sum.length).forEach((v, c) => {
      near(sum[c], v, 0.0006, `column ${c} of the sum`);
      near(parts.reduce((all, p) => all + (p[c] ?? 0), 0), v, 0.0006 * (parts.length + 1), `the parts of column ${c}`);
      near(output[c], Math.max(0, v), 0.0006, `relu of column ${c}`);
    });

    // Hide a number, type it.
    await press(page, 'Hide a number');
    const column = Number((await text(panel(page).locator('.quiz label'))).match(/\d+/)[0]) - 1;
    assert.equal((await panel(page).locator('.partials tr.sum td').nth(column).innerText()), '?');
    await panel(page).locator('.quiz input').fill(String(parts.reduce((all, p) => all + (p[column] ?? 0), 0).toFixed(3)));
    await page.keyboard.press('Enter');
    assert.match(await text(panel(page).locator('.quiz .note')), /^Right: /);
    await press(page, 'Hide another number');
    await panel(page).locator('.quiz input').fill('77');
    await press(page, 'Check');
    assert.match(await text(panel(page).locator('.quiz .note')), /^Not quite: /);

    // One action: without the papers it cites, the prediction is another.
    await panel(page).getByLabel('Messages: cites').uncheck();
    await until(page, () => window.__abkd.changes.length === 1);
    await until(page, (p) => JSON.stringify(window.__abkd.focus.student) !== p, JSON.stringify(before.focus.student));
    const off = await state(page);
    assert.equal(off.changes[0].text, 'drop cites');
    assert.equal(off.epoch, before.epoch);
    const shown = await panel(page).locator('.prediction [data-p]').evaluateAll((all) => all.map((e) => Number(e.dataset.p)));
    const want = softmax(off.focus.student).sort((a, b) => b - a).slice(0, shown.length);
    shown.forEach((p, i) => near(p, want[i], 1e-5, 'the prediction without citations'));
    await until(page, () => /[?&#]?changes=/.test(location.hash));
    await panel(page).getByLabel('Messages: cites').check();
    await until(page, (hash) => window.__abkd.changes.length === 0 && window.__abkd.hash === hash, before.hash);
    await until(page, (p) => JSON.stringify(window.__abkd.focus.student) === p, JSON.stringify(before.focus.student));

    // Another layer of the teacher, by one click.
    await press(page, 'Teacher 3');
    await answered(page, 'node teacher 2 ');
    recompute((await state(page)).inspection.quantities);
    await picture(page, 'scene-1');
  });
});

test('the arithmetic of a node is two actions away, that of a message, a layer and a loss too', async () => {
  await visit('#epochs=5000', async (page) => {
    await still(page);
    await openDrawer(page, 'Numbers');
    await page.getByText('The drawn graph as a list').click();
    await page.locator('.nodes li .link').nth(2).click();
    await answered(page, 'node student ');
    const { inspection } = await state(page);
    assert.ok(recompute(inspection.quantities) >= 3);
    const inspector = page.locator('.inspector');
    await until(page, () => document.activeElement.closest('.inspector') !== null);
    assert.equal(await inspector.locator('.quantities > li').count(), inspection.quantities.length);

    // One step at a time, the last one first; short ones are written out as they are.
    const step = (i) => inspector.locator('.quantities button').nth(i);
    assert.equal(await inspector.locator('.expression').getAttribute('id'), `quantity-${inspection.quantities.length - 1}`);
    for (const [i, q] of inspection.quantities.entries()) {
      await step(i).click();
      await inspector.locator(`#quantity-${i}`).waitFor();
      assert.match(await text(inspector.locator('.steps')), new RegExp(`step ${i + 1} of ${inspection.quantities.length}`));
      if (q.value.length * (q.value[0]?.length ?? 0) > 64 || q.value.length === 0) continue;
      const seen = await rows(page, `#quantity-${i} .values table`);
      q.value.forEach((r, a) => r.forEach((v, b) => near(seen[a][b], v, 0.0006 * Math.max(1, Math.abs(v)), `${q.symbol} of ${q.of}`)));
    }
    // Pointing at a step lights what it is computed from, which is one click away.
    const user = inspection.quantities.findIndex((q) => q.uses.length > 1);
    await step(user).click();
    const lit = await page.locator('.quantities > li').evaluateAll((all) => all.flatMap((e, i) => (e.classList.contains('lit') ? [i] : [])));
    assert.deepEqual(lit, [...new Set(inspection.quantities[user].uses)].sort((a, b) => a - b));
    await inspector.locator('.uses').first().getByRole('button').first().click();
    await inspector.locator(`#quantity-${inspection.quantities[user].uses[0]}`).waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await press(page, 'Copy as text');
    await page.getByText('Copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const last = inspection.quantities.at(-1);
    assert.ok(copied.includes(last.text.replace('layer 1 ', 'layer 2 ').replace('layer 0 ', 'layer 1 ')) && copied.includes(last.formula), copied.slice(-400));
    assert.deepEqual(copied.trim().split('\n').at(-1).trim().split('\t').map(Number).map(Math.fround), last.value.at(-1), 'the copy has every digit');
    await closeSheet(page);
    assert.equal(await inspector.count(), 0);

    for (const [open, entry, subject] of [
      ['The messages into the focus', '.nodes li .link >> text=/writes/', 'edge student 1 writes '],
      ['', '.layer-list >> text="Teacher layer 2, at the focus"', 'node teacher 1 '],
      ['', '.layer-list >> text="The loss"', 'loss'],
    ]) {
      await openDrawer(page, 'Numbers');
      if (open) await page.getByText(open).click();
      await page.locator(entry).first().click();
      await answered(page, subject);
    }
    const seen = await state(page);
    assert.ok(seen.inspection.quantities.some((q) => q.value.length === 1 && Math.abs(q.value[0][0] - seen.student.loss) < 1e-4), 'the total loss is listed');
  });
});

/** What the inspector shows, step by step: the texts of each table, and the formula; no table for one that it shows in part. */
const steps = (page) => page.evaluate(async () => {
  const tick = () => new Promise((done) => { setTimeout(done); }), sheet = document.querySelector('.inspector'), read = [];
  for (const [i, button] of [...sheet.querySelectorAll('.quantities button')].entries()) {
    button.click();
    while (sheet.querySelector('.expression').id !== `quantity-${i}`) await tick();
    await tick();
    const folded = sheet.querySelector('.expression summary'), [r = 0, c = 0] = folded?.textContent.match(/\d+/g)?.map(Number) ?? [];
    if (folded && r * c <= 600) {
      folded.click();
      while (!sheet.querySelector('.values table')) await tick();
    }
    const part = sheet.querySelector('.expression .note') !== null || folded && r * c > 600;
    read.push({ formula: sheet.querySelector('.working')?.textContent ?? '',
      cells: part ? undefined : [...sheet.querySelectorAll('.values tr')].map((tr) => [...tr.cells].map((td) => td.textContent)) });
  }
  return read;
});

/** Opens the arithmetic of a subject by the address and computes it again from what is read. */
async function checkAsRead(page, subject) {
  await page.evaluate((open) => { location.hash = `${location.hash.replace(/&open=[^&]*/, '')}&open=${encodeURIComponent(open)}`; }, subject);
  await answered(page, subject);
  await page.locator('.inspector .quantities').waitFor();
  const { quantities } = (await state(page)).inspection, all = await steps(page);
  assert.equal(all.length, quantities.length);
  const shown = all.map(({ cells }) => cells?.map((row) => row.map(span)));
  for (const [i, { formula }] of all.entries()) { // what it comes to is in the table
    const [, row = '', column, result] = /^[^=]*?(?:\[(?:(\d+),)?(\d+)\])? = .* = (-?[\d.]+(?:e[-+]\d+)?)$/.exec(formula) ?? [];
    if (result === undefined || !shown[i]) continue;
    const [lo, hi] = shown[i][Number(row)][Number(column ?? 0)], v = Number(result), half = 0.0006 * Math.abs(v) + 1e-6;
    assert.ok(lo <= v + half && hi >= v - half, `${formula}: the table has ${lo} to ${hi}`);
  }
  return recomputeShown(quantities, shown);
}


/** The equations of a part of the page, without the words in them. */
const equations = (page, selector) => page.locator(`${selector} .worked`).evaluateAll((all) => all.map((p) => {
  const line = p.cloneNode(true);
  for (const word of line.querySelectorAll('small')) word.remove();
  return line.textContent.replace(/\s+/g, ' ').trim();
}).filter((text) => text.includes(' = ')));

/** The drawer's and the scene's equations and the table of pairs: all that can be is computed again from what is read; returns L as it reads. */
async function checkAlignmentAsRead(page) {
  await openDrawer(page, 'Formulas');
  const told = await equations(page, '.formula');
  for (const line of told) addsUp(line);
  assert.equal(told.length, 3, told.join(' | ')); // the total, L and a row of A
  await openDrawer(page, 'Numbers');
  const products = [];
  for (const text of await page.locator('.pairs .cell').allInnerTexts()) {
    const [, a, d, product] = / ([\d.]+) × ([\d.]+) = ([\d.]+)$/.exec(read(text)) ?? assert.fail(text);
    const half = (span(product)[1] - span(product)[0]) / 2;
    near(Number(a) * Number(d), Number(product), half, `${text}, by the numbers themselves`);
    products.push(Number(product));
  }
  const [, sum, layers] = told.map((line) => /^([\d.]+) \/ (\d+) = /.exec(line)).find(Boolean);
  near(products.reduce((x, y) => x + y), Number(sum), 1e-6, 'Σ A·D of the table');
  await closeSheet(page);
  return { sum, layers };
}

test('in every scene what is read multiplies and adds up, whatever is inspected', async () => {
  await visit('#data=mag-mini&criterion=abkd&alpha=0.5&nodes=all&epochs=5000&speed=12', async (page) => {
    await still(page, 5);
    await openDrawer(page, 'Numbers');
    await page.getByText('The messages into the focus').click();
    await page.locator('.nodes li .link >> text=/writes/').first().click();
    await answered(page, 'edge student 1 writes ');
    const { inspection: { subject: edge }, node } = await state(page);
    await until(page, () => location.hash.includes('paused=on') && location.hash.includes('open='));
    // So many steps of each are computed from others and shown whole.
    const subjects = [[`node student 0 paper ${node}`, 8], [`node teacher 2 paper ${node}`, 2], [edge, 4], ['cell 1 0', 10], ['loss', 5], ['param student layers.0.self.paper.bias', 3]];
    for (const [at, { id }] of scenes.entries()) {
      await page.evaluate((scene) => { location.hash = `${location.hash.replace(/&(scene|step)=[^&]*/g, '')}&scene=${scene}`; }, id);
      await until(page, (scene) => window.__abkd.scene === scene && !window.__abkd.running, id);
      const [subject, least] = subjects[at % subjects.length], checked = await checkAsRead(page, subject);
      assert.ok(checked >= least, `${checked} steps of ${subject} are computed again in ${id}, want ${least}`);
      await closeSheet(page);
      if (id === 'labels') {
        const terms = (await panel(page).locator('.labels .summand').allInnerTexts()).map(span), [lo, hi] = span(await text(panel(page).locator('[data-kl]')));
        assert.ok(terms.reduce((a, t) => a + t[0], 0) <= hi && terms.reduce((a, t) => a + t[1], 0) >= lo, 'the divergence is the sum of its terms');
      }
      if (id !== 'alignment') continue;
      const { sum } = await checkAlignmentAsRead(page), [line] = await equations(page, '.story');
      assert.ok(line.includes(` = ${sum} / 3 = `), `${line} has the Σ of the drawer, ${sum}`);
      await eventually(async () => assert.ok((await drawnTexts(page)).includes(`Σ = ${sum}`), `the drawing has Σ = ${sum}`));
      near((await panel(page).locator('.terms button').allInnerTexts()).reduce((all, t) => all + Number(t), 0), Number(sum), 1e-6, 'the terms');
    }
  });
  await visit('#data=mag-mini&criterion=stride&hidden-only=on&alpha=0.5&scene=6&epochs=5000&speed=12', async (page) => {
    await still(page, 3);
    assert.equal((await checkAlignmentAsRead(page)).layers, '2', 'layers of the teacher that are compared');
    const { aux } = (await state(page)).student, [line] = await equations(page, '.story');
    assert.match(line, /Σ A·\(D \+ G\) = /);
    const [lo, hi] = span(line.split(' = ').at(-1));
    assert.ok(aux >= lo - 0.005 * aux && aux <= hi + 0.005 * aux, `L reads ${lo} to ${hi}, the loss of the step is ${aux}`);
    await until(page, () => location.hash.includes('paused=on'));
    assert.ok(await checkAsRead(page, 'cell 1 0') >= 8);
  });
});

/** How many nodes of a layer lie nearer to their own class's mean than to any other's. */
function nearest(e, label) {
  const classes = [...new Set(e.nodes.map((v) => label[v]).filter((c) => c >= 0))];
  const mean = (a) => a.reduce((x, y) => x + y, 0) / a.length;
  const means = classes.map((c) => [e.x, e.y].map((a) => mean(a.filter((_, k) => label[e.nodes[k]] === c))));
  return e.nodes.filter((v, k) => {
    const far = means.map(([x, y]) => Math.hypot(e.x[k] - x, e.y[k] - y)), own = classes.indexOf(label[v]);
    return own >= 0 && far.every((d, i) => i === own || far[own] < d);
  }).length;
}

test('the teacher: each layer’s classes are as far apart as it says', async () => {
  await visit('#scene=3&epochs=5000', async (page) => {
    await still(page);
    await panel(page).locator('[data-apart]').nth(4).waitFor({ timeout: patience });
    const s = await state(page);
    const apart = await eventually(async () => { // the plots follow three times a second
      const shown = await panel(page).locator('[data-apart]').evaluateAll((all) => all.map((e) => Number(e.dataset.apart)));
      s.embeddings.forEach((e, i) => near(shown[i], separation(e, s.predictions.label), 1e-6, `${e.model} ${e.layer}`));
      return shown;
    });
    assert.ok(apart[2] > apart[0], `the teacher's last layer holds its classes ${apart[2]} apart, its first ${apart[0]}`);
    assert.match(await text(panel(page).locator('.layers ~ .note').first()), new RegExp(`teacher ${(100 * s.teacher.acc).toFixed(1)} %`));
    // How many nodes of a class lie nearest to its own mean, counted anew.
    const seen = await panel(page).locator('.held tbody tr').evaluateAll((all) => all.map((tr) => [...tr.querySelectorAll('td')].map((td) => td.textContent)));
    assert.equal(seen.length, 8);
    const sums = s.embeddings.map((e, l) => seen.reduce((n, row) => n + Number(row[l]), 0));
    assert.deepEqual(sums, s.embeddings.map((e) => nearest(e, s.predictions.label)));
    // A class that is chosen is lit in the drawing, by one of its nodes.
    await panel(page).locator('.held button').nth(2).click();
    await until(page, () => /^node teacher 2 paper /.test(document.querySelector('iframe').contentWindow.__abkd.state().light));
    await picture(page, 'scene-3');
  });
});

test('the student alone: the confusion matrix and the lost papers are the trainer’s', async () => {
  await visit('#scene=4&epochs=100000&speed=0', async (page) => {
    await still(page, 40);
    const s = await state(page);
    const p = s.predictions, on = (i) => p.part[i] === 2 && p.label[i] >= 0;
    const wanted = await page.locator('.confusion tbody td').count();
    assert.equal(wanted, 64);
    const seen = await rows(page, '.confusion tbody', 'td');
    const want = Array.from({ length: 8 }, () => new Array(8).fill(0));
    p.label.forEach((c, i) => { if (on(i)) want[c][p.alone[i]]++; });
    assert.deepEqual(seen.map((r) => r.map((v) => (Number.isNaN(v) ? 0 : v))), want);
    const right = want.reduce((a, r, i) => a + r[i], 0) / want.flat().reduce((a, b) => a + b);
    near(right, s.alone.acc, 0.0001, 'accuracy by the matrix');
    const lost = p.label.flatMap((c, i) => (on(i) && p.teacher[i] === c && p.alone[i] !== c ? [i] : []));
    assert.equal(Number(await panel(page).locator('[data-lost]').getAttribute('data-lost')), lost.length);
    assert.ok(lost.length > 0, 'the teacher still knows some');

    // Each class, by what the predictions say.
    await panel(page).getByText('Accuracy of each class').click();
    const told = await page.locator('.per-class tbody tr').evaluateAll((all) => all.map((tr) => [...tr.querySelectorAll('td')].map((td) => parseFloat(td.textContent))));
    for (const [i, row] of told.entries()) {
      const nodes = want[i].reduce((a, b) => a + b), said = want.reduce((a, r) => a + r[i], 0);
      assert.deepEqual(row.slice(0, 2), [nodes, said]);
      [want[i][i] / said, want[i][i] / nodes, 2 * want[i][i] / (nodes + said)].forEach((share, k) => (Number.isNaN(share) ? assert.ok(Number.isNaN(row[2 + k])) : near(row[2 + k], 100 * share, 0.051, `class ${i}`)));
    }

    // All predictions as a file, and of it the calibration error of each model.
    const table = parsed((await download(page, 'Save all predictions as CSV')).text);
    assert.equal(table.length, p.label.length);
    assert.ok(table.every((l, i) => Number(l.node) === i && l.name !== '' && l.label === (p.label[i] < 0 ? '' : String(p.label[i]))), 'every node has its line');
    for (const model of ['teacher', 'alone', 'student']) {
      assert.deepEqual(table.map((l) => Number(l[`${model}_prediction`])), p[model], `${model}: the predictions are those of the matrix`);
      const bins = Array.from({ length: 15 }, () => ({ right: 0, sure: 0 }));
      const test = table.filter((l) => l.part === 'test' && l.label !== '');
      for (const l of test) {
        const sure = Number(l[`${model}_confidence`]), bin = bins[Math.ceil(15 * sure) - 1];
        bin.sure += sure;
        if (l.label === l[`${model}_prediction`]) bin.right++;
      }
      const ece = bins.reduce((sum, b) => sum + Math.abs(b.right - b.sure) / test.length, 0);
      const css = model === 'student' ? 'taught' : model;
      near(Number(await page.locator(`.ece tr:has(.${css}) [data-ece]`).getAttribute('data-ece')), ece, 1e-4, `ECE of the ${model}`);
    }

    const c = p.label[lost[0]];
    await panel(page).locator('.confusion tbody th button').nth(c).click();
    const listed = panel(page).locator('.paper-list button');
    assert.equal(await listed.count(), Math.min(24, lost.filter((i) => p.label[i] === c).length));
    await listed.first().filter({ hasText: `“${table[lost.find((i) => p.label[i] === c)].name}”` }).waitFor({ timeout: patience });
    await listed.first().click();
    await until(page, (n) => window.__abkd.node === n, lost.find((i) => p.label[i] === c));
    await picture(page, 'scene-4');
  });
});

test('soft labels: temperature and KL are recomputed', async () => {
  await visit('#scene=5&epochs=5000', async (page) => {
    await still(page);
    const { focus } = await state(page);
    const slider = panel(page).getByRole('slider', { name: 'Temperature' });
    const entropies = [];
    for (const [key, t] of [['Home', 1], ['End', 10]]) {
      await slider.press(key);
      await panel(page).locator('.temperature b', { hasText: t.toFixed(1) }).waitFor();
      const teacher = softmax(focus.teacher, t), student = softmax(focus.student, t);
      const shown = await panel(page).locator('.labels tbody tr td:nth-child(2) [data-p]').evaluateAll((all) => all.map((e) => Number(e.dataset.p)));
      shown.forEach((v, i) => near(v, teacher[i], 1e-5, `teacher, class ${i}, T ${t}`));
      const kl = teacher.reduce((a, v, i) => a + v * Math.log(v / student[i]), 0);
      near(Number(await panel(page).locator('[data-kl]').getAttribute('data-kl')), kl, 1e-5, `KL at T ${t}`);
      near(Number(await panel(page).locator('[data-kd]').getAttribute('data-kd')), t * t * kl, 1e-3, `T²·KL at T ${t}`);
      entropies.push(-teacher.reduce((a, v) => a + v * Math.log(v), 0));
    }
    assert.ok(entropies[1] > entropies[0], 'a higher temperature says more about the other classes');
    await picture(page, 'scene-5');
  });
});

test('alignment: a cell’s arithmetic, and A pinned from the same step on', async () => {
  await visit('#scene=6&alpha=0.5&nodes=all&epochs=5000', async (page) => {
    await still(page, 5);
    await press(page, 'A and D as a table');
    await panel(page).locator('.cell').nth(3).click(); // T2, S2
    await answered(page, 'cell 1 1');
    const s = await state(page);
    assert.ok(recompute(s.inspection.quantities) >= 6);
    const one = (symbol) => s.inspection.quantities.findLast((q) => q.symbol === symbol && q.value.length === 1 && q.value[0].length === 1)?.value[0][0];
    near(one('A'), s.alignment.A[1][1], 1e-4, 'A of the cell');
    near(one('D'), s.alignment.D[1][1], 1e-4, 'D of the cell');
    const product = s.alignment.A.reduce((all, r, i) => all + r.reduce((t, v, j) => t + v * s.alignment.D[i][j], 0), 0);
    near(product / 3, s.student.aux, 1e-4, 'L is the mean of A·D over the teacher’s layers');

    await closeSheet(page);
    await press(page, 'diagonal'); // one action
    await until(page, () => window.__abkd.changes.length === 1);
    assert.equal((await state(page)).changes[0].text, 'pin diagonal');
    await page.keyboard.press('.');
    await until(page, (e) => window.__abkd.epoch === e + 1, s.epoch);
    const pinned = await state(page);
    assert.equal(pinned.alignment.A[0][0], 1);
    assert.equal(pinned.alignment.A[2][1], 1);
    assert.notEqual(pinned.hash, s.hash);
    assert.ok(await page.locator('.curves path.ghost').count() > 0, 'the curve of before stays');

    await press(page, 'my own…');
    await page.getByRole('spinbutton', { name: 'A of T2 and S1' }).fill('0.25');
    await press(page, 'Pin this');
    await until(page, () => window.__abkd.changes.length === 2);
    await page.keyboard.press('.');
    await until(page, () => window.__abkd.alignment.A[1][0] === 0.25);
    await openDrawer(page, 'Change the run');
    await page.locator('.changes').getByRole('button', { name: 'Undo' }).click();
    await until(page, () => window.__abkd.changes.length === 1);
    await page.locator('.changes').getByRole('button', { name: 'Undo' }).click();
    await until(page, (hash) => window.__abkd.changes.length === 0 && window.__abkd.hash === hash, s.hash);
    await picture(page, 'scene-6');
  });
});

test('a rewound run is the run that it was, and a change is part of the link', async () => {
  await visit('#epochs=40&speed=0&kernels=simd128', async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished');
    const end = await state(page);
    const scrub = page.getByRole('slider', { name: /Epoch/ });
    await scrub.focus();
    await page.keyboard.press('Home'); // one action
    await until(page, () => window.__abkd.epoch === 0 && !window.__abkd.running);
    const hashes = [(await state(page)).hash];
    await page.locator('body').click({ position: { x: 2, y: 2 } });
    for (let e = 1; e <= 6; e++) {
      await page.keyboard.press('.');
      await until(page, (n) => window.__abkd.epoch === n, e);
      hashes.push((await state(page)).hash);
    }
    assert.equal(new Set(hashes).size, hashes.length, 'every epoch is another state');
    for (let e = 5; e >= 2; e--) {
      await page.keyboard.press(',');
      await until(page, (n) => window.__abkd.epoch === n, e);
      assert.equal((await state(page)).hash, hashes[e], `epoch ${e} again`);
    }
    assert.match(await scrub.getAttribute('aria-valuetext'), /epoch 2 of 40, recorded to 40/);
    await scrub.press('End');
    await until(page, () => window.__abkd.epoch === 40);
    assert.equal((await state(page)).hash, end.hash, 'replayed to the end it is the same');

    // A change at epoch 3, then on to 6; the link does the same.
    await scrub.fill('3');
    await until(page, () => window.__abkd.epoch === 3 && !window.__abkd.running);
    assert.equal((await state(page)).hash, hashes[3]);
    await openDrawer(page, 'Change the run');
    await page.getByRole('checkbox', { name: 'writes', exact: true }).uncheck();
    await until(page, () => window.__abkd.changes.length === 1);
    await page.locator('body').click({ position: { x: 2, y: 2 } });
    for (let e = 4; e <= 6; e++) {
      await page.keyboard.press('.');
      await until(page, (n) => window.__abkd.epoch === n, e);
    }
    const changed = await state(page);
    assert.notEqual(changed.hash, hashes[6]);
    assert.equal(changed.recorded, 6, 'the future of before is gone');
    assert.equal(await page.locator('.change-mark').count(), 1);
    await until(page, () => location.hash.includes('epoch=6')); // addresses are written once things rest
    const link = await page.evaluate(() => location.href);
    assert.match(decodeURIComponent(link), /changes=3\.0:drop writes/);
    await page.goto('about:blank');
    await page.goto(link);
    await until(page, () => window.__abkd?.recorded >= 6 && window.__abkd.changes.length === 1);
    await page.getByRole('slider', { name: /Epoch/ }).fill('6');
    await until(page, () => window.__abkd.epoch === 6 && !window.__abkd.running);
    assert.equal((await state(page)).hash, changed.hash, 'the link is the same run, change and all');
  });
});

test('break it: an edge, a weight, a label, the projections, the teacher', async () => {
  await visit('#epochs=5000', async (page) => {
    await still(page);
    await openDrawer(page, 'Change the run');
    const tools = page.locator('.breaks');
    const made = (n) => until(page, (k) => window.__abkd.changes.length === k, n);
    const before = await state(page);
    await tools.getByRole('button', { name: 'Cut', exact: true }).click();
    await made(1);
    await tools.getByRole('button', { name: 'Mend', exact: true }).click();
    await made(2);
    await tools.getByLabel('becomes').fill('0.5');
    await tools.getByRole('button', { name: 'Set', exact: true }).click();
    await made(3);
    await tools.getByLabel('frozen', { exact: true }).check();
    await made(4);
    const texts = (await state(page)).changes.map((c) => c.text);
    assert.match(texts[0], /^cut \S+ \d+ \d+$/);
    assert.equal(texts[1], texts[0].replace('cut', 'mend'));
    assert.match(texts[2], /^weight student layers\.0\.\S+ 0 0 0\.5$/);
    assert.equal(texts[3], 'freeze on');
    assert.notEqual((await state(page)).hash, before.hash);
    await tools.getByRole('button', { name: 'Mislabel', exact: true }).click(); // the focus is no training paper: refused, in words
    await page.locator('.trouble.mild').waitFor();
    assert.equal((await state(page)).changes.length, 4);
    await tools.getByRole('button', { name: 'Inspect', exact: true }).click();
    await answered(page, 'param student ');
    assert.equal((await state(page)).inspection.quantities[0].value[0][0], 0.5, 'the weight that was set');
    await openDrawer(page, 'Change the run');
    for (let n = 3; n >= 0; n--) {
      await tools.locator('.changes').getByRole('button', { name: 'Undo' }).click();
      await made(n);
    }
    await until(page, (hash) => window.__abkd.hash === hash, before.hash);
    await tools.getByLabel('untrained').check();
    await until(page, () => window.__abkd.teacher.acc > 0 && window.__abkd.teacher.acc < 0.4 && window.__abkd.epoch > 0);
  });
});

test('collapse: the published loss falls to nothing, the cure does not, in two actions', async () => {
  await visit('#scene=9&speed=0&criterion=kd&alpha=0.5&nodes=all&epochs=20', async (page) => {
    await until(page, () => window.__abkd?.phase === 'finished');
    const falls = [];
    for (const n of [0, 1]) {
      const section = panel(page).locator('.two-runs section').nth(n), before = (await state(page)).hash;
      await section.getByRole('button').click();
      await until(page, (hash) => window.__abkd.hash !== hash && window.__abkd.phase === 'finished' && window.__abkd.epoch === 150, before);
      await until(page, () => window.__abkd.alignment.D.length > 0);
      await section.locator('[data-last]').waitFor();
      const { student } = await state(page);
      await until(page, ([i, aux]) => Math.abs(Number(document.querySelectorAll('.two-runs section')[i].querySelector('[data-last]').dataset.last) - aux) < 1e-6, [n, student.aux]);
      falls.push(student.aux / Number(await section.locator('[data-first]').getAttribute('data-first')));
    }
    assert.ok(falls[0] < 0.05, `the published loss fell to ${falls[0]} of what it was`);
    assert.ok(falls[1] > 5 * falls[0], `the cure's to ${falls[1]}, the published one to ${falls[0]}`);
    // Both stand beside each other in the drawing, with what they came to.
    const stage = page.frames().find((f) => f.url().endsWith('stage.html'));
    for (const said of ['The published loss', 'Frozen projections']) await stage.waitForFunction((text) => window.__abkd.state().texts.includes(text), said, { timeout: patience });
    const { texts } = await stage.evaluate(() => window.__abkd.state());
    assert.equal(texts.filter((text) => /^dead: \d of 5$/.test(text)).length, 2, texts.join('; '));
    const dead = await panel(page).locator('[data-dead]').allInnerTexts();
    assert.deepEqual(dead.map((d) => `dead: ${d.replace(' / ', ' of ')}`), texts.filter((text) => text.startsWith('dead: ')));
    await picture(page, 'scene-9');

    // Elsewhere the published loss kills units in its first steps, and a control without a teacher keeps them.
    await page.locator('.story-steps button').last().click(); // what is stored answers no guess
    await panel(page).getByRole('button', { name: 'Units die' }).click();
    const parts = panel(page).locator('.two-runs section'), deaths = (n) => parts.nth(n).locator('[data-dead]').innerText().then((d) => Number(d.split('/')[0]));
    assert.equal(await parts.count(), 4);
    assert.ok(await deaths(0) >= 3 && await deaths(1) >= 3 && await deaths(2) <= 1, 'stored: published, with A pinned, from epoch 50 on');
    for (const n of [0, 3]) {
      const before = (await state(page)).hash;
      await parts.nth(n).getByRole('button').click();
      await until(page, (hash) => window.__abkd.hash !== hash && window.__abkd.phase === 'finished' && window.__abkd.epoch === 150, before);
      await until(page, (i) => document.querySelectorAll('.two-runs section')[i].querySelector('.stored') === null, n);
    }
    assert.ok(await deaths(0) >= 3 && await deaths(3) === 0, 'live: published, and the control');
    const [first, last] = (await parts.nth(0).locator('[data-d]').innerText()).split(' → ').map(Number);
    assert.ok(first > 1 && last < 0.3, `D falls from ${first} to ${last}`);
    await stage.waitForFunction(() => window.__abkd.state().texts.some((text) => /^dead: [3-7] of 7$/.test(text)), undefined, { timeout: patience });
    await picture(page, 'scene-9-die');
  });
});

test('slow motion takes one step apart', async () => {
  await visit('#epochs=5000', async (page) => {
    await still(page);
    const { epoch } = await state(page);
    await openDrawer(page, 'Formulas');
    await press(page, 'Slow');
    await until(page, (e) => window.__abkd.epoch === e + 1, epoch);
    const beats = page.locator('.slow-motion');
    const s = await state(page);
    await beats.getByRole('button', { name: /Loss/ }).click();
    const loss = await text(beats.locator('p')), total = Number(/= ([\d.]+)\.$/.exec(loss)[1]), terms = [...loss.matchAll(/(?:CE|KD|L) ([\d.]+)/g)].map((m) => Number(m[1]));
    assert.equal(terms.reduce((x, y) => x + y, 0).toFixed(3), total.toFixed(3), loss);
    assert.ok(terms.length === 2 && Math.abs(total - s.student.loss) <= 0.0005 * 3, `${loss} The loss is ${s.student.loss}.`); // each is rounded
    assert.equal(await page.locator('.formula .beat-lit').count() > 0, true);
    await beats.getByRole('button', { name: /Update/ }).click();
    assert.match(await text(beats.locator('p')), new RegExp(s.student.params.toLocaleString('en-GB')));
    assert.equal((await state(page)).epoch, epoch + 1, 'it is one step and no more');
    await beats.getByRole('button', { name: 'Close' }).click();
    assert.equal(await beats.count(), 0);
  }, { reducedMotion: 'reduce' });
});
