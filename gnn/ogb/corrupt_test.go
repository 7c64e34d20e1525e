//go:build !js

package ogb

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/gzip"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
)

func pack(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.Bytes()
}

func unpack(t testing.TB, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// rewriteFile replaces the text of a gzipped file of the data set.
func rewriteFile(t *testing.T, dir, name string, change func(string) string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, pack(change(unpack(t, file))), 0o666); err != nil {
		t.Fatal(err)
	}
}

// setLine replaces line n, from 1.
func setLine(n int, text string) func(string) string {
	return func(s string) string {
		lines := strings.SplitAfter(s, "\n")
		lines[n-1] = text + "\n"
		return strings.Join(lines, "")
	}
}

func dropLast(s string) string { return s[:strings.LastIndexByte(strings.TrimSuffix(s, "\n"), '\n')+1] }

// tinyFiles holds a MAG-shaped graph of 20 papers, 30 authors, 8 institutions
// and 16 fields with 3 features, as Write wrote it.
var tinyFiles = sync.OnceValues(func() (fstest.MapFS, error) {
	parent, err := os.MkdirTemp("", "ogb")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "tiny")
	if err := Write(dir, tinyGraph()); err != nil {
		return nil, err
	}
	files := fstest.MapFS{}
	return files, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = &fstest.MapFile{Data: data, Mode: 0o666}
		return err
	})
})

func tinyGraph() *graph.Graph {
	return synth.MAG(synth.Config{Name: "tiny", Papers: 20, Features: 3, AuthorsPerPaper: 3, Citations: 3, Topics: 3, Seed: 1})
}

// tiny lays out tinyFiles in a folder of the test's own.
func tiny(t *testing.T) (string, *graph.Graph) {
	t.Helper()
	files, err := tinyFiles()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "tiny")
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir, tinyGraph()
}

// A corruption changes one file of tinyFiles.
type corruption struct {
	name, file string
	change     func(string) string
	want       string // of the message, after "ogb: "
}

func TestCorruption(t *testing.T) {
	g := tinyGraph()
	for _, c := range slices.Concat(edgeCorruptions(g), nodeCorruptions(g), schemaCorruptions()) {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := tiny(t)
			rewriteFile(t, dir, c.file, c.change)
			wantError(t, dir, c.want)
		})
	}
}

func edgeCorruptions(g *graph.Graph) []corruption {
	const writes = "raw/relations/author___writes___paper/"
	edges := len(g.Relations[2].In.Col)
	return []corruption{
		{"edge=ends", writes + "edge.csv.gz", setLine(17, "3,9999"), writes + "edge.csv.gz: line 17: ends at paper 9999, want 0..19"},
		{"edge=starts", writes + "edge.csv.gz", setLine(1, "-1,0"), writes + "edge.csv.gz: line 1: starts at author -1, want 0..29"},
		{"edge=fields", writes + "edge.csv.gz", setLine(2, "1,2,3"), writes + "edge.csv.gz: line 2: 3 fields, want 2"},
		{"edge=field", writes + "edge.csv.gz", setLine(2, "1"), writes + "edge.csv.gz: line 2: 1 fields, want 2"},
		{"edge=text", writes + "edge.csv.gz", setLine(4, "1,two"), writes + `edge.csv.gz: line 4: field 2 is "two", want an integer`},
		{"edge=mark", writes + "edge.csv.gz", setLine(1, "# author paper"), writes + `edge.csv.gz: line 1: field 1 is "# author paper", want an integer: the file has no header or comments, remove them`},
		{"edge=nan", writes + "edge.csv.gz", setLine(1, "nan,nan"), writes + `edge.csv.gz: line 1: field 1 is "nan", want an integer`},
		{"edge=blank", writes + "edge.csv.gz", setLine(4, ""), writes + "edge.csv.gz: line 4: is blank, and more follows"},
		{"edge=few", writes + "edge.csv.gz", dropLast, writes + fmt.Sprintf("edge.csv.gz: line %d: the file ends after %d rows, want %d (%snum-edge-list.csv.gz)", edges-1, edges-1, edges, writes)},
		{"edge=many", writes + "edge.csv.gz", func(s string) string { return s + "0,0\n" }, writes + fmt.Sprintf("edge.csv.gz: line %d: is one too many, want %d rows (%snum-edge-list.csv.gz)", edges+1, edges, writes)},
		{"edgecount=text", writes + "num-edge-list.csv.gz", setLine(1, "many"), writes + `num-edge-list.csv.gz: line 1: field 1 is "many", want an integer: the file has no header, remove it if this is one`},
		{"edgecount=negative", writes + "num-edge-list.csv.gz", setLine(1, "-5"), writes + "num-edge-list.csv.gz: line 1: number is -5, want 0..2147483647"},
		{"edgecount=two", writes + "num-edge-list.csv.gz", func(s string) string { return s + s }, writes + "num-edge-list.csv.gz: line 2: is one too many, want one number, of one graph"},
		{"reltype=mixed", writes + "edge_reltype.csv.gz", setLine(3, "1"), writes + `edge_reltype.csv.gz: line 3: relation type is "1", want 3 as in line 1`},
		{"reltype=few", writes + "edge_reltype.csv.gz", dropLast, writes + fmt.Sprintf("edge_reltype.csv.gz: line %d: the file ends after %d rows, want %d (%snum-edge-list.csv.gz)", edges-1, edges-1, edges, writes)},
	}
}

func nodeCorruptions(g *graph.Graph) []corruption {
	const (
		feat  = "raw/node-feat/paper/node-feat.csv.gz"
		label = "raw/node-label/paper/node-label.csv.gz"
		train = "split/time/paper/train.csv.gz"
		valid = "split/time/paper/valid.csv.gz"
	)
	first := g.Splits[0].Train[0]
	return []corruption{
		{"feature=nan", feat, setLine(3, "1,nan,2"), feat + `: line 3: field 2 is "nan", want a finite number`},
		{"feature=inf", feat, setLine(3, "1,2,-inf"), feat + `: line 3: field 3 is "-inf", want a finite number`},
		{"feature=huge", feat, setLine(3, "1e39,2,3"), feat + `: line 3: field 1 is "1e39", want a number from -1e+38 to 1e+38`},
		{"feature=large", feat, setLine(3, "1,-2e38,3"), feat + `: line 3: field 2 is "-2e38", want a number from -1e+38 to 1e+38`},
		{"feature=nan-first", feat, setLine(1, "nan,1,2"), feat + `: line 1: field 1 is "nan", want a finite number`},
		{"feature=text", feat, setLine(3, "1,"+strings.Repeat("x", 99)+",2"), feat + `: line 3: field 2 is "` + strings.Repeat("x", 40) + `"…, want a finite number`},
		{"feature=empty", feat, setLine(1, "1,,2"), feat + `: line 1: field 2 is "", want a finite number`},
		{"feature=ragged", feat, setLine(3, "1,2"), feat + ": line 3: 2 fields, want 3 as in line 1"},
		{"feature=long", feat, setLine(3, "1,2,3,4"), feat + ": line 3: 4 fields, want 3 as in line 1"},
		{"feature=few", feat, dropLast, feat + ": line 19: the file ends after 19 rows, want 20 (" + nodeDict + ")"},
		{"feature=many", feat, func(s string) string { return s + "1,2,3" }, feat + ": line 21: is one too many, want 20 rows (" + nodeDict + ")"},
		{"year=text", "raw/node-feat/paper/node_year.csv.gz", setLine(2, "MM"), `raw/node-feat/paper/node_year.csv.gz: line 2: field 1 is "MM", want an integer`},
		{"year=huge", "raw/node-feat/paper/node_year.csv.gz", setLine(2, "3000000000"), "raw/node-feat/paper/node_year.csv.gz: line 2: year is 3000000000, want a number of 32 bits"},
		{"label=high", label, setLine(5, "4"), label + ": line 5: label is 4, want 0..3 for 4 classes"},
		{"label=negative", label, setLine(5, "-2"), label + ": line 5: label is -2, want 0 or more, or nan for no label"},
		{"label=half", label, setLine(5, "1.5"), label + `: line 5: label is "1.5", want an integer, or nan for no label`},
		{"label=text", label, setLine(5, "one"), label + `: line 5: label is "one", want an integer, or nan for no label`},
		{"label=two", label, setLine(5, "1,0"), label + ": line 5: 2 fields, want 1: several labels of one node (multi-label, as in ogbn-proteins) are not supported, only one class"},
		{"label=few", label, dropLast, label + ": line 19: the file ends after 19 rows, want 20 (" + nodeDict + ")"},
		{"label=many", label, func(s string) string { return s + "0\n" }, label + ": line 21: is one too many, want 20 rows (" + nodeDict + ")"},
		{"split=range", train, setLine(2, "20"), train + ": line 2: node is paper 20, want 0..19"},
		{"split=text", train, setLine(2, "x"), train + `: line 2: field 1 is "x", want an integer`},
		{"split=mask", train, func(string) string { return "0\n1\n0\n" }, train + ": line 3: paper 0 is in train already: is it a mask? Want the numbers of its nodes"},
		{"split=flags", train, func(string) string { return "False\nTrue\n" }, train + `: line 1: field 1 is "False", want an integer: is it a mask? Want the numbers of its nodes`},
		{"split=twice", train, setLine(2, fmt.Sprint(first)), train + fmt.Sprintf(": line 2: paper %d is in train already: is it a mask? Want the numbers of its nodes", first)},
		{"split=both", valid, setLine(1, fmt.Sprint(first)), valid + fmt.Sprintf(": line 1: paper %d is in train already", first)},
		{"hassplit", "split/time/nodetype-has-split.csv.gz", setLine(2, "True,True,False,False"), "split/time/nodetype-has-split.csv.gz: line 2: value of author is True, want True for paper alone"},
	}
}

func schemaCorruptions() []corruption {
	return []corruption{
		{"counts=text", nodeDict, setLine(2, "20,x,8,16"), nodeDict + `: line 2: number of nodes of author is "x", want 0..268435456`},
		{"counts=huge", nodeDict, setLine(2, "20,99999999999,8,16"), nodeDict + `: line 2: number of nodes of author is "99999999999", want 0..268435456`},
		{"counts=fields", nodeDict, setLine(2, "20,30"), nodeDict + ": line 2: 2 fields, want 4 as in the header"},
		{"counts=rows", nodeDict, dropLast, nodeDict + ": line 1: the file ends after 1 rows, want 2 (a header and one row)"},
		{"counts=more", nodeDict, func(s string) string { return s + "1\n" }, nodeDict + ": line 3: is one too many, want a header and one row"},
		{"counts=twice", nodeDict, setLine(1, "paper,author,paper,field_of_study"), nodeDict + `: line 1: node type "paper" stands there twice`},
		{"counts=path", nodeDict, setLine(1, "paper,author,../x,field_of_study"), nodeDict + `: line 1: node type is "../x", want a plain name`},
		{"hasfeat=type", "raw/nodetype-has-feat.csv.gz", setLine(1, "paper,reader,institution,field_of_study"), `raw/nodetype-has-feat.csv.gz: line 1: node type "reader" is not in ` + nodeDict},
		{"hasfeat=value", "raw/nodetype-has-feat.csv.gz", setLine(2, "True,no,False,False"), `raw/nodetype-has-feat.csv.gz: line 2: value of author is "no", want True or False`},
		{"hasfeat=more", "raw/nodetype-has-feat.csv.gz", setLine(2, "True,True,False,False"), "raw/node-feat/author/node-feat.csv.gz: is missing"},
		{"haslabel=none", "raw/nodetype-has-label.csv.gz", setLine(2, "False,False,False,False"), "raw/nodetype-has-label.csv.gz: line 2: no node type has labels, want one"},
		{"haslabel=two", "raw/nodetype-has-label.csv.gz", setLine(2, "True,True,False,False"), "raw/nodetype-has-label.csv.gz: line 2: both paper and author have labels, want one node type"},
		{"triplet=type", "raw/triplet-type-list.csv.gz", setLine(2, "reader,reads,paper"), `raw/triplet-type-list.csv.gz: line 2: node type "reader" is not in ` + nodeDict},
		{"triplet=fields", "raw/triplet-type-list.csv.gz", setLine(2, "author,writes"), "raw/triplet-type-list.csv.gz: line 2: 2 fields, want 3: source type, relation, destination type"},
		{"triplet=name", "raw/triplet-type-list.csv.gz", setLine(2, "author,..,paper"), `raw/triplet-type-list.csv.gz: line 2: relation is "..", want a plain name`},
		{"triplet=twice", "raw/triplet-type-list.csv.gz", setLine(2, "paper,cites,paper"), "raw/triplet-type-list.csv.gz: line 3: relation paper___cites___paper stands there twice"},
		{"triplet=unlisted", "raw/triplet-type-list.csv.gz", dropLast, "raw/relations/paper___has_topic___field_of_study: relation is not in raw/triplet-type-list.csv.gz"},
		{"triplet=unknown", "raw/triplet-type-list.csv.gz", func(s string) string { return s + "author,likes,paper\n" }, "raw/relations/author___likes___paper/num-edge-list.csv.gz: is missing"},
		{"names=index", "mapping/author_entidx2name.csv.gz", setLine(3, `30,"x"`), "mapping/author_entidx2name.csv.gz: line 3: index is 30, want 0..29"},
		{"names=twice", "mapping/author_entidx2name.csv.gz", setLine(3, `0,"x"`), "mapping/author_entidx2name.csv.gz: name 2: index is 0, want each of 0..29 once"},
		{"names=text", "mapping/author_entidx2name.csv.gz", setLine(3, `x,"x"`), `mapping/author_entidx2name.csv.gz: line 3: index is "x", want an integer`},
		{"names=fields", "mapping/author_entidx2name.csv.gz", setLine(3, `2`), "mapping/author_entidx2name.csv.gz: line 3: 1 fields, want 2: an index and a name"},
		{"names=few", "mapping/author_entidx2name.csv.gz", dropLast, "mapping/author_entidx2name.csv.gz: line 30: the file ends after 29 rows, want 30 (" + nodeDict + ")"},
		{"names=many", "mapping/author_entidx2name.csv.gz", func(s string) string { return s + "5,x\n" }, "mapping/author_entidx2name.csv.gz: line 32: is one too many, want 30 rows (" + nodeDict + ")"},
		{"classes=few", "mapping/labelidx2name.csv.gz", dropLast, "mapping/labelidx2name.csv.gz: line 4: the file ends after 3 rows, want 4 (num classes of meta.csv)"},
	}
}

func wantError(t *testing.T, dir, want string) {
	t.Helper()
	_, err := Read(dir, Options{})
	if err == nil {
		t.Fatalf("Read says nothing, want %s", want)
	}
	if got := err.Error(); got != "ogb: "+want {
		t.Errorf("Read says\n\t%s\nwant\n\togb: %s", got, want)
	}
}

// A split that no setting can name is refused by the one who reads it.
func TestSplitName(t *testing.T) {
	for _, name := range []string{"two words", "a=b", "a&b", "a#b", "a\x1bb", "a\u00a0b"} {
		dir, _ := tiny(t)
		if err := os.Rename(filepath.Join(dir, "split/random"), filepath.Join(dir, "split", name)); err != nil {
			t.Fatal(err)
		}
		wantError(t, dir, fmt.Sprintf("split/%s: name of a split is %q, want a name without blanks, control characters, &, = and #: rename the folder", name, name))
	}
}

// Damage below the level of CSV.
func TestDamagedFiles(t *testing.T) {
	const edge = "raw/relations/author___writes___paper/edge.csv.gz"
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-n] } }
	for _, c := range []struct {
		name, file string
		damage     func([]byte) []byte // nil: remove the file
		want       string
	}{
		{"cut", edge, cut(30), "cannot be unpacked: the file is cut off"},
		{"cut=checksum", edge, cut(4), "cannot be unpacked: the file is cut off"},
		{"cut=all", edge, func([]byte) []byte { return nil }, edge + ": is empty: 0 bytes are no gzip file, not even one of no rows"},
		{"checksum", edge, func(b []byte) []byte { b[len(b)-6] ^= 1; return b }, "cannot be unpacked: the checksum is wrong"},
		{"text", edge, func([]byte) []byte { return []byte("0,1\n1,2\n0,1\n1,2\n") }, edge + ": is plain text and not in gzip format: name it edge.csv, or compress it"},
		{"tail", edge, func(b []byte) []byte { return append(b, "garbage, a lot of it"...) }, "cannot be unpacked: bytes that are no gzip follow its end"},
		{"tail=short", edge, func(b []byte) []byte { return append(b, "oops"...) }, "cannot be unpacked: bytes that are no gzip follow its end"},
		{"meta=twice", "meta.csv", func(b []byte) []byte { return append(b, "num classes,9\n"...) }, `meta.csv: line 12: num classes is "9", and "4" above, want one of them`},
		{"names", "mapping/author_entidx2name.csv.gz", cut(20), "cannot be unpacked: the file is cut off"},
		{"missing=edges", edge, nil, edge + ": is missing"},
		{"missing=labels", "raw/node-label/paper/node-label.csv.gz", nil, "raw/node-label/paper/node-label.csv.gz: is missing"},
		{"missing=features", "raw/node-feat/paper/node-feat.csv.gz", nil, "raw/node-feat/paper/node-feat.csv.gz: is missing"},
		{"missing=part", "split/random/paper/test.csv.gz", nil, "split/random/paper/test.csv.gz: is missing"},
		{"meta=bool", "meta.csv", func(b []byte) []byte { return bytes.Replace(b, []byte("hetero,True"), []byte("hetero,perhaps"), 1) }, `meta.csv: line 10: is hetero is "perhaps", want True or False`},
		{"meta=hetero", "meta.csv", func(b []byte) []byte { return bytes.Replace(b, []byte("hetero,True"), []byte("hetero,False"), 1) }, "meta.csv: is hetero is False, want True, for raw/num-node-dict.csv.gz is there"},
		{"meta=split", "meta.csv", func(b []byte) []byte { return bytes.Replace(b, []byte("split,time"), []byte("split,venue"), 1) }, `meta.csv: split is "venue", but split/venue is missing`},
		{"meta=classes", "meta.csv", func(b []byte) []byte { return bytes.Replace(b, []byte("classes,4"), []byte("classes,0"), 1) }, `meta.csv: line 3: num classes is "0", want 1..268435456`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := tiny(t)
			file := filepath.Join(dir, c.file)
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if c.damage == nil {
				err = os.Remove(file)
			} else {
				err = os.WriteFile(file, c.damage(b), 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = Read(dir, Options{})
			if err == nil || !strings.HasPrefix(err.Error(), "ogb: "+strings.SplitN(c.file, ":", 2)[0]) || !strings.HasSuffix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Read says %v, want it about %s, ending %s", err, c.file, c.want)
			}
		})
	}
}
