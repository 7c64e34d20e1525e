// Tables of text: CSV as in RFC 4180, with the separators and line ends that
// spreadsheets write.

import { quote } from '../lib/foreign';
import { limits } from '../generated/data';
import { grouped } from './graph';
import { Refused } from './problems';

/** Rows of text below a header, wherever they came from. */
export interface Table {
  file: string;
  columns: string[];
  /** Where a row stands, such as "nodes.csv, row 17". */
  where(row: number): string;
  /** Calls back with each row; the cells are valid during the call only. */
  each(row: (cells: string[], at: number) => void): void;
  /** How many rows had fewer fields than the header, of those that were called back with. */
  short: number;
}

/** Reads bytes of UTF-8, with or without a byte order mark. */
export function decodeText(bytes: ArrayBuffer, file: string): string {
  const start = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
  const kind = otherKinds.find(([magic]) => magic.every((b, i) => start[i] === b));
  if (kind) throw new Refused([`${file}: ${kind[1]}`]);
  const advice = 'Save it again as “CSV UTF-8”, or as UTF-8 in a text editor.';
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refused([`${file}: this is not UTF-8 text. ${advice}`]);
  }
  if (text.slice(0, 4096).includes('\0')) throw new Refused([`${file}: this is not UTF-8 text: it has zero bytes, as UTF-16 and files of programs have. ${advice}`]);
  return text;
}

/** What files begin with that are opened by mistake. */
const otherKinds: [number[], string][] = [
  [[0xff, 0xfe], 'this is UTF-16 text. Save it again as “CSV UTF-8”, or as UTF-8 in a text editor.'],
  [[0xfe, 0xff], 'this is UTF-16 text. Save it again as “CSV UTF-8”, or as UTF-8 in a text editor.'],
  [[0x1f, 0x8b], 'this is packed with gzip. Unpack it, and open what is in it.'],
  [[0x50, 0x4b, 3, 4], 'this is a zip file, or a spreadsheet. Unpack it, or save the table as “CSV UTF-8”.'],
];

/** A table whose header has been read; rows are read when they are asked for. Row 1 is the header, as in a spreadsheet. */
export function csvTable(text: string, file: string): Table {
  const [chosen] = /^sep=[,;\t](?=\r?\n)/i.exec(text) ?? []; // a first line of Excel's
  const separator = chosen?.[4] ?? separatorOf(text), headerRow = chosen ? 2 : 1;
  let columns: string[] | undefined;
  records(text, file, separator, (cells, at) => {
    if (at < headerRow) return true;
    columns = cells.map((c) => c.trim().toLowerCase());
    return false;
  });
  if (!columns) throw new Refused([`${file}: the file is empty. Its first row names the columns.`]);
  const header = columns;
  checkWidth(header.length, file);
  const table: Table = {
    file, columns: header, short: 0,
    where: (row) => `${file}, row ${row}`,
    each: (row) => {
      table.short = 0;
      records(text, file, separator, (cells, at) => {
        if (at <= headerRow) return true;
        if (cells.length < header.length) table.short++;
        while (cells.length < header.length) cells.push(''); // spreadsheets leave the empty ones at the end out
        row(cells, at);
        return true;
      }, header);
    },
  };
  return table;
}

/** Refuses more columns than a table for this page can have use for. */
export function checkWidth(columns: number, file: string): void {
  const most = limits.width + 1000; // features, and what else may stand beside them
  if (columns > most) throw new Refused([`${file}: ${grouped(columns)} columns: this page reads at most ${grouped(most)}. Leave some out.`]);
}

/** The separator that is most frequent in the first line, outside quotes. */
function separatorOf(text: string): string {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)![0].replace(/"(?:[^"]|"")*"/g, '');
  const count = (separator: string) => line.split(separator).length;
  return [';', '\t'].reduce((best, s) => (count(s) > count(best) ? s : best), ',');
}

const LF = 10, CR = 13, QUOTE = 34;

/** Calls back with the cells and number of each row that is not empty, until it returns false. */
function records(text: string, file: string, separator: string, row: (cells: string[], at: number) => boolean, header?: string[]): void {
  const sep = separator.charCodeAt(0), cells: string[] = [];
  let at = 0;
  for (let n = 1; at < text.length; n++) {
    cells.length = 0;
    for (;;) {
      at = text.charCodeAt(at) === QUOTE ? quoted(at, n) : plain(at);
      const c = text.charCodeAt(at);
      if (c === sep) {
        at++;
        continue;
      }
      if (c === CR && text.charCodeAt(at + 1) === LF) at++;
      else if (at < text.length && c !== CR && c !== LF) {
        throw new Refused([`${file}, row ${n}: ${quote(text[at]!)} stands behind a closing quote. Write a quote inside a quoted field twice: "".`]);
      }
      at++;
      break;
    }
    if (cells.every((c) => c === '')) continue;
    if (header && n > 1 && cells.findLastIndex((c) => c !== '') >= header.length) {
      throw new Refused([`${file}, row ${n}: ${cells.length} fields, but the header has ${header.length}. A field that holds the separator ${JSON.stringify(separator)} goes in double quotes.`]);
    }
    if (!row(cells, n)) return;
  }

  function plain(from: number): number {
    let end = from;
    for (; end < text.length; end++) {
      const c = text.charCodeAt(end);
      if (c === sep || c === LF || c === CR) break;
    }
    cells.push(text.slice(from, end));
    return end;
  }

  function quoted(from: number, n: number): number {
    let value = '', start = from + 1;
    for (;;) {
      const end = text.indexOf('"', start);
      if (end < 0) throw new Refused([`${file}, row ${n}: a double quote opens a field and none closes it.`]);
      value += text.slice(start, end);
      if (text.charCodeAt(end + 1) !== QUOTE) {
        cells.push(value);
        return end + 1;
      }
      value += '"';
      start = end + 2;
    }
  }
}
