// What an inspection lists, in the forms in which the page shows it.

import { reworded } from '../texts/core';
import { say } from '../texts/texts';
import type { Inspection, Matrix, Quantity } from '../wire/snapshot';

/** Words of the trainer's, which counts layers from 0, as the drawing has them, which counts from 1; the names in quotes stay. */
export const counted = (text: string): string => text.split(/(“[^”]*”)/).map((part) => (part.startsWith('“') ? part
  : part.replace(/\b(layer |[TS])(\d+)\b/g, (_, what: string, n: string) => `${what}${Number(n) + 1}`))).join('');

/** The trainer's words about a quantity, or why there are none. */
export const explained = (text: string): string => reworded(counted(text));

/** A quantity's name, as the trainer and the drawing know it: "W_r of writes". */
export const quantityName = (q: Quantity): string => (q.of ? `${q.symbol} of ${q.of}` : q.symbol);

/** What a quantity is called in the language: "W₁ of layer 1". */
export function quantityCalled(q: Quantity): string {
  const symbol = pretty(counted(q.symbol));
  return q.of ? say('inspector.of', { symbol, of: ofWhat(q) }) : symbol;
}

/** What a quantity is of. */
export const ofWhat = (q: Quantity): string => explained(q.of.replaceAll('_', ' '));

/** A symbol with its index set low and its letter in Greek: "W_0" is "W₀", "beta" is "β". */
export const pretty = (symbol: string): string => greek[symbol] ?? symbol.replace(/_(\w)(?!\w)/g, (all, c: string) => low[c] ?? all);
const greek: Record<string, string> = { alpha: 'α', beta: 'β', gamma: 'γ', tau: 'τ' };
const low: Record<string, string> = {
  0: '₀', 1: '₁', 2: '₂', 3: '₃', 4: '₄', 5: '₅', 6: '₆', 7: '₇', 8: '₈', 9: '₉', r: 'ᵣ', i: 'ᵢ', j: 'ⱼ', s: 'ₛ', t: 'ₜ', v: 'ᵥ', k: 'ₖ', a: 'ₐ',
};

/** How a quantity is computed, with its letters in Greek. */
export const formulaOf = (q: Quantity): string => counted(q.formula).replace(/\b(alpha|beta|gamma|tau)\b/g, (letter) => greek[letter]!);

/** More entries than this are folded. */
export const foldAbove = 64;

export const entries = (m: Matrix): number => m.length * (m[0]?.length ?? 0);

/** "1 × 8" */
export const shapeOf = (m: Matrix): string => `${m.length} × ${m[0]?.length ?? 0}`;

/** All of it as text: formulas, numbers in full, what uses what. */
export function inspectionText(title: string, i: Inspection): string {
  const parts = i.quantities.map((q, at) => {
    const lines = [`[${at + 1}] ${say('inspector.told', { name: quantityCalled(q), text: explained(q.text) })}`];
    if (q.formula) lines.push(`    ${formulaOf(q)}`);
    if (q.uses.length > 0) lines.push(`    ${say('inspector.from')} ${q.uses.map((u) => `[${u + 1}]`).join(say('list.separator'))}`);
    for (const row of q.value) lines.push(`    ${row.map(exact).join('\t')}`);
    return lines.join('\n');
  });
  return `${title}\n\n${parts.join('\n\n')}\n`;
}

/** The shortest text that stands for the same float32. */
function exact(v: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const text = v.toPrecision(digits);
    if (Math.fround(Number(text)) === v) return String(Number(text));
  }
  return String(v);
}
