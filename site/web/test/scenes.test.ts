import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import params from '../src/generated/params.json';
import { beats } from '../src/generated/lesson';
import { beatWords } from '../src/words/beats';
import { accuracy, byClass, confusion, klTerms, missed, pairs, softmax } from '../src/scenes/confusion';
import { accuracyChart, lossChart } from '../src/plot/curves';
import { percent } from '../src/words/report';
import { partialsOf } from '../src/scenes/partials';
import { markPath, separation } from '../src/plot/marks';
import { paramNames } from '../src/wire/params';
import { droppedBy, formatPlan, isMade, lastOf } from '../src/wire/plan';
import { changeText, plain } from '../src/words/changes';
import { counted, entries, inspectionText, pretty, quantityName, shapeOf } from '../src/words/quantity';
import { decodeSnapshot, History, type Change, type GraphView, type Inspection, type Quantity, type Snapshot } from '../src/wire/snapshot';
import { cellSubject, edgeSubject, isThere, nodeSubject, paramSubject, subjectText } from '../src/words/subject';

const read = (): Snapshot => {
  const b = readFileSync(new URL('../src/generated/snapshot.bin', import.meta.url));
  return decodeSnapshot(b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength) as ArrayBuffer);
};
const change = (epoch: number, text: string, step = 0): Change => ({ epoch, step, text });

describe('changes', () => {
  const made = [change(3, 'drop cites'), change(5, 'pin diagonal'), change(5, 'restore cites', 2), change(9, 'drop writes')];
  test('are written as the command plan reads them', () => {
    expect(formatPlan(made)).toBe('3.0:drop cites|5.0:pin diagonal|5.2:restore cites|9.0:drop writes');
  });
  test('have been made up to a moment, those of the teacher before those of the students', () => {
    const at = (epoch: number, step = 0, phase = 'distilling') => made.filter((c) => isMade(c, { epoch, step, phase } as Snapshot)).length;
    expect([at(2), at(3), at(5), at(5, 2), at(9)]).toEqual([0, 1, 2, 3, 4]);
    const early = change(7, 'teaching drop cites');
    expect(isMade(early, { epoch: 0, step: 0, phase: 'distilling' } as Snapshot)).toBe(true);
    expect(isMade(early, { epoch: 6, step: 0, phase: 'teaching' } as Snapshot)).toBe(false);
    expect(isMade(made[0]!, { epoch: 50, step: 0, phase: 'teaching' } as Snapshot)).toBe(false);
  });
  test('leave relations off and A pinned', () => {
    expect([...droppedBy(made)]).toEqual(['writes']);
    expect([...droppedBy([change(1, 'teaching drop cites')])]).toEqual(['cites']);
    expect(lastOf(made, 'pin')?.to).toBe('diagonal');
    expect(lastOf(made, 'freeze')).toBeUndefined();
  });
  test.each([
    ['drop rev_has_topic', 'relation has topic, reversed is switched off'], ['pin free', 'A is learned again'], ['pin 1,0', 'A is pinned: 1,0'],
    ['weight student layers.0.weight 2 3 0.5', 'weight layers.0.weight[2, 3] of the student becomes 0.5'],
    ['cut writes 4 7', 'the edge writes from 4 to 7 is cut'], ['mislabel 4 2', 'node 4 is labelled class 2'],
    ['teaching freeze off', 'while the teacher learned, the teacher’s projections train'], ['dance', 'dance'],
  ])('%s is said in words', (text, words) => expect(changeText(text)).toBe(words));
  test('relations are named in words', () => expect([plain('has_topic'), plain('rev_cites')]).toEqual(['has topic', 'cites, reversed']));
});

describe('predictions', () => {
  const p = { nodes: [], label: [0, 1, 1, 0, -1], part: [2, 2, 0, 2, 2], teacher: [0, 1, 1, 1, 0], alone: [1, 1, 0, 0, 0], student: [] };
  test('are counted by true and predicted class', () => {
    const m = confusion(p.label, p.alone, p.part, 2, 2);
    expect(m).toEqual([[1, 1], [0, 1]]);
    expect(pairs(p.label, p.alone, p.part, 2)).toEqual([{ label: 0, said: 1, nodes: 1 }]);
  });
  test('tell how well each class is known', () => {
    const classes = byClass(p.label, p.alone, p.part, 2, 3);
    expect(classes).toEqual([
      { nodes: 2, said: 1, right: 1, precision: 1, recall: 0.5, f1: 2 / 3 },
      { nodes: 1, said: 2, right: 1, precision: 0.5, recall: 1, f1: 2 / 3 },
      { nodes: 0, said: 0, right: 0, precision: NaN, recall: NaN, f1: NaN },
    ]);
    expect(accuracy(classes)).toBeCloseTo(2 / 3);
    expect(accuracy([])).toBeNaN();
    expect(byClass(p.label, p.alone, p.part, 1, 2).map((c) => c.f1)).toEqual([NaN, NaN]);
  });
  test('that the teacher has right and the student wrong are listed', () => {
    expect(missed(p, 'alone', 2)).toEqual([0]);
    expect(missed(p, 'student', 2)).toEqual([]);
  });
  test('soften with temperature, and differ by KL', () => {
    const hard = softmax([3, 1, 0]), soft = softmax([3, 1, 0], 10);
    expect(hard.reduce((a, b) => a + b)).toBeCloseTo(1);
    expect(Math.max(...soft)).toBeLessThan(Math.max(...hard));
    expect(softmax([1000, 0])).toEqual([1, 0]);
    expect(klTerms(hard, hard)).toEqual([0, 0, 0]);
    expect(klTerms(hard, soft).reduce((a, b) => a + b)).toBeGreaterThan(0);
    expect(klTerms([1, 0], [0.5, 0.5])).toEqual([Math.log(2), 0]);
  });
});

describe('marks', () => {
  test('classes have eight shapes', () => {
    const shapes = Array.from({ length: 8 }, (_, c) => markPath(c, 10, 10, 4));
    expect(new Set(shapes).size).toBe(8);
    for (const d of shapes) expect(d).toMatch(/^M[\d.,a-zA-Z -]+Z$/);
    expect(new Set(Array.from({ length: 64 }, (_, c) => `${c % 8} ${markPath(c, 10, 10, 4)}`)).size).toBe(64); // colour and shape
  });
  test('classes are apart by the share of the variance between them', () => {
    expect(separation([0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 1, 1])).toBe(1);
    expect(separation([0, 1, 0, 1], [0, 0, 0, 0], [0, 0, 1, 1])).toBe(0);
    expect(separation([0, 1], [0, 0], [-1, -1])).toBe(0);
  });
});

describe('subjects', () => {
  test.each([
    [nodeSubject('student', 1, 'paper', 17), 'node student 1 paper 17', 'paper 17 in layer 2 of the student'],
    [nodeSubject('alone', 0, 'field of study', 3), 'node alone 0 field of study 3', 'field of study 3 in layer 1 of the student alone'],
    [edgeSubject('teacher', 2, 'rev_has_topic', 4, 9), 'edge teacher 2 rev_has_topic 4 9', 'the message has topic, reversed from 4 to 9 in layer 3 of the teacher'],
    [cellSubject(1, 0), 'cell 1 0', 'the pair T2 and S1'],
    [paramSubject('student', 'layers.0.bias'), 'param student layers.0.bias', 'the weights layers.0.bias of the student'],
    ['loss', 'loss', 'the loss of the last step'],
  ])('%s', (subject, command, words) => {
    expect(subject).toBe(command);
    expect(subjectText(subject)).toBe(words);
  });
  test('what is pointed at lights the quantities of it', () => {
    const { relations } = read().graph, [first] = relations, edge = edgeSubject('student', 0, first!.key, 1, 2);
    expect(isThere({ symbol: 'm', of: first!.name }, edge, relations)).toBe(true);
    expect(isThere({ symbol: 'm', of: relations[1]!.name }, edge, relations)).toBe(false);
    expect(isThere({ symbol: 'm', of: '' }, edge, relations)).toBe(false);
    const twice = [{ ...first!, key: first!.full }];
    expect(isThere({ symbol: 'm', of: first!.name }, edgeSubject('student', 0, first!.full, 1, 2), twice)).toBe(true);
  });
  test.each(params.models)('a $kind of $layers layers has the weights that it has in Go, but those that reach no prediction', ({ kind, layers, names }) => {
    const last = `layers.${layers - 1}.`;
    const isIdle = (n: string) => n.startsWith(`${last}self.OTHER.`) || (n.startsWith(`${last}rel.`) && n.endsWith('__OTHER.weight'));
    expect(paramNames(params as unknown as GraphView, kind, layers)).toEqual(names.filter((n) => !isIdle(n)));
  });
  test('weights are named as the models have them', () => {
    const { graph } = read();
    const names = paramNames(graph, 'rgcn', 2);
    expect(names).toContain('layers.0.self.author.weight');
    expect(names).toContain('layers.1.rel.author__writes__paper.weight');
    expect(names).not.toContain('layers.1.self.author.weight');
    expect(paramNames(graph, 'sage', 1)).toEqual(['layers.0.self.weight', 'layers.0.neigh.weight', 'layers.0.bias']);
    expect(paramNames(graph, 'gcnii', 1).at(-1)).toBe('output.bias');
  });
});

describe('quantities', () => {
  const q = (symbol: string, of: string, value: number[][], uses: number[] = [], formula = ''): Quantity => ({ symbol, of, text: `What ${symbol} is.`, formula, uses, value });
  const inspection: Inspection = {
    subject: 'node student 0 paper 1', error: '', quantities: [
      q('h·W_0', 'paper 1', [[1, -2]]), q('b', 'layer 0', [[0.5, 0]]), q('m', 'cites', [[0.25, 0.5]]),
      q('z', 'paper 1', [[1.75, -1.5]], [0, 1, 2]), q('y', 'paper 1', [[1.75, 0]], [3], 'y[0] = relu(1.75) = 1.75'),
    ],
  };
  test('become partial sums: parts, relations without messages, the sum, the activation', () => {
    const { graph } = read(), type = graph.target;
    const partials = partialsOf(inspection, graph, type)!;
    expect(partials.rows.filter((l) => l.kind !== 'part').map((l) => [l.name, l.value])).toEqual([['sum', [1.75, -1.5]], ['y', [1.75, 0]]]);
    expect(partials.rows.at(-1)!.note).toBe('relu');
    expect(partials.parts.map((l) => l.name)).toEqual(['own share', 'bias', 'cites']);
    expect(partials.rows.filter((l) => l.relation >= 0).length).toBe(graph.relations.filter((r) => r.dst === type).length);
    for (const c of [0, 1]) expect(partials.parts.reduce((sum, l) => sum + l.value![c]!, 0)).toBe(partials.sum[c]);
    expect(partialsOf({ subject: '', error: '', quantities: [] }, graph, type)).toBeUndefined();
  });
  test('are copied with every digit', () => {
    const third = Math.fround(1 / 3);
    const text = inspectionText('Title', { ...inspection, quantities: [q('x', '', [[third, 1e-7]], []), q('y', 'x', [[2]], [0], 'y = 2')] });
    expect(text).toContain('Title');
    expect(text).toContain('[2] y of x: What y is.\n    y = 2\n    from [1]\n    2');
    const [a, b] = /\n {4}(\S+)\t(\S+)/.exec(text)!.slice(1).map(Number);
    expect([Math.fround(a!), Math.fround(b!)]).toEqual([third, Math.fround(1e-7)]);
  });
  test('count layers from 1 in words', () => {
    expect(counted('What the teacher\'s layer 1 computed, T0 and S11, of “T5 and layer 3”: layers.0 and T')).toBe('What the teacher\'s layer 2 computed, T1 and S12, of “T5 and layer 3”: layers.0 and T');
  });
  test('have names and shapes', () => {
    expect(quantityName(inspection.quantities[2]!)).toBe('m of cites');
    expect([pretty('W_0'), pretty('h·W_0'), pretty('W_first'), pretty('D')]).toEqual(['W₀', 'h·W₀', 'W_first', 'D']);
    expect([entries([[1, 2], [3, 4]]), entries([])]).toEqual([4, 0]);
    expect(shapeOf([[1, 2, 3]])).toBe('1 × 3');
  });
});

describe('a ghost', () => {
  const size = { width: 400, height: 200 };
  test('is drawn beside the curves of its phase, and named where it goes on', () => {
    const s = read();
    const ghost = { epoch: 1, phase: s.phase, lanes: s.lanes };
    for (const draw of [lossChart, accuracyChart]) {
      expect(draw(s, size).marks.some((m) => m.series.startsWith('ghost'))).toBe(false);
      expect(draw(s, size, { ...ghost, phase: 'teaching' }).marks.some((m) => m.series.startsWith('ghost'))).toBe(false);
      expect(draw(s, size, ghost).marks.some((m) => m.series.startsWith('ghost'))).toBe(true);
      expect(draw(s, size, ghost).labels.some((l) => l.text === 'before')).toBe(false);
      const short = { ...s, lanes: s.lanes.map((l) => ({ ...l, history: History.of([...l.history].slice(0, -1)) })) };
      expect(draw(short, size, ghost).labels.some((l) => l.text === 'before')).toBe(true);
      const kept = draw(short, size, { ...ghost, kept: true }).labels.find((l) => l.text.startsWith('A '))!.text;
      expect(kept).toBe(draw === lossChart ? `A ${s.lanes.at(-1)!.history.at(-2)!.total.toFixed(2)}` : `A ${percent(s.lanes.at(-1)!.history.at(-2)!.test)}`);
    }
  });
});

test('slow motion says what the step came to', () => {
  const s = read();
  for (const b of beats) expect(beatWords[b].says(s)).toMatch(/\.$/);
  expect(beatWords.loss.says(s)).toContain(s.lanes.at(-1)!.history.at(-1)!.total.toFixed(3));
});
