// What an inspection lists, computed again from what it says it is computed from.

import assert from 'node:assert/strict';

export function near(got, want, tolerance, what) {
  assert.ok(Math.abs(got - want) <= tolerance, `${what}: ${got}, want ${want} ± ${tolerance}`);
}

export function softmax(x, t = 1) {
  const e = x.map((v) => Math.exp((v - Math.max(...x)) / t));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** The share of the points' variance that lies between the classes. */
export function separation(e, label) {
  const mean = (points) => [0, 1].map((k) => points.reduce((a, p) => a + p[k], 0) / points.length);
  const square = (p, q) => (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2;
  const points = e.nodes.map((n, i) => [e.x[i], e.y[i], label[n]]).filter((p) => p[2] >= 0);
  const middle = mean(points);
  let between = 0;
  for (const c of new Set(points.map((p) => p[2]))) {
    const own = points.filter((p) => p[2] === c);
    between += own.length * square(mean(own), middle);
  }
  return between / points.reduce((a, p) => a + square(p, middle), 0);
}

// What a number may be, from and to: one that is shown rounded stands for all that read so.
const plus = (x, y) => [x[0] + y[0], x[1] + y[1]];
const minus = (x, y) => [x[0] - y[1], x[1] - y[0]];
const times = ([a, b], [c, d]) => [Math.min(a * c, a * d, b * c, b * d), Math.max(a * c, a * d, b * c, b * d)];
const over = (x, [c, d]) => times(x, [1 / d, 1 / c]);
const sum = (list) => list.reduce(plus, [0, 0]);
const rising = (f) => ([a, b]) => [f(a), f(b)];
const square = ([a, b]) => [a <= 0 && b >= 0 ? 0 : Math.min(a * a, b * b), Math.max(a * a, b * b)];
const root = rising((v) => Math.sqrt(Math.max(v, 1e-24)));
const exactly = (v) => [v, v];

const multiply = (x, w) => x.map((r) => w[0].map((_, c) => sum(r.map((v, k) => times(v, w[k][c])))));
const length = (m) => root(sum(m.flat().map(square)));
const between = (m, n, f) => m.map((r, i) => r.map((v, j) => f(v, n[i][j])));
const alone = (v) => [[v]];
/** The number that a formula divides by at its end. */
const divisor = (q) => exactly(Number(/\/ ?(\d+) = [^=]*$/.exec(q.formula)?.[1] ?? 1));

const mean = (x) => [x[0].map((_, c) => over(sum(x.map((r) => r[c])), exactly(x.length)))];
const unit = (x) => x.map((r) => r.map((v) => over(v, length([r]))));
const quotient = (x, y) => alone(over(x[0][0], y[0][0]));

/** Each of a softmax's numbers z is given, and which of them it is of. */
function softmaxOf(z, at, q) {
  const factor = Number(/= ([\d.]+)·exp/.exec(q.formula)?.[1] ?? 1);
  return alone(over(exactly(factor), sum(z.map(([[v]], k) => (k === at ? [1, 1] : rising(Math.exp)(minus(v, z[at][0][0])))))));
}

/** How the value of a quantity follows from those that it uses, by its symbol. */
const hands = {
  mean, unit, 'u - w': (u, w) => between(u, w, minus), '1 - alpha': (x) => alone(minus([1, 1], x[0][0])), a: (n) => alone(over([1, 1], n[0][0])),
  share: quotient, '‖U‖/‖W‖': quotient,
};

/** How the value of q follows from that of what it uses, from, by its symbol and the form of its formula; undefined for one that is not checked. */
function again(q, used, from) {
  const [x, y] = used, rightSide = q.formula.split(' = ').slice(1).join(' = ');
  if (used.length === 0) return undefined;
  if (/^l2\(/.test(rightSide)) return undefined; // of all nodes, of which only the weights are listed
  if (hands[q.symbol]) return hands[q.symbol](x, y);
  if (/^A·/.test(q.symbol)) return alone(over(times(x[0][0], sum(used.slice(1).map((d) => d[0][0]))), divisor(q)));
  if (/^Σ A·/.test(rightSide)) return alone(over(sum(used.slice(1).flatMap((d) => between(x, d, times).flat())), divisor(q)));
  if (/^([\d.]+·)?exp\(/.test(rightSide)) return softmaxOf(used, from.findIndex((u) => u.of === q.of), q);
  if (/^relu\(/.test(rightSide)) return x.map((r) => r.map(rising((v) => Math.max(0, v))));
  if (/^‖/.test(q.symbol)) return alone(length(x));
  if (/^\(.*\)²/.test(rightSide)) return alone(sum(x.flat().map(square)));
  if (/\) \/ sqrt\(/.test(rightSide)) return alone(over(sum(x[0].map((v, k) => times(v, y[0][k]))), exactly(Math.sqrt(x[0].length))));
  if (/^\(.*\) \/ \d+ = /.test(rightSide)) return mean(x);
  if (used.length === 2 && x.length * x[0].length === 1) return y.map((r) => r.map((v) => times(x[0][0], v)));
  if (used.length === 2 && x[0].length === y.length && q.value[0].length === y[0].length && q.value.length === x.length) return multiply(x, y);
  if (['z', 'total'].includes(q.symbol) && used.every((u) => u.length === 1 && u[0].length === q.value[0].length)) return [q.value[0].map((_, c) => sum(used.map((u) => u[0][c])))];
  if (q.symbol === 'y' && used.length === 1 && !/\(/.test(rightSide)) return x;
  return undefined;
}

/** Computes again what can be of an inspection's quantities and returns how many that were; a difference fails. */
export function recompute(quantities) {
  return check(quantities, quantities.map((q) => q.value.map((r) => r.map(exactly))), 1e-4);
}

/** The same of what the page shows of each quantity, of which it may leave out the large ones. */
export const recomputeShown = (quantities, shown) => check(quantities, shown, 1e-6);

function check(quantities, values, tolerance) {
  let checked = 0;
  for (const [i, q] of quantities.entries()) {
    const used = q.uses.map((u) => values[u]);
    const want = values[i] && used.every(Boolean) ? again(q, used, q.uses.map((u) => quantities[u])) : undefined;
    if (!want) continue;
    checked++;
    values[i].forEach((r, a) => r.forEach(([lo, hi], b) => {
      const [from, to] = want[a][b], slack = tolerance * (1 + Math.max(Math.abs(from), Math.abs(to)));
      assert.ok(lo <= to + slack && hi >= from - slack, `${q.symbol} of ${q.of}, ${q.text} [${a}][${b}] reads ${lo} to ${hi}, what it is computed from comes to ${from} to ${to}`);
    }));
  }
  return checked;
}

const figure = (s) => {
  const power = /^(-?[\d.]+)·10⁻(.*)$/.exec(s);
  if (power) return Number(power[1]) * 10 ** -Number([...power[2]].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)).join(''));
  return s === '' ? NaN : Number(s);
};

/** What a number that is shown may be. */
export function span(text) {
  const [, digits, power] = /^([^·]*)(·10⁻.*)?$/.exec(text.replaceAll('−', '-')), v = figure(digits + (power ?? ''));
  const half = 0.5001 * 10 ** -(digits.split('.')[1]?.length ?? 0) * (power ? figure(`1${power}`) : 1);
  return [v - half, v + half];
}

/** Checks an equation whose sides are numbers that are added or divided; other sides are left out. */
export function addsUp(line) {
  const sides = line.split(' = ').filter((side) => /^-?[\d.]+(·10⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?( [+/] -?[\d.]+(·10⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)*$/.test(side.trim()));
  assert.ok(sides.length > 1, `${line} is no equation of numbers`);
  const [first, ...others] = sides.map((side) => {
    const [x, ...rest] = side.trim().split(/ ([+/]) /);
    return rest.reduce((all, word, k) => (k % 2 === 1 ? all : word === '+' ? plus(all, span(rest[k + 1])) : over(all, exactly(Number(rest[k + 1])))), span(x));
  });
  for (const other of others) assert.ok(first[0] <= other[1] && other[0] <= first[1], `${line}: ${first} against ${other}`);
}

/** The numbers of a table as it is shown, row by row. */
export async function rows(page, selector, cell = 'td') {
  const texts = await page.locator(selector).first().evaluate((t, c) => [...t.querySelectorAll('tr')].map((r) => [...r.querySelectorAll(c)].map((e) => e.textContent.trim())), cell);
  return texts.map((r) => r.map((s) => figure(s.replaceAll('−', '-'))));
}

/** The rows of a table that hold numbers; NaN stands for none. */
export const numbers = async (page, selector) => (await rows(page, selector)).map((r) => r.map((v) => (Number.isNaN(v) ? undefined : v)));
