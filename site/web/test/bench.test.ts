import { expect, test } from 'vitest';
import { markdown } from '../src/bench/report';
import { bars, figure, verdict, works, type Row, type Work } from '../src/bench/works';

const row = (kind: Work['kind'], seconds: Row['seconds']): Row => ({ work: works.find((w) => w.kind === kind)!, seconds });
const rows = [
  row('NN', { go: 20, simd128: 2, relaxed: 1, tfjs: 1 }),
  row('NT', { go: 15, simd128: 2, relaxed: 1, tfjs: 9 }),
  row('TN', { go: 30, simd128: 1.1, relaxed: 1, tfjs: 8 }),
  row('ABKD', { go: 9, simd128: 3, relaxed: 2, tfjs: 22 }),
  row('R-GCN', { go: 40, simd128: 3, relaxed: 2, tfjs: 22 }),
];

test('bars are decided by the slowest product and the faster kernel module', () => {
  const reached = Object.fromEntries(bars(rows).map((b) => [b.what, b.reached]));
  expect(reached).toEqual({
    'products over plain Go': 15,
    'relaxed SIMD over SIMD128': 1.1,
    'NN product over TensorFlow.js': 1,
    'NT and TN products over TensorFlow.js': 8,
    'ABKD student step over TensorFlow.js': 11,
    'training step over plain Go': 20,
  });
});

test('a bar says that it is missed, and why if that is known', () => {
  expect(bars(rows).map((b) => verdict(b).split(':')[0])).toEqual(['met', 'missed', 'met', 'met', 'met, stretch too', 'missed']);
  expect(verdict(bars(rows).at(-1)!)).toContain('plain Go computes');
});

test('without TensorFlow.js there is no bar over it', () => {
  const alone = rows.map((r) => ({ work: r.work, seconds: { go: r.seconds.go!, simd128: r.seconds.simd128!, relaxed: r.seconds.relaxed! } }));
  expect(bars(alone).map((b) => b.what)).toEqual(['products over plain Go', 'relaxed SIMD over SIMD128', 'training step over plain Go']);
});

test('the tables are Markdown', () => {
  const lines = markdown(['go', 'simd128', 'relaxed', 'tfjs'], rows, [{ work: rows[3]!.work, losses: { go: [2, 1] } }], bars(rows)).split('\n');
  const cells = (line: string) => line.split('|').slice(1, -1).map((c) => c.trim());
  const head = cells(lines[0]!), nn = cells(lines[2]!);
  expect(head).toHaveLength(1 + 4 + 1 + 2);
  expect(nn[head.indexOf('relaxed : simd128')]).toBe('2');
  expect(nn[head.indexOf('best : go')]).toBe('20');
  expect(lines).toContain('4 of 6 bars met.');
  expect(lines.some((l) => l.includes('go 2.000000, 1.000000'))).toBe(true);
});

test.each([[0.012345, '0.0123'], [1, '1'], [99.96, '100'], [1234.5, '1235']])('figure(%f)', (x, want) => {
  expect(figure(x)).toBe(want);
});
