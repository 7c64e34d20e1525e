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

const multiply = (x, w) => x.map((r) => w[0].map((_, c) => r.reduce((a, v, k) => a + v * w[k][c], 0)));
const norm = (r) => Math.sqrt(r.reduce((a, v) => a + v * v, 0));

/** How the value of a quantity follows from those that it uses, by the form of its formula and its symbol; undefined for one that is not checked. */
function again(q, used) {
  const [x, y] = used;
  const rightSide = q.formula.split(' = ').slice(1).join(' = ');
  if (used.length === 0) return undefined;
  if (/^relu\(/.test(rightSide)) return x.map((r) => r.map((v) => Math.max(0, v)));
  if (q.symbol === 'mean') return [x[0].map((_, c) => x.reduce((a, r) => a + r[c], 0) / x.length)];
  if (/\) \/ ‖/.test(rightSide) || /^u|^l2/.test(q.symbol) && used.length === 1) return x.map((r) => r.map((v) => v / Math.max(norm(r), 1e-12)));
  if (used.length === 2 && x[0].length === y.length && x[0].length > 1 && q.value[0].length === y[0].length && q.value.length === x.length) return multiply(x, y);
  if (q.symbol === 'z' && used.every((u) => u.length === 1 && u[0].length === q.value[0].length) && used.length > 1) return [q.value[0].map((_, c) => used.reduce((a, u) => a + u[0][c], 0))];
  if (q.symbol === 'y' && used.length === 1 && !/\(/.test(rightSide)) return x;
  return undefined;
}

/** Computes again what can be of an inspection's quantities and returns how many that were; a difference fails. */
export function recompute(quantities) {
  let checked = 0;
  for (const q of quantities) {
    const want = again(q, q.uses.map((u) => quantities[u].value));
    if (!want) continue;
    checked++;
    q.value.forEach((r, i) => r.forEach((v, j) => near(v, want[i][j], 1e-4 * (1 + Math.abs(want[i][j])), `${q.symbol} of ${q.of}, ${q.text} [${i}][${j}]`)));
  }
  return checked;
}

const figure = (s) => {
  const power = /^(-?[\d.]+)·10⁻(.*)$/.exec(s);
  if (power) return Number(power[1]) * 10 ** -Number([...power[2]].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)).join(''));
  return s === '' ? NaN : Number(s);
};

/** The numbers of a table as it is shown, row by row. */
export async function rows(page, selector, cell = 'td') {
  const texts = await page.locator(selector).first().evaluate((t, c) => [...t.querySelectorAll('tr')].map((r) => [...r.querySelectorAll(c)].map((e) => e.textContent.trim())), cell);
  return texts.map((r) => r.map((s) => figure(s.replaceAll('−', '-'))));
}

/** The rows of a table that hold numbers; NaN stands for none. */
export const numbers = async (page, selector) => (await rows(page, selector)).map((r) => r.map((v) => (Number.isNaN(v) ? undefined : v)));
