// Tables of text: CSV as in RFC 4180, with the separators and line ends that
// spreadsheets write.

import { Refused } from './problems';

/** Rows of text below a header, wherever they came from. */
export interface Table {
  file: string;
  columns: string[];
  /** Where a row stands, such as "nodes.csv, row 17". */
  where(row: number): string;
  /** Calls back with each row; the cells are valid during the call only. */
  each(row: (cells: string[], at: number) => void): void;
}

/** Reads bytes of UTF-8, with or without a byte order mark. */
export function decodeText(bytes: ArrayBuffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refused([`${file}: this is not UTF-8 text. Save it again as “CSV UTF-8”, or as UTF-8 in a text editor.`]);
  }
}

/** A table whose header has been read; rows are read when they are asked for. Row 1 is the header, as in a spreadsheet. */
export function csvTable(text: string, file: string): Table {
  const separator = separatorOf(text);
  let columns: string[] | undefined;
  records(text, file, separator, (cells) => {
    columns = cells.map((c) => c.trim().toLowerCase());
    return false;
  });
  if (!columns) throw new Refused([`${file}: the file is empty. Its first row names the columns.`]);
  const header = columns;
  return {
    file, columns: header,
    where: (row) => `${file}, row ${row}`,
    each: (row) => records(text, file, separator, (cells, at) => {
      if (at > 1) row(cells, at);
      return true;
    }, header),
  };
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
        throw new Refused([`${file}, row ${n}: ${JSON.stringify(text[at])} stands behind a closing quote. Write a quote inside a quoted field twice: "".`]);
      }
      at++;
      break;
    }
    if (cells.every((c) => c === '')) continue;
    if (header && n > 1 && (cells.length < header.length || cells.findLastIndex((c) => c !== '') >= header.length)) {
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
