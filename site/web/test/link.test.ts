import { describe, expect, it } from 'vitest';
import { misplaced, parseLink } from '../src/lib/link';

describe('link', () => {
  it.each([
    '#scene=7', '#speed=0', '#kernels=none', '#seed=3&scene=0', '#changes=anything', '', '#seed=1',
  ])('%j is taken as it is', (fragment) => {
    expect(parseLink(fragment).notice).toBe('');
  });

  it.each([
    ['#scene=77', 'scene=77'], ['#scene=seven&seed=2', 'scene=seven'], ['#speed=fast', 'speed=fast'], ['#speed=-1', 'speed=-1'],
    ['#kernels=gpu', 'kernels=gpu'], ['#seed=abc', 'seed=abc'], ['#foo=1', 'foo=1'], ['#toString=1', 'toString=1'],
  ])('%j is told', (fragment, told) => {
    expect(parseLink(fragment).notice).toBe(`The link asks for ${told}, which cannot be set here; the default is used.`);
  });

  it('tells settings that stand before the #', () => {
    expect(misplaced('?scene=7&seed=3')).toContain('write #seed=3&scene=7 at the end');
    for (const search of ['', '?pack=my.pack', '?from=mail']) expect(misplaced(search)).toBe('');
  });
});
