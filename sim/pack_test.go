package sim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/synth"
	"abkd/sim/limits"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// packOf returns a pack of a part of g.
func packOf(t *testing.T, g *graph.Graph, c graph.Cut, teacher func(*graph.Graph) []byte) []byte {
	t.Helper()
	part, _, err := c.Of(graph.WithMeans(g), rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	p := graph.Pack{Graph: part, Int8: true}
	if teacher != nil {
		p.Teacher = teacher(part)
	}
	return encodePack(t, p)
}

func encodePack(t *testing.T, p graph.Pack) []byte {
	t.Helper()
	b, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func setPack(t *testing.T, s *Session, b []byte) setup.Experiment {
	t.Helper()
	e, err := s.SetPack(b, "file.pack")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestPackTrainsItsOwnTeacher opens a pack without one.
func TestPackTrainsItsOwnTeacher(t *testing.T) {
	s := newSession(t)
	e := setPack(t, s, packOf(t, builtIn(t, "mag-mini"), graph.Cut{Seeds: 60, Hops: 2, Nodes: 300}, nil))
	if text := e.String(); text != "data=pack&teach=on" {
		t.Errorf("the experiment is %q", text)
	}
	do(t, s, "begin "+e.String()+"&teacher-layers=1&teacher-hidden=8&teacher-epochs=2&epochs=3", "speed 0")
	if got := snapshot(t, s); got.Phase != wire.Teaching || len(got.Graph.Nodes) == 0 {
		t.Fatalf("phase is %d with %d nodes shown, want %d and some", got.Phase, len(got.Graph.Nodes), wire.Teaching)
	}
	for n := 0; s.Tick(0) != Idle; n++ {
		if n > 20 {
			t.Fatal("five epochs never end")
		}
	}
	if got := snapshot(t, s); got.Phase != wire.Finished || got.Error != "" {
		t.Errorf("phase is %d, error %q, want %d", got.Phase, got.Error, wire.Finished)
	}
}

// TestPackBringsItsTeacher opens one that has a teacher, and another after it.
func TestPackBringsItsTeacher(t *testing.T) {
	s := newSession(t)
	cut := graph.Cut{Seeds: 60, Hops: 2, Nodes: 300}
	var made gnn.Model
	e := setPack(t, s, packOf(t, builtIn(t, "mag-mini"), cut, func(g *graph.Graph) []byte {
		m, err := gnn.New(gnn.Config{Layers: 2, Hidden: 12, Inputs: "embedding"}, g, rand.New(rand.NewPCG(2, 2)))
		if err != nil {
			t.Fatal(err)
		}
		made = m
		return gnn.Encode(m, nil)
	}))
	if text := e.String(); text != "data=pack&teacher-layers=2&teacher-hidden=12&inputs=embedding" {
		t.Errorf("the experiment is %q", text)
	}
	do(t, s, "begin "+e.String(), "pause")
	if got := snapshot(t, s); got.Phase != wire.Distilling || got.Teacher.Hidden != 12 {
		t.Errorf("phase is %d with a teacher %d wide, want %d and 12", got.Phase, got.Teacher.Hidden, wire.Distilling)
	}
	have, _ := s.run.Teacher()
	for i, p := range have.Params() {
		if !slices.Equal(p.W.Data, made.Params()[i].W.Data) {
			t.Errorf("%s differs from what was packed", p.Name)
		}
	}
	before := s.run.graph
	other := setPack(t, s, packOf(t, builtIn(t, "karate"), graph.Cut{Seeds: 34, Hops: 1, Nodes: 34}, nil))
	if s.run.graph != before {
		t.Error("opening a pack changed the run that had begun")
	}
	do(t, s, "begin "+other.String()+"&model=gcn")
	if got := s.run.graph; got.Name != "karate" || got.NumNodes() != 34 {
		t.Errorf("the graph is %s with %d nodes, want the pack that was opened last", got.Name, got.NumNodes())
	}
	do(t, s, "begin data=karate&model=gcn&teach=on")
	if s.run.graph == s.pack.Graph {
		t.Error("data=karate runs on the pack")
	}
}

// TestPackRefused checks what is refused, and that the session keeps what it
// has.
func TestPackRefused(t *testing.T) {
	sized := func(papers, width int) func() graph.Pack {
		return func() graph.Pack {
			return graph.Pack{Graph: &graph.Graph{
				Name: "large", Classes: 2, Labels: make([]int32, papers),
				Types:  []graph.NodeType{{Name: "paper", Count: papers, Features: mat.New(papers, width)}},
				Splits: []graph.Split{{Name: "s", Train: []int32{0}, Valid: []int32{1}}},
			}, Int8: true}
		}
	}
	change := func(f func(p *graph.Pack)) func() graph.Pack {
		return func() graph.Pack {
			p := graph.Pack{Graph: synth.Karate()}
			f(&p)
			return p
		}
	}
	s := newSession(t)
	if err := s.Command("begin data=pack"); err == nil || !strings.Contains(err.Error(), "none is open") {
		t.Errorf("data=pack without one: %v", err)
	}
	setPack(t, s, encodePack(t, graph.Pack{Graph: synth.Karate()}))
	for name, c := range map[string]struct {
		pack func() graph.Pack
		want string
	}{
		"nodes":        {sized(20001, 1), "20001 nodes, want at most 20000: cut a smaller part"},
		"numbers":      {sized(15000, 401), "6015000 numbers in features, want at most 6000000"},
		"columns":      {sized(2, 8193), "8193 columns of features, want at most 8192: keep fewer"},
		"edges":        {func() graph.Pack { return graph.Pack{Graph: crowd(640)} }, "409600 edges, reverses included, want at most 400000"},
		"classes":      {change(func(p *graph.Pack) { p.Graph.Classes, p.Graph.ClassNames = 8193, nil }), "8193 classes, want at most 8192: join the small ones"},
		"no-split":     {change(func(p *graph.Pack) { p.Graph.Splits = nil }), `split is ""`},
		"no-train":     {change(func(p *graph.Pack) { p.Graph.Splits[0].Train = nil }), "no training nodes, want at least one to learn from"},
		"teacher":      {change(func(p *graph.Pack) { p.Teacher = []byte("no weights") }), "header has"},
		"other-school": {change(func(p *graph.Pack) { p.Teacher = gnn.Encode(newTeacher(t, builtIn(t, "mag-mini")), nil) }), "abkd.types"},
		"huge-teacher": {change(func(p *graph.Pack) { p.Teacher = make([]byte, 33<<20) }), "teacher has 34603008 bytes, want at most 33554432"},
	} {
		t.Run("pack="+name, func(t *testing.T) {
			_, err := s.SetPack(encodePack(t, c.pack()), "my.pack")
			if err == nil || !strings.HasPrefix(err.Error(), "sim: my.pack: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
		})
	}
	if _, err := s.SetPack([]byte("<html>"), ""); err == nil || !strings.Contains(err.Error(), "sim: pack: graph: pack: begins with") {
		t.Errorf("a page: %v", err)
	}
	do(t, s, "begin data=pack&model=gcn&teach=on")
	if g := s.run.graph; g.Name != "karate" {
		t.Errorf("after refused packs the graph is %s, want the one before", g.Name)
	}
}

// crowd returns a graph of n nodes, each connected with each.
func crowd(n int) *graph.Graph {
	g := &graph.Graph{
		Name: "crowd", Classes: 1, Labels: make([]int32, n), Types: []graph.NodeType{{Name: "one", Count: n}},
		Splits: []graph.Split{{Name: "s", Train: []int32{0}, Valid: []int32{1}}},
	}
	in := graph.CSR{Ptr: make([]int32, 1)}
	for range n {
		for u := range n {
			in.Col = append(in.Col, int32(u))
		}
		in.Ptr = append(in.Ptr, int32(len(in.Col)))
	}
	g.Relations = []graph.Relation{{EdgeType: graph.EdgeType{Src: "one", Rel: "to", Dst: "one"}, In: in}}
	return g
}

// A pack may be as wide as a model.
func TestPackWidth(t *testing.T) {
	if limits.Pack.Width != gnn.MaxWidth {
		t.Errorf("a pack may have %d columns, a model takes %d", limits.Pack.Width, gnn.MaxWidth)
	}
}
