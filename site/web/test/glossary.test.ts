import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { languages } from '../src/generated/messages';
import schema from '../src/generated/schema.json';
import { learn, marked, sources, termOf, terms, type Glossary } from '../src/texts/glossary.svelte';
import { speak } from '../src/texts/texts';

const glossary = JSON.parse(readFileSync(new URL('../public/generated/glossary.json', import.meta.url), 'utf8')) as Glossary, all = glossary.terms;

beforeAll(() => learn(glossary));

test('every term is there in every language, by forms of its own, and every source is known', () => {
  for (const { tag } of languages) {
    const forms = all.flatMap((e) => e[tag]?.forms.map((f) => f.toLowerCase()) ?? []);
    expect(forms.filter((f, i) => forms.indexOf(f) !== i), tag).toEqual([]);
    for (const e of all) {
      expect(e[tag]?.forms.length, `${e.id} in ${tag}`).toBeGreaterThan(0);
      expect(e[tag]?.text, `${e.id} in ${tag}`).toMatch(/[.。]$/);
    }
  }
  for (const e of all) if (e.source) expect(Object.keys(glossary.sources), e.id).toContain(e.source);
  expect(sources()).toHaveLength(Object.keys(glossary.sources).length);
  expect(terms().find((t) => t.id === 'temperature')!.name).toBe('temperature');
});

test('every setting has one term that explains it, in which common words are not marked elsewhere', () => {
  const explained = all.flatMap((e) => e.controls ?? []), settings = [...schema.map((c) => c.key), 'kernels'];
  expect(explained.toSorted()).toEqual(settings.toSorted());
  for (const key of settings) expect(terms().some((t) => t.id === termOf(key)), key).toBe(true);
  expect(marked('The width of a layer').some((p) => p.term)).toBe(false);
});

test('a text is marked where it first names a term, as a whole word, the longest form first', () => {
  const named = (text: string) => marked(text).filter((p) => p.term).map((p) => `${p.text}: ${p.term}`);
  expect(named('Soft labels at temperature 4; the temperature of soft labels.')).toEqual(['Soft labels: soft', 'temperature: temperature']);
  expect(named('Correlations of relational data, cross-entropy.')).toEqual(['cross-entropy: ce']);
  expect(named('Message passing sends a message.')).toEqual(['Message passing: message']);
  speak('zh-Hans', {});
  expect(named('软标签在温度 4 下的知识蒸馏（KD）。')).toEqual(['软标签: soft', '温度: temperature', '知识蒸馏: kd']);
  speak('en');
  for (const text of ['', 'Nothing of the kind.', 'The logits']) expect(marked(text).map((p) => p.text).join('')).toBe(text);
});
