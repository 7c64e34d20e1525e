// What a snapshot says, in words and figures.

import { shown, told } from '../wire/foreign';
import type { Lane, ModelState, Point, Snapshot } from '../wire/snapshot';
import { fixed, known, say, sentences } from '../texts/texts';
import { toldOf } from './lesson';

/** The student that the criterion teaches; none while the teacher is the one who learns. */
export const taught = (s: Snapshot): Lane | undefined => (s.phase === 'teaching' ? undefined : s.lanes.at(-1));

/** The student trained from the same seed without it, if there is one. */
export const alone = (s: Snapshot): Lane | undefined => (s.lanes.length > 1 ? s.lanes[0] : undefined);

/** The model in training whose losses are drawn: the teacher first, where it learns here. */
export const learner = (s: Snapshot): Lane | undefined => s.lanes.at(-1);

/** Whether the last student learns from the teacher at all. */
export const isTaught = (s: Snapshot): boolean => s.alpha > 0 || (taught(s)?.criterion ?? 'none') !== 'none';

/** What stands where a number is not known: a mean over nothing, say. */
export const unknown = () => say('unknown');

export const percent = (v: number, decimals = 1) => (Number.isNaN(v) ? unknown() : say('percent', { value: fixed(100 * v, decimals) }));

/** How many times larger a is than b: "33×", "1.4×", "–" where nothing can be said. */
export function times(a: number, b: number): string {
  const r = a / b;
  if (!Number.isFinite(r) || r <= 0) return '–';
  return `${fixed(r, r < 10 ? 1 : 0)}×`;
}

export function bytes(n: number): string {
  if (n < 1024) return say('unit.byte', { n: fixed(n, 0) });
  if (n < 1024 * 1024) return say('unit.kib', { n: fixed(n / 1024, 1) });
  return say('unit.mib', { n: fixed(n / 1024 / 1024, 1) });
}

export function micros(us: number): string {
  if (!(us > 0)) return '–';
  return us < 1000 ? say('unit.us', { n: fixed(us, 0) }) : say('unit.ms', { n: fixed(us / 1000, us < 10_000 ? 2 : 1) });
}

/** A figure with three decimals, or as a power of ten where they would all be zero. */
export function number(v: number): string {
  if (Number.isNaN(v)) return unknown();
  if (!Number.isFinite(v)) return v < 0 ? '−∞' : '∞';
  if (v === 0 || Math.abs(v) >= 0.0005) return fixed(v, decimalsOf(v));
  const [digits, power] = v.toExponential(1).split('e-');
  return `${fixed(Number(digits), 1)}·10⁻${[...power!].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]).join('')}`;
}

/** Whether A and D are known: they are those of the last step. */
export const hasCompared = (s: Snapshot): boolean => s.a.length > 0 && s.epoch + s.step > 0;

/** The pair of layers with the largest attention, counted from 1; undefined where none is known. */
export function strongest(s: Snapshot): { teacher: number; student: number; value: number } | undefined {
  let best: { teacher: number; student: number; value: number } | undefined;
  if (hasCompared(s)) s.a.forEach((row, i) => row.forEach((value, j) => {
    if (!best || value > best.value) best = { teacher: i + 1, student: j + 1, value };
  }));
  return best;
}

/** A term of the loss; subject is what lights with it wherever it stands. */
export interface Term { name: string; series: string; subject: string; of: (p: Point) => number }

/** The terms of the total loss that this experiment has. */
export function lossTerms(s: Snapshot): Term[] {
  if (s.phase === 'teaching') return [{ name: 'CE', series: 'ce', subject: 'CE of loss', of: (p) => p.ce }];
  const terms: Term[] = [{
    name: s.alpha > 0 ? '(1−α)·CE' : 'CE', series: 'ce', subject: 'CE of loss', of: (p) => (1 - s.alpha) * p.ce,
  }];
  if (s.alpha > 0) terms.push({ name: 'α·KD', series: 'kd', subject: 'KD of loss', of: (p) => s.alpha * p.kd });
  const criterion = taught(s)?.criterion ?? 'none';
  if (s.beta > 0 && criterion !== 'none' && criterion !== 'kd') {
    // With a schedule β is not the same in all epochs: what the total has beside the other terms.
    const others = [...terms];
    const scheduled = /(^|&)(warmup|fade)=/.test(s.experiment);
    terms.push({ name: 'β·L', series: 'aux', subject: 'loss', of: (p) => (scheduled ? others.reduce((rest, t) => rest - (t.of(p) || 0), p.total) : s.beta * p.aux) });
  }
  return terms;
}

/** The loss at a point in a line, its terms and their sum: whoever adds up what is shown gets the same. */
export function lossRead(s: Snapshot, p: Point): { terms: string; total: number } {
  const terms = lossTerms(s), sum = terms.map((t) => asRead(t.of(p))).filter((v) => !Number.isNaN(v)).reduce((x, y) => x + y, 0);
  return { terms: terms.map((t) => `${t.name} ${number(t.of(p))}`).join(' + '), total: Number.isFinite(p.total) ? sum : p.total };
}

/** A figure as it reads. */
const asRead = (v: number) => Number(v === 0 || Math.abs(v) >= 0.0005 ? v.toFixed(decimalsOf(v)) : v.toExponential(1));
const decimalsOf = (v: number) => (Math.abs(v) >= 100 ? 1 : 3);

/** One sentence on how the race stands. It reports; it does not decide who should win. */
export function hook(s: Snapshot): string {
  if (s.phase === 'teaching') {
    if (Number.isNaN(s.teacher.test)) return say('hook.teaching.unknown');
    return say('hook.teaching', { accuracy: percent(s.teacher.test) });
  }
  const student = taught(s)?.model;
  if (!student) return '';
  const size = fewer(s.teacher, student);
  const when = s.phase === 'finished' ? 'end' : 'now';
  const other = alone(s)?.model;
  if (s.epoch === 0) return say('hook.begins', { size });
  if (Number.isNaN(student.test)) return say('hook.unknown', { size });
  if (!other) {
    const accuracy = { size, when, student: percent(student.test) };
    return s.teacher.layers ? say('hook.pair', { ...accuracy, teacher: percent(s.teacher.test) }) : say('hook.single', accuracy);
  }
  const n = right(s, student.test) - right(s, other.test);
  if (n === 0) return say('hook.level', { size, when });
  return say('hook.gap', { size, when, nodes: counted(s, Math.abs(n)), points: fixed(Math.abs(100 * (student.test - other.test)), 1), side: n > 0 ? 'above' : 'below', tests: s.tests });
}

/** How many test nodes a model of that accuracy has right. */
export const right = (s: Snapshot, accuracy: number): number => Math.round(accuracy * s.tests);

/** What nodes of a type are called. */
export const typeName = (type = 'node'): string => known(type) ?? say('type.foreign', { type: shown(type) });

/** What the nodes that are classified are called. */
export const targetName = (s: Snapshot): string => typeName(s.graph.types[s.graph.target]);

/** "1 package", "58 packages" */
export const counted = (s: Snapshot, n: number): string => say('nodes.counted', { n, type: targetName(s) });

/** What a class is called; one of many has its number first: names may begin alike. */
export function className(classes: string[], c: number, few = 12): string {
  const name = told(classes[c] ?? '');
  return !name ? say('class.number', { class: c }) : classes.length > few ? `${c} ${name}` : name;
}

/** What the graph is and what is guessed, in two sentences; data is its name as the setting has it. */
export function question(data: string, s: Snapshot | null): string {
  const graph = toldOf(data);
  if (graph) return sentences(graph.what, graph.asks);
  if (!s) return '';
  const asks = say('graph.own', { classes: s.graph.classes.length, type: targetName(s) });
  return s.graph.part > 0 ? say('graph.part', { asks, nodes: s.graph.part }) : asks;
}

function fewer(teacher: ModelState, student: ModelState): string {
  const r = teacher.params / student.params;
  if (!(r > 0) || !Number.isFinite(r)) return say('size.two');
  return r >= 1 ? say('size.fewer', { times: times(teacher.params, student.params) }) : say('size.more', { times: times(student.params, teacher.params) });
}

const roughly = (v: number) => (Number.isNaN(v) ? say('accuracy.unknown') : percent(v, 0));

/** What a screen reader is told now and then. */
export function announcement(s: Snapshot, hidesPair = false): string {
  if (s.error) return s.error;
  const parts = [say('live.epoch', { epoch: s.epoch })];
  if (s.phase === 'teaching') parts.push(say('live.teacher', { accuracy: roughly(s.teacher.test) }));
  else if (taught(s)) parts.push(say('live.student', { accuracy: roughly(taught(s)!.model.test) }));
  const pair = hidesPair ? undefined : strongest(s);
  if (pair) parts.push(say('live.pair', { teacher: pair.teacher, student: pair.student }));
  if (s.phase === 'finished') parts.push(say('live.finished'));
  return parts.join(say('list.separator'));
}

/** A node by its type and number, and its name if it has one. */
export const nodeCalled = (type: string, id: number, name = ''): string =>
  (name ? say('node.named', { type: typeName(type), id, name: shown(name) }) : say('node.called', { type: typeName(type), id }));

/** What a drawn node is called: its type and number, and its name if it has one. */
export function called(g: Snapshot['graph'], i: number): string {
  const n = g.nodes[i];
  return !n ? '' : nodeCalled(g.types[n.type]!, n.id, n.name);
}

/** A node as the list of nodes names it. */
export function nodeName(s: Snapshot, i: number): string {
  const n = s.graph.nodes[i]!, name = called(s.graph, i);
  if (n.label < 0) return name;
  const cls = (c: number) => (c < 0 ? say('class.unknown') : shown(s.graph.classes[c] ?? say('class.number', { class: c })));
  return say('node.says', { node: name, label: cls(n.label), teacher: cls(n.teacher), student: cls(n.student) });
}
