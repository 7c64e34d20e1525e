package kd

import (
	"fmt"
	"slices"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// edgeGraph returns papers with the given relations between them and others,
// each of them random: "cites" and "extends" among papers, "writes" from one
// of 9 authors, "topic" to one of 2 fields.
func edgeGraph(t *testing.T, relations ...string) *graph.Graph {
	t.Helper()
	const papers = 20
	rng := newRNG(12)
	g := &graph.Graph{Name: "edges", Classes: 2, Target: 1, Types: []graph.NodeType{
		{Name: "field", Count: 2}, {Name: "paper", Count: papers, Features: mat.New(papers, 3)}, {Name: "author", Count: 9},
	}, Labels: make([]int32, papers)}
	for _, r := range relations {
		et := map[string]graph.EdgeType{
			"cites":   {Src: "paper", Rel: "cites", Dst: "paper"},
			"extends": {Src: "paper", Rel: "extends", Dst: "paper"},
			"writes":  {Src: "author", Rel: "writes", Dst: "paper"},
			"topic":   {Src: "paper", Rel: "topic", Dst: "field"},
		}[r]
		var src, dst []int32
		for range 40 {
			src = append(src, int32(rng.IntN(g.Types[g.TypeIndex(et.Src)].Count)))
			dst = append(dst, int32(rng.IntN(g.Types[g.TypeIndex(et.Dst)].Count)))
		}
		add := g.AddWithReverse
		if r == "extends" {
			add = g.AddRelation // one way only
		}
		if err := add(et, src, dst); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// joined reports whether u and v are joined in g: by a relation among papers,
// or if there is none by an author.
func joined(g *graph.Graph, u, v int32) bool {
	direct := false
	for _, r := range g.Relations {
		if r.Src == 1 && r.Dst == 1 {
			direct = true
			if slices.Contains(r.In.Row(int(v)), u) {
				return true
			}
		}
	}
	if direct || u == v {
		return false
	}
	for _, r := range g.Relations {
		if r.Rel == "writes" {
			for _, a := range r.In.Row(int(v)) {
				if slices.Contains(r.In.Row(int(u)), a) {
					return true
				}
			}
		}
	}
	return false
}

// TestEdges compares the edges of a full batch with the naive induced
// subgraph.
func TestEdges(t *testing.T) {
	for _, relations := range [][]string{{"cites"}, {"extends"}, {"cites", "extends", "writes"}, {"writes"}, {"topic", "writes"}} {
		for _, rows := range [][]int32{{4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, {19, 3, 7, 0, 12, 5, 9, 1, 18}} {
			t.Run(fmt.Sprintf("relations=%v/rows=%d", relations, len(rows)), func(t *testing.T) {
				g := edgeGraph(t, relations...)
				e, err := newEdges(g, false)
				if err != nil {
					t.Fatal(err)
				}
				b := sample.NewFull(g, 2, nil).Next()
				e.among(b, []int32{2, 5, 11}, 0, nil) // stale
				got := e.among(b, rows, 0, nil)[0]
				if got.Rows() != len(rows) {
					t.Fatalf("%d rows, want %d", got.Rows(), len(rows))
				}
				for i, v := range rows {
					var want []int32
					for k, u := range rows {
						if joined(g, u, v) {
							want = append(want, int32(k))
						}
					}
					if !slices.Equal(got.Row(i), want) {
						t.Errorf("node %d has in-edges from %v, want %v", v, got.Row(i), want)
					}
				}
			})
		}
	}
}

// TestEdgesSampled: the edges of a sampled block are messages that were drawn
// between seeds, all of them if the fanout is large.
func TestEdgesSampled(t *testing.T) {
	for _, relations := range [][]string{{"cites"}, {"writes"}} {
		for _, fanout := range []int{1, 100} {
			t.Run(fmt.Sprintf("relations=%v/fanout=%d", relations, fanout), func(t *testing.T) {
				g := edgeGraph(t, relations...)
				e, err := newEdges(g, false)
				if err != nil {
					t.Fatal(err)
				}
				train := []int32{0, 2, 4, 6, 8, 9, 10, 12, 13, 15, 17, 19}
				s := sample.NewNeighbor(g, 3, train, 7, fanout, newRNG(13))
				found := 0
				for range 4 {
					b := s.Next()
					rows := b.Rows[:len(b.Rows)-1]
					got := e.among(b, rows, 0, nil)[0]
					for i := range rows {
						found += len(got.Row(i))
						for k := range rows {
							is := slices.Contains(got.Row(i), int32(k))
							want := joined(g, b.Seeds[k], b.Seeds[i])
							if is && !want || fanout == 100 && is != want {
								t.Errorf("edge from node %d to %d: %v, want %v", b.Seeds[k], b.Seeds[i], is, want)
							}
						}
					}
				}
				if found == 0 {
					t.Error("no edge is found: nothing is compared")
				}
			})
		}
	}
}

// TestEdgesHub: of two types that join papers the one that joins fewer pairs
// does it, whatever their order.
func TestEdgesHub(t *testing.T) {
	for _, relations := range [][]string{{"topic", "writes"}, {"writes", "topic"}} {
		g := edgeGraph(t, relations...)
		e, err := newEdges(g, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.Relations[e.hops[1]].Rel; got != "writes" {
			t.Errorf("relations=%v: papers are joined by %s, want writes", relations, got)
		}
	}
}

func TestEdgesErrors(t *testing.T) {
	_, err := newEdges(edgeGraph(t), false)
	const want = "kd: edges: no relation of graph edges joins nodes of type paper, directly or by a neighbour in common"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	b := newBench(t, -1)
	c := b.criterion(t, "lsp", Config{})
	if e, err := edgesFor(c, struct{ gnn.Model }{b.student}); e == nil || err != nil {
		t.Errorf("edges for a model of one's own are %v (%v), want some", e, err)
	}
	if e, err := edgesFor(b.criterion(t, "gsp", Config{}), b.student); e != nil || err != nil {
		t.Errorf("edges for gsp are %v (%v), want none", e, err)
	}
}

// TestEdgesBlocks: neighbours in common are two blocks away.
func TestEdgesBlocks(t *testing.T) {
	g := edgeGraph(t, "writes")
	e, err := newEdges(g, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if got, want := recover(), "kd: edges: batch has 1 block, want 2 for neighbours in common"; got != want {
			t.Errorf("panic is %v, want %s", got, want)
		}
	}()
	e.among(sample.NewFull(g, 1, nil).Next(), []int32{1, 2}, 0, nil)
}

func TestEdgesAllocs(t *testing.T) {
	for _, relation := range []string{"cites", "writes"} {
		g := edgeGraph(t, relation)
		e, err := newEdges(g, false)
		if err != nil {
			t.Fatal(err)
		}
		b := sample.NewFull(g, 2, nil).Next()
		rows := []int32{1, 3, 5, 7, 9, 11, 13}
		if n := testing.AllocsPerRun(3, func() { e.among(b, rows, 0, nil) }); n != 0 {
			t.Errorf("relation=%s: finding the edges allocates %v times, want 0", relation, n)
		}
	}
}
