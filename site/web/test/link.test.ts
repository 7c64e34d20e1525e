import { describe, expect, it } from 'vitest';
import { scenes } from '../src/generated/lesson';
import { longest, parseFragment } from '../src/state/fragment';
import { controls, formatLink, misplaced, parseLink, presets, readSearch, type Place } from '../src/state/link';
import { valueOf } from '../src/state/schema';

const mega = 1 << 20;

describe('link', () => {
  it.each([
    '#scene=methods', '#scene=7', '#speed=0', '#kernels=none', '#data=karate&seed=3&scene=0', '#changes=anything', '', '#', '#&&', '#data=mag-mini&seed=1',
    '#lr=1e-2', '#epochs=1e3', '#layers=03', '#data=mag-mini&seed=4294967296', '#data=debian-mini&seed=0', '#dropout=.5', '#pin=', '#pin=1,0;0.5,0.5', '#input-dropout=', '#data=karate&seed=2&seed=2',
  ])('%j is taken as it is', (fragment) => {
    expect(parseLink(fragment).notice).toBe('');
  });

  it.each([
    ['#lr=1e9', 'Learning rate (lr) is "1e9" in the link, want a number from 0.000001 to 1: 1 is used instead.', '#data=mag-mini&lr=1'],
    ['#lr=1e400', 'Learning rate (lr) is "1e400" in the link, want a number from 0.000001 to 1: 1 is used instead.', '#data=mag-mini&lr=1'],
    ['#lr=-1e400', 'Learning rate (lr) is "-1e400" in the link, want a number from 0.000001 to 1: 0.000001 is used instead.', '#data=mag-mini&lr=0.000001'],
    ['#hidden=0', 'Student width (hidden) is "0" in the link, want a whole number from 1 to 1024: 1 is used instead.', '#data=mag-mini&hidden=1'],
    ['#layers=2.5', 'Student layers (layers) is "2.5" in the link, want a whole number from 1 to 64: 3 is used instead.', '#data=mag-mini&layers=3'],
    ['#data=karate&seed=1000000000000000000', 'Seed (seed) is "1000000000000000000" in the link, want a whole number from 0 to 4294967296: 4294967296 is used instead.', '#data=karate&seed=4294967296'],
    ['#data=karate&seed=-1', 'Seed (seed) is "-1" in the link, want a whole number from 0 to 4294967296: 0 is used instead.', '#data=karate&seed=0'],
    ['#data=karate&seed=0x10', 'Seed (seed) is "0x10" in the link, want a whole number from 0 to 4294967296: 1 is used instead.', '#data=karate'],
    ['#data=karate&seed=', 'Seed (seed) is "" in the link, want a whole number from 0 to 4294967296: 1 is used instead.', '#data=karate'],
    ['#data=karate&seed=%E0%A4%A', 'Seed (seed) is "%E0%A4%A" in the link, want a whole number from 0 to 4294967296: 1 is used instead.', '#data=karate'],
    ['#dropout=2&seed=3', 'Dropout (dropout) is "2" in the link, want a number from 0 to 0.95: 0.95 is used instead.', '#data=mag-mini&seed=3&dropout=0.95'],
    ['#beta=NaN', 'β, weight of the criterion (beta) is "NaN" in the link, want a number from 0 to 100000: 1 is used instead.', '#data=mag-mini'],
    ['#beta=NaN&criterion=at', 'β, weight of the criterion (beta) is "NaN" in the link, want a number from 0 to 100000: 10000 is used instead.', '#data=mag-mini&criterion=at'],
    ['#data=moon', 'Graph (data) is "moon" in the link, want one of debian-mini, mag-mini, karate, pack: mag-mini is used instead.', '#data=mag-mini'],
    ['#frozen=true', 'Freeze the teacher\'s projections (frozen) is "true" in the link, want on or off: off is used instead.', '#data=mag-mini'],
    ['#pin=1%200', 'Pinned attention (pin) is "1 0" in the link, want no space and none of "&=#": its default is used instead.', '#data=mag-mini'],
    ['#input-dropout=x', 'Dropout of the input (input-dropout) is "x" in the link, want a number from 0 to 0.95: its default is used instead.', '#data=mag-mini'],
    ['#scene=77', 'scene is "77" in the link, want one of start, node, depth, teacher, alone, labels, alignment, methods, frontier, collapse: start is used instead.', undefined],
    ['#speed=fast', 'speed is "fast" in the link, want epochs per second from 0 to 1000000: 6 is used instead.', undefined],
    ['#speed=', 'speed is "" in the link, want epochs per second from 0 to 1000000: 6 is used instead.', undefined],
    ['#speed=-1', 'speed is "-1" in the link, want epochs per second from 0 to 1000000: 6 is used instead.', undefined],
    ['#kernels=gpu', 'kernels is "gpu" in the link, want one of auto, simd128, none: auto is used instead.', undefined],
    ['#data=karate&foo=1&seed=2', 'The link has "foo", which cannot be set here.', '#data=karate&seed=2'],
    ['#data=karate&garbage&seed=2', 'The link has "garbage", which cannot be set here.', '#data=karate&seed=2'],
    ['#data=karate&=x&seed=2', 'The link has "", which cannot be set here.', '#data=karate&seed=2'],
    ['#data=karate&toString=1&constructor=2&__proto__=3&seed=2', 'The link has "toString", "constructor", "__proto__", which cannot be set here.', '#data=karate&seed=2'],
    ['#data=karate&a=1&b=1&c=1&d=1&e=1&seed=2', 'The link has "a", "b", "c" and 2 more, which cannot be set here.', '#data=karate&seed=2'],
    ['#data=karate&seed=2&seed=5', 'The link has "seed" more than once: the last counts.', '#data=karate&seed=5'],
    ['#seed=2&hidden=%00%E2%80%AEx', 'Student width (hidden) is "\\u{0}\\u{202e}x" in the link, want a whole number from 1 to 1024: 5 is used instead.', '#data=mag-mini&seed=2'],
  ])('%j is told, and its address is what runs', (fragment, told, address) => {
    const link = parseLink(fragment);
    expect(link.notice).toBe(told);
    if (address !== undefined) expect(formatLink(link)).toBe(address);
    expect(parseLink(formatLink(link))).toEqual({ ...link, notice: '' });
  });

  it.each([['#lr=x&scene=7', '#data=mag-mini&scene=methods'], ['#speed=0&data=mag-mini', '#data=mag-mini&speed=0'], ['#foo=1&scene=7', `#${presets[0]!.experiment}&scene=methods`]])(
    '%j names the experiment beside the page\'s own settings', (fragment, address) => {
      expect(formatLink(parseLink(fragment))).toBe(address);
      expect(parseLink(address)).toEqual({ ...parseLink(fragment), notice: '' });
    });

  it('holds the course that stands beside its own, whatever is in it', () => {
    const link = { ...parseLink('#data=mag-mini&seed=2'), beside: { settings: { hidden: '8', pin: '1,0;0.5,0.5' }, plan: '12.0:drop a;b%26c|13.1:pin diagonal' } };
    expect(parseLink(formatLink(link)).beside).toEqual(link.beside);
    expect(parseLink('#beside=data=karate;hidden=0;moon=1').notice).toBe(
      'Of A, the run beside this one: Student width (hidden) is "0" in the link, want a whole number from 1 to 1024: 1 is used instead. Of A, the run beside this one: The link has "moon", which cannot be set here.');
    expect(parseLink('#data=mag-mini').beside).toBe(null);
  });

  it('makes each number beyond its range the nearest within, by the table of the core', () => {
    for (const c of controls.filter((c) => c.kind === 'int' || c.kind === 'float')) {
      for (const [value, used] of [[`${c.max! + 1}`, c.max], [`${c.min! - 1}`, c.min], ['1e99', c.max]]) {
        const link = parseLink(`#data=mag-mini&${c.key}=${value}`);
        expect(link.settings[c.key] ?? c.default, c.key).toBe(String(used));
        expect(link.notice).toBe(`${c.label} (${c.key}) is "${value}" in the link, want a ${c.kind === 'int' ? 'whole ' : ''}number from ${c.min} to ${c.max}: ${used} is used instead.`);
      }
    }
  });

  it.each([
    ['a value', `#data=karate&seed=3&hidden=${'9'.repeat(mega)}`], ['a key', `#data=karate&seed=3&${'x'.repeat(mega)}=1`], ['no pair', `#data=karate&seed=3&${'x'.repeat(mega)}`],
    ['changes', `#data=karate&seed=3&changes=${'1.0:drop x|'.repeat(mega / 11)}`], ['pairs', `#data=karate&seed=3&${'a=1&'.repeat(mega / 4)}`],
    ['keys', `#data=karate&seed=3&${Array.from({ length: mega / 8 }, (_, i) => `k${i}=1`).join('&')}`], ['escapes', `#data=karate&seed=3&split=${'%E0%A4%A'.repeat(mega / 8)}`],
  ])('1 MB of %s is cut, and told in few words', (_, fragment) => {
    const link = parseLink(fragment);
    expect(link.settings).toEqual({ data: 'karate', seed: '3' });
    expect(link.plan).toBe('');
    expect(link.notice).toContain(`The link has ${(fragment.length - 1).toLocaleString('en-US')} characters: what begins or ends after the first 65,536 is not read.`);
    expect(link.notice.length).toBeLessThan(400);
    expect(formatLink(link)).toBe('#data=karate&seed=3');
  });

  it('takes all of a link that is just short enough', () => {
    const changes = 'x'.repeat(longest - '&changes='.length - 'data=karate'.length);
    expect(parseLink(`#data=karate&changes=${changes}`)).toMatchObject({ plan: changes, notice: '' });
    expect(parseLink(`#data=karate&changes=${changes}x`)).toMatchObject({ plan: '' });
  });

  it('tells of every control at once in few words', () => {
    const notice = parseLink(`#${controls.map((c) => `${c.key}=${'!'.repeat(900)} ${c.key}`).join('&')}`).notice;
    for (const c of controls.slice(0, 8)) expect(notice).toContain(c.key);
    expect(notice).toContain(`${controls.length - 8} more values are corrected likewise.`);
    expect(notice.length).toBeLessThan(2000);
  });

  it.each(scenes.map((s, place) => [place, s.id] as const))('a link of before, scene=%s, opens the scene %s', (place, id) => {
    expect(parseLink(`#scene=${place}`).scene).toBe(id);
    expect(parseLink(`#scene=${id}`).scene).toBe(id);
    expect(formatLink(parseLink(`#hidden=3&scene=${place}`))).toBe(`#data=mag-mini&hidden=3${place === 0 ? '' : `&scene=${id}`}`);
  });

  const opening = (seed?: string) => ({ ...parseFragment(presets[0]!.experiment), ...(seed === undefined ? {} : { seed }) });

  it.each([['', undefined], ['#scene=7', undefined], ['#seed=1', undefined], ['#seed=3', '3'], ['#seed=3&scene=methods&speed=0&kernels=none', '3'], ['#seed=x', undefined]])(
    '%j is the method of the page without an address', (fragment, seed) => {
      expect(parseLink(fragment).settings).toEqual(opening(seed));
    });

  it('tells what a seed alone meant in a link of before', () => {
    expect(parseLink('#seed=3').notice).toBe('The link names a seed and no graph: it is the seed of what the page opens with. In a link of before pages opened with debian-mini it meant #data=mag-mini&seed=3.');
    expect(parseLink('#data=mag-mini&seed=3').settings).toEqual({ seed: '3' });
  });

  /** As pages before debian-mini wrote them. */
  it.each([
    ['#alpha=0.5&nodes=all', { alpha: '0.5', nodes: 'all' }], ['#seed=7&alpha=0.5&nodes=all', { seed: '7', alpha: '0.5', nodes: 'all' }],
    ['#criterion=kd&alpha=0.5&nodes=all', { criterion: 'kd', alpha: '0.5', nodes: 'all' }], ['#seed=5&hidden=16', { seed: '5', hidden: '16' }],
    ['#data=mag-mini', {}], ['#data=karate&model=gcn', { data: 'karate', model: 'gcn' }],
    ['#beta=3&granularity=per-node&no-subspace=on&frozen=on&nodes=all&scene=9', { beta: '3', granularity: 'per-node', 'no-subspace': 'on', frozen: 'on', nodes: 'all' }],
  ])('%j opens what it opened', (fragment, settings) => {
    const link = parseLink(fragment);
    expect([link.settings, link.notice]).toEqual([settings, '']);
    expect(valueOf(controls, link.settings, 'data')).toBe(fragment.includes('karate') ? 'karate' : 'mag-mini');
    expect(parseLink(formatLink(link))).toEqual(link);
  });

  it.each(presets.map((p) => [p.name, p.experiment]))('a link to the preset %s names its graph', (_, experiment) => {
    const link = formatLink({ ...parseLink(''), settings: parseFragment(experiment) });
    expect(link).toMatch(/^#data=(debian-mini|mag-mini|karate)(&|$)/);
    expect(parseLink(link).settings).toEqual(parseFragment(experiment));
  });

  it('holds where in the story and in the run the page is', () => {
    const place: Place = { scene: 'alignment', step: 2, node: 75, open: 'cell 1 0', epoch: 30, paused: true, messages: 'teacher', layer: { model: 'teacher', layer: 1 }, present: true, hide: ['rail', 'settings'] };
    const address = formatLink({ ...parseLink('#hidden=8'), ...place });
    expect(address).toBe('#data=mag-mini&hidden=8&scene=alignment&step=3&node=75&open=cell%201%200&epoch=30&paused=on&messages=teacher&layer=teacher-2&present=on&hide=rail,settings');
    expect(parseLink(address)).toMatchObject({ ...place, notice: '' });
  });

  it('tells of a step that the scene does not have', () => {
    expect(parseLink('#data=karate&scene=labels&step=9')).toMatchObject({ step: 4, notice: 'step is "9" in the link, and the scene labels has 5: its last one is shown.' });
  });

  it('draws a seed for each who opens a link that asks for it', () => {
    const drawn = Array.from({ length: 8 }, () => parseLink('#hidden=8&seed=student'));
    for (const link of drawn) {
      expect(link.notice).toBe('');
      expect(Number(link.settings.seed)).toBeGreaterThan(0);
    }
    expect(new Set(drawn.map((l) => l.settings.seed)).size).toBeGreaterThan(1);
  });

  it.each([
    ['', '#seed=3', false, '', '#seed=3', ''], ['?pack=a.pack&step=6.2', '', false, '?pack=a.pack&step=6.2', '', ''],
    ['?embed=1', '#seed=3', true, '?embed=1', '#seed=3', ''],
    ['?embed=1&step=6.2', '', true, '?embed=1', '#scene=alignment&step=2', ''],
    ['?pack=a.pack&step=alignment.2&embed=1', '#data=karate&hide=story', true, '?pack=a.pack&embed=1', '#scene=alignment&step=2&data=karate&hide=story', ''],
    ['?embed=yes&step=6.2', '', false, '?embed=yes&step=6.2', '', 'embed is "yes" in the link, want 1: the whole page is used instead.'],
    ['?embed=1&step=12.1', '#seed=3', true, '?embed=1', '#seed=3', 'step is "12.1" in the link, want a scene and one of its steps, such as 6.2: start is used instead.'],
    ['?embed=1&step=6', '', true, '?embed=1', '', 'step is "6" in the link, want a scene and one of its steps, such as 6.2: start is used instead.'],
    ['?embed=1&step=6.0', '', true, '?embed=1', '', 'step is "6.0" in the link, want a scene and one of its steps, such as 6.2: start is used instead.'],
  ])('%j before %j is read, and told where it cannot be', (search, fragment, embedded, before, after, notice) => {
    expect(readSearch({ search, fragment })).toEqual({ embedded, search: before, fragment: after, notice });
    expect(parseLink(after).notice.includes('more than once')).toBe(false);
  });

  it('tells where embed stands', () => {
    expect(parseLink('#embed=1&data=karate').notice).toBe('“embed” stands before the #, where a server reads it: write ?embed=1 in front of the #.');
    expect(parseLink(readSearch({ search: '?embed=1&step=6.2', fragment: '#scene=labels&step=1' }).fragment)).toMatchObject({ scene: 'labels', step: 0 });
  });

  it('tells settings that stand before the #', () => {
    expect(misplaced('?scene=7&seed=3')).toContain('write #seed=3&scene=7 at the end');
    for (const search of ['', '?pack=my.pack', '?from=mail']) expect(misplaced(search)).toBe('');
    expect(misplaced(`?seed=${'7'.repeat(mega)}`).length).toBeLessThan(400);
  });
});
