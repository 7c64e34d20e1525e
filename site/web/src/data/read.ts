// From the files that were chosen to the bytes that the trainer takes.

import { quote, shown, told } from '../lib/foreign';
import { build, emptyParts } from './build';
import { csvTable, decodeText, type Table } from './csv';
import { limits, packMagic } from '../generated/data';
import { grouped, tooLarge } from './graph';
import { otherForm } from './forms';
import { readJSON } from './json';
import { originOf } from './origin';
import { decodePack, encodePack } from './pack';
import { previewOf, type Preview } from './preview';
import { Refused } from './problems';

/** A file as it is chosen, before it has been read. */
export interface Source { name: string; size: number; arrayBuffer(): Promise<ArrayBuffer> }

/** A graph that is ready for the trainer. */
export interface Opened { preview: Preview; bytes: ArrayBuffer }

const wanted = 'Choose one pack, one JSON file, or nodes.csv and edges.csv together.';

/** Reads what was chosen in one go, or throws Refused. The seed draws a split where the file has none. */
export async function open(files: Source[], seed: number): Promise<Opened> {
  for (const f of files) {
    if (f.size > limits.bytes) throw new Refused([`${f.name}: ${grouped(f.size)} bytes: this page takes at most ${grouped(limits.bytes)}. Cut a smaller part; “abkd pack” does it for large graphs.`]);
    if (f.size === 0) throw new Refused([`${f.name}: the file is empty.`]);
  }
  if (files.length === 0 || files.length > 2) throw new Refused([`${files.length} files at once. ${wanted}`]);
  const [first] = files as [Source, ...Source[]];
  if (files.length === 2) return openTables(files, seed);
  const bytes = await bytesOf(first);
  if (startsWith(bytes, packMagic) || /\.pack$/i.test(first.name)) return openPack(first.name, bytes);
  if (/\.safetensors$/i.test(first.name)) throw new Refused([`${first.name}: these are the weights of a model, and this opens graphs. Put both into one file with “abkd pack --data … --teacher ${first.name} --out graph.pack”, and open that.`]);
  const text = decodeText(bytes, first.name);
  if (/^\s*[{[]/.test(text) || /\.json$/i.test(first.name)) {
    const json = readJSON(text, first.name);
    return finish(json.name || stem(first.name), json.nodes, json.edges, seed, first.name, 'JSON', json.notes);
  }
  const table = csvTable(text, first.name), kind = kindOf(table);
  throw new Refused([`${first.name}: these are ${kind} alone. Choose it together with the file of the ${kind === 'nodes' ? 'edges' : 'nodes'}, both in one go.`]);
}

async function openTables(files: Source[], seed: number): Promise<Opened> {
  const tables = await Promise.all(files.map(async (f) => {
    const bytes = await bytesOf(f);
    if (startsWith(bytes, packMagic) || /\.(json|pack)$/i.test(f.name)) throw new Refused([`${f.name}: this is opened alone. ${wanted}`]);
    return csvTable(decodeText(bytes, f.name), f.name);
  }));
  const kinds = tables.map(kindOf);
  if (kinds[0] === kinds[1]) throw new Refused([`${tables.map((t) => t.file).join(' and ')}: both are ${kinds[0]}. Choose one file of nodes and one of edges.`]);
  const nodes = tables[kinds.indexOf('nodes')]!, edges = tables[kinds.indexOf('edges')]!;
  return finish(stem(nodes.file), nodes, edges, seed, `${nodes.file} and ${edges.file}`, 'CSV');
}

/** Tells nodes from edges by the header, whatever the file is called. */
function kindOf(table: Table): 'nodes' | 'edges' {
  const has = (c: string) => table.columns.includes(c);
  if (has('source') || has('target')) return 'edges';
  if (has('id')) return 'nodes';
  throw new Refused([`${table.file}${otherForm(table)}`]);
}

function finish(name: string, nodes: Table, edges: Table, seed: number, file: string, kind: 'CSV' | 'JSON', more: string[] = []): Opened {
  const { graph, notes } = build(name, nodes, edges, seed);
  const bytes = encodePack(graph);
  return { bytes, preview: previewOf(graph, { file, kind, notes: [...notes, ...more].map(told), bytes: bytes.byteLength, teacher: 0 }) };
}

function openPack(file: string, bytes: ArrayBuffer): Opened {
  const { graph, teacher } = decodePack(bytes, file);
  const large = tooLarge(graph), [split] = graph.splits;
  if (large) throw new Refused([`${file}: ${large}`]);
  if (!split) throw new Refused([`${file}: it has no split, want one with training nodes to learn from.`]);
  if (split.train.length === 0) throw new Refused([`${file}: split ${quote(split.name)} has no training nodes, want at least one to learn from. Pack it around more nodes.`]);
  const notes = [
    ...emptyParts(split),
    teacher > 0 ? 'A trained teacher is in the file: distillation begins at once.' : 'No teacher is in the file: it is trained here first.',
    ...(teacher > 0 ? originOf(new Uint8Array(bytes, bytes.byteLength - teacher)) : []),
    ...(graph.splits.length > 1 ? [`There are ${graph.splits.length} splits; “${shown(split.name)}” is shown and used, and Split among all settings chooses another.`] : []),
  ];
  return { bytes, preview: previewOf(graph, { file, kind: 'pack', notes, bytes: bytes.byteLength, teacher }) };
}

async function bytesOf(f: Source): Promise<ArrayBuffer> {
  try {
    return await f.arrayBuffer();
  } catch (err) {
    throw new Refused([`${f.name}: it could not be read (${(err as Error).message}). If it is a folder, choose the files in it; else choose it again.`]);
  }
}

const startsWith = (bytes: ArrayBuffer, text: string) => String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(text.length, bytes.byteLength))) === text;
const stem = (name: string) => name.replace(/\.[^.]*$/, '');
