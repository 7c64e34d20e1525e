// Tables as files.

import { saveText } from '../plot/save';

const formula = /^[=+\-@\t\r\n＝＋－＠]/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * One line per row, quoted where it must be (RFC 4180); a number that is none is empty. A text that a
 * spreadsheet would take for a formula begins with an apostrophe.
 */
export function toCSV(header: string[], rows: (string | number)[][]): string {
  const cell = (x: string | number) => {
    if (typeof x === 'number') return Number.isFinite(x) ? String(x) : '';
    const v = formula.test(x) && !decimal.test(x) ? `'${x}` : x;
    return /[",\r\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v;
  };
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Several numbers in one cell, which is empty if none is known. A file has the same words in every language. */
export const list = (numbers: number[]): string => (numbers.some(Number.isFinite) ? numbers.map((v) => (Number.isFinite(v) ? String(v) : 'n/a')).join(' ') : '');

export const saveCSV = (text: string, name: string) => saveText(text, 'text/csv', `${name}.csv`);
