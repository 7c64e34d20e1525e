import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import english from '../src/generated/en.json';
import { languages } from '../src/generated/messages';
import { split } from '../messages';
import worded from '../src/generated/worded.json';
import { pieces, put, say, speak, type Catalogue } from '../src/texts/texts';

afterEach(() => speak('en'));

test('every message is put together as the core does it, in every language and form', () => {
  expect(worded.length).toBeGreaterThan(languages.length * Object.keys(english).length);
  for (const { Tag, Key, N, Text, Message } of worded) {
    const args = new Proxy({}, { get: (_, name: string) => (numbers(Message).has(name) ? N : name) });
    expect(put(Message as Catalogue[string], args, Tag).map((p) => p.text).join(''), `${Tag} ${Key} ${N}`).toBe(Text);
  }
});

/** The arguments of a message that are numbers. */
function numbers(message: unknown, found = new Set<string>()): Set<string> {
  if (typeof message !== 'object' || message === null) return found;
  for (const [key, value] of Object.entries(message)) {
    if ((key === 'number' || key === 'plural') && typeof value === 'string') found.add(value);
    else numbers(value, found);
  }
  return found;
}

test('what is said follows the language, and falls back on English', () => {
  expect(say('hook.begins', { size: 'x' })).toBe('x; the race has not begun.');
  speak('zh-Hans', { 'hook.begins': [{ arg: 'size' }, '；比赛尚未开始。'] });
  expect(say('hook.begins', { size: 'x' })).toBe('x；比赛尚未开始。');
  expect(say('beat.loss')).toBe('Loss');
});

test('parts in tags are told apart', () => {
  speak('en', { 'beat.loss': ['a ', { tag: 'b', inner: ['c', { arg: 'd' }] }] });
  expect(pieces('beat.loss')).toEqual([{ text: 'a ' }, { tag: 'b', text: 'cundefined' }]);
});

/** What begins so is said by the core, whose own tests look for each, by a name that the core gives, or by the documents. */
const ofCore = ['canvas.', 'scene.', 'graph.debian-mini.', 'graph.mag-mini.', 'graph.karate.', 'control.', 'core.', 'preset.', 'use.', 'page.loading',
  ...['gains', 'attends', 'pinned', 'given', 'lost', 'parts', 'share'].map((answer) => `guess.${answer}`)];

test('every message is said somewhere, in the page or of what the core names', () => {
  const src = new URL('../src/', import.meta.url);
  const code = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => /\.(ts|svelte)$/.test(f) && !f.startsWith('generated'))
    .map((f) => readFileSync(new URL(f, src), 'utf8')).join('\n');
  expect(Object.keys(english).filter((key) => !ofCore.some((prefix) => key.startsWith(prefix)) && !code.includes(`'${key}'`))).toEqual([]);
});

test('before the page’s script runs, the document has the language that was chosen, or the first of the browser’s that there is', () => {
  const offered = [['en', 'ltr'], ['zh-Hans', 'ltr'], ['ar', 'rtl']].map(([tag, direction]) => ({ tag, direction, title: `in ${tag}` }));
  const first = readFileSync(new URL('../public/first.js', import.meta.url), 'utf8');
  /** The language that the script finds. */
  const found = (asked: readonly string[], chosen: string | null) => {
    const root = { lang: '', dir: '', dataset: {} }, page = { documentElement: root, currentScript: { dataset: { languages: JSON.stringify(offered) } }, title: '' };
    const storage = { getItem: (key: string) => (key === 'abkd-language' ? chosen : null) };
    new Function('document', 'localStorage', 'navigator', 'matchMedia', 'MutationObserver', 'addEventListener', first)(page, storage, { languages: asked }, () => ({ matches: false }), class { observe() {} }, () => {});
    expect([page.title, root.dir]).toEqual([`in ${root.lang}`, root.lang === 'ar' ? 'rtl' : 'ltr']);
    return root.lang;
  };
  for (const [asked, got] of [[['zh-CN'], 'zh-Hans'], [['zh-TW', 'en-GB'], 'en'], [['zh'], 'zh-Hans'], [['fr', 'zh-SG', 'en'], 'zh-Hans'], [['de'], 'en'], [['ar-EG'], 'ar'], [['not a tag', 'zh-Hans-CN'], 'zh-Hans'], [[], 'en']] as const) {
    expect(found(asked, null), asked.join()).toBe(got);
  }
  expect(found(['en'], 'zh-Hans')).toBe('zh-Hans');
  expect(found(['ar'], 'xx')).toBe('ar');
});

test('what the page begins with has its messages, and the rest comes later', () => {
  const { first, later } = split(english);
  for (const key of ['hook.begins', 'transport.play', 'page.part', 'canvas.name.paper', 'scene.start.1.text', 'control.lr.label']) if (key in english) expect(first, key).toHaveProperty([key]);
  for (const key of ['room.code', 'breaks.title', 'exam.settings', 'share.qr']) if (key in english) expect(later, key).toHaveProperty([key]);
  expect({ ...first, ...later }).toEqual(english);
  expect(Object.keys(later).length).toBeGreaterThan(400);
});
