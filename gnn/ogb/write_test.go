//go:build !js

package ogb

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/synth"
)

// rewrite writes g and reads it back.
func rewrite(t *testing.T, g *graph.Graph) *graph.Graph {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "set")
	if err := Write(dir, g); err != nil {
		t.Fatal(err)
	}
	if err := IsDataset(dir); err != nil {
		t.Error(err)
	}
	got, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func sameGraph(t *testing.T, got, want *graph.Graph) {
	t.Helper()
	for i := range want.Types {
		if i < len(got.Types) && !reflect.DeepEqual(got.Types[i], want.Types[i]) {
			t.Errorf("node type %s differs", want.Types[i].Name)
		}
	}
	for i := range want.Relations {
		if i < len(got.Relations) && !reflect.DeepEqual(got.Relations[i], want.Relations[i]) {
			t.Errorf("relation %v differs", want.Relations[i].EdgeType)
		}
	}
	bare := *got
	bare.Notes = want.Notes // they tell of the files, not of the graph
	if !reflect.DeepEqual(&bare, want) {
		t.Errorf("graph is\n%q, want\n%q", describe(got), describe(want))
	}
}

// small returns a homogeneous graph with what synth's graphs have not:
// directed edges, nodes without a label, odd names, extreme numbers.
func small(t *testing.T, undirected bool) *graph.Graph {
	t.Helper()
	x := mat.New(4, 2)
	copy(x.Data, []float32{0, 1e-45, graph.MaxFeature, -1e-7, 16777216, .1, -0.333333, 1e10})
	g := &graph.Graph{
		Name:   "odd, but legal",
		Types:  []graph.NodeType{{Name: "node", Count: 4, Features: x, Labels: []string{`say "a", b`, "", "two\nlines", "Zoë 图"}, Years: []int32{-44, 0, 1, 2019}}},
		Labels: []int32{1, -1, 0, -1}, Classes: 3, ClassNames: []string{"x,y", `"`, ""},
		Splits: []graph.Split{{Name: "z", Train: []int32{2}, Test: []int32{0}}, {Name: "a", Train: []int32{0, 2}}},
	}
	add := g.AddRelation
	if undirected {
		add = g.AddWithReverse
	}
	if err := add(graph.EdgeType{Src: "node", Rel: "to", Dst: "node"}, []int32{0, 1, 3, 3}, []int32{1, 2, 3, 0}); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRoundTrip(t *testing.T) {
	for _, g := range []*graph.Graph{
		synth.Karate(), synth.MAGMini(), synth.MAG(synth.Config{Papers: 6000, Features: 8, Seed: 1}), small(t, true), small(t, false),
	} {
		t.Run(fmt.Sprintf("data=%s/edges=%d", g.Name, g.NumEdges()), func(t *testing.T) { sameGraph(t, rewrite(t, g), g) })
	}
}

// The forward edges and the files are those of the official layout.
func TestWriteLayout(t *testing.T) {
	g := synth.MAG(synth.Config{Papers: 400, Seed: 1})
	dir := t.TempDir() // empty, so allowed
	if err := Write(dir, g); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		nodeDict:                                                               "paper,author,institution,field_of_study",
		"raw/nodetype-has-label.csv.gz":                                        "paper,author,institution,field_of_study\nTrue,False,False,False",
		"raw/triplet-type-list.csv.gz":                                         "author,affiliated_with,institution\nauthor,writes,paper\npaper,cites,paper\npaper,has_topic,field_of_study",
		"mapping/relidx2relname.csv.gz":                                        "rel idx,rel name\n0,affiliated_with\n1,cites\n2,has_topic\n3,writes\n",
		"mapping/author_entidx2name.csv.gz":                                    "ent idx,ent name\n0,\"" + g.Types[1].Labels[0] + "\"",
		"raw/relations/author___writes___paper/edge_reltype.csv.gz":            "3\n3\n",
		"raw/relations/paper___cites___paper/num-edge-list.csv.gz":             fmt.Sprint(len(g.Relations[4].In.Col) / 2),
		"raw/relations/paper___has_topic___field_of_study/edge_reltype.csv.gz": "2\n",
		"split/time/nodetype-has-split.csv.gz":                                 "paper,author,institution,field_of_study\nTrue,False,False,False",
		"split/random/paper/train.csv.gz":                                      fmt.Sprint(g.Splits[1].Train[0]),
	} {
		if got := unpack(t, filepath.Join(dir, name)); !strings.HasPrefix(got, want) {
			t.Errorf("%s begins %q, want %q", name, got[:min(len(got), len(want)+20)], want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "raw/node-feat/author")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("authors have a folder of features: %v", err)
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*graph.Graph)
		want  string
	}{
		{"invalid", func(g *graph.Graph) { g.Labels = nil }, "graph: odd, but legal: 0 labels, want 4"},
		{"split=none", func(g *graph.Graph) { g.Splits = nil }, "the graph has no split, want one or more"},
		{"split=blank", func(g *graph.Graph) { g.Splits[0].Name = "two words" }, `name of a split is "two words", want a name without blanks, control characters, &, = and #`},
		{"split=path", func(g *graph.Graph) { g.Splits[0].Name = "../x" }, `split is "../x", want a plain name: without / \ : , quotes, line ends and a point in front`},
		{"type=path", func(g *graph.Graph) { g.Types[0].Name = "a/b" }, `node type is "a/b", want a plain name: without / \ : , quotes, line ends and a point in front`},
		{"relation=comma", func(g *graph.Graph) { g.Relations[0].Rel = "a,b" }, `relation is "a,b", want a plain name: without / \ : , quotes, line ends and a point in front`},
		{"name", func(g *graph.Graph) { g.Name = "a\nb" }, `name of the graph is "a\nb", want it on one line`},
		{"nan", func(g *graph.Graph) { g.Types[0].Features.Row(2)[1] = float32(math.NaN()) }, "feature 1 of node 2 is NaN, want a number from -1e+38 to 1e+38"},
		{"directed", func(g *graph.Graph) { g.Types = append(g.Types, graph.NodeType{Name: "b"}) }, "relation node__to__node has no reverse, want each edge in both directions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parent := t.TempDir()
			g := small(t, false)
			c.spoil(g)
			err := Write(filepath.Join(parent, "set"), g)
			if err == nil || err.Error() != "ogb: "+filepath.Join(parent, "set")+": "+c.want {
				t.Errorf("Write says %v, want %s", err, c.want)
			}
			nothingIn(t, parent)
		})
	}
}

func nothingIn(t *testing.T, dir string) {
	t.Helper()
	if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
		t.Errorf("left behind: %v, %v", there, err)
	}
}

func TestWriteKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	keep := filepath.Join(dir, "keep")
	if err := os.WriteFile(keep, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, synth.Karate()); err == nil || err.Error() != "ogb: "+dir+": the folder is not empty, want a new one" {
		t.Errorf("Write into a folder in use says %v", err)
	}
	if err := Write(keep, synth.Karate()); err == nil || err.Error() != "ogb: "+keep+": not a directory" {
		t.Errorf("Write over a file says %v", err)
	}
	missing := filepath.Join(dir, "no", "such")
	if err := Write(missing, synth.Karate()); err == nil || !errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(err.Error(), "is missing") {
		t.Errorf("Write into a missing folder says %v", err)
	}
}

// /dev/full takes no byte, as a full disk does.
func TestWriteToAFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skipf("no /dev/full: %v", err)
	}
	dir := t.TempDir()
	if err := os.Symlink("/dev/full", filepath.Join(dir, "edge.csv.gz")); err != nil {
		t.Fatal(err)
	}
	w := &writer{dir: dir}
	w.rows("edge.csv.gz", 3, func(i int, b []byte) []byte { return append(b, "0,1"...) })
	if w.err == nil || w.err.Error() != "ogb: edge.csv.gz: no space left on device" || !errors.Is(w.err, syscall.ENOSPC) {
		t.Errorf("writing to a full disk says %v", w.err)
	}
	w.rows("raw/more.csv.gz", 3, func(int, []byte) []byte { return nil })
	if _, err := os.Stat(filepath.Join(dir, "raw")); err == nil {
		t.Error("writing went on after the error")
	}
}
