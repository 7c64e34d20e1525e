// The page in other languages, in a copy of the site that has some more: one
// that nobody speaks, the same from right to left, and one that a folder adds.
// node --test test/languages.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertAccessible, eventually, openDrawer, over, picture, scenes, start, until } from './many.mjs';

const web = fileURLToPath(new URL('../', import.meta.url)), root = join(web, '../..');
const catalogues = join(root, 'assets/messages');
let folder, lab;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'languages-'));
  const copy = join(folder, 'site/web'), messages = join(folder, 'messages');
  cpSync(web, copy, { recursive: true, filter: (path) => !['node_modules', 'dist', 'test'].includes(basename(path)) });
  symlinkSync(join(web, 'node_modules'), join(copy, 'node_modules'));
  cpSync(join(root, 'assets/licences'), join(folder, 'assets/licences'), { recursive: true });
  cpSync(catalogues, messages, { recursive: true });
  const third = { ...JSON.parse(readFileSync(join(catalogues, 'en.arb'), 'utf8')), '@@locale': 'eo', '@@name': 'Esperanto', language: 'Lingvo' };
  writeFileSync(join(messages, 'eo.arb'), JSON.stringify(third));
  execFileSync('go', ['run', './site/gen', '-web', copy, '-messages', messages, '-pseudo'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync(process.execPath, [join(web, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.DIST = join(copy, 'dist');
  lab = await start();
});
after(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

const visit = (fragment, body, options) => lab.visit(fragment, body, { ...options });
const trains = (page) => until(page, () => window.__abkd?.epoch > 0);
const choice = (page) => page.locator('nav select').first();
const spoken = (page, tag) => until(page, (t) => document.documentElement.lang === t, tag);

async function speak(page, tag) {
  await choice(page).selectOption(tag);
  await spoken(page, tag);
}

test('a language is switched without a reload, the run goes on, and the next visit has it', async () => {
  await visit('#epochs=100000', async (page, { context }) => {
    await trains(page);
    await page.evaluate(() => { window.stays = true; });
    const before = await page.evaluate(() => ({ epoch: window.__abkd.epoch, link: location.href }));
    const english = await page.locator('.hook').first().innerText().catch(() => '');
    await speak(page, 'zh-Hans');
    await until(page, (e) => window.stays && window.__abkd.epoch > e, before.epoch);
    assert.equal(await page.evaluate(() => location.href), before.link);
    const chinese = /\p{Script=Han}/u;
    await eventually(async () => {
      const label = await page.locator('nav label').first().innerText();
      assert.match(label, chinese);
      assert.match(await page.locator('body').innerText(), chinese);
    });
    assert.ok(english === '' || chinese.test(english) === false);
    await picture(page, 'zh-Hans');
    const next = await context.newPage();
    await next.goto(page.url());
    await spoken(next, 'zh-Hans');
    await next.close();
    await speak(page, 'en');
    await eventually(async () => assert.equal(await page.locator('nav label span').first().innerText(), 'Language'));
  });
});

/** What the drawing says once it is drawn, which comes up to a test. */
const drawn = (page, check) => eventually(async () => {
  const stage = page.frames().find((f) => f.url().endsWith('stage.html'));
  const { texts } = await stage.evaluate(() => window.__abkd.state());
  assert.ok(texts?.length > 0, 'nothing is drawn');
  check(texts.join(' · '));
  return texts;
});

test('the drawing says all in the language, and goes on when another is chosen', async () => {
  await visit('#epochs=100000', async (page) => {
    await trains(page);
    await drawn(page, (said) => assert.match(said, /Taught student/));
    for (const [tag, want] of [['zh-Hans', /受教学生 · .*个权重/], ['en-XA', /⟦Ţåûĝĥţ/], ['en', /Taught student/]]) {
      const { epoch, snapshots } = await page.evaluate(() => ({ epoch: window.__abkd.epoch, snapshots: document.querySelector('iframe').contentWindow.__abkd.state().snapshots }));
      await speak(page, tag);
      await drawn(page, (said) => assert.match(said, want));
      await until(page, ([e, n]) => window.__abkd.epoch > e && document.querySelector('iframe').contentWindow.__abkd.state().snapshots > n, [epoch, snapshots]);
      await picture(page, `drawing-${tag}`);
    }
  });
});

test('scenes, the story, settings and arithmetic are said in the language while the run goes on', async () => {
  await visit('#epochs=100000', async (page) => {
    await trains(page);
    await openDrawer(page, 'Settings');
    await page.locator('.controls label').first().waitFor();
    /** What the page says in those places, one by one. */
    const said = () => page.evaluate(() => Object.fromEntries(Object.entries({
      scenes: '.rail [role=tab]', title: '.story h2', story: '.story .told', labels: '.controls .control label', help: '.controls [id^=control-][id$=-help].unseen', options: '#control-criterion option', presets: '.presets button',
    }).map(([name, where]) => [name, [...document.querySelectorAll(where)].map((e) => e.textContent.trim())])));
    const english = await said();
    for (const [where, texts] of Object.entries(english)) assert.ok(texts.length > 0, `${where} says nothing`);
    for (const [tag, like] of [['en-XA', /^(\d )?⟦.*⟧$/], ['zh-Hans', /\p{Script=Han}/u]]) {
      const epoch = await page.evaluate(() => window.__abkd.epoch);
      await speak(page, tag);
      await eventually(async () => {
        for (const [where, texts] of Object.entries(await said())) {
          assert.equal(texts.length, english[where].length, where);
          if (tag === 'en-XA' || where !== 'presets') assert.deepEqual(texts.filter((t) => !like.test(t)), [], `${tag}: ${where}`); // some presets are proper names
        }
      });
      await until(page, (e) => window.__abkd.epoch > e, epoch);
      await picture(page, `settings-${tag}`);
    }
    await speak(page, 'en');
    await eventually(async () => assert.deepEqual(await said(), english));
  });
});

test('an inspection is said in the language', async () => {
  await visit('#open=loss', async (page) => {
    const text = page.locator('.inspector .expression .name small');
    await text.waitFor();
    assert.equal(await text.innerText(), 'The loss that the step made smaller.');
    await speak(page, 'en-XA');
    await eventually(async () => assert.match(await text.innerText(), /^⟦.*⟧$/));
    await speak(page, 'zh-Hans');
    await eventually(async () => assert.equal(await text.innerText(), '这一步所减小的损失。'));
    await picture(page, 'inspection-zh-Hans');
  });
});

test('what the browser asks for is spoken at once', async () => {
  await visit('', async (page) => {
    await spoken(page, 'zh-Hans');
    assert.match(await page.locator('.stage img').getAttribute('src'), /poster-zh-Hans-light\.svg$/);
    await trains(page);
    await drawn(page, (said) => assert.match(said, /受教学生/));
    await assertAccessible(page, 'Chinese', ['nav']);
  }, { prepare: (page) => page.addInitScript(() => { Object.defineProperty(navigator, 'languages', { value: ['zh-CN', 'en'] }); }) });
});

test('a language that a file adds is there, with no line of code', async () => {
  assert.ok(!readdirSync(catalogues).includes('eo.arb'));
  await visit('', async (page) => {
    assert.deepEqual(await choice(page).locator('option').allInnerTexts(), ['English', 'Esperanto', '简体中文', '[Þšéûðö]', '[Þšéûðö ←]']);
    await speak(page, 'eo');
    await eventually(async () => assert.equal(await page.locator('nav label span').first().innerText(), 'Lingvo'));
  });
});

test('a language that cannot be had is told, and the page goes on in the one before', async () => {
  await visit('', async (page) => {
    await trains(page);
    await choice(page).selectOption('eo');
    await page.locator('.trouble[role=status]').filter({ hasText: /^Esperanto cannot be shown: immutable\/\w+\/messages-eo\.json is not there \(HTTP status 404\)/ }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  }, { routes: { '**/messages-eo.json': (route) => route.fulfill({ status: 404, body: '' }) }, expected: [/Failed to load resource/, /Failed to find a valid digest/, /SRI's integrity checks failed/] });
});

/** What is not the page's to translate: what the columns of the user's files hold. */
const foreign = ['section.own td', 'section.own tbody th'];

/** What is shown or told, and is not between the brackets of a message. */
const unsaid = (page) => page.evaluate((out) => {
  const skipped = (e) => e.closest(['script', 'style', 'code', 'math', 'cite', '[translate=no]', 'nav select', ...out].join(', ')) !== null;
  const rest = (text) => {
    for (let before; before !== text;) [before, text] = [text, text.replace(/⟦[^⟦⟧]*⟧/g, '')];
    return /[a-z]{3,}/i.test(text) ? text.trim() : '';
  };
  /** A part of a message that is marked up stands between the brackets of what is around it. */
  const isSaid = (e, depth = 4) => e !== null && depth > 0 && (!rest(e.textContent) || isSaid(e.parentElement, depth - 1));
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: e, data } = walker.currentNode;
    if (rest(data) && !skipped(e) && !isSaid(e)) found.push(rest(data));
  }
  for (const e of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], [aria-valuetext]')) {
    if (skipped(e)) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext']) if (rest(e.getAttribute(name) ?? '')) found.push(`${name}: ${e.getAttribute(name)}`);
  }
  return found.concat(rest(document.title) ? [document.title] : []);
}, foreign);

/** What has too little room: what hides a part of its text, and words of plots that leave them. */
const cutOff = (page) => page.evaluate(() => {
  const all = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.unseen, .class-name, .scrolls, select, textarea, input, iframe'));
  const hides = (e) => getComputedStyle(e).overflowX !== 'visible' && getComputedStyle(e).overflowX !== 'auto' && e.scrollWidth > e.clientWidth + 1;
  const boxes = all.filter((e) => !(e instanceof SVGElement) && e.clientWidth > 1 && hides(e)).map((e) => `${e.className} hides a part of “${e.textContent.trim().slice(0, 60)}”`);
  const words = all.filter((e) => e.localName === 'text').filter((e) => {
    const text = e.getBoundingClientRect(), plot = e.ownerSVGElement.getBoundingClientRect();
    return text.left < plot.left - 2 || text.right > plot.right + 2;
  }).map((e) => `“${e.textContent}” leaves its plot`);
  const buttons = all.filter((e) => e.localName === 'button' && e.scrollWidth > e.clientWidth + 1).map((e) => `the button “${e.textContent.trim()}” is too narrow`);
  const wide = document.scrollingElement.scrollWidth > innerWidth ? all.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.outerHTML.slice(0, 100)} leaves the page`) : [];
  return [...new Set([...boxes, ...words, ...buttons, ...wide])];
});

/** What leaves the sheet that is open sideways. */
const outside = (page) => page.locator('.sheet-body:visible').evaluateAll((bodies) => bodies.flatMap((body) => {
  const { left, right } = body.getBoundingClientRect();
  const boxes = [...body.querySelectorAll('*')].filter((e) => e.checkVisibility() && !e.closest('.scrolls, .unseen')).map((e) => [e, e.getBoundingClientRect()]);
  return [...left < -1 || right > innerWidth + 1 ? ['the sheet leaves the page'] : [], ...boxes.filter(([, box]) => box.left < left - 1 || box.right > right + 1).map(([e]) => e.outerHTML.slice(0, 120))];
}));

const drawer = (page) => page.locator('.drawer');
const unfold = (part) => part.locator('details').evaluateAll((all) => { for (const details of all) details.open = true; });

/** Opens the drawer at a section, by its place: it is called otherwise in each language. */
async function openSection(page, place) {
  if (!await drawer(page).isVisible()) await page.keyboard.press('s');
  await drawer(page).locator('.sections button').nth(place).click();
  await unfold(drawer(page));
}

const ownGraph = 4;

async function openExample(page) {
  await openSection(page, ownGraph);
  if (await page.locator('section.own .own-opened').isVisible()) return;
  await page.locator('section.own button[aria-controls=own-help]').click();
  await page.locator('#own-help .note button').click();
  await page.locator('section.own .own-opened').waitFor();
}

/** Goes to every scene and opens what can be opened, and calls check with a name of where it is. */
async function walk(page, check) {
  for (const { id } of scenes) {
    await page.locator(`#scene-tab-${id}`).click();
    await until(page, (s) => window.__abkd.scene === s, id);
    await unfold(page.locator('.story'));
    const study = page.locator('.study-bar .primary');
    if (await study.isVisible()) {
      await page.locator('.seeds input').first().check();
      for (const method of (await page.locator('.who input:checked').all()).slice(3).reverse()) await method.evaluate((e) => e.click());
      await check(`${id}, before`);
      await study.click();
      await over(page);
      await unfold(page.locator('.study'));
    }
    for (let step = 0; step < await page.locator('.story-steps button').count(); step++) {
      await page.locator('.story-steps button').nth(step).click();
      await check(`${id}, step ${step + 1}`);
    }
  }
  await page.keyboard.press('?');
  await page.locator('[popovertarget=share]').click();
  await check('keys and share');
  await page.keyboard.press('Escape');
  await page.keyboard.press(','); // from the end of a run no step is made
  await page.locator('.transport .rest button').nth(2).click();
  await page.locator('.slow-motion').waitFor();
  await check('slow motion');
  await page.locator('.slow-motion > button').last().click();
  for (let place = 0; place < await drawer(page).locator('.sections button').count(); place++) {
    await openSection(page, place);
    if (place === ownGraph) await openExample(page);
    const all = drawer(page).locator('.controls > button');
    if (await all.isVisible()) await all.click();
    await check(`section ${place + 1}`);
  }
  await openSection(page, 3);
  await drawer(page).locator('.pairs .cell').first().click();
  await page.locator('.inspector .expression').waitFor();
  await check('inspector');
}

/** Checks at both sizes, which of the faults that are found there are where. */
async function inspect(page, where, faults, found) {
  for (const [width, height] of [[1280, 800], [390, 844]]) {
    await page.setViewportSize({ width, height });
    const all = () => Promise.all(faults.map((f) => f(page))).then((lists) => lists.flat());
    for (let tries = 0; tries < 30 && (await all()).length > 0; tries++) await page.waitForTimeout(100); // what changes is drawn in its time
    for (const fault of await all()) found.set(fault, [...found.get(fault) ?? [], `${where}, ${width} wide`]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

const listed = (found) => [...found].map(([fault, places]) => `${fault} (${places[0]}${places.length > 1 ? ` and ${places.length - 1} more` : ''})`);

const trained = '#epochs=8&layers=2&hidden=8&speed=0';

test('all that the page says anywhere is a message, and has room when it is longer', async () => {
  await visit(trained, async (page) => {
    await trains(page);
    await speak(page, 'en-XA');
    const found = new Map();
    await walk(page, async (where) => inspect(page, where, [unsaid, cutOff, outside], found));
    assert.deepEqual(listed(found), []);
    await picture(page, 'en-XA');
  });
});

const twoNodes = 'id,label\na,x\nb,y\n', oneEdge = 'source,target\na,b\n';

/** Files that are wrong, of each format and in each part of a reading. */
const wrong = [
  { 'a.csv': twoNodes }, { 'a.csv': `${twoNodes}a,x\n,y\n`, 'b.csv': oneEdge }, { 'a.csv': 'id,label,split,f0\na,x,train,0,5\n', 'b.csv': oneEdge },
  { 'a.csv': 'id,label,f0,year\na,x,inf,soon\nb,y,,\n', 'b.csv': oneEdge }, { 'a.csv': twoNodes, 'b.csv': `${oneEdge}a,zz\n` }, { 'a.csv': 'id,label\na,1\nb,1\n', 'b.csv': oneEdge },
  { 'a.json': '{"nodes": [\n{"id" 1}]}' }, { 'a.graphml': '<graphml>\n<graph><node id="a">' }, { 'x.npy': 'hello, this is text' }, { 'a.mtx': '%%MatrixMarket matrix array real general\n', 'b.csv': twoNodes },
  { Packages: 'Package: a\nSection games\n' }, { 'a.zip': 'PK\u0003\u0004xxxxxxxxxxxx' }, { 'a.pack': 'ABKDPACK' }, { 'a.bin': '%PDF-1.7' },
];

test('what is wrong with files is said in the language, and what is assumed of them', async () => {
  await visit(trained, async (page) => {
    await trains(page);
    await speak(page, 'en-XA');
    await openSection(page, ownGraph);
    const problems = page.locator('section.own .problems');
    const open = async (files) => {
      await page.locator('section.own input[type=file]').setInputFiles(Object.entries(files).map(([name, text]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text, 'latin1') })));
    };
    for (const files of wrong) {
      const before = await problems.locator('li').allInnerTexts();
      await open(files);
      await eventually(async () => {
        const now = await problems.locator('li').allInnerTexts();
        assert.ok(now.length > 0 && now.join() !== before.join(), JSON.stringify(files));
      });
      assert.deepEqual(await unsaid(page), [], JSON.stringify(files));
    }
    await speak(page, 'zh-Hans');
    await eventually(async () => assert.match(await problems.locator('h3').innerText(), /\p{Script=Han}/u));
    await open({ 'a.csv': twoNodes, 'b.csv': `${oneEdge}a,zz\n` });
    await problems.filter({ hasText: 'b.csv 第 3 行：target "zz" 不是任何节点的标识：每条边用标识连接两个节点。' }).waitFor();
    await speak(page, 'en');
    await open({ 'a.csv': twoNodes, 'b.csv': `${oneEdge}a,zz\n` });
    await problems.filter({ hasText: 'b.csv, row 3: target "zz" is that of no node: every edge joins two nodes by their identifiers.' }).waitFor();
  });
});

test('what is wrong with a link is said in the language', async () => {
  const inPseudo = { prepare: (page) => page.addInitScript(() => localStorage.setItem('abkd-language', 'en-XA')) };
  for (const link of ['#seed=x&lr=-1&criterion=nobody&scene=12&nonsense=1&node=99999&open=what&epoch=-3', '#data=pack', '#plan=3:drop,nobody&epochs=8', '?pack=https://example.org/a.pack', '?pack=none.pack']) {
    await visit(link, async (page) => {
      await page.locator('.trouble').first().waitFor();
      assert.deepEqual(await unsaid(page), [], link);
    }, { ...inPseudo, expected: [/Failed to load resource/] });
  }
});

test('before its script runs, the document speaks the language too', async () => {
  const held = { prepare: (page) => page.addInitScript(() => localStorage.setItem('abkd-language', 'zh-Hans')), routes: { '**/immutable/index-*.js': (route) => route.abort() }, expected: [/Failed to load resource/] };
  await visit('', async (page) => {
    const shell = page.locator('.shell');
    await eventually(async () => assert.deepEqual(await shell.allInnerTexts(), ['ABKD Lab 正在加载。如果一直停在这里，说明页面脚本无法运行：它需要 JavaScript 和 WebAssembly。']));
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.title]), ['zh-Hans', 'ABKD Lab：大图网络教小图网络']);
  }, { ...held, ready: '.shell' });
});

test('the benchmark speaks the language', async () => {
  await visit('bench.html', async (page) => {
    await page.getByRole('button').waitFor();
    assert.deepEqual(await unsaid(page), []);
    assert.match(await page.title(), /^⟦/);
  }, { ready: 'main', prepare: (page) => page.addInitScript(() => localStorage.setItem('abkd-language', 'en-XA')) });
});

test('a language that is written from right to left mirrors the page, and nothing leaves it', async () => {
  await visit(trained, async (page) => {
    await trains(page);
    await openSection(page, ownGraph);
    /** On which side of its section the title is, and the drawer of the page. */
    const sides = () => page.evaluate(() => {
      const middle = (s) => { const { left, right } = document.querySelector(s).getBoundingClientRect(); return (left + right) / 2; };
      const side = (inner, outer) => (inner < outer ? 'left' : 'right');
      return [side(middle('#own-title'), middle('section.own')), side(middle('.drawer'), innerWidth / 2)];
    });
    assert.deepEqual(await sides(), ['left', 'right']);
    await speak(page, 'ar-XB');
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    assert.deepEqual(await sides(), ['right', 'left']);
    await page.keyboard.press('s');
    const found = new Map();
    await walk(page, async (where) => inspect(page, where, [cutOff, outside], found));
    assert.deepEqual(listed(found), []);
    await picture(page, 'ar-XB');
  });
});

test('Chinese is accessible everywhere, on a telephone too', async () => {
  await visit(trained, async (page) => {
    await trains(page);
    await speak(page, 'zh-Hans');
    let seen = 0;
    await walk(page, async (where) => {
      seen++;
      if (/step [2-9]/.test(where)) return; // the same as its first
      await assertAccessible(page, `${where} in Chinese`);
      await page.setViewportSize({ width: 390, height: 844 });
      await assertAccessible(page, `${where} in Chinese on a telephone`);
      await page.setViewportSize({ width: 1280, height: 800 });
    });
    assert.ok(seen > scenes.length);
  });
});
