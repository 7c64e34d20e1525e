package opening

import (
	"fmt"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/graph/table"
	"abkd/gnn/safetensors"
	"abkd/gnn/synth"
	"abkd/sim/limits"
)

const (
	nodes = "id,label,split\na,1,train\nb,2,valid\n"
	edges = "source,target\na,b\n"
)

func tables(nodes, edges string) []table.File {
	return []table.File{{Name: "nodes.csv", Data: []byte(nodes)}, {Name: "edges.csv", Data: []byte(edges)}}
}

func encode(t *testing.T, p graph.Pack) []byte {
	t.Helper()
	b, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Tables become a pack that holds the graph of the preview.
func TestTables(t *testing.T) {
	o, b, err := Files(tables(nodes, edges), Reading{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	p, err := graph.DecodePack(b)
	if err != nil {
		t.Fatal(err)
	}
	if p.Graph.NumNodes() != 2 || o.Preview.Nodes != 2 || o.Bytes != len(b) || o.Pack || o.Teacher != 0 || o.Fingerprint != print(p.Graph) {
		t.Errorf("opened as %+v", o)
	}
	if one, _, err := Files(tables(nodes, edges), Reading{Seed: 1, Directed: true}); err != nil || one.Preview.Edges != 1 || one.Fingerprint == o.Fingerprint {
		t.Errorf("directed it is %+v (%v), want one edge", one, err)
	}
}

// A pack stays as it is, and says where its teacher comes from.
func TestPack(t *testing.T) {
	g := synth.Karate()
	for want, meta := range map[string]map[string]string{
		"does not say on which data": nil,
		"The teacher was trained on split “random” of papers. When it was packed: another split.": {"split": "random", "data": "papers", "notes": "another split"},
	} {
		teacher, err := safetensors.Encode(&safetensors.File{Metadata: meta})
		if err != nil {
			t.Fatal(err)
		}
		b := encode(t, graph.Pack{Graph: g, Teacher: teacher})
		o, pack, err := Files([]table.File{{Name: "k.pack", Data: b}}, Reading{})
		if err != nil {
			t.Fatal(err)
		}
		if &pack[0] != &b[0] || !o.Pack || o.Teacher != len(teacher) || o.Preview.Nodes != 34 || !strings.Contains(strings.Join(o.Preview.Notes, " "), want) {
			t.Errorf("opened as %+v, want %q", o, want)
		}
	}
}

// What cannot be opened is refused with the name of the file.
func TestRefused(t *testing.T) {
	karate := encode(t, graph.Pack{Graph: synth.Karate()})
	bare := synth.Karate()
	bare.Splits = nil
	untrained := synth.Karate()
	untrained.Splits[0].Train = nil
	for _, c := range []struct {
		files []table.File
		want  string
	}{
		{nil, "there is no file"},
		{tables(nodes, ""), "edges.csv: the file is empty"},
		{append(tables(nodes, edges), table.File{Name: "k.pack", Data: karate}), "k.pack: this is a pack, which holds a whole graph: open it alone"},
		{[]table.File{{Name: "w.safetensors", Data: []byte("\x02\x00\x00\x00\x00\x00\x00\x00{}")}}, "w.safetensors: these are the weights of a model"},
		{[]table.File{{Name: "x.pack", Data: []byte("<html>not found</html>")}}, `x.pack: begins with "<html>no" in 22 bytes, want "ABKDPACK": this is no pack`},
		{[]table.File{{Name: "x.pack", Data: karate[:900]}}, "the file is cut short"},
		{[]table.File{{Name: "x.pack", Data: encode(t, graph.Pack{Graph: bare})}}, "x.pack: it has no split"},
		{[]table.File{{Name: "x.pack", Data: encode(t, graph.Pack{Graph: untrained})}}, `has no training nodes, want at least one to learn from`},
		{tables(nodes, edges+"a,c\n"), `edges.csv, row 3: target "c" is that of no node`},
		{tables("id,label\n"+strings.Repeat("n,1\n", 9), edges), "more problem"},
	} {
		_, _, err := Files(c.files, Reading{Seed: 1})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("it says %v, want %q", err, c.want)
		}
	}
	if r := NewRefusal(&table.Refused{Problems: []string{"a", "b"}, Count: 7}); r.Count != 7 || len(r.Problems) != 2 {
		t.Errorf("the refusal is %+v", r)
	}
	if _, _, err := Files(tables(nodes, edges), Reading{Split: "60/20"}); err == nil || !strings.Contains(err.Error(), "want three percents") {
		t.Errorf("a split of two parts gives %v", err)
	}
}

// What is larger than a session takes is refused while it is read.
func TestLimits(t *testing.T) {
	var many, dense strings.Builder
	for i := range limits.Pack.Nodes + 1 {
		fmt.Fprintf(&many, "\n%d,1", i)
	}
	for range limits.Pack.Edges + 1 {
		dense.WriteString("a,b\n")
	}
	for want, files := range map[string][]table.File{
		"more than 20,000 nodes":  tables("id,label"+many.String(), edges),
		"more than 400,000 edges": tables(nodes, "source,target\n"+dense.String()),
	} {
		if _, _, err := Files(files, Reading{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %q", err, want)
		}
	}
}
