// Tables as files.

import { saveText } from '../lib/save';

/** One line per row, quoted where it must be (RFC 4180); a number that is none is empty. */
export function toCSV(header: string[], rows: (string | number)[][]): string {
  const cell = (v: string | number) => {
    if (typeof v === 'number') return Number.isFinite(v) ? String(v) : '';
    return /[",\r\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v;
  };
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

export const saveCSV = (text: string, name: string) => saveText(text, 'text/csv', `${name}.csv`);
