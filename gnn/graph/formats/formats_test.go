//go:build !js

package formats

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"abkd/assets/messages"
	"abkd/gnn/graph"
	"abkd/gnn/graph/table"
	"abkd/gnn/ogb"
)

var update = flag.Bool("update", false, "write testdata/want anew")

// What is asked for beside the files of a folder in testdata.
var asked = map[string]table.Options{
	"debian":    {Release: "12"},
	"csv-neo4j": {Label: "genre"},
}

// filesIn returns the files in a folder of testdata, sorted.
func filesIn(t testing.TB, name string) (files []table.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", name, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no files in testdata/%s: %v", name, err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, table.File{Name: filepath.Base(n), Data: b})
	}
	return files
}

func folders(t testing.TB) (names []string) {
	t.Helper()
	all, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.IsDir() && d.Name() != "want" && d.Name() != "fuzz" {
			names = append(names, d.Name())
		}
	}
	return names
}

// Each folder of testdata is a graph as another program writes it. It is read
// as testdata/want says, and the same when it has been written and read again.
func TestFormats(t *testing.T) {
	for _, name := range folders(t) {
		t.Run(name, func(t *testing.T) {
			o := asked[name]
			o.Seed = 1
			g, p, err := Read(filesIn(t, name), "", o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(p, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			want := filepath.Join("testdata", "want", name+".json")
			if *update {
				if err := os.WriteFile(want, append(got, '\n'), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if b, err := os.ReadFile(want); err != nil || strings.TrimSpace(string(b)) != string(got) {
				t.Errorf("it is read as\n%s\nwant\n%s (%v)", got, b, err)
			}
			for _, note := range p.Notes {
				if !messages.IsSaid(note) {
					t.Errorf("no message of the page says %q", note)
				}
			}
			roundTrip(t, g)
		})
	}
}

// Where there are no columns to choose, a choice of them is told, once.
func TestNoColumns(t *testing.T) {
	for name, want := range map[string]int{"debian": 1, "numpy-plain": 1, "csv-neo4j": 0} {
		_, p, err := Read(filesIn(t, name), "", table.Options{Label: "genre"})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(strings.Join(p.Notes, "\n"), "have no columns to choose"); got != want {
			t.Errorf("%s: it is told %d times, want %d: %q", name, got, want, p.Notes)
		}
	}
}

// roundTrip writes a graph as a data set and as a pack, and reads it again.
func roundTrip(t *testing.T, g *graph.Graph) {
	t.Helper()
	want := *g
	want.Notes = nil
	dir := filepath.Join(t.TempDir(), "g")
	if err := ogb.Write(dir, g); err != nil {
		t.Fatal(err)
	}
	again, err := ogb.Read(dir, ogb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again.Notes = nil
	if !reflect.DeepEqual(*again, want) {
		t.Errorf("a data set is read as\n%+v\nwant\n%+v", *again, want)
	}
	b, err := graph.Pack{Graph: g}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	p, err := graph.DecodePack(b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*p.Graph, want) {
		t.Errorf("a pack is read as\n%+v\nwant\n%+v", *p.Graph, want)
	}
}

// A packed file is what is in it, of any of the ways to pack.
func TestPacked(t *testing.T) {
	plain := filesIn(t, "debian")[0]
	want, _, err := Read([]table.File{plain}, "", table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for ext, pack := range map[string]func(w io.Writer) (io.WriteCloser, error){
		".gz":  func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		".xz":  func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
		".lz4": func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil },
	} {
		var b bytes.Buffer
		w, err := pack(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(plain.Data) // to memory
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		g, _, err := Read([]table.File{{Name: plain.Name + ext, Data: b.Bytes()}}, "", table.Options{})
		if err != nil || !reflect.DeepEqual(g, want) {
			t.Errorf("%s: the graph is %+v, %v; want %+v", ext, g, err, want)
		}
		for _, cut := range []int{b.Len() - 1, b.Len() / 2, 20} {
			if _, _, err := Read([]table.File{{Name: plain.Name + ext, Data: b.Bytes()[:cut]}}, "", table.Options{}); err == nil || !strings.Contains(err.Error(), "cut short or damaged") {
				t.Errorf("%s cut to %d bytes: %v", ext, cut, err)
			}
		}
		if _, _, err := Read([]table.File{{Name: "bomb" + ext, Data: b.Bytes()}}, "", table.Options{Memory: table.NewMemory(5000)}); err == nil || !strings.Contains(err.Error(), "more memory") {
			t.Errorf("%s with little memory: %v", ext, err)
		}
	}
}

// A graph with the options is the one of the same files in another order.
func TestOrderOfFiles(t *testing.T) {
	files := filesIn(t, "csv")
	a, _, err := Read(files, "", table.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := Read([]table.File{files[1], files[0]}, "csv", table.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	a.Notes, b.Notes = nil, nil
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the graphs are %+v and %+v", a, b)
	}
}

// A bad is files that are refused, and what is said of them.
type bad struct {
	name  string
	files map[string]string
	o     table.Options
	want  []string
}

const (
	twoNodes = "id,label\na,x\nb,y\nc,x\nd,y\ne,x\nf,y\n"
	oneEdge  = "source,target\na,b\n"
)

var bads = []bad{
	{"nothing", map[string]string{"a.csv": ""}, table.Options{}, []string{"a.csv: the file is empty"}},
	{"blanks", map[string]string{"a.csv": " \n\n"}, table.Options{}, []string{"a.csv: the file is empty"}},
	{"nodes alone", map[string]string{"a.csv": twoNodes}, table.Options{}, []string{"a.csv: these are nodes alone", "edges too"}},
	{"edges alone", map[string]string{"a.csv": oneEdge}, table.Options{}, []string{"a.csv: these are edges alone"}},
	{"no id", map[string]string{"a.csv": "number,label\n1,2\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv: the header is "number", "label": want a column "id"`}},
	{"no target", map[string]string{"a.csv": twoNodes, "b.csv": "source,weight\na,1\n"}, table.Options{}, []string{`b.csv: there is no column "target"`}},
	{"twice a column", map[string]string{"a.csv": "id,label,Label\na,x,y\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv: two columns are called "Label"`}},
	{"twice an id", map[string]string{"a.csv": twoNodes + "a,x\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv, row 8: the identifier "a" is that of a.csv, row 2 already`}},
	{"empty id", map[string]string{"a.csv": twoNodes + ",x\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 8", "is empty"}},
	{"unknown end", map[string]string{"a.csv": twoNodes, "b.csv": oneEdge + "a,zz\n"}, table.Options{}, []string{`b.csv, row 3: target "zz" is that of no node`}},
	{"unknown split", map[string]string{"a.csv": "id,label,split\na,x,train\nb,y,constructor\nc,x,\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv, row 3: split "constructor" is none of train, valid, test`}},
	{"both masks", map[string]string{"a.csv": "id,label,train_mask,test_mask\na,x,1,1\nb,y,0,1\nc,x,1,0\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 2: it is a node of train and of test"}},
	{"not a mask", map[string]string{"a.csv": "id,label,train_mask\na,x,7\nb,y,0\nc,x,1\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv, row 2: train_mask is "7", want True or False`}},
	{"one class", map[string]string{"a.csv": "id,label\na,1\nb,1\nc,-1\n", "b.csv": oneEdge}, table.Options{}, []string{`every label is "1", and -1 stands for no label: want two classes or more`}},
	{"no class", map[string]string{"a.csv": "id,label\na,nan\nb,\n", "b.csv": oneEdge}, table.Options{}, []string{"no column says of which class a node is"}},
	{"which class", map[string]string{"a.csv": "id,genre\na,x\nb,y\nc,x\n", "b.csv": oneEdge}, table.Options{}, []string{`or name the one that has them: there are "genre" (2 values)`}},
	{"no such label", map[string]string{"a.csv": twoNodes, "b.csv": oneEdge}, table.Options{Label: "venue"}, []string{`there is no column "venue" for the labels: the header is "id", "label"`}},
	{"labels on two types", map[string]string{"a.csv": "id,type,label\na,t,x\nb,u,y\nc,t,x\nd,u,y\n", "b.csv": oneEdge}, table.Options{}, []string{`types "t" and "u" have labels`}},
	{"too few to split", map[string]string{"a.csv": "id,label\na,x\nb,y\n", "b.csv": oneEdge}, table.Options{Shares: [3]int{20, 20, 60}}, []string{"too small to draw 20 % of each for training"}},
	{"one node of neo4j", map[string]string{"a.csv": ":ID,name,:LABEL\n1,a,Person\n", "b.csv": ":START_ID,:END_ID,:TYPE\n1,1,KNOWS\n"}, table.Options{}, []string{"a.csv (in the form of neo4j-admin): no column says of which class a node is; call the column of the classes \"label\""}},
	{"one node of DGL", map[string]string{"a.csv": "node_id,label,feat\n0,1,\"0.1,0.2\"\n", "b.csv": "src_id,dst_id\n0,0\n"}, table.Options{}, []string{`a.csv (CSV in the form of DGL): every label is "1": want two classes or more`}},
	{"nodes of DGL alone", map[string]string{"a.csv": "node_id,label\n0,1\n"}, table.Options{}, []string{"a.csv (in the form of DGL): these are nodes alone"}},
	{"data set of OGB", map[string]string{"mag/raw/edge.csv": "0,1\n", "mag/raw/num-node-list.csv": "2\n"}, table.Options{}, []string{"mag/raw/num-node-list.csv: this is of a data set of the Open Graph Benchmark", "the folder around raw"}},
	{"cut zip", map[string]string{"a.zip": "PK\x03\x04" + strings.Repeat("x", 40)}, table.Options{}, []string{"a.zip: the archive cannot be opened"}},
	{"more fields", map[string]string{"a.csv": twoNodes + "g,x,7\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 8: 3 fields, but the header has 2"}},
	{"open quote", map[string]string{"a.csv": twoNodes + "\"g,x\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 8: a double quote opens a field"}},
	{"behind a quote", map[string]string{"a.csv": twoNodes + "\"g\"h,x\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv, row 8: "h" stands behind a closing quote`}},
	{"not UTF-8", map[string]string{"a.csv": twoNodes + "\xe9,x\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, line 8: this is not UTF-8"}},
	{"UTF-16", map[string]string{"a.csv": "\xff\xfei\x00d\x00", "b.csv": oneEdge}, table.Options{}, []string{"a.csv: this is UTF-16"}},
	{"spreadsheet", map[string]string{"a.xlsx": zipped("[Content_Types].xml", "x")}, table.Options{}, []string{"a.xlsx: this is a zip file, or a spreadsheet"}},
	{"empty zip", map[string]string{"a.zip": zipped("__MACOSX/._a.csv", "x")}, table.Options{}, []string{"a.zip: there is no file in the archive"}},
	{"zip of a zip", map[string]string{"a.zip": zipped("b.zip", zipped("c.csv", "x"))}, table.Options{}, []string{"b.zip: this is a zip file"}},
	{"zip of much", map[string]string{"a.zip": zipped("a.csv", strings.Repeat("x", 1<<20))}, table.Options{Memory: table.NewMemory(1 << 18)}, []string{"a.zip, a.csv, unpacked: from here on it takes more memory"}},
	{"decimal comma", map[string]string{"a.csv": "id;label;f0\na;x;0,5\nb;y;1\nc;x;2\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv, row 2: f0 is "0,5", no number: write it with a point`}},
	{"feature gap", map[string]string{"a.csv": "id,label,f0,f2\na,x,1,2\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv: there are 2 columns of features and none is f1: number them f0 to f1"}},
	{"infinite", map[string]string{"a.csv": "id,label,f0\na,x,inf\nb,y,1\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv, row 2: f0 is "inf", want a finite number`}},
	{"beyond float32", map[string]string{"a.csv": "id,label,f0\na,x,3e38\nb,y,1e99\n", "b.csv": oneEdge}, table.Options{}, []string{`f0 is "3e38", want a number from -1e+38 to 1e+38`, "1 more problem"}},
	{"missing feature", map[string]string{"a.csv": "id,label,f0,f1\na,x,1,2\nb,y,1\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 3: f1 is empty"}},
	{"shorter list", map[string]string{"a.csv": "id,label,feat\na,x,\"1,2\"\nb,y,\"1\"\n", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 3: it has 1 feature, but the first node", "has 2"}},
	{"a word for a year", map[string]string{"a.csv": "id,label,year\na,x,soon\nb,y,\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv, row 2: year "soon" is no whole number`}},
	{"same numbers in two files", map[string]string{"u.csv": "id\n1\n2\n", "v.csv": "id,label\n1,a\n2,b\n3,a\n", "w.csv": "source,target\n1,2\n"}, table.Options{}, []string{`w.csv, row 2: source "1" is in several tables of nodes: add columns source_type and target_type`}},
	{"cut JSON", map[string]string{"a.json": "{\"nodes\": [\n{\"id\": 1"}, table.Options{}, []string{"a.json, line 2: the file ends in the middle"}},
	{"no JSON", map[string]string{"a.json": "{\"nodes\": [\n{\"id\" 1}]}"}, table.Options{}, []string{"a.json, line 2: this is no JSON"}},
	{"behind JSON", map[string]string{"a.json": "{\"nodes\": [], \"edges\": []}\n{}"}, table.Options{}, []string{"a.json, line 2: something follows the end"}},
	{"no nodes", map[string]string{"a.json": `{"vertices": [], "edges": []}`}, table.Options{}, []string{`a.json: there is no list "nodes"`}},
	{"no object", map[string]string{"a.json": `{"nodes": [1], "edges": []}`}, table.Options{}, []string{`a.json, nodes[0] is "1", no object`}},
	{"rounded", map[string]string{"a.json": `{"nodes":[{"id":9007199254740993,"label":"a"},{"id":9007199254741003,"label":"b"}],"edges":[{"source":9007199254740992,"target":9007199254741003}]}`}, table.Options{}, []string{`a.json, edges[0]: source "9007199254740992" is that of no node`}},
	{"two JSON files", map[string]string{"a.json": "{}", "b.json": "{}"}, table.Options{}, []string{"a.json and b.json: a file of this format holds a whole graph"}},
	{"cut GraphML", map[string]string{"a.graphml": "<graphml>\n<graph><node id=\"a\">"}, table.Options{}, []string{"a.graphml, line 2: the file ends in the middle of an element"}},
	{"no XML", map[string]string{"a.graphml": "<graphml>\n<graph></node>"}, table.Options{}, []string{"a.graphml, line 2: this is no GraphML"}},
	{"no edges", map[string]string{"a.gexf": "<gexf><graph><nodes><node id=\"a\"/></nodes></graph></gexf>"}, table.Options{}, []string{"a.gexf: there are 1 nodes and 0 edges"}},
	{"strange end", map[string]string{"a.gexf": "<gexf><graph><nodes><node id=\"a\" class=\"x\"/><node id=\"b\" class=\"x\"/></nodes><edges><edge source=\"a\" target=\"c\"/></edges></graph></gexf>"}, table.Options{}, []string{`a.gexf, edge[1]: target "c" is that of no node`}},
	{"objects", map[string]string{"x.npy": npy("|O", "2", "xx"), "y.npy": npy("<i8", "2", "")}, table.Options{}, []string{"x.npy: its elements are Python objects (dtype O, pickled)", "astype"}},
	{"records", map[string]string{"x.npy": "\x93NUMPY\x01\x00\x40\x00{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }      "}, table.Options{}, []string{"x.npy: its elements are records"}},
	{"complex", map[string]string{"x.npy": npy("<c8", "2", "")}, table.Options{}, []string{`x.npy: its elements are of type "<c8"`}},
	{"cut array", map[string]string{"x.npy": npy("<f4", "3, 2", "1234")}, table.Options{}, []string{"x.npy: an array [3 2] of 4 bytes each takes 24 bytes and 4 are there"}},
	{"endless array", map[string]string{"x.npy": npy("<f4", "30000000000, 30000000000", "1234")}, table.Options{}, []string{"x.npy: the shape is [30000000000 30000000000], larger than any file"}},
	{"cut header", map[string]string{"x.npy": npy("<f4", "3", "")[:30]}, table.Options{}, []string{"x.npy: the header has version 1 and 118 bytes, and the file has 30"}},
	{"no array", map[string]string{"x.npy": "hello, this is text"}, table.Options{}, []string{"x.npy: it begins with", "no array of NumPy"}},
	{"cut archive", map[string]string{"x.npz": "PK\x03\x04" + strings.Repeat("x", 60)}, table.Options{}, []string{"x.npz: the archive cannot be opened"}},
	{"objects in an archive", map[string]string{"x.npz": npz("y.npy", npy("|O", "2", "xx"))}, table.Options{}, []string{"x.npz, y: its elements are Python objects (dtype O, pickled)"}},
	{"cut array called as objects are", map[string]string{"x.npz": npz("dtype O.npy", npy("<f4", "3", "1234"))}, table.Options{}, []string{"x.npz, dtype O: an array [3] of 4 bytes each takes 12 bytes"}},
	{"no arrays of edges", map[string]string{"y.npy": npy("<i1", "4", "\x00\x01\x00\x01")}, table.Options{}, []string{"there is no array of edges: want edge_index", `there are "y"`}},
	{"no labels", map[string]string{"edge_index.npy": npy("|u1", "2, 3", "\x00\x01\x02\x01\x02\x00")}, table.Options{}, []string{"there is no array of labels"}},
	{"edge out of range", map[string]string{"edge_index.npy": npy("|u1", "2, 3", "\x00\x01\x02\x01\x02\x09"), "y.npy": npy("|u1", "4", "\x00\x01\x00\x01")}, table.Options{}, []string{"edge_index.npy: edge 2 ends at node 9, want 0..3"}},
	{"negative edge", map[string]string{"edges.npy": npy("|i1", "2, 2", "\x00\x01\xff\x01"), "y.npy": npy("|u1", "4", "\x00\x01\x00\x01")}, table.Options{}, []string{"edges.npy: edge 1 starts at node -1, want 0..3"}},
	{"edges of three", map[string]string{"edge_index.npy": npy("|u1", "3, 1", "\x00\x01\x02"), "y.npy": npy("|u1", "4", "\x00\x01\x00\x01")}, table.Options{}, []string{"edge_index.npy: the shape is [3 1], want [2 × edges] or [edges × 2]"}},
	{"fewer labels", map[string]string{"x.npy": npy("|u1", "3, 1", "\x00\x01\x02"), "y.npy": npy("|u1", "4", "\x00\x01\x00\x01"), "edges.npy": npy("|u1", "1, 2", "\x00\x01")}, table.Options{}, []string{"y.npy has 4 rows, but x.npy says 3 nodes of node"}},
	{"several labels", map[string]string{"y.npy": npy("|u1", "2, 2", "\x01\x01\x00\x01"), "edges.npy": npy("|u1", "1, 2", "\x00\x01")}, table.Options{}, []string{"y.npy: node 0 has several labels (multi-label)"}},
	{"label between", map[string]string{"y.npy": npy("<f4", "2", "\x00\x00\x00?\x00\x00\x80?"), "edges.npy": npy("|u1", "1, 2", "\x00\x01")}, table.Options{}, []string{"y.npy: the label of node 0 is 0.5, want a whole number"}},
	{"nan feature", map[string]string{"x.npy": npy("<f2", "2, 1", "\x00\x3c\x00\x7e"), "y.npy": npy("|u1", "2", "\x00\x01"), "edges.npy": npy("|u1", "1, 2", "\x00\x01")}, table.Options{}, []string{"x.npy: feature 0 of node 1 is NaN"}},
	{"in both parts", map[string]string{"train.csv": "0\n1\n", "test.csv": "1\n", "y.npy": npy("|u1", "4", "\x00\x01\x00\x01"), "edges.npy": npy("|u1", "1, 2", "\x00\x01")}, table.Options{}, []string{"test.csv: node 1 is in train already"}},
	{"no number", map[string]string{"train.csv": "0\n1.5\n", "y.npy": npy("|u1", "4", "\x00\x01\x00\x01")}, table.Options{}, []string{`train.csv, line 2: "1.5" is no number of a node`}},
	{"pickle", map[string]string{"ind.cora.x": "\x80\x03}"}, table.Options{}, []string{"ind.cora.x: this is a pickle of Python, which is not read: save what is in it as an array", "ind.cora.x.npz"}},
	{"parts missing", map[string]string{"ind.cora.test.index": "5\n6\n", "ind.cora.y.npy": npy("|u1", "1, 1", "\x01")}, table.Options{}, []string{`there is no matrix "allx": Planetoid's parts`}},
	{"parts that differ", map[string]string{
		"ind.a.test.index": "2\n", "ind.a.y.npy": npy("|u1", "1, 1", "\x01"), "ind.a.ally.npy": npy("|u1", "1, 1", "\x01"), "ind.a.ty.npy": npy("|u1", "1, 1", "\x01"),
		"ind.a.allx.npy": npy("|u1", "2, 1", "\x01\x01"), "ind.a.tx.npy": npy("|u1", "1, 1", "\x01"),
	}, table.Options{}, []string{"allx is 2 × 1, ally 1 × 1", "they do not fit together"}},
	{"PyTorch", map[string]string{"split_dict.pt": "PK\x03\x04", "y.npy": npy("|u1", "4", "\x00\x01\x00\x01")}, table.Options{}, []string{"split_dict.pt: this is of PyTorch, which is not read", "numpy.savez"}},
	{"CSR", map[string]string{"indptr.npy": npy("|u1", "3", "\x00\x05\x02")}, table.Options{}, []string{"there is no array of edges"}},
	{"rectangle", map[string]string{"adj_row.npy": npy("|u1", "1", "\x00"), "adj_col.npy": npy("|u1", "1", "\x00"), "adj_shape.npy": npy("|u1", "2", "\x02\x03"), "y.npy": npy("|u1", "2", "\x00\x01")}, table.Options{}, []string{"the matrix of edges has 2 rows and 3 columns"}},
	{"CSR that goes back", map[string]string{"adj_indptr.npy": npy("|u1", "3", "\x00\x02\x01"), "adj_indices.npy": npy("|u1", "2", "\x00\x01"), "adj_shape.npy": npy("|u1", "2", "\x02\x02"), "y.npy": npy("|u1", "2", "\x00\x01")}, table.Options{}, []string{"adj_indptr.npy: number 2 is 1, want an increasing range in 0..2"}},
	{"matrix of another kind", map[string]string{"a.mtx": "%%MatrixMarket matrix array real general\n2 2\n", "b.csv": twoNodes}, table.Options{}, []string{"a.mtx, line 1", "coordinate"}},
	{"cut matrix", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n% c\n2 2 3\n1 2\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{"a.mtx: 1 entries, and the file says that it has 3: it is cut short"}},
	{"longer matrix", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n2 1\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{"a.mtx, line 4: more entries than the 1"}},
	{"no place", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 x\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{`a.mtx, line 3: it says "1 x", want a row and a column`}},
	{"matrix from 0", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 2\n0 1\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{`a.mtx, line 4: it says "0 1", want a row and a column in 1..2`}},
	{"beyond the matrix", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 3\n", "b.csv": "id,label\n1,x\n2,y\n3,x\n"}, table.Options{}, []string{`a.mtx, line 3: it says "1 3", want a row and a column in 1..2`}},
	{"matrix without values", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{`a.mtx, line 3: it says "1 2", want 3 fields`, "the header says is real"}},
	{"pattern with values", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2 0.5\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{"a.mtx, line 3", "want 2 fields", "the header says is pattern"}},
	{"matrix of words", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate word general\n2 2 1\n", "b.csv": twoNodes}, table.Options{}, []string{`a.mtx, line 1: the values are "word"`}},
	{"matrix of NaN", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 nan\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{`a.mtx, line 3: the value is "nan", want a finite number`}},
	{"matrix of a fourth number", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n2 2 1 7\n1 2\n", "b.csv": twoNodes}, table.Options{}, []string{`a.mtx, line 2: it says "2 2 1 7", want the numbers of rows`}},
	{"nodes from 0", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n", "b.csv": "id,label\n0,x\n1,y\n2,x\n"}, table.Options{}, []string{"a.mtx: its nodes are counted from 1, and b.csv, row 2 calls one 0"}},
	{"sparse of NaN", map[string]string{"adj_row.npy": npy("|u1", "1", "\x00"), "adj_col.npy": npy("|u1", "1", "\x01"), "adj_data.npy": npy("<f2", "1", "\x00\x7e"), "adj_shape.npy": npy("|u1", "2", "\x02\x02"), "y.npy": npy("|u1", "2", "\x00\x01")}, table.Options{}, []string{"element 0 is NaN, want a finite number"}},
	{"mask of numbers", map[string]string{"train_mask.npy": npy("|u1", "2", "\x01\x02"), "edges.npy": npy("|u1", "1, 2", "\x00\x01"), "y.npy": npy("|u1", "2", "\x00\x01")}, table.Options{}, []string{"train_mask.npy: node 1 has 2, want True or False"}},
	{"names for classes", map[string]string{"a.csv": "id,label\na,Ada\nb,Bob\nc,Cem\nd,Dan\ne,Eve\n", "b.csv": oneEdge}, table.Options{}, []string{`a.csv: no column says of which class a node is: nearly all values differ in "label" (5 values)`, "name the column of the classes if"}},
	{"two graphs of GraphML", map[string]string{"a.graphml": "<graphml><graph><node id=\"a\"/></graph>\n<graph><node id=\"b\"/></graph></graphml>"}, table.Options{}, []string{"a.graphml, line 2: here a second graph begins"}},
	{"two documents", map[string]string{"a.gexf": "<gexf><graph></graph></gexf>\n<gexf><graph></graph></gexf>"}, table.Options{}, []string{"a.gexf, line 2: here a second graph begins"}},
	{"two graphs of JSON", map[string]string{"a.json": "{\"graphs\": [{\"nodes\": [], \"edges\": []},\n{\"nodes\": []}]}"}, table.Options{}, []string{"a.json, line 2: here a second graph begins"}},
	{"list of graphs", map[string]string{"a.json": "[{\"nodes\": [], \"links\": []}, {\"nodes\": []}]"}, table.Options{}, []string{"a.json, line 1: a.json, elements[0] is a graph in a list of graphs"}},
	{"direction of GraphML", map[string]string{"a.graphml": "<graphml><graph>\n<edge source=\"a\" target=\"b\" directed=\"maybe\"/></graph></graphml>"}, table.Options{}, []string{`a.graphml, line 2: directed is "maybe", want true or false`}},
	{"direction of GEXF", map[string]string{"a.gexf": "<gexf><graph>\n<edge source=\"a\" target=\"b\" type=\"oneway\"/></graph></gexf>"}, table.Options{}, []string{`a.gexf, line 2: the type of the edge is "oneway", want directed, undirected or mutual`}},
	{"default direction", map[string]string{"a.graphml": "<graphml><graph edgedefault=\"both\">"}, table.Options{}, []string{`a.graphml, line 1: edgedefault is "both", want directed or undirected`}},
	{"values over time", map[string]string{"a.gexf": "<gexf><graph mode=\"dynamic\"><attributes class=\"node\"><attribute id=\"0\" title=\"class\"/></attributes><nodes>\n<node id=\"a\"><attvalues><attvalue for=\"0\" value=\"x\" end=\"5\"/>\n<attvalue for=\"0\" value=\"y\" start=\"5\"/></attvalues></node></nodes></graph></gexf>"}, table.Options{}, []string{`a.gexf, line 3: node[1] has "class" twice, as "x" and as "y": values that change over time`}},
	{"twice a value", map[string]string{"a.graphml": "<graphml><key id=\"k\" for=\"node\" attr.name=\"class\"/><graph><node id=\"a\"><data key=\"k\">x</data>\n<data key=\"k\">y</data></node></graph></graphml>"}, table.Options{}, []string{`a.graphml, line 2: node[1] has "class" twice`}},
	{"several labels of JSON", map[string]string{"a.json": `{"nodes": [{"id": 1, "label": "x"}, {"id": 2, "label": ["x", "y"]}, {"id": 3, "label": "x"}, {"id": 4, "label": "z"}], "edges": [{"source": 1, "target": 2}]}`}, table.Options{}, []string{`a.json, nodes[1]: "label" is a list of several texts`}},
	{"lists in lists", map[string]string{"a.json": `{"nodes": [{"id": 1, "label": "x"}, {"id": 2, "label": [["y"]]}, {"id": 3, "label": "x"}, {"id": 4, "label": "z"}, {"id": 5, "label": "z"}], "edges": [{"source": 1, "target": 2}]}`}, table.Options{}, []string{`a.json, nodes[1]: "label" has lists or objects in a list`}},
	{"twice a field", map[string]string{"a.json": "{\"nodes\": [{\"id\": 1,\n\"label\": \"x\", \"label\": \"y\"}], \"edges\": []}"}, table.Options{}, []string{`a.json, line 2: a.json, nodes[0] has "label" twice, as "x" and as "y"`}},
	{"half a character", map[string]string{"a.json": "{\"nodes\": [{\"id\": \"\\ud83d\\ude00\\\\ud800\"},\n{\"id\": \"a\\udc00\"}], \"edges\": []}"}, table.Options{}, []string{`a.json, line 2: \udc00 is half a character`}},
	{"long field", map[string]string{"a.csv": twoNodes + "g," + strings.Repeat("x", table.MostField+1), "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 8: a field has more than 2,097,152 bytes"}},
	{"long quoted field", map[string]string{"a.csv": twoNodes + "g,\"" + strings.Repeat("x,\n", table.MostField/3+1) + "\"", "b.csv": oneEdge}, table.Options{}, []string{"a.csv, row 8: a field has more than 2,097,152 bytes"}},
	{"long text of JSON", map[string]string{"a.json": "{\"nodes\":\n[{\"id\": \"" + strings.Repeat("{", table.MostField)}, table.Options{}, []string{"a.json, line 2: a field has more than 2,097,152 bytes"}},
	{"long number of JSON", map[string]string{"a.json": "{\"nodes\":\n[{\"id\": " + strings.Repeat("1", table.MostField+1)}, table.Options{}, []string{"a.json, line 2: a field has more than 2,097,152 bytes"}},
	{"long text of XML", map[string]string{"a.gexf": "<gexf>\n<a>" + strings.Repeat("x", table.MostField+1)}, table.Options{}, []string{"a.gexf, line 2: a field has more than 2,097,152 bytes"}},
	{"long field of Debian", map[string]string{"Packages": "Package: a\nTag: a\n" + strings.Repeat(" b, c, d\n", table.MostField/8+1)}, table.Options{}, []string{"Packages, line", "a field has more than 2,097,152 bytes"}},
	{"long line of a matrix", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2" + strings.Repeat(" 0", table.MostField/2), "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{"a.mtx, line 3: a field has more than 2,097,152 bytes"}},
	{"two sections", map[string]string{"Packages": "\nPackage: a\nSection: games\nsection: libs\n"}, table.Options{}, []string{"Packages, line 4: the field section stands in this stanza already"}},
	{"signed", map[string]string{"Packages": "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nPackage: a\n"}, table.Options{}, []string{"Packages: this is text signed with PGP"}},
	{"type of a path", map[string]string{"a.csv": "id,type,label\na,t,x\nb,t,y\nc,a/b,\nd,t,x\ne,t,y\n", "b.csv": "source,target\na,c\n"}, table.Options{}, []string{`a.csv (CSV): node type is "a/b", want a plain name`}},
	{"type above", map[string]string{"a.csv": "id,type,label\na,t,x\nb,t,y\nc,../x,\nd,t,x\ne,t,y\n", "b.csv": "source,target\na,c\n"}, table.Options{}, []string{`node type is "../x", want a plain name`}},
	{"type of two lines", map[string]string{"a.csv": "id,type,label\na,t,x\nb,t,y\nc,\"a\nb\",\nd,t,x\ne,t,y\n", "b.csv": "source,target\na,c\n"}, table.Options{}, []string{`node type is "a\nb", want a plain name`}},
	{"hidden type", map[string]string{"a.csv": "id,type,label\na,t,x\nb,t,y\nc,.git,\nd,t,x\ne,t,y\n", "b.csv": "source,target\na,c\n"}, table.Options{}, []string{`node type is ".git", want a plain name`}},
	{"long type", map[string]string{"a.csv": "id,type,label\na,t,x\nb,t,y\nc," + strings.Repeat("w", 5000) + ",\nd,t,x\ne,t,y\n", "b.csv": "source,target\na,c\n"}, table.Options{}, []string{"of 5000 bytes, want at most 200: shorten it"}},
	{"long names", map[string]string{"a.csv": "id,type,label\na,t,x\nb,t,y\nc," + strings.Repeat("w", 150) + ",\nd,t,x\ne,t,y\n", "b.csv": "source,target,relation\na,c," + strings.Repeat("r", 150)}, table.Options{}, []string{"has 301 bytes with the names of its types, want at most 240"}},
	{"relation of a path", map[string]string{"a.csv": twoNodes, "b.csv": "source,target,relation\na,b,r/s\n"}, table.Options{}, []string{`relation is "r/s", want a plain name`}},
	{"no reverse", map[string]string{"a.csv": "id,type,label\na,t,x\nb,t,y\nc,u,\nd,t,x\ne,t,y\n", "b.csv": "source,target,relation\na,c,r\nb,c,r\nc,a,rev_r\n"}, table.Options{}, []string{`relation "rev_r" has other edges than "r" from the other end`}},
	{"no gzip", map[string]string{"a.csv.gz": "\x1f\x8bhello, this is none"}, table.Options{}, []string{"a.csv.gz: this is no gzip file, though it begins as one"}},
	{"zip called gzip", map[string]string{"a.csv.gz": "BZh91AY&SY", "b.csv": oneEdge}, table.Options{}, []string{"a.csv.gz: it is called .gz, and is no such file: this is a bzip2 file"}},
	{"noise called xz", map[string]string{"a.csv.xz": "\x00\x01\x02\xff\xfe noise", "b.csv": oneEdge}, table.Options{}, []string{"a.csv.xz: it is called .xz, and is no such file: it begins with"}},
	{"bzip2", map[string]string{"a.csv.bz2": "BZh91AY&SY", "b.csv": oneEdge}, table.Options{}, []string{"a.csv.bz2: this is a bzip2 file: unpack it"}},
	{"other XML", map[string]string{"a.xml": "<?xml version=\"1.0\"?>\n<rss/>", "b.csv": oneEdge}, table.Options{}, []string{"a.xml: this is an XML file, want a file with a graph"}},
	{"GraphML with a prefix", map[string]string{"a.xml": "<?xml version=\"1.0\"?>\n<g:graphml xmlns:g=\"http://graphml.graphdrawing.org/xmlns\"><g:graph edgedefault=\"both\"/></g:graphml>"}, table.Options{}, []string{`a.xml, line 2: edgedefault is "both"`}},
	{"integers that are none", map[string]string{"a.mtx": "%%MatrixMarket matrix coordinate integer general\n2 2 1\n1 2 1.5\n", "b.csv": "id,label\n1,x\n2,y\n"}, table.Options{}, []string{`a.mtx, line 3: the value is "1.5", want a whole number, as the header says`}},
	{"no stanza", map[string]string{"Packages": "Package: a\nSection games\n"}, table.Options{}, []string{`Packages, line 2: "Section games" is no field`}},
	{"no package", map[string]string{"Packages": "Package: a\nSection: games\n\nSection: games\n"}, table.Options{}, []string{"Packages, line 4: the field Package is missing"}},
	{"few packages", map[string]string{"Packages": "Package: a\nSection: games\n"}, table.Options{}, []string{"Packages (Debian package index): no node has a label"}},
	{"goes on", map[string]string{"Packages": "Package: a\n\n b\n"}, table.Options{}, []string{"Packages, line 3: it goes on with a field, and there is none above"}},
	{"cut gzip", map[string]string{"a.csv.gz": "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc"}, table.Options{}, []string{"a.csv.gz: it cannot be unpacked"}},
	{"more than memory", map[string]string{"a.csv": twoNodes, "b.csv": oneEdge}, table.Options{Memory: table.NewMemory(400)}, []string{"a.csv, row 3: from here on it takes more memory than the 400 bytes"}},
	{"more than nodes", map[string]string{"a.csv": twoNodes, "b.csv": oneEdge}, table.Options{Limits: table.Limits{Nodes: 3}}, []string{"a.csv, row 5: more than 3 nodes"}},
	{"more than types", map[string]string{"a.csv": "id,type,label\na,t,x\nb,u,y\nc,t,x\n", "b.csv": oneEdge}, table.Options{Limits: table.Limits{Types: 1}}, []string{"a.csv: more than 1 types of nodes"}},
}

// zipped returns an archive of files, each a name and what is in it.
func zipped(files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, _ := z.Create(files[i]) // to memory
		w.Write([]byte(files[i+1]))
	}
	z.Close()
	return b.String()
}

// A zip archive is the files in it, packed or not.
func TestZip(t *testing.T) {
	files := filesIn(t, "csv")
	want, _, err := Read(files, "", table.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(files[1].Data)
	w.Close()
	archive := zipped("mine/", "", "mine/"+files[0].Name, string(files[0].Data), "mine/.DS_Store", "x", "mine/"+files[1].Name+".gz", packed.String())
	g, _, err := Read([]table.File{{Name: "mine.zip", Data: []byte(archive)}}, "", table.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if g.Name != "mine" {
		t.Errorf("the graph is called %q, want the name of the folder", g.Name)
	}
	g.Name, g.Notes, want.Notes = want.Name, nil, nil
	if !reflect.DeepEqual(g, want) {
		t.Errorf("the graph is %+v, want %+v", g, want)
	}
}

// Nodes too few to divide are all for training, and it is said.
func TestFewNodes(t *testing.T) {
	g, p, err := Read([]table.File{{Name: "cora.content", Data: []byte("31336\t0\t0\t1\tNeural_Networks\n1061127\t0\t1\t0\tRule_Learning\n")}, {Name: "cora.cites", Data: []byte("31336\t1061127\n")}}, "", table.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s := g.Splits[0]; len(s.Train) != 2 || len(s.Valid)+len(s.Test) != 0 {
		t.Errorf("the split is %+v, want both for training", s)
	}
	if p.Format != "CSV in the form of Planetoid" || !slices.Contains(p.Notes, "No class has three labelled nodes, too few to divide: all of them are for training.") {
		t.Errorf("the preview says %q %q", p.Format, p.Notes)
	}
}

// What a file leaves open is said in the preview.
func TestSaid(t *testing.T) {
	const five = "source,target\n1,2\n2,3\n3,4\n4,5\n"
	for _, c := range []struct {
		name    string
		files   map[string]string
		o       table.Options
		classes []string
		edges   int
		want    string
	}{
		{"numbers", map[string]string{"a.csv": "id,label\n1,1\n2,1.0\n3,01\n4,2\n5,2e0\n", "b.csv": five}, table.Options{}, []string{"1", "2"}, 8, `All labels are numbers, and equal numbers are one class, such as "1" and "1.0": 2 of them are written in 5 ways.`},
		{"numbers beside texts", map[string]string{"a.csv": "id,label\n1,1\n2,1.0\n3,x\n4,1\n5,1.0\n", "b.csv": five}, table.Options{}, []string{"1", "1.0", "x"}, 8, `"1" and "1.0" are two classes: labels are texts here, as not all of them are numbers.`},
		{"letters", map[string]string{"a.csv": "id,label\n1,Art\n2,art\n3,art\n4,Art\n5,art\n", "b.csv": five}, table.Options{}, []string{"Art", "art"}, 8, `"Art" and "art" are two classes, which differ in blanks or in small and capital letters alone.`},
		{"own classes", map[string]string{"a.csv": "id,label\n1,a\n2,b\n3,c\n4,d\n5,e\n", "b.csv": five}, table.Options{Label: "label"}, []string{"a", "b", "c", "d", "e"}, 8, "Nearly every labelled node is of a class of its own: 5 classes of 5 nodes."},
		{"zeros", map[string]string{"a.csv": "id,label\n1,x\n2,y\n3,x\n4,y\n", "b.mtx": "%%MatrixMarket matrix coordinate real general\n4 4 3\n1 2 0.5\n2 3 0.0\n3 4 -1e-3\n"}, table.Options{}, []string{"x", "y"}, 4, "b.mtx: entries that are 0, which are no edges: 1."},
		{"rows", map[string]string{"a.csv": "id,label\n1,x\n2,y\n3,x\n4,y\n", "b.mtx": "%%MatrixMarket matrix coordinate pattern symmetric\n5 5 1\n2 1\n"}, table.Options{}, []string{"x", "y"}, 2, "b.mtx: it has 5 rows, and there are 4 nodes."},
		{"times", map[string]string{"a.gexf": `<gexf><graph><nodes><node id="1" class="x" start="2001"/><node id="2" class="y"><spells><spell start="3"/></spells></node><node id="3" class="x"/><node id="4" class="y"/></nodes><edges><edge source="1" target="2" type="undirected"/></edges></graph></gexf>`}, table.Options{Directed: true}, []string{"x", "y"}, 2, "a.gexf: times (spells, start and end) are left out: the graph is that of all times together."},
		{"strange keys", map[string]string{"a.graphml": `<graphml><graph><node id="1" class="x"><data key="zz">7</data></node><node id="2" class="y"/><node id="3" class="x"/><node id="4" class="y"/><edge source="1" target="2"/></graph></graphml>`}, table.Options{}, []string{"x", "y"}, 2, `a.graphml: values of keys that nothing declares are left out: "zz".`},
		{"directions of GraphML", map[string]string{"a.graphml": `<graphml><graph edgedefault="directed"><node id="1" class="x"/><node id="2" class="y"/><node id="3" class="x"/><node id="4" class="y"/><edge source="1" target="2"/><edge source="2" target="3" directed="false"/></graph></graphml>`}, table.Options{Directed: true}, []string{"x", "y"}, 3, "Edges within a type go one way, as they are listed, but for those that the file calls undirected, 1 of 2, which go both ways; those between types have a reverse."},
		{"directions of GEXF", map[string]string{"a.gexf": `<gexf><graph defaultedgetype="undirected"><nodes><node id="1" class="x"/><node id="2" class="y"/><node id="3" class="x"/><node id="4" class="y"/></nodes><edges><edge source="1" target="2" type="mutual"/><edge source="2" target="3"/><edge source="3" target="4" type="directed"/></edges></graph></gexf>`}, table.Options{Directed: true}, []string{"x", "y"}, 5, "Edges within a type go one way, as they are listed, but for those that the file calls undirected, 2 of 3, which go both ways; those between types have a reverse."},
		{"directions of Gephi", map[string]string{"a.csv": "Id,Class\n1,x\n2,y\n3,x\n4,y\n", "b.csv": "Source,Target,Type,Relation\n1,2,Directed,r\n2,3,Undirected,r\n"}, table.Options{Directed: true}, []string{"x", "y"}, 3, "Edges within a type go one way, as they are listed, but for those that the file calls undirected, 1 of 2, which go both ways; those between types have a reverse."},
		{"directions of JSON", map[string]string{"a.json": `{"directed": false, "nodes": [{"id": 1, "class": "x"}, {"id": 2, "class": "y"}, {"id": 3, "class": "x"}, {"id": 4, "class": "y"}], "links": [{"source": 1, "target": 2}]}`}, table.Options{Directed: true}, []string{"x", "y"}, 2, "Edges within a type go one way, as they are listed, but for those that the file calls undirected, 1 of 1, which go both ways; those between types have a reverse."},
		{"directions of graphology", map[string]string{"a.json": `{"nodes": [{"key": 1, "class": "x"}, {"key": 2, "class": "y"}, {"key": 3, "class": "x"}, {"key": 4, "class": "y"}], "edges": [{"source": 1, "target": 2}, {"source": 2, "target": 3, "undirected": true}]}`}, table.Options{Directed: true}, []string{"x", "y"}, 3, "Edges within a type go one way, as they are listed, but for those that the file calls undirected, 1 of 1, which go both ways; those between types have a reverse."},
		{"relations called directed", map[string]string{"a.csv": "id,label\n1,x\n2,y\n3,x\n4,y\n", "b.csv": "source,target,relation\n1,2,Directed\n2,3,acted\n"}, table.Options{}, []string{"x", "y"}, 4, "Messages go both ways: relations within a type are undirected, and others have a reverse."},
		{"called as packed", map[string]string{"a.csv.gz": "id,label\n1,x\n2,y\n3,x\n4,y\n", "b.csv": "source,target\n1,2\n"}, table.Options{}, []string{"x", "y"}, 2, "a.csv.gz: it is called as packed files are, and is not packed: it is read as it is."},
		{"array of zeros", map[string]string{"adj_row.npy": npy("|u1", "2", "\x00\x01"), "adj_col.npy": npy("|u1", "2", "\x01\x01"), "adj_data.npy": npy("|u1", "2", "\x07\x00"), "adj_shape.npy": npy("|u1", "2", "\x02\x02"), "y.npy": npy("|u1", "2", "\x00\x01")}, table.Options{}, []string{"0", "1"}, 2, "adj_shape.npy: entries that are 0, which are no edges: 1."},
	} {
		var files []table.File
		for _, name := range sortedKeys(c.files) {
			files = append(files, table.File{Name: name, Data: []byte(c.files[name])})
		}
		g, p, err := Read(files, "", c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(g.ClassNames, c.classes) || p.Edges != c.edges || !slices.Contains(p.Notes, c.want) {
			t.Errorf("%s: classes %q, %d edges, and it says %q, want %q, %d and %q", c.name, g.ClassNames, p.Edges, p.Notes, c.classes, c.edges, c.want)
		}
		for _, note := range p.Notes {
			if !messages.IsSaid(note) {
				t.Errorf("%s: no message of the page says %q", c.name, note)
			}
		}
	}
}

// npy returns a file with an array of NumPy.
func npy(dtype, shape, data string) string {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }", dtype, shape)
	return "\x93NUMPY\x01\x00\x76\x00" + fmt.Sprintf("%-117s\n", header) + data
}

// npz returns an archive with one file.
func npz(name, data string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b) // to memory
	w, _ := z.Create(name)
	io.WriteString(w, data)
	z.Close()
	return b.String()
}

// claiming returns an archive with one file that is said to have so many bytes
// unpacked.
func claiming(name, data string, unpacked uint64) string {
	var packed, b bytes.Buffer
	d, _ := flate.NewWriter(&packed, flate.BestCompression) // to memory
	io.WriteString(d, data)
	d.Close()
	z := zip.NewWriter(&b)
	w, _ := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: unpacked, CRC32: crc32.ChecksumIEEE([]byte(data))})
	w.Write(packed.Bytes())
	z.Close()
	return b.String()
}

// An array that only claims to be large, is too wide or is of objects that
// nobody reads is told by its header: it takes none of the memory that there is
// for what it would be unpacked.
func TestClaims(t *testing.T) {
	const memory = 1 << 16
	zeros := strings.Repeat("\x00", 4*memory)
	for _, c := range []struct{ name, x, want string }{
		{"wide", npz("x.npy", npy("|u1", fmt.Sprintf("1, %d", len(zeros)), zeros)), "x.npz: 1 rows of 262144 features, want 1..65536 features"},
		{"tall", npz("x.npy", npy("|u1", fmt.Sprintf("%d, 1", len(zeros)), zeros)), "x.npz: from here on it takes more memory"},
		{"said to be more than can be packed", claiming("x.npy", npy("|u1", "1073741824, 1", zeros), 1<<30+128), "x.npz: it cannot be unpacked (1073741952 bytes are said to be packed in"},
		{"said to be more than there is", claiming("x.npy", npy("|u1", "2048, 1", zeros[:1024]), 2048+128), "x.npz: it cannot be unpacked (unexpected EOF)"},
		{"said to be less than there is", claiming("x.npy", npy("|u1", "512, 1", zeros[:1024]), 512+128), "x.npz: it cannot be unpacked (zip: not a valid zip file)"},
		{"another size than the shape has", claiming("x.npy", npy("|u1", "512, 1", zeros[:1024]), 1024+128), "takes 512 bytes and 1024 are there"},
		{"large objects", npz("other.npy", npy("|O", "2", zeros)), "there is no array of edges"},
	} {
		o := table.Options{Memory: table.NewMemory(memory)}
		if _, _, err := Read([]table.File{{Name: "x.npz", Data: []byte(c.x)}}, "", o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: it says %v, want %q", c.name, err, c.want)
		}
	}
}

// What unpacks to more than any graph does is refused before it has taken much.
func TestExpands(t *testing.T) {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	row := []byte(strings.Repeat("x", 1<<20))
	for range alwaysFits>>20 + 1 {
		w.Write(row)
	}
	w.Close()
	_, _, err := Read([]table.File{{Name: "a.csv.gz", Data: packed.Bytes()}}, "", table.Options{})
	if err == nil || !strings.Contains(err.Error(), "a.csv.gz: it unpacks to more than 67,108,864 bytes, more than 200 times its size") || !messages.IsSaid(err.Error()) {
		t.Errorf("it says %v", err)
	}
}

// What cannot be read is refused in a sentence that says where, what and what
// to do.
func TestRefused(t *testing.T) {
	for _, b := range bads {
		var files []table.File
		for _, name := range sortedKeys(b.files) {
			files = append(files, table.File{Name: name, Data: []byte(b.files[name])})
		}
		_, _, err := Read(files, "", b.o)
		if err == nil {
			t.Errorf("%s: it is read, want %q", b.name, b.want)
			continue
		}
		for _, w := range b.want {
			if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: the error is %q, want %q in it", b.name, err, w)
			}
		}
		problems := []string{err.Error()}
		if refused, ok := errors.AsType[*table.Refused](err); ok {
			problems = refused.Problems
		}
		for _, problem := range problems {
			if !messages.IsSaid(problem) {
				t.Errorf("%s: no message of the page says %q", b.name, problem)
			}
		}
	}
}
