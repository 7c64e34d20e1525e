// The description of tables, which the command line prints, is that of the page.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { edgeColumns, edgesCSV, graphJSON, nodeColumns, nodesCSV } from '../src/files/examples';
import { noLabel } from '../src/generated/data';

const text = readFileSync(new URL('../../../assets/help/tables.md', import.meta.url), 'utf8');
const blocks = text.match(/(^ {4}.*\n)+/gm)!.map((b) => b.replace(/^ {4}/gm, ''));

it('the examples are those that the page opens', () => {
  const files: Record<string, string> = {};
  let name = '';
  for (const line of blocks[0]!.trimEnd().split('\n')) {
    const [, file, row] = /^(\S*) *\| (.*)$/.exec(line)!;
    name = file || name;
    files[name] = `${files[name] ?? ''}${row}\n`;
  }
  expect(files).toEqual({ 'nodes.csv': nodesCSV, 'edges.csv': edgesCSV });
  expect(blocks[3]).toBe(graphJSON);
});

it.each([[1, nodeColumns], [2, edgeColumns]] as const)('table %s has the columns that are read', (block, columns) => {
  const lines = blocks[block]!.trimEnd().split('\n').filter((line) => !line.startsWith(' ')).map((line) => /^(\S+) +(needed;)?/.exec(line)!);
  expect(lines.map(([, name, needed]) => [name, Boolean(needed)]))
    .toEqual(columns.map(([name, needed]) => [name.replaceAll(', ', ',').replace('…', '...'), needed]));
});

it('names every spelling of a missing label', () => {
  const list = noLabel.filter(Boolean).join(', ');
  expect(text).toContain(list);
  expect(nodeColumns.find(([name]) => name === 'label')![2]()).toContain(list);
});
