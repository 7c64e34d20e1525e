package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
)

// randomGraph has the shape of a small OGBN-MAG: papers that cite each other,
// authors, their institutions and fields, and one type that nothing reaches.
func randomGraph(t testing.TB, seed uint64) *graph.Graph {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	papers := 20 + rng.IntN(20)
	g := &graph.Graph{Name: "test", Classes: 3, Target: 1, Types: []graph.NodeType{
		{Name: "author", Count: 15}, {Name: "paper", Count: papers}, {Name: "field", Count: 6},
		{Name: "institution", Count: 4}, {Name: "reader", Count: 5},
	}}
	edges := func(src, dst string, n int) (a, b []int32) {
		s, d := g.Types[g.TypeIndex(src)].Count, g.Types[g.TypeIndex(dst)].Count
		for range n {
			a, b = append(a, int32(rng.IntN(s))), append(b, int32(rng.IntN(d)))
		}
		return a, b
	}
	for _, r := range []struct {
		name  graph.EdgeType
		n     int
		alone bool // without a reverse
	}{
		{graph.EdgeType{Src: "author", Rel: "writes", Dst: "paper"}, 60, false},
		{graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}, 80, false},
		{graph.EdgeType{Src: "paper", Rel: "has", Dst: "field"}, 70, false},
		{graph.EdgeType{Src: "author", Rel: "at", Dst: "institution"}, 20, false},
		{graph.EdgeType{Src: "paper", Rel: "read_by", Dst: "reader"}, 30, true},
	} {
		src, dst := edges(r.name.Src, r.name.Dst, r.n)
		add := g.AddWithReverse
		if r.alone {
			add = g.AddRelation
		}
		if err := add(r.name, src, dst); err != nil {
			t.Fatal(err)
		}
	}
	for range papers {
		g.Labels = append(g.Labels, int32(rng.IntN(3)))
	}
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	return g
}

// someNodes returns n different target nodes of g in random order.
func someNodes(g *graph.Graph, n int) (nodes []int32) {
	for _, v := range rand.New(rand.NewPCG(5, 5)).Perm(g.Types[g.Target].Count)[:n] {
		nodes = append(nodes, int32(v))
	}
	return nodes
}

// global returns the id in g of row i of type t of b.
func global(b *Batch, t int, i int32) int32 {
	nodes := b.Sources(t, b.Blocks[0].NumSrc[t])
	if nodes == nil {
		return i
	}
	return nodes[i]
}

// checkBatch reports what is wrong with b as a batch of g, "" for nothing.
func checkBatch(g *graph.Graph, b *Batch) string {
	for t, nodes := range b.Nodes {
		if c := slices.Compact(slices.Sorted(slices.Values(nodes))); len(c) != len(nodes) {
			return fmt.Sprintf("type %d has %d nodes, %d of them distinct", t, len(nodes), len(c))
		}
		if len(nodes) != b.Blocks[0].NumSrc[t] {
			return fmt.Sprintf("type %d has %d nodes, first block has %d sources", t, len(nodes), b.Blocks[0].NumSrc[t])
		}
	}
	last := b.Blocks[len(b.Blocks)-1]
	for t, n := range last.NumDst {
		if want := seedCount(g, b, t); n != want {
			return fmt.Sprintf("last block has %d destinations of type %d, want %d", n, t, want)
		}
	}
	for i, v := range b.Seeds {
		if b.Nodes[g.Target][i] != v {
			return fmt.Sprintf("row %d of the target type is node %d, want seed %d", i, b.Nodes[g.Target][i], v)
		}
	}
	if len(b.Labels) != len(b.Rows) {
		return fmt.Sprintf("%d labels, want %d", len(b.Labels), len(b.Rows))
	}
	for i, r := range b.Rows {
		if want := g.Labels[global(b, g.Target, r)]; b.Labels[i] != want {
			return fmt.Sprintf("label %d is %d, want %d", i, b.Labels[i], want)
		}
	}
	for l, block := range b.Blocks {
		if l > 0 && !slices.Equal(b.Blocks[l-1].NumDst, block.NumSrc) {
			return fmt.Sprintf("block %d has sources %v, block before it has destinations %v", l, block.NumSrc, b.Blocks[l-1].NumDst)
		}
		if fault := checkBlock(g, b, block); fault != "" {
			return fmt.Sprintf("block %d: %s", l, fault)
		}
	}
	return ""
}

func seedCount(g *graph.Graph, b *Batch, t int) int {
	switch {
	case t != g.Target:
		return 0
	case b.Seeds == nil:
		return g.Types[t].Count
	default:
		return len(b.Seeds)
	}
}

// checkBlock compares the relations of block with g and with each other.
func checkBlock(g *graph.Graph, b *Batch, block Block) string {
	for i, r := range g.Relations {
		a := block.Rel[i]
		if fault := checkCover(a); fault != "" {
			return fmt.Sprintf("%v: %s", r, fault)
		}
		src, dst := block.NumSrc[r.Src], block.NumDst[r.Dst]
		if len(a.In.Ptr) != dst+1 || len(a.Out.Ptr) != src+1 {
			return fmt.Sprintf("%v: %d in and %d out pointers, want %d and %d", r, len(a.In.Ptr), len(a.Out.Ptr), dst+1, src+1)
		}
		if len(a.Out.Col) != len(a.In.Col) || len(a.OutWeight) != len(a.In.Col) {
			return fmt.Sprintf("%v: %d out entries and %d weights, want %d", r, len(a.Out.Col), len(a.OutWeight), len(a.In.Col))
		}
		for d := range dst {
			for _, s := range a.In.Row(d) {
				if int(s) >= src {
					return fmt.Sprintf("%v: source %d of %d", r, s, src)
				}
				u, v := global(b, r.Src, s), global(b, r.Dst, int32(d))
				if !slices.Contains(r.In.Row(int(v)), u) {
					return fmt.Sprintf("%v: edge from %d to %d is not in the graph", r, u, v)
				}
				e := slices.Index(a.Out.Row(int(s)), int32(d))
				if e < 0 {
					return fmt.Sprintf("%v: edge from row %d to %d is missing from Out", r, s, d)
				}
				if w := a.OutWeight[int(a.Out.Ptr[s])+e]; w != 1/float32(len(a.In.Row(d))) {
					return fmt.Sprintf("%v: weight is %v, want 1/%d", r, w, len(a.In.Row(d)))
				}
			}
			if row := slices.Sorted(slices.Values(a.In.Row(d))); len(slices.Compact(row)) != len(a.In.Row(d)) {
				return fmt.Sprintf("%v: row %d names a source twice", r, d)
			}
		}
	}
	return ""
}

// mustPanic checks that f panics with a message that contains want.
func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
			t.Errorf("panic is %q, want one with %q", got, want)
		}
	}()
	f()
}

// The check itself must see a fault of each kind.
func TestCheckBatchSeesFaults(t *testing.T) {
	for _, c := range []struct {
		want  string
		spoil func(b *Batch)
	}{
		{"distinct", func(b *Batch) { b.Nodes[1][1] = b.Nodes[1][0] }},
		{"want seed", func(b *Batch) { b.Seeds[0], b.Seeds[1] = b.Seeds[1], b.Seeds[0] }},
		{"label 2", func(b *Batch) { b.Labels[2]++ }},
		{"not in the graph", func(b *Batch) { n := b.Nodes[0]; n[0], n[1], n[2] = n[1], n[2], n[0] }},
		{"missing from Out", func(b *Batch) { clear(b.Blocks[0].Rel[0].Out.Ptr) }},
		{"want 1/", func(b *Batch) { b.Blocks[1].Rel[0].OutWeight[0] = 2 }},
		{"block before it", func(b *Batch) { b.Blocks[1].NumSrc[2]++ }},
		{"last block", func(b *Batch) { b.Blocks[1].NumDst[0] = 1 }},
		{"twice", func(b *Batch) {
			r := b.Blocks[1].Rel[0]
			for d := range r.In.Rows() {
				if row := r.In.Row(d); len(row) > 1 {
					row[1] = row[0]
				}
			}
		}},
	} {
		g := randomGraph(t, 1)
		b := NewNeighbor(g, 2, someNodes(g, 12), 6, 3, rand.New(rand.NewPCG(1, 1))).Next()
		if fault := checkBatch(g, b); fault != "" {
			t.Fatal(fault)
		}
		c.spoil(b)
		if fault := checkBatch(g, b); !strings.Contains(fault, c.want) {
			t.Errorf("fault is %q, want one with %q", fault, c.want)
		}
	}
}
