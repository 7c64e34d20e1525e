import { describe, expect, it, vi } from 'vitest';
import { drawnSplit } from '../src/data/build';
import { csvTable, type Table } from '../src/data/csv';
import { edgesCSV, graphJSON, nodesCSV } from '../src/data/examples';
import type { Graph } from '../src/data/graph';
import { limits } from '../src/generated/data';
import { originOf } from '../src/data/origin';
import { crc32c, decodePack, encodePack } from '../src/data/pack';
import { Refused } from '../src/data/problems';
import { open, type Opened, type Source } from '../src/data/read';

vi.setConfig({ testTimeout: 0 }); // a busy machine is slow

const file = (name: string, content: string | Uint8Array | ArrayBuffer): Source => new File([content as BlobPart], name);
const rowsOf = (t: Table) => {
  const rows: string[][] = [];
  t.each((cells, at) => rows.push([String(at), ...cells]));
  return rows;
};
const csv = (nodes: string, edges: string, seed = 1) => open([file('nodes.csv', nodes), file('edges.csv', edges)], seed);
const graphOf = (o: Opened) => decodePack(o.bytes, 'g.pack').graph;
const problemsOf = async (opening: Promise<unknown>) => {
  const err = await opening.then(() => undefined, (e: unknown) => e);
  expect(err).toBeInstanceOf(Refused);
  return err as Refused;
};

describe('csvTable', () => {
  const plain = [['2', '1', 'x, y'], ['3', '2', 'say "hi"\nthere']];
  it.each([
    ['commas', 'a,b\n1,"x, y"\n2,"say ""hi""\nthere"\n', plain],
    ['semicolons', 'a;b\n1;x, y\n2;"say ""hi""\nthere"', plain],
    ['tabs', 'a\tb\n1\tx, y\n2\t"say ""hi""\nthere"\n', plain],
    ['CRLF', 'a,b\r\n1,"x, y"\r\n2,"say ""hi""\nthere"\r\n', plain],
    ['CR', 'a,b\r1,"x, y"\r2,"say ""hi""\nthere"\r', plain],
    ['blank rows', 'a,b\n\n1,2\n,\n3,4\n\n', [['3', '1', '2'], ['5', '3', '4']]],
    ['an empty last field', 'a,b\n1,\n2,', [['2', '1', ''], ['3', '2', '']]],
    ['too many separators', 'a,b\n1,2,,\n', [['2', '1', '2', '', '']]],
    ['a quoted header', '"A ","b;c;d"\n1,2\n', [['2', '1', '2']]],
    ['no row', 'a,b', []],
  ])('reads %s', (_, text, want) => {
    const t = csvTable(text, 'x.csv');
    expect(t.columns[0]).toBe('a');
    expect(rowsOf(t)).toEqual(want);
  });

  it.each([
    ['', /x.csv: the file is empty/],
    ['a,b\n1,"2\n3,4\n', /x.csv, row 2: a double quote opens a field and none closes it/],
    ['a,b\n1,"2"3\n', /x.csv, row 2: "3" stands behind a closing quote/],
    ['a,b\n1,2,3\n', /x.csv, row 2: 3 fields, but the header has 2. .*","/],
  ])('refuses %j', (text, want) => {
    expect(() => rowsOf(csvTable(text, 'x.csv'))).toThrow(want);
  });
});

describe('the pack', () => {
  it('has the checksum of RFC 3720', () => expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283));

  // The graph and the bytes of TestPackLayout in gnn/graph/pack_test.go, with float32 features and no teacher.
  it('has the layout that gnn/graph/pack.go states', () => {
    const ints = (...all: number[]) => Int32Array.from(all);
    const g: Graph = {
      name: 'g', target: 0, classes: 2, classNames: null, labels: ints(1, -1),
      types: [{ name: 'p', count: 2, width: 1, features: Float32Array.of(-127, 2), derived: false, names: null, years: ints(7, 8) }],
      relations: [{ src: 0, name: 'to', dst: 0, degrees: ints(0, 2), sources: ints(0, 1) }],
      splits: [{ name: 's', train: ints(0), valid: ints(), test: ints() }],
    };
    const u32 = (...all: number[]) => all.flatMap((v) => [v & 255, (v >> 8) & 255, (v >> 16) & 255, (v >> 24) & 255]);
    const text = (s: string) => [...u32(s.length), ...s].map((c) => (typeof c === 'string' ? c.charCodeAt(0) : c));
    const float = (v: number) => [...new Uint8Array(Float32Array.of(v).buffer)];
    const want = [
      ...text('g'), ...u32(1), ...text('p'), ...u32(2), 4, 1, ...u32(1), ...float(-127), ...float(2), ...u32(7, 8),
      ...u32(1, 0), ...text('to'), ...u32(0, 2, 0, 2, 0, 1), ...u32(0, 2), 0, ...u32(1, -1),
      ...u32(1), ...text('s'), ...u32(1, 0, 0, 0), ...u32(0),
    ];
    const bytes = encodePack(g);
    expect([...new Uint8Array(bytes, 24)]).toEqual(want);
    expect(new TextDecoder().decode(new Uint8Array(bytes, 0, 8))).toBe('ABKDPACK');
    expect(decodePack(bytes, 'g.pack')).toEqual({ graph: g, teacher: 0 });
  });

  it('refuses every prefix, every changed byte, and what is no pack', async () => {
    const { bytes } = await csv(nodesCSV, edgesCSV);
    for (let n = 0; n < bytes.byteLength; n++) expect(() => decodePack(bytes.slice(0, n), 'x'), `bytes=${n}`).toThrow(Refused);
    for (let at = 0; at < bytes.byteLength; at++) {
      const b = new Uint8Array(bytes.slice(0));
      b[at]! ^= 0x40;
      expect(() => decodePack(b.buffer, 'x'), `at=${at}`).toThrow(Refused);
    }
  });
});

describe('open', () => {
  it('reads the example as it is documented, in any order of the files', async () => {
    const a = await csv(nodesCSV, edgesCSV), b = await open([file('edges.csv', edgesCSV), file('nodes.csv', nodesCSV)], 1);
    expect(new Uint8Array(b.bytes)).toEqual(new Uint8Array(a.bytes));
    const { preview: p } = a, g = graphOf(a);
    expect(p).toMatchObject({
      kind: 'CSV', nodes: 9, edges: 20, total: { train: 3, valid: 2, test: 2, none: 0 }, width: 2,
      types: [{ name: 'paper', nodes: 7, features: '2', target: true, years: true }, { name: 'author', nodes: 2, features: 'none', target: false, years: false }],
      relations: [
        { src: 'paper', name: 'cites', dst: 'paper', edges: 10 },
        { src: 'author', name: 'writes', dst: 'paper', edges: 5 }, { src: 'paper', name: 'rev_writes', dst: 'author', edges: 5 },
      ],
      classes: [{ name: 'graphs', train: 2, valid: 1, test: 1, none: 0 }, { name: 'text', train: 1, valid: 1, test: 1, none: 0 }],
    });
    expect(p.rows[3]).toEqual({ type: 'paper', name: 'Words, again', label: 'text', part: 'train', year: '2017', features: ['0.1', '0.9'] });
    expect(g.types[0]!.features[6]).toBe(Math.fround(0.1));
    expect(g.splits[0]).toEqual({ name: 'file', train: Int32Array.of(0, 1, 3), valid: Int32Array.of(2, 4), test: Int32Array.of(5, 6) });
    expect([...g.relations[0]!.degrees]).toEqual([2, 2, 1, 1, 2, 1, 1]);
    expect([...g.relations[0]!.sources]).toEqual([1, 6, 0, 2, 1, 4, 3, 5, 4, 0]);
    expect(p.notes.join(' ')).toMatch(/The split is the file’s.*author: no features.*Messages go both ways/);
  });

  it('reads JSON as the same graph as CSV, numbers, nulls and lists of features included', async () => {
    const header = nodesCSV.split('\n')[0]!.split(',');
    const nodes = rowsOf(csvTable(nodesCSV, 'n')).map(([, ...cells]) => {
      const o = Object.fromEntries(header.map((c, i) => [c, cells[i] === '' ? null : c === 'year' ? Number(cells[i]) : cells[i]]));
      const { f0, f1, ...rest } = o;
      return f0 ? { ...rest, features: [Number(f0), Number(f1)] } : rest;
    });
    const edges = rowsOf(csvTable(edgesCSV, 'e')).map(([, source, relation, target]) => ({ source, relation, target }));
    const json = await open([file('my.json', JSON.stringify({ name: 'nodes', nodes, edges }))], 1);
    expect(new Uint8Array(json.bytes)).toEqual(new Uint8Array((await csv(nodesCSV, edgesCSV)).bytes));
    expect(json.preview.kind).toBe('JSON');
    expect((await problemsOf(open([file('g.json', graphJSON)], 1))).problems[0]).toMatch(/every label is "graphs"/);
  });

  it('reads a byte order mark, CRLF, semicolons, capitals and other spellings of the parts', async () => {
    const nodes = `\ufeffID;Label;Split\r\n${[1, 2, 3, 4].map((i) => `${i};${10 - (i % 2)};${['Training', 'VAL', 'validation', 'Test'][i - 1]}`).join('\r\n')}`;
    const { preview: p } = await open([file('a.txt', new TextEncoder().encode(nodes)), file('b.tsv', 'Source\tTarget\n1\t2\n3\t4\n3\t4\n4\t3\n')], 1);
    expect(p.classes.map((c) => c.name)).toEqual(['9', '10']);
    expect(p.total).toEqual({ train: 1, valid: 2, test: 1, none: 0 });
    expect(p.types).toEqual([{ name: 'node', nodes: 4, features: '2', target: true, years: false }]);
    expect(p.relations).toEqual([{ src: 'node', name: 'to', dst: 'node', edges: 4 }]);
    expect(p.notes.join(' ')).toMatch(/called “node”.*one-hot of its degree, in 2 buckets.*1 edge is listed more than once/);
  });

  it('takes no spelling of a missing label for a class, and counts each', async () => {
    const words = ['', 'nan', 'NaN', 'NA', 'N/A', 'null', 'None', '?', '-1', 'x', 'x', 'x', 'y', 'y', 'y'];
    const { preview: p } = await csv(`id,label,name\n${words.map((w, i) => (w ? `${i},${w},n` : `${i}`)).join('\n')}`, 'source,target\n0,1\n');
    expect(p.classes.map((c) => c.name)).toEqual(['x', 'y']);
    expect(p.notes.join(' ')).toMatch(/1 node node \(empty\), 1 node node \(“nan”\).*1 row with fewer fields/);
  });

  it('reads the links of networkx and D3 as edges', async () => {
    const nodes = [0, 1, 2, 3, 4, 5].map((id) => ({ id, label: id % 2 }));
    const { preview: p } = await open([file('g.json', JSON.stringify({ directed: false, graph: {}, nodes, links: [{ source: 0, target: 1 }] }))], 1);
    expect(p.edges).toBe(2);
  });

  it('gives nodes without features their degree, in buckets', async () => {
    const ids = Array.from({ length: 9 }, (_, i) => `n${i}`);
    const nodes = `id,label\n${ids.map((id, i) => `${id},${i % 2}`).join('\n')}`;
    const g = graphOf(await csv(nodes, `source,target\n${ids.slice(1, 6).map((id) => `n0,${id}`).join('\n')}\nn1,n2`));
    expect(g.types[0]!.width).toBe(4);
    const bucket = (v: number) => [...g.types[0]!.features.subarray(4 * v, 4 * v + 4)].indexOf(1);
    expect(ids.map((_, v) => bucket(v))).toEqual([3, 2, 2, 1, 1, 1, 0, 0, 0]);
  });

  it('orders classes by the alphabet, and numbers in them by size', async () => {
    const labels = ['c10', 'c9', 'b', '10', '9', 'c1', '01', '1'];
    const nodes = `id,label,split\n${labels.map((l, i) => `n${i},${l},${i % 2 ? 'train' : 'valid'}`).join('\n')}`;
    const { preview: p } = await csv(nodes, 'source,target\nn0,n1\n');
    expect(p.classes.map((c) => c.name)).toEqual(['01', '1', '9', '10', 'b', 'c1', 'c9', 'c10']);
  });

  it('takes a reverse from the file if it has one', async () => {
    const nodes = 'id,type,label,split\na,x,1,train\nb,x,2,valid\nc,y,,';
    const g = graphOf(await csv(nodes, 'source,relation,target\nc,w,a\na,rev_w,c\nb,rev_w,c\nc,v,b\n'));
    expect(g.relations.map((r) => [r.name, r.sources.length])).toEqual([['w', 1], ['rev_w', 2], ['v', 1], ['rev_v', 1]]);
  });

  it('draws the split by class and seed', () => {
    const labels = Int32Array.from({ length: 100 }, (_, v) => (v < 50 ? 0 : v < 90 ? 1 : v < 98 ? -1 : 2));
    const a = drawnSplit(labels, 3, 1, 'x');
    const count = (nodes: Int32Array, c: number) => nodes.filter((v) => labels[v] === c).length;
    expect([a.train, a.valid, a.test].map((nodes) => [0, 1, 2].map((c) => count(nodes, c)))).toEqual([[30, 24, 2], [10, 8, 0], [10, 8, 0]]);
    expect(new Set([...a.train, ...a.valid, ...a.test]).size).toBe(92);
    expect(drawnSplit(labels, 3, 1, 'x')).toEqual(a);
    expect(drawnSplit(labels, 3, 2, 'x')).not.toEqual(a);
  });

  const some = 'id,label,split\na,1,train\nb,2,valid\n', joined = 'source,target\na,b\n';
  it.each<[string, string, string, RegExp]>([
    ['an unknown target', some, 'source,relation,target\na,to,b\na,to,p99\n', /^edges.csv, row 3: target "p99" is in no row of nodes.csv/],
    ['an empty source', some, 'source,target\n,b\n', /^edges.csv, row 2: source is empty/],
    ['a repeated id', `${some}a,1,\n`, joined, /^nodes.csv, row 4: id "a" is that of nodes.csv, row 2 already/],
    ['an empty id', `${some},1,\n`, joined, /^nodes.csv, row 4: id is empty/],
    ['an empty type', 'id,type,label\na,,1\n', joined, /^nodes.csv, row 2: type is empty/],
    ['an unknown part', 'id,label,split\na,1,tain\n', joined, /^nodes.csv, row 2: split "tain" is none of train, valid, test/],
    ['constructor as a part', 'id,label,split\na,1,constructor\n', joined, /^nodes.csv, row 2: split "constructor" is none of/],
    ['a year in words', 'id,label,year\na,1,MMXX\n', joined, /^nodes.csv, row 2: year "MMXX" is no whole number/],
    ['a feature in words', 'id,label,f0\na,1,0.5\nb,2,high\n', joined, /^nodes.csv, row 3: f0 "high" is no number/],
    ['a decimal comma', 'id;label;f0\na;1;0,5\n', 'source;target\na;b', /^nodes.csv, row 2: f0 "0,5" is no number: write it with a point/],
    ['a feature too large', 'id,label,f0\na,1,1e39\n', joined, /^nodes.csv, row 2: f0 is "1e39", want a number from -1e\+38 to 1e\+38\.$/],
    ['a feature too large for a pack', 'id,label,f0\na,1,-2e38\n', joined, /^nodes.csv, row 2: f0 is "-2e38", want a number from -1e\+38 to 1e\+38\.$/],
    ['an infinite feature', 'id,label,f0\na,1,-Infinity\n', joined, /^nodes.csv, row 2: f0 is "-Infinity", want a finite number/],
    ['a feature that is nan', 'id,label,f0\na,1,NaN\n', joined, /^nodes.csv, row 2: f0 is "NaN", want a finite number/],
    ['a missing feature', 'id,label,f0,f1\na,1,1,2\nb,2,1,\nc,1,,2', joined, /^nodes.csv, row 3: f1 is empty, but a node has f0 to f1/],
    ['a feature too many', 'id,label,f0,f1\na,1,1,\nb,2,1,2\n', joined, /^nodes.csv, row 3: f1 is given, but the first node, nodes.csv, row 2, has f0 to f0 only/],
    ['a gap in the features', 'id,label,f0,f2\n', joined, /^nodes.csv: there are 2 feature columns and none is f1/],
    ['two columns of a name', 'id,label,Label\n', joined, /^nodes.csv: two columns are called "label"/],
    ['no label', 'id,name\na,x\n', joined, /^nodes.csv: no node has a label/],
    ['one class', 'id,label\na,x\nb,x\n', joined, /^nodes.csv: every label is "x"/],
    ['labels on two types', 'id,type,label\na,x,1\nb,y,2\n', joined, /^nodes.csv, row 3: label "2" is on a y, but nodes.csv, row 2 has one on a x/],
    ['no training node', 'id,label,split\na,1,valid\nb,2,test\nc,,train\n', joined, /^nodes.csv: split has 0 train, 1 valid and 1 test nodes with a label/],
    ['nodes of Planetoid', '31336\t0\t0\t1\tNeural_Networks\n7\t0\t1\t0\tTheory\n', joined, /^nodes.csv: this looks like Planetoid’s \.content: .*first row with the columns id, f0 to f2, label, separated as the file is. .*target, source/],
    ['nodes of neo4j', 'personId:ID(Person),name,:LABEL\n1,a,Person\n', joined, /^nodes.csv: this is a file for neo4j-admin import\. Rename ":ID" to "id", ":LABEL" to "type"; .*"label"/],
    ['edges of neo4j', some, ':START_ID,:END_ID,:TYPE\na,b,KNOWS\n', /^edges.csv: this is a file for neo4j-admin import\. Rename ":START_ID" to "source", ":END_ID" to "target", ":TYPE" to "relation"/],
    ['nodes of DGL', 'node_id,label,feat\n0,1,"0.1,0.2"\n', joined, /^nodes.csv: the columns are named as DGL’s CSVDataset has them\. Rename "node_id" to "id"; .*"feat" .*f0, f1/],
    ['edges of DGL', some, 'src_id,dst_id\na,b\n', /^edges.csv: the columns are named as DGL’s CSVDataset has them\. Rename "src_id" to "source", "dst_id" to "target"/],
    ['edges of other names', some, 'From,To\na,b\n', /^edges.csv, row 1: .*Rename "from" to "source", "to" to "target"/],
    ['a header without end', `${Array.from({ length: 20000 }, (_, i) => `c${i}`).join()}\n`, joined, /^nodes.csv: 20,000 columns: this page reads at most 9,192/],
    ['a wide header that is unknown', `${'x'.repeat(5000)},${Array.from({ length: 5000 }, (_, i) => `c${i}`).join()}\n`, joined, /^nodes.csv, row 1: the header is .{1,700}$/],
    ['too few to draw a split', 'id,label\na,1\nb,2\n', joined, /^nodes.csv: no class has three labelled nodes/],
    ['no node', 'id,label\n', joined, /^nodes.csv: there is no node below the header/],
    ['no edge', some, 'source,target\n', /^edges.csv: there is no edge below the header/],
    ['edges without target', some, 'source,destination\n', /^edges.csv: there is no column "target". The header has "source", "destination"/],
    ['an unknown header', 'nr,label\n', joined, /^nodes.csv, row 1: the header is "nr,label". Want a column "id"/],
    ['nodes twice', some, some, /both are nodes. Choose one file of nodes and one of edges/],
    ['too many types', `id,type,label\n${Array.from({ length: 65 }, (_, i) => `${i},t${i},`).join('\n')}`, joined, /more than 64 types of nodes/],
  ])('refuses %s', async (_, nodes, edges, want) => {
    expect((await problemsOf(csv(nodes, edges))).problems[0]).toMatch(want);
  });

  it('says of weights what to make of them', async () => {
    const err = await problemsOf(open([file('teacher.safetensors', new Uint8Array([80, 0, 0, 0, 0, 0, 0, 0, 255]))], 1));
    expect(err.problems[0]).toContain('--teacher teacher.safetensors');
  });

  it('names the first five problems and counts the others', async () => {
    const err = await problemsOf(csv(some, `source,target\n${Array.from({ length: 9 }, (_, i) => `a,x${i}`).join('\n')}`));
    expect(err.count).toBe(9);
    expect(err.problems.map((p) => /row (\d+)/.exec(p)![1])).toEqual(['2', '3', '4', '5', '6']);
  });

  it.each<[string, Source[], RegExp]>([
    ['nodes alone', [file('nodes.csv', some)], /^nodes.csv: these are nodes alone. Choose it together with the file of the edges/],
    ['three files', [file('a', some), file('b', some), file('c', some)], /^3 files at once/],
    ['an empty file', [file('a.csv', '')], /^a.csv: the file is empty/],
    ['a file that is no text', [file('a.csv', Uint8Array.of(0xff, 0xfe, 0x41, 0))], /^a.csv: this is UTF-16 text/],
    ['a pack with a table', [file('a.pack', 'ABKDPACK'), file('nodes.csv', some)], /^a.pack: this is opened alone/],
    ['a page called pack', [file('a.pack', '<html>')], /^a.pack: this is no pack: it begins with "<html>", want "ABKDPACK"/],
    ['half a JSON', [file('a.json', '{"nodes": [')], /^a.json: this is no JSON \(.+\). It holds one object/],
    ['JSON without edges', [file('a.json', '{"nodes": []}')], /^a.json: there is no list "edges"/],
    ['an id that would be rounded', [file('a.json', '{"nodes": [{"id": 9007199254740993}], "edges": []}')], /^a.json: 9007199254740993 is larger/],
    ['an id with an exponent', [file('a.json', '{"nodes": [{"id": 1E300}], "edges": []}')], /^a.json, nodes\[0\]: id 1E300 is a number that .* Write it as a text, "1E300"/],
    ['an id that is a large fraction', [file('a.json', '{"nodes": [{"id": 9007199254740993.5}], "edges": []}')], /^a.json, nodes\[0\]: id 9007199254740993.5 is a number that/],
    ['a target with an exponent', [file('a.json', '{"nodes": [{"id": "a", "label": 1, "split": "train"}, {"id": "b", "label": 2}], "edges": [{"source": "a", "target": 1e17}]}')], /^a.json, edges\[0\]: target 1e17 is a number that/],
    ['a feature beyond float32', [file('a.json', '{"nodes": [{"id": 1, "label": 1, "features": [1e39]}], "edges": []}')], /^a.json, nodes\[0\]: f0 is "1e\+39", want a number from -1e\+38 to 1e\+38\.$/],
    ['a list of features without end', [file('a.json', `{"nodes": [{"id": 1, "features": [${'1,'.repeat(8192)}1]}], "edges": []}`)], /^a.json, nodes\[0\]: 8,193 features: this page takes at most 8,192/],
    ['a JSON list', [file('a.json', '[1]')], /^a.json: there is no list "nodes"/],
    ['a node that is no object', [file('a.json', '{"nodes": [1], "edges": []}')], /^a.json, nodes\[0\]: 1 is no object/],
    ['a field that is an object', [file('a.json', '{"nodes": [{"id": {}}], "edges": []}')], /^a.json, nodes\[0\]: id is a list or an object/],
    ['an unknown node in JSON', [file('a.json', JSON.stringify({ nodes: [{ id: 'a', label: 1, split: 'train' }, { id: 'b', label: 2, split: 'valid' }], edges: [{ source: 'a', target: 'z' }] }))], /^a.json, edges\[0\]: target "z" is in no row of a.json/],
  ])('refuses %s', async (_, files, want) => {
    expect((await problemsOf(open(files, 1))).problems[0]).toMatch(want);
  });

  it('leaves nodes without a label out of their part, and says so', async () => {
    const a = await csv(`${some}c,,test\nd,nan,train\ne,1,test\n`, joined), [split] = graphOf(a).splits;
    expect([split!.train, split!.valid, split!.test].map((v) => [...v])).toEqual([[0], [1], [4]]);
    expect(a.preview.notes).toContain('1 of 2 nodes of split train have no label and are left out.');
    expect(a.preview.notes).toContain('1 of 2 nodes of split test have no label and are left out.');
  });

  it('takes a split without validation nodes, and says what comes of it', async () => {
    const a = await csv('id,label,split\na,1,train\nb,2,test\n', joined);
    expect(graphOf(a).splits[0]!.valid).toHaveLength(0);
    expect(a.preview.notes.join(' ')).toMatch(/No node is a validation node: the weights are those of the last epoch/);
  });

  it('says which lists and fields of JSON are not used', async () => {
    const nodes = [{ id: 1.0, label: 1, split: 'train' }, { id: 2, label: 2, split: 'valid' }], edges = [{ source: 1, target: 2 }];
    const p = (await open([file('g.json', JSON.stringify({ directed: false, nodes, edges, links: [] }))], 1)).preview;
    expect(p.notes).toContain('g.json: there are “edges” and “links”: “edges” is read, “links” is not.');
    expect(p.notes).toContain('g.json: not used: "directed".');
  });

  it('refuses a file by its size before reading it', async () => {
    const large: Source = { name: 'big.csv', size: limits.bytes + 1, arrayBuffer: () => { throw new Error('it was read'); } };
    expect((await problemsOf(open([large], 1))).problems[0]).toMatch(/^big.csv: 67,108,865 bytes: this page takes at most 67,108,864/);
  });

  it.each<[string, () => [string, string], RegExp]>([
    ['nodes', () => [`id,label\n${Array.from({ length: limits.nodes + 1 }, (_, i) => `${i},1`).join('\n')}`, joined], /more than 20,000 nodes, which is the most/],
    ['edges', () => [some, `source,target\n${'a,b\n'.repeat(limits.edges + 1)}`], /more than 400,000 edges, which is the most/],
    ['edges with reverses', () => {
      const ids = Array.from({ length: 640 }, (_, i) => i);
      return [`id,label\n${ids.map((i) => `${i},${i % 2}`).join('\n')}`, `source,target\n${ids.flatMap((i) => ids.slice(i).map((j) => `${i},${j}`)).join('\n')}`];
    }, /409,600 edges, reverses included: this page takes at most 400,000/],
    ['numbers', () => [`id,label,${Array.from({ length: 400 }, (_, i) => `f${i}`).join()}\n${Array.from({ length: 15001 }, (_, i) => `${i},1,${'1,'.repeat(399)}1`).join('\n')}`, joined], /more than 6,000,000 numbers in features/],
    ['columns', () => [`id,label,${Array.from({ length: 8193 }, (_, i) => `f${i}`).join()}\n`, joined], /8,193 feature columns: this page takes at most 8,192/],
  ])('refuses too many %s', async (_, make, want) => {
    expect((await problemsOf(csv(...make()))).problems[0]).toMatch(want);
  });
});

describe('the teacher in a pack', () => {
  const weights = (metadata: unknown) => {
    const header = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata }));
    const out = new Uint8Array(3 + 8 + header.length);
    new DataView(out.buffer).setBigUint64(3, BigInt(header.length), true);
    out.set(header, 11);
    return out.subarray(3);
  };
  it('says what it was trained on', () => {
    expect(originOf(weights({ split: 'random', data: 'papers', notes: 'trained on split random, packed on split time' }))).toEqual([
      'The teacher was trained on split “random” of papers.', 'When it was packed: trained on split random, packed on split time.']);
    expect(originOf(weights({ split: 'x'.repeat(1e6) }))[0]!.length).toBeLessThan(400);
  });
  it.each([[weights({})], [weights(null)], [new Uint8Array(0)], [new Uint8Array(64).fill(255)]])('or that it is not known', (bytes) => {
    expect(originOf(bytes)[0]).toMatch(/does not say on which data and split/);
  });
});
