import { describe, expect, test } from 'vitest';
import { away, decades, dotsOf, frontOf, labelsOf, standingOf, stuck } from '../src/room/board';
import type { Row } from '../src/room/talk';

const row = (changes: Partial<Row>): Row => ({ number: 1, scene: 'start', step: 1, running: true, over: false, seed: 1, epoch: 3, accuracy: 0.5, parameters: 1000, quiet: 0, still: 0, ...changes });

describe('the board', () => {
  test('who is away, stuck, held up or at work', () => {
    expect(standingOf(row({}), 0, false)).toBe('running');
    expect(standingOf(row({ running: false }), 0, false)).toBe('paused');
    expect(standingOf(row({ over: true, running: false }), 0, false)).toBe('over');
    expect(standingOf(row({ still: stuck }), 1, false)).toBe('stuck');
    expect(standingOf(row({ still: stuck }), 1, true)).toBe('held');
    expect(standingOf(row({ quiet: away - 5, still: stuck }), 6, true)).toBe('away');
  });

  test('the front has the best of those that are no larger', () => {
    const dots = [{ number: 1, x: 50, y: 8 }, { number: 2, x: 10, y: 9 }, { number: 3, x: 30, y: 2 }, { number: 4, x: 10, y: 5 }, { number: 5, x: 80, y: 1 }];
    expect(frontOf(dots, 100)).toBe('M10 5H30V2H80V1H100');
    expect(frontOf([], 100)).toBe('');
  });

  test('numbers of dots that lie on one another stand in one text', () => {
    const at = (number: number, x: number, y: number) => ({ number, x, y });
    expect(labelsOf([at(1, 50, 20), at(2, 100, 20), at(3, 50, 40)])).toEqual([{ x: 57, y: 15, text: '1' }, { x: 107, y: 15, text: '2' }, { x: 57, y: 35, text: '3' }]);
    expect(labelsOf([at(1, 50, 20), at(22, 52, 25), at(3, 50, 20)])).toEqual([{ x: 57, y: 15, text: '1, 3, 22' }]);
    expect(labelsOf([5, 4, 3, 2, 1].map((n) => at(n, 50, 20))).map((l) => l.text)).toEqual(['1, 2 +3']);
    expect(labelsOf([at(1, 50, 20), at(22, 50, 20), at(3, 80, 22)]).map((l) => l.text)).toEqual(['×2', '3']);
  });

  test('dots lie within their powers of ten, and what is not known has none', () => {
    const rows = [row({}), row({ number: 2, parameters: 50, accuracy: 1 }), row({ number: 3, accuracy: null }), row({ number: 4, parameters: null })];
    expect(decades(rows)).toEqual([1, 3]);
    expect(dotsOf(rows, 100, 10)).toEqual([{ number: 1, x: 100, y: 5 }, { number: 2, x: expect.closeTo(34.9, 1), y: 0 }]);
    expect(decades([row({ accuracy: null })])).toBeUndefined();
    expect(dotsOf([row({ parameters: 100 })], 100, 10)[0]!.x).toBe(0);
  });
});
