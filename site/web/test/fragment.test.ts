import { describe, expect, it } from 'vitest';
import checks from '../src/generated/checks.json';
import presets from '../src/generated/presets.json';
import schema from '../src/generated/schema.json';
import type { Control as Listed } from '../src/generated/setup';
import { clean, experimentText, formatFragment, parseFragment } from '../src/state/fragment';
import { groups, isShown, normalise, valueOf, withValue, worded, type Control } from '../src/state/schema';

const controls = worded(schema as Listed[]);
const find = (key: string) => controls.find((c) => c.key === key)!;

describe('fragment', () => {
  it.each([
    ['', {}],
    ['#', {}],
    ['#data=karate&seed=7', { data: 'karate', seed: '7' }],
    ['pin=1,0;0.5,0.5', { pin: '1,0;0.5,0.5' }],
    ['pin=1%2C0%3B0%2C1', { pin: '1,0;0,1' }],
    ['a=%E0%A4%A', { a: '%E0%A4%A' }],
    ['=x&seed&&seed=2', { seed: '2' }],
    ['a=b=c', { a: 'b=c' }],
  ])('%j reads as %j', (text, want) => {
    expect(parseFragment(text)).toEqual(want);
  });

  it('round trips every option and bound of every control', () => {
    for (const c of controls) {
      const values = c.options?.map((o) => o.value) ?? (c.kind === 'bool' ? ['on', 'off'] : c.kind === 'text' ? ['1,0;0,1'] : [String(c.min), String(c.max)]);
      for (const value of values) {
        const settings = withValue(controls, {}, c.key, value);
        expect(parseFragment(`#${formatFragment(controls, settings)}`), `${c.key}=${value}`).toEqual(settings);
        expect(clean(controls, settings), `${c.key}=${value}`).toEqual(settings);
      }
    }
  });

  it('lists known keys in the order of the schema and leaves defaults out', () => {
    let s = withValue(controls, {}, 'seed', '9');
    s = withValue(controls, s, 'data', 'karate');
    expect(formatFragment(controls, s)).toBe('data=karate&seed=9');
    expect(formatFragment(controls, withValue(controls, s, 'data', 'mag-mini'))).toBe('seed=9');
  });

  it('escapes a link, not what the trainer reads', () => {
    const s = { split: 'früh;50%' };
    expect(formatFragment(controls, s)).toBe('split=fr%C3%BCh;50%25');
    expect(parseFragment(formatFragment(controls, s))).toEqual(s);
    expect(experimentText(controls, s)).toBe('split=früh;50%');
  });

  it('drops what no control allows and keeps keys it does not know', () => {
    expect(clean(controls, { data: 'moon', layers: '999', seed: 'x', other: '1' })).toEqual({ layers: String(find('layers').max), other: '1' });
  });
});

describe('presets', () => {
  it('are experiments that the controls can hold', () => {
    expect(presets.length).toBeGreaterThan(2);
    for (const p of presets) {
      const settings = parseFragment(p.experiment);
      expect(clean(controls, settings), p.key).toEqual(settings);
      expect(experimentText(controls, settings), p.key).toBe(p.experiment);
    }
  });
});

describe('schema', () => {
  it('gives every control a label, a help text and a default it allows', () => {
    expect(controls.length).toBeGreaterThan(10);
    for (const c of controls) {
      expect(c.label, c.key).not.toBe('');
      expect(c.help, c.key).not.toBe('');
      if (c.default) expect(normalise(c, c.default), c.key).toBe(c.default);
      for (const [key, values] of Object.entries(c.needs ?? {})) {
        for (const v of values) expect(normalise(find(key), v.replace('>', '')), `${c.key} needs ${key}=${v}`).toBe(v.replace('>', ''));
      }
    }
  });

  it('shows a control only while what it needs is set', () => {
    expect(isShown(controls, {}, find('beta'))).toBe(true);
    expect(isShown(controls, { criterion: 'kd' }, find('beta'))).toBe(false);
    expect(isShown(controls, { criterion: 'none' }, find('alpha'))).toBe(false);
    expect(isShown(controls, {}, find('temperature'))).toBe(false);
    expect(isShown(controls, { alpha: '0.5' }, find('temperature'))).toBe(true);
    expect(isShown(controls, { pin: '1,0;0,1' }, find('softmax'))).toBe(false);
  });

  it('groups all controls, each once', () => {
    expect(groups(controls).flatMap(([, list]) => list).length).toBe(controls.length);
  });

  it.each([
    ['layers', '3', '3'], ['layers', '3.4', '3'], ['layers', '0', '1'], ['layers', '1e9', String(find('layers').max)], ['layers', '', undefined],
    ['beta', '0.5', '0.5'], ['beta', '-2', '0'], ['beta', 'NaN', undefined], ['beta', 'Infinity', undefined],
    ['data', 'karate', 'karate'], ['data', 'Karate', undefined],
    ['teach', 'on', 'on'], ['teach', 'true', undefined],
    ['pin', ' 1,0 ', '1,0'], ['pin', '1&2', undefined],
  ])('%s typed as %j becomes %j', (key, text, want) => {
    expect(normalise(find(key), text)).toBe(want);
  });

  it('reads a text as the core does, and corrects one that the core refuses to one that it takes', () => {
    const isNumber = (c: Control) => c.kind === 'int' || c.kind === 'float';
    for (const c of controls) {
      const tried = checks.settings.filter((r) => r.key === c.key);
      expect(tried.length, c.key).toBeGreaterThan(20);
      for (const { text, refused, reads } of tried) {
        const read = normalise(c, text), name = `${c.key}=${text}`;
        if (!refused) expect(isNumber(c) ? Number(read) : read, name).toBe(isNumber(c) ? Number(reads) : c.kind === 'bool' ? reads || 'off' : reads);
        else if (read) expect(tried.some((r) => r.text === read && !r.refused), `${name} becomes ${read}`).toBe(true);
      }
    }
  });

  it('answers the default for what is not set', () => {
    expect(valueOf(controls, {}, 'criterion')).toBe('abkd');
    expect(valueOf(controls, { criterion: 'kd' }, 'criterion')).toBe('kd');
    expect(valueOf(controls, {}, 'no such key')).toBe('');
  });
});
