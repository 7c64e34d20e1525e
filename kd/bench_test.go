package kd

import (
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// testGraph returns 24 papers of 3 classes by 10 authors. Feature c of a
// paper of class c is larger, so that there is something to learn.
func testGraph(t *testing.T) *graph.Graph {
	t.Helper()
	rng := newRNG(11)
	g := &graph.Graph{Name: "test", Classes: 3, Types: []graph.NodeType{
		{Name: "paper", Count: 24, Features: mat.New(24, 5)}, {Name: "author", Count: 10},
	}}
	var train []int32
	for v := range int32(24) {
		g.Labels = append(g.Labels, v%3)
		for k := range g.Types[0].Features.Row(int(v)) {
			g.Types[0].Features.Row(int(v))[k] = float32(rng.NormFloat64())
		}
		g.Types[0].Features.Row(int(v))[v%3] += 2
		if v%2 == 0 {
			train = append(train, v)
		}
	}
	g.Splits = []graph.Split{{Name: "half", Train: train}}
	edges := func(n, src, dst int) (s, d []int32) {
		for range n {
			s, d = append(s, int32(rng.IntN(src))), append(d, int32(rng.IntN(dst)))
		}
		return s, d
	}
	s, d := edges(40, 10, 24)
	err := g.AddWithReverse(graph.EdgeType{Src: "author", Rel: "writes", Dst: "paper"}, s, d)
	if err != nil {
		t.Fatal(err)
	}
	s, d = edges(30, 24, 24)
	if err := g.AddWithReverse(graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}, s, d); err != nil {
		t.Fatal(err)
	}
	return g
}

// A bench is a teacher, a student and the batch that they see.
type bench struct {
	teacher, student gnn.Model
	batch            *sample.Batch
}

func newBench(t *testing.T, dropout float32) bench { return newBenchOf(t, "rgcn", dropout) }

func newBenchOf(t *testing.T, kind string, dropout float32) bench {
	t.Helper()
	g := testGraph(t)
	model := func(seed uint64, layers, hidden int) gnn.Model {
		m, err := gnn.New(gnn.Config{Kind: kind, Layers: layers, Hidden: hidden, Dropout: dropout}, g, newRNG(seed))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	return bench{model(1, 3, 8), model(2, 2, 4), sample.NewFull(g, 3, g.Splits[0].Train).Next()}
}

// criterion returns a new criterion between the bench's models.
func (b bench) criterion(t *testing.T, name string, o Config) Criterion {
	t.Helper()
	c, err := Between(name, b.teacher, b.student, o, newRNG(3))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// perNode is ABKD as its distiller tests use it.
var perNode = Config{ABKD: ABKDConfig{Dim: 6, Granularity: "per-node"}, HeadDim: 12}
