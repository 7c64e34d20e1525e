// The report of a comparison in a real browser: node --test report.mjs
//
//	REPORT    the folder that `abkd compare --out` wrote
//	WEB       the folder that has playwright-core in its node_modules
//	CHROMIUM  the browser

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.env.WEB, 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const dir = process.env.REPORT;
const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8'));

let browser;
before(async () => { browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] }); });
after(() => browser?.close());

/** Opens the report and hands it to body; nothing may go wrong in it. */
async function visit(options, body) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    const page = await context.newPage();
    const trouble = [], requests = [];
    page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') trouble.push(`${m.type()}: ${m.text()}`); });
    page.on('pageerror', (e) => trouble.push(`page: ${e.message}`));
    page.on('request', (r) => { if (!r.url().startsWith('data:')) requests.push(r.url()); });
    await page.goto(pathToFileURL(join(dir, 'report.html')).href);
    await body(page);
    assert.deepEqual(trouble, [], 'the console is silent');
    assert.equal(requests.length, 1, `the page needs no other file, but asks for ${requests}`);
  } finally {
    await context.close();
  }
}

const percent = (x) => (100 * x).toFixed(2);

test('the numbers of result.json stand in the table', () => visit({}, async (page) => {
  const rows = await page.locator('#rows tbody tr').evaluateAll((trs) => trs.map((tr) => tr.innerText.replace(/\s+/g, ' ')));
  const trained = result.rows.length + result.teachers.length;
  assert.equal(rows.length, trained + result.baselines.length);
  result.baselines.forEach((b, i) => {
    const title = { majority: 'Largest class', lp: 'Label propagation', mlp: 'MLP', sgc: 'SGC', cs: 'Correct & Smooth' }[b.model];
    for (const w of [title, b.size, b.params.toLocaleString('en'), percent(b.test), percent(b.valid), b.test_sd === null ? '' : `± ${percent(b.test_sd)}`]) {
      assert.ok(rows[trained + i].includes(w), `the row of ${b.model} is ${JSON.stringify(rows[trained + i])}, want ${w} in it`);
    }
  });
  result.rows.forEach((r, i) => {
    const name = r.variant ? `${r.criterion} ${r.variant}` : r.criterion;
    const wanted = [name, `${r.layers}x${r.hidden}`, r.params.toLocaleString('en'), percent(r.test_mean), percent(r.valid_mean)];
    if (r.test_sd !== null) wanted.push(`± ${percent(r.test_sd)}`);
    if (r.diff_low !== null) wanted.push(percent(r.diff).replace('-', ''), percent(r.diff_low), percent(r.diff_high), `to ${r.baseline}`);
    for (const w of wanted) assert.ok(rows[i].includes(w), `row ${i + 1} is ${JSON.stringify(rows[i])}, want ${w} in it`);
  });
  const settings = await page.locator('.settings tbody tr').allInnerTexts();
  result.rows.forEach((r, i) => assert.ok(settings[i].includes(r.experiment), `settings ${i + 1} are ${settings[i]}, want ${r.experiment}`));
  const text = await page.locator('main').innerText();
  for (const w of [result.fingerprint, result.line, result.split, percent(result.teacher.test_mean), result.versions.go, `${result.epochs} epochs`]) {
    assert.ok(text.includes(w), `the page lacks ${w}`);
  }
}));

test('what the search for settings cost stands in it', () => visit({}, async (page) => {
  assert.equal(await page.locator('#tuning').count(), result.tuned ? 1 : 0);
  for (const c of result.tuned?.criteria ?? []) {
    const row = (await page.locator('#tuning tbody tr').allInnerTexts()).find((text) => text.startsWith(`${c.criterion}\t`));
    for (const w of [c.trials, c.runs, percent(c.best.valid_mean), ...c.best.settings.split('&').slice(1)]) assert.ok(row.includes(w), `${row} lacks ${w}`);
    const space = await page.locator('#tuning').innerText();
    for (const { key, values, why } of c.space) assert.ok(space.includes(values.join(', ')) && space.includes(key) && space.includes(why), `the page lacks ${key} ${values}`);
  }
}));

test('every row has a curve, every seed of an attention a map', () => visit({}, async (page) => {
  assert.equal(await page.locator('.curves svg').count(), result.rows.length);
  const aligned = result.rows.filter((r) => ['abkd', 'stride'].includes(r.criterion));
  assert.equal(await page.locator('table.map').count(), aligned.length * result.seeds.length);
  if (aligned.some((r) => /softmax=(column|global)/.test(r.experiment))) return; // there the rows of A sum to something else
  for (const sum of await page.locator('table.map tbody tr').evaluateAll((trs) => trs.map((tr) => [...tr.querySelectorAll('td')].reduce((s, td) => s + Number(td.textContent), 0)))) {
    assert.ok(Math.abs(sum - 1) < 0.02, `a row of A sums to ${sum}`);
  }
}));

for (const colorScheme of ['light', 'dark']) {
  test(`it can be read: ${colorScheme}`, () => visit({ colorScheme }, async (page) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] }));
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`), []);
    // The plots are drawn in the page's colours: no text of the page's own background.
    const [text, background] = await page.evaluate(() => [getComputedStyle(document.querySelector('svg text')).fill, getComputedStyle(document.body).backgroundColor]);
    assert.notEqual(text, background);
  }));
}

test('it fits a phone and a sheet of paper', () => visit({ viewport: { width: 390, height: 800 } }, async (page) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} wide on a screen of 390`);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
}));
