import { describe, expect, test } from 'vitest';
import { Attempts } from '../src/state/attempts';
import { Experiment, made, opening, type Course } from '../src/state/experiment.svelte';
import { Notices } from '../src/state/notices.svelte';

const course = (seed: string, plan = ''): Course => ({ settings: { seed }, plan });

describe('after a trainer has ended', () => {
  test('what ran is begun again once, then what ran before it, then what the page opens with', () => {
    const a = new Attempts();
    a.note(course('1'));
    a.note(course('2'));
    expect(a.instead(course('2'), 'run')).toBeUndefined();
    expect(a.instead(course('2'), 'run')).toEqual({ course: course('1'), hasRun: true });
    expect(a.instead(course('1'), 'run')).toBeUndefined();
    expect(a.instead(course('1'), 'run')).toEqual({ course: opening(), hasRun: false });
    expect(a.instead(opening(), 'run')).toBeUndefined();
  });
  test('what never came to an epoch, or took the memory, is not begun again', () => {
    const a = new Attempts();
    a.note(course('1'));
    expect(a.instead(course('2'), 'run')).toEqual({ course: course('1'), hasRun: true });
    a.note(course('3'));
    expect(a.instead(course('3'), 'memory')).toEqual({ course: course('1'), hasRun: true });
  });
  test('changes of a run make another course of it', () => {
    const a = new Attempts();
    a.note(course('1'));
    expect(a.instead(course('1', '0.1:drop cites'), 'run')).toEqual({ course: course('1'), hasRun: true });
  });
});

describe('the experiment', () => {
  const own = { bytes: new ArrayBuffer(0), name: 'mine.pack', address: '' };

  test('a setting begins another course, without the changes of the one before', () => {
    let begun = 0;
    const e = new Experiment(() => { begun++; });
    e.course = { settings: { seed: '3' }, plan: '0.1:drop cites' };
    e.set('hidden', '9');
    expect([e.text, e.plan, e.value('hidden'), begun]).toEqual(['seed=3&hidden=9', '', '9', 1]);
    e.take('criterion=kd');
    expect([e.text, begun]).toEqual(['seed=3&criterion=kd', 2]);
    e.take('criterion=kd', '4');
    expect(e.value('seed')).toBe('4');
  });
  test('another graph comes with the sizes of its first preset', () => {
    const e = new Experiment(() => {});
    e.set('data', 'debian-mini');
    expect(e.course).toEqual(opening());
    e.set('data', 'mag-mini');
    expect(e.course).toEqual(made());
    e.set('seed', '7');
    e.set('data', 'karate');
    expect([e.value('teacher-hidden'), e.value('seed'), e.value('data')]).toEqual(['16', '7', 'karate']);
  });
  test('on a graph that is not open waits for it, and what the page opens with stands in', () => {
    const e = new Experiment(() => {});
    e.course = { settings: { data: 'pack', hidden: '3' }, plan: '1.0:drop x' };
    expect(e.awaitGraph()).toBe(true);
    expect(e.course).toEqual(opening());
    e.takeGraph(own, 'data=pack&hidden=7');
    expect([e.text, e.plan, e.awaited]).toEqual(['data=pack&hidden=3', '1.0:drop x', undefined]);
    expect(e.awaitGraph()).toBe(false);
    e.useBuiltIn();
    expect(e.course).toEqual(opening());
  });
  test('asks for a graph where none is open', () => {
    let begun = 0;
    const e = new Experiment(() => { begun++; });
    e.set('data', 'pack');
    expect([e.asksForGraph, begun, e.value('data')]).toEqual([1, 0, 'mag-mini']);
    e.takeGraph(own, 'data=pack&hidden=7');
    expect([e.text, begun]).toEqual(['data=pack&hidden=7', 1]);
  });
});

test('a notice is added once, and told in place of others', () => {
  const n = new Notices();
  n.add('One.');
  n.add('Two.');
  n.add('One.');
  n.add('');
  expect(n.text).toBe('One. Two.');
  n.tell('Three.');
  expect(n.text).toBe('Three.');
  n.clear();
  expect(n.text).toBe('');
});
