package pack

import (
	"errors"
	"math/rand/v2"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/synth"
)

// TestOf cuts a part and a teacher with embedding tables, and opens both.
func TestOf(t *testing.T) {
	g := synth.MAG(synth.Config{Papers: 60, Classes: 3, Features: 8, Seed: 1})
	teacher, err := gnn.New(gnn.Config{Layers: 2, Hidden: 4, Inputs: "embedding"}, g, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	c := Cut{
		Cut:  graph.Cut{Seeds: 12, Hops: 2, Nodes: 50},
		Seed: 1, Teacher: teacher, Meta: map[string]string{"command": "test"},
		Name: func(part *graph.Graph, origin [][]int32) error { named = len(origin); return nil },
	}
	part, b, err := c.Of(g)
	if err != nil {
		t.Fatal(err)
	}
	if named != len(g.Types) {
		t.Errorf("names are asked for %d types, want %d", named, len(g.Types))
	}
	p, err := graph.DecodePack(b)
	if err != nil {
		t.Fatal(err)
	}
	if p.Graph.NumNodes() != part.NumNodes() || part.NumNodes() > 50 {
		t.Errorf("the pack has %d nodes, the part %d, want as many, and at most 50", p.Graph.NumNodes(), part.NumNodes())
	}
	m, meta, err := gnn.ReadAll(p.Teacher, p.Graph, nil)
	if err != nil {
		t.Fatal(err)
	}
	if meta["command"] != "test" || m.Config().Inputs != "embedding" {
		t.Errorf("the teacher says %v and has inputs %q", meta, m.Config().Inputs)
	}
	c.Half = true
	_, half, err := c.Of(g)
	if err != nil || len(half) >= len(b) {
		t.Errorf("with weights of 16 bits it has %d bytes (%v), want less than %d", len(half), err, len(b))
	}
	teacher.Params()[0].W.Data[0] = 1e6 // beyond 16 bits
	_, _, err = c.Of(g)
	if _, ok := errors.AsType[*WeightsError](err); !ok {
		t.Errorf("a weight of a million: %v, want a *WeightsError", err)
	}
}
