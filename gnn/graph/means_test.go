package graph

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/mat"
)

// papers returns a random graph of OGBN-Mag's schema whose papers alone have
// features; type "lonely" is in no relation.
func papers(rng *rand.Rand) *Graph {
	g := &Graph{Name: "papers", Types: []NodeType{
		{Name: "paper", Count: 12, Features: mat.New(12, 3)}, {Name: "author", Count: 9}, {Name: "institution", Count: 4},
		{Name: "field", Count: 5}, {Name: "lonely", Count: 2},
	}}
	for i := range g.Types[0].Features.Data {
		g.Types[0].Features.Data[i] = rng.Float32() - 0.5
	}
	add := func(src, rel, dst string, n int) {
		var from, to []int32
		for range n {
			from = append(from, int32(rng.IntN(g.Types[g.TypeIndex(src)].Count)))
			to = append(to, int32(rng.IntN(g.Types[g.TypeIndex(dst)].Count)))
		}
		if err := g.AddWithReverse(EdgeType{src, rel, dst}, from, to); err != nil {
			panic(err)
		}
	}
	add("author", "affiliated_with", "institution", 6)
	add("author", "writes", "paper", 14)
	add("author", "edits", "paper", 5)
	add("paper", "has_topic", "field", 9)
	return g
}

// naiveMeans computes the mean over the named relations into type t.
func naiveMeans(g, h *Graph, t int, sources ...int) mat.Matrix {
	m := mat.New(g.Types[t].Count, 3)
	for v := range m.Rows {
		for d := range 3 {
			total, reached := 0.0, 0.0
			for _, r := range g.Relations {
				if r.Dst != t || !slices.Contains(sources, r.Src) || len(r.In.Row(v)) == 0 {
					continue
				}
				mean := 0.0
				for _, u := range r.In.Row(v) {
					mean += float64(h.Types[r.Src].Features.Row(int(u))[d]) / float64(len(r.In.Row(v)))
				}
				total += mean
				reached++
			}
			m.Row(v)[d] = float32(total / max(reached, 1))
		}
	}
	return m
}

func TestWithMeans(t *testing.T) {
	for seed := range uint64(20) {
		g := papers(rand.New(rand.NewPCG(seed, 0)))
		h := WithMeans(g)
		for kind, sources := range map[int][]int{1: {0}, 3: {0}, 2: {1}} { // authors and fields by papers, institutions by authors
			want, got := naiveMeans(g, h, kind, sources...), h.Types[kind].Features
			for i := range want.Data {
				if math.Abs(float64(want.Data[i]-got.Data[i])) > 1e-6 {
					t.Fatalf("seed=%d type %s: element %d is %g, want %g", seed, h.Types[kind].Name, i, got.Data[i], want.Data[i])
				}
			}
			if h.Types[kind].Derived != Means || g.Types[kind].Derived != 0 || !g.Types[kind].Features.Empty() {
				t.Errorf("type %s: derived %d, and the graph it came from %d", h.Types[kind].Name, h.Types[kind].Derived, g.Types[kind].Derived)
			}
		}
		if h.Types[0].Derived != 0 || h.Types[4].Derived != 0 || h.Types[4].Features.Cols != 0 {
			t.Error("papers or the type in no relation were derived")
		}
		if again := WithMeans(h); again != h {
			t.Error("a second call makes another graph")
		}
		back := WithoutDerived(h)
		if back.Types[0].Features.Cols != 3 || back.Types[1].Features.Cols != 0 || back.Types[1].Derived != 0 || WithoutDerived(g) != g {
			t.Error("WithoutDerived does not give back the first graph")
		}
		if got, want := MeanWidths(g), []int{3, 3, 3, 3, 0}; !slices.Equal(got, want) {
			t.Errorf("widths are %v, want %v", got, want)
		}
	}
}

// Features of another width than the target's are kept and not mixed in.
func TestWithMeansOfTwoWidths(t *testing.T) {
	g := papers(rand.New(rand.NewPCG(1, 1)))
	g.Types[1].Features = mat.New(9, 7)
	h := WithMeans(g)
	if got, want := MeanWidths(g), []int{3, 7, 0, 3, 0}; !slices.Equal(got, want) {
		t.Errorf("widths are %v, want %v", got, want)
	}
	if h.Types[1].Derived != 0 || h.Types[2].Features.Cols != 0 {
		t.Errorf("authors derived %d, institutions have width %d, want false and 0", h.Types[1].Derived, h.Types[2].Features.Cols)
	}
	if none := (&Graph{Types: []NodeType{{Name: "a", Count: 2}}}); WithMeans(none) != none {
		t.Error("a graph without features was changed")
	}
}
