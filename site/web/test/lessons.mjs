// The course as a person plays it: by keys alone in English, by pointer in
// Chinese on a phone. The numbers that a reveal tells are those that a trainer
// comes to which the page knows nothing of.
// node --test test/lessons.mjs (the environment of test/browser.mjs)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible, closeSheet, drawnTexts, eventually, openDrawer, picture, read, start, tabTo, until } from './many.mjs';
import { course, isFree, shows } from './played.mjs';

/** Where sheets are kept to be looked at. */
const keptPapers = process.env.SCREENSHOTS;

let lab;
before(async () => { lab = await start(); });
after(async () => { await lab?.close(); });

const plain = (words) => words.map((w) => w.text).join('');

/** Accuracies as the page writes them, by the models of the snapshot. */
const figures = (page) => page.evaluate(() => ({ student: window.__abkd.student.acc }));

test('a whole lesson by keys alone', async () => {
  const lesson = course('en').find((l) => l.id === 'collapse');
  await lab.visit('', async (page) => {
    await until(page, () => window.__abkd?.epoch > 0);
    const before = await page.evaluate(() => window.__abkd.teacher.params);
    await page.keyboard.press('c');
    await page.locator('.lessons').first().waitFor();
    await assertAccessible(page, 'the list', ['html']);
    await tabTo(page, `.lessons button:is([data-id="collapse"])`);
    await page.keyboard.press('Enter');
    await shows(page, lesson, 'claim');
    await until(page, () => window.__abkd.epoch === 0 && !window.__abkd.running);
    await until(page, () => /[&#]lesson=collapse(&|$)/.test(location.hash));
    await page.keyboard.press('n');
    await shows(page, lesson, 'guess');
    await page.keyboard.press('n'); // locked until a guess is made
    await shows(page, lesson, 'guess');
    assert.equal(await page.locator('.lesson .story-go .primary').isDisabled(), true);
    await tabTo(page, '.options button');
    await page.keyboard.press('Enter');
    await assertAccessible(page, 'the guess', ['.story']);
    await page.keyboard.press('n');
    await shows(page, lesson, 'run');
    // Another experiment that is begun takes the run of the lesson, which says so and makes it again.
    await page.keyboard.press('Space');
    await openDrawer(page, 'Settings');
    await page.getByLabel('Seed', { exact: true }).fill('7');
    await page.getByLabel('Seed', { exact: true }).press('Enter');
    await closeSheet(page);
    await page.locator('.lesson .trouble button').click();
    await isFree(page);
    await page.keyboard.press('b');
    assert.equal(await page.locator('.options button:not([disabled])').count(), 0, 'the guess is locked');
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    await shows(page, lesson, 'reveal');
    await eventually(async () => assert.ok((await drawnTexts(page)).includes('This run'), 'the drawing has the run'));
    const said = await page.locator('dl.verdict').innerText();
    assert.ok(said.includes(plain(lesson.guess[0].text)), said);
    const told = read(await page.locator('.lesson-part').innerText()), { student } = await figures(page);
    assert.ok(told.includes(`${(100 * student).toFixed(1)} %`), `${told}: the taught student has ${student}`);
    const lead = Number(/lead of (−|-)?([\d.]+) standard/.exec(told)[2]);
    assert.match(told, lead <= 1.96 ? /Not as you guessed\./ : /As you guessed\.|Not as you guessed\./);
    await assertAccessible(page, 'the reveal', ['.story']);
    await page.keyboard.press('n');
    await shows(page, lesson, 'why');
    await page.keyboard.press('n');
    await shows(page, lesson, 'change');
    await tabTo(page, '.lesson-part .primary');
    await page.keyboard.press('Enter');
    await page.locator('.lesson-part .value').first().waitFor();
    const [frozen, left] = await page.locator('.lesson-part .value').allInnerTexts();
    assert.ok(parseFloat(frozen) > 10 * parseFloat(left), `${frozen} against ${left}`);
    await picture(page, 'lesson-change');
    await page.keyboard.press('c');
    await page.locator('.lesson').waitFor({ state: 'detached' });
    // What ran before runs again; of its graph nothing is inspected in that of another lesson.
    await until(page, (params) => !location.hash.includes('lesson=') && window.__abkd.teacher.params === params, before);
    await page.keyboard.press('1');
    await until(page, () => window.__abkd.inspection?.subject.startsWith('node student 0 package '));
    await page.keyboard.press('c');
    await page.locator('.lessons button[data-id="relations"]').click();
    await until(page, (params) => window.__abkd.teacher.params !== params && window.__abkd.epoch === 0 && window.__abkd.inspection?.subject === '', before);
    assert.deepEqual(await page.locator('.trouble').allInnerTexts(), []);
  });
});

test('a whole lesson by pointer, in Chinese on a phone; what is done is kept, saved and forgotten', async () => {
  const lesson = course('zh-Hans').find((l) => l.id === 'temperature');
  const prepare = (page) => page.addInitScript(() => localStorage.setItem('abkd-language', 'zh-Hans'));
  await lab.visit('#data=karate&lesson=temperature', async (page) => {
    await shows(page, lesson, 'claim');
    const next = page.locator('.lesson .story-go .primary');
    await next.click();
    await shows(page, lesson, 'guess');
    await page.locator('.options button').nth(1).click();
    await next.click();
    await shows(page, lesson, 'run');
    await isFree(page);
    assert.equal(await page.evaluate(() => window.__abkd.epoch), lesson.runs[0].until, 'it is looked at where the lesson says');
    await next.click();
    await shows(page, lesson, 'reveal');
    assert.equal((await page.locator('dl.verdict').innerText()).split(plain(lesson.guess[1].text)).length, 3, 'said and so');
    await page.getByText('与你的猜测相同').waitFor();
    await assertAccessible(page, 'the reveal on a phone', ['html']);
    await picture(page, 'lesson-phone');
    await next.click();
    await shows(page, lesson, 'why');
    await page.locator('.lesson-of button').click();
    await page.getByText('已完成，猜对').waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '保存为 CSV' }).click()]);
    assert.match(readFileSync(await file.path(), 'utf8'), /^lesson,title,guess,right,seed,time,passed,attempts,settings\ntemperature,".*",".*",yes,1,/);
    await page.reload();
    await page.getByText('已完成，猜对').waitFor();
    await page.getByRole('button', { name: '全部忘掉' }).click();
    await page.getByText('已完成，猜对').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => localStorage.getItem('abkd-lessons')), null);
  }, { viewport: { width: 390, height: 844 }, prepare });
});

/** Chooses a setting of the exam by keys. */
async function choose(page, key, value) {
  const field = page.locator(`#exam-${key}`);
  await field.focus();
  if (await field.evaluate((e) => e.localName) === 'select') await field.selectOption(value);
  else {
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(value);
    await page.keyboard.press('Tab');
  }
}

test('an exam is scored by what was trained, as often as it is handed in', async () => {
  const lesson = course('en').find((l) => l.id === 'exam'), solution = new URLSearchParams(lesson.change.begin);
  await lab.visit('#data=karate&lesson=exam', async (page) => {
    await shows(page, lesson, 'claim');
    await page.keyboard.press('n');
    await shows(page, lesson, 'guess');
    await tabTo(page, '.options button:nth-child(3)');
    await page.keyboard.press('Enter');
    await page.keyboard.press('n');
    await shows(page, lesson, 'run');
    await assertAccessible(page, 'the exam', ['.story']);
    assert.equal(await page.locator('.lesson .story-go .primary').isDisabled(), true, 'nothing has been handed in');
    await choose(page, 'epochs', '40');
    await tabTo(page, '.hand-in');
    await page.keyboard.press('Enter');
    await isFree(page);
    await page.keyboard.press('n');
    await page.getByText('Not passed yet.').waitFor();
    await page.getByText('As you guessed.').waitFor();
    assert.equal(await page.locator('.marks .met').count(), 2, 'small and short, and not accurate');
    await picture(page, 'exam-failed');
    await page.getByRole('button', { name: 'Change the settings' }).click();
    assert.equal(await page.locator('#exam-epochs').inputValue(), '40', 'what was chosen stays');
    for (const [key, value] of solution) if (lesson.exam.free.includes(key)) await choose(page, key, value);
    await picture(page, 'exam-settings');
    await tabTo(page, '.hand-in');
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelector('.hand-in').disabled);
    await isFree(page);
    await page.keyboard.press('n');
    await page.getByText('Passed, at attempt 2.').waitFor();
    await page.getByText('As you guessed.').waitFor(); // of the first attempt
    assert.equal(await page.locator('.marks .met').count(), 3);
    const told = read(await page.locator('.lesson-part').innerText()), { student } = await figures(page);
    assert.ok(told.includes(`${(100 * student).toFixed(1)} % of the test nodes right`), `${told}: the third student has ${student}`);
    await assertAccessible(page, 'the marks', ['.story']);
    await picture(page, 'exam-passed');
    const { settings, ...rest } = await page.evaluate(() => JSON.parse(localStorage.getItem('abkd-lessons')).exam.exam);
    assert.deepEqual(rest, { passed: true, attempts: 2 });
    for (const key of ['data', 'hidden', 'epochs', 'criterion', 'lr']) assert.equal(new URLSearchParams(settings).get(key), solution.get(key), key);
  });
});

const answers = () => JSON.parse(readFileSync(new URL('../public/generated/answers.json', import.meta.url), 'utf8'));
const said = (blocks) => blocks.map((b) => read(plain(b.text)));
/** What is said between values. */
const between = (blocks) => blocks.flatMap((b) => b.text.filter((x) => !x.value && !x.mark && x.text.trim().length > 12).map((x) => read(x.text)));

/** Checks that a sheet has what is to be on it, and nothing of what is not, as it is printed on a sheet that wide. */
async function onPaper(page, name, has, hasNot) {
  await page.emulateMedia({ media: 'print' });
  const text = read(await page.locator('dialog.paper').innerText());
  for (const t of has) assert.ok(text.includes(t), `${name} lacks “${t}”`);
  for (const t of hasNot) assert.ok(!text.includes(t), `${name} tells “${t}”`);
  for (const width of [673, 695]) { // of A4 and of Letter, within the margins
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await page.locator('dialog.paper').evaluate((d) => [...d.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 100))), [], `${name}, ${width} px`);
  }
  for (const other of ['.rail', '.lessons', '.paper-tools']) assert.equal(await page.locator(other).first().isVisible(), false, `${other} is not printed with ${name}`);
  for (const format of /-1-en$/.test(name) ? ['A4', 'Letter'] : []) { // others are like these
    const pdf = (await page.pdf({ format, preferCSSPageSize: true, ...(keptPapers ? { path: join(keptPapers, `${name}-${format}.pdf`) } : {}) })).toString('latin1');
    const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g).length;
    assert.ok(pages >= 2 && pages <= 5, `${name} takes ${pages} sheets of ${format}`);
  }
  await page.emulateMedia({ media: 'screen' });
  await page.setViewportSize({ width: 1280, height: 800 });
}

for (const tag of ['en', 'zh-Hans']) {
  test(`each sitting on paper: a question stands on the worksheet without its answer, and on the key with it: ${tag}`, async () => {
    const all = course(tag), answer = answers();
    const prepare = (page) => page.addInitScript((t) => localStorage.setItem('abkd-language', t), tag);
    assert.deepEqual([...new Set(all.map((l) => l.sitting))], [1, 2, 3, 0]); // 0: further lessons
    await lab.visit('#data=karate&lesson=list', async (page) => {
      for (const [at, sitting] of [1, 2, 3, 0].entries()) {
        const lessons = all.filter((l) => l.sitting === sitting), minutes = lessons.reduce((sum, l) => sum + l.minutes, 0);
        assert.ok(sitting === 0 || minutes === 30, `sitting ${sitting} takes ${minutes} minutes`);
        const asked = lessons.flatMap((l) => [l.title, ...said(l.texts.claim), ...said(l.texts.guess), ...l.guess.map((o) => read(plain(o.text)))]);
        const told = lessons.flatMap((l) => ['reveal', 'why', 'see'].flatMap((part) => between(l.texts[part] ?? [])));
        const open = async (nth) => {
          await page.locator('.papers').nth(at).getByRole('button').nth(nth).click();
          await page.locator('dialog.paper').waitFor();
        };
        const close = () => page.keyboard.press('Escape');
        await open(0);
        await onPaper(page, `worksheet-${sitting}-${tag}`, asked, [...told, '☒']);
        if (sitting === 1) await assertAccessible(page, 'a worksheet', ['dialog.paper']);
        await close();
        await open(1);
        await onPaper(page, `key-${sitting}-${tag}`, [...asked, ...told], []);
        const right = await page.locator('.boxes .right').count();
        assert.equal(right, lessons.length, 'one option of each question is right');
        const ownSeed = await page.locator('.boxes .right small').allInnerTexts();
        for (const [i, l] of lessons.entries()) assert.ok(answer[l.id].right.some((n) => n > 0 && ownSeed[i].includes(String(n))), ownSeed[i]);
        await close();
        await open(2);
        await onPaper(page, `teacher-${sitting}-${tag}`, lessons.flatMap((l) => [l.title, ...said(l.texts.aim), ...said(l.texts.misconceptions), ...between(l.texts.reveal), ...between(l.texts.why)]), []);
        if (sitting === 1) await assertAccessible(page, 'the page of a teacher', ['dialog.paper']);
        await close();
        await page.locator('dialog.paper').waitFor({ state: 'detached' });
      }
    }, { prepare });
  });
}

/** The lesson with which "abkd lesson new" begins. */
const template = readFileSync(new URL('../../../cmd/internal/lessons/template.md', import.meta.url), 'utf8');
const file = (name, text) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from(text) });

test('a lesson of a file is played; what is wrong with one is named with line and field, in the language of the page', async () => {
  const translation = template.replace(/^---[^]*?\n---\n/, '---\ntranslates: own.md\nlanguage: zh-Hans\ntitle: 教师有用吗？\n---\n');
  await lab.visit('#data=karate&lesson=list', async (page) => {
    const choose = page.locator('.lesson input[type="file"]');
    await page.locator('.lessons').first().waitFor();
    await choose.setInputFiles([file('own.md', template)]);
    await until(page, () => document.querySelector('#scene-title')?.textContent === 'Does a teacher help on karate?');
    await until(page, () => location.hash.includes('lesson=list')); // a file of a disk has no address
    await page.keyboard.press('n');
    await page.locator('.options button').first().click();
    await page.keyboard.press('n');
    await isFree(page);
    await page.keyboard.press('n');
    await page.locator('dl.verdict').waitFor();
    await page.locator('.lesson-of button').click();
    await choose.setInputFiles([file('bad.md', template.replace('hidden=4', 'hidden=many').replace('{taught} of', '{tought} of'))]);
    const mistakes = page.locator('.mistakes li');
    await mistakes.first().waitFor();
    assert.deepEqual(await mistakes.allInnerTexts(), [
      'bad.md, line 18 (runs[0].begin): hidden is "many", want a whole number from 1 to 1024',
      'bad.md, line 67 (reveal): {tought} is no value, want one of taught, alone, lead, gap',
    ]);
    await assertAccessible(page, 'mistakes of a file', ['.story']);
    await picture(page, 'lesson-mistakes');
    await page.getByRole('combobox', { name: 'Language' }).selectOption('zh-Hans');
    await choose.setInputFiles([file('zh.md', translation)]);
    await page.getByText('zh.md 是 own.md 的译文：请把两个文件一起打开。').waitFor();
    await choose.setInputFiles([file('bad.md', template.replace('hidden=4', 'hidden=many'))]);
    await page.getByText(/^bad\.md 第 18 行（runs\[0\]\.begin）：.*many.*应为从 1 到 1024 的整数/).waitFor();
    await choose.setInputFiles([file('zh.md', translation), file('own.md', template)]);
    await until(page, () => document.querySelector('#scene-title')?.textContent === '教师有用吗？');
  });
});

test('a lesson is opened from an address of this site, and from no other', async () => {
  const text = (body) => (route) => route.fulfill({ contentType: 'text/markdown', body });
  await lab.visit('#data=karate&lesson=mine/own.md', async (page) => {
    await until(page, () => document.querySelector('#scene-title')?.textContent === 'Does a teacher help on karate?');
    await until(page, () => location.hash.includes('lesson=mine/own.md'));
  }, { routes: { '**/mine/own.md': text(template) } });
  await lab.visit('#data=karate&lesson=mine/bad.md', async (page) => {
    await page.getByText('bad.md, line 6 (title): there is none').waitFor();
  }, { routes: { '**/mine/bad.md': text(template.replace('title: Does a teacher help on karate?', 'title: ""')) } });
  await lab.visit('#data=karate&lesson=//example.org/own.md', async (page) => {
    await page.getByText(/^The address asks for a lesson at https?:\/\/example\.org, and only files of this site/).waitFor();
  });
});

test('a lesson that there is not is told, and what there is', async () => {
  await lab.visit('#data=karate&lesson=nothing', async (page) => {
    await page.getByText('There is no lesson “nothing”, want one of').waitFor();
    await page.locator('.lessons').first().waitFor();
  });
});
