package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/graph"
)

func TestReceptiveInvariants(t *testing.T) {
	for layers := 1; layers <= 4; layers++ {
		for _, n := range []int{1, 5, 18} {
			t.Run(fmt.Sprintf("layers=%d/seeds=%d", layers, n), func(t *testing.T) {
				g := randomGraph(t, uint64(layers))
				seeds := someNodes(g, n)
				r := NewReceptive(g, layers, seeds)
				b := r.Next()
				if fault := checkBatch(g, b); fault != "" {
					t.Error(fault)
				}
				if !b.Fixed || !slices.Equal(b.Seeds, seeds) || len(b.Blocks) != layers || r.Steps() != 1 || r.Next() != b {
					t.Errorf("batch is %+v, want one fixed batch of %d blocks", b, layers)
				}
				for i, row := range b.Rows {
					if len(b.Rows) != n || int(row) != i {
						t.Fatalf("rows are %v, want 0..%d", b.Rows, n-1)
					}
				}
			})
		}
	}
}

// The receptive field is that of a Neighbor that draws all neighbours, and
// what each block adds to it is in ascending order.
func TestReceptiveIsExact(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			g := randomGraph(t, seed)
			seeds := someNodes(g, 4)
			got := NewReceptive(g, 3, seeds).Next()
			want := NewNeighbor(g, 3, seeds, 4, 1000, rand.New(rand.NewPCG(seed, 3))).Next()
			for l, b := range got.Blocks {
				w := want.Blocks[l]
				if !slices.Equal(b.NumSrc, w.NumSrc) || !slices.Equal(b.NumDst, w.NumDst) {
					t.Errorf("block %d is %v to %v, want %v to %v", l, b.NumSrc, b.NumDst, w.NumSrc, w.NumDst)
				}
				for n, nodes := range got.Nodes {
					if added := nodes[b.NumDst[n]:b.NumSrc[n]]; !slices.IsSorted(added) {
						t.Errorf("block %d adds %v of type %d, want them ascending", l, added, n)
					}
				}
				for i, r := range g.Relations {
					for d, v := range got.Nodes[r.Dst][:b.NumDst[r.Dst]] {
						if n := len(r.In.Row(int(v))); len(b.Rel[i].In.Row(d)) != n {
							t.Errorf("block %d: %v: row %d has %d sources, want %d", l, r, d, len(b.Rel[i].In.Row(d)), n)
						}
					}
				}
			}
		})
	}
}

// A batch for more layers than a model has serves the model as well as one
// made for it.
func TestReceptiveTop(t *testing.T) {
	g := randomGraph(t, 4)
	seeds := someNodes(g, 3)
	long, short := NewReceptive(g, 4, seeds).Next(), NewReceptive(g, 2, seeds).Next()
	for n, nodes := range short.Nodes {
		if !slices.Equal(long.Nodes[n][:len(nodes)], nodes) {
			t.Errorf("nodes of type %d begin with %v, want %v", n, long.Nodes[n], nodes)
		}
	}
	for l, got := range long.Top(2) {
		for i := range got.Rel {
			if want := short.Blocks[l].Rel[i]; !slices.Equal(got.Rel[i].In.Col, want.In.Col) || !slices.Equal(got.Rel[i].Out.Col, want.Out.Col) {
				t.Errorf("block %d: relation %d differs", l, i)
			}
		}
	}
}

// A field has the nodes of the receptive batch, each at its place.
func TestField(t *testing.T) {
	g := randomGraph(t, 4)
	seeds := someNodes(g, 3)
	f, b := NewField(g, 3, seeds), NewReceptive(g, 3, seeds).Next()
	for n, nodes := range f.Nodes {
		if !slices.Equal(nodes, b.Nodes[n]) {
			t.Errorf("nodes of type %d are %v, want %v", n, nodes, b.Nodes[n])
		}
		for v, i := range f.Local[n] {
			if at := slices.Index(nodes, int32(v)); int(i) != at {
				t.Errorf("node %d of type %d is at %d, want %d", v, n, i, at)
			}
		}
	}
	for l, block := range b.Blocks {
		if k := len(b.Blocks) - l; !slices.Equal(f.Sizes[k], block.NumSrc) || !slices.Equal(f.Sizes[k-1], block.NumDst) {
			t.Errorf("sizes are %v, want %v to %v in block %d", f.Sizes, block.NumSrc, block.NumDst, l)
		}
	}
	if none := NewField(g, 2, nil); len(none.Nodes[g.Target]) != 0 || len(none.Sizes) != 3 {
		t.Errorf("the field of no nodes is %v", none.Nodes)
	}
}

// Few seeds of a graph in many parts have a small field; those of all papers
// are the graph.
func TestExactChooses(t *testing.T) {
	g := &graph.Graph{Classes: 2, Types: []graph.NodeType{{Name: "paper", Count: 100}}, Labels: make([]int32, 100)}
	var src, dst []int32
	for v := range int32(100) {
		src, dst = append(src, v), append(dst, v^1)
	}
	if err := g.AddRelation(graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}, src, dst); err != nil {
		t.Fatal(err)
	}
	all := make([]int32, 100)
	for i := range all {
		all[i] = int32(i)
	}
	for n, want := range map[int]string{0: "*sample.Full", 1: "*sample.Receptive", 44: "*sample.Receptive", 92: "*sample.Full", 100: "*sample.Full"} {
		s := NewExact(g, 3, all[:n])
		if got := fmt.Sprintf("%T", s); got != want {
			t.Errorf("sampler of %d rows of 100 is a %s, want a %s", n, got, want)
		}
		if b := s.Next(); !b.Fixed || !slices.Equal(b.Rows, all[:n]) {
			t.Errorf("rows are %v, want 0..%d", b.Rows, n-1)
		}
	}
}

func TestReceptiveRefuses(t *testing.T) {
	g := randomGraph(t, 1)
	mustPanic(t, "NewReceptive: 0 layers, want at least 1", func() { NewReceptive(g, 0, []int32{1}) })
	mustPanic(t, "NewReceptive: 0 seeds, want at least 1", func() { NewReceptive(g, 1, nil) })
	mustPanic(t, "NewExact: 0 layers, want at least 1", func() { NewExact(g, 0, nil) })
	mustPanic(t, "NewReceptive: entry 1 is node 999, want 0..", func() { NewReceptive(g, 1, []int32{0, 999}) })
	mustPanic(t, "NewReceptive: entry 2 is node 1 again, want each node once", func() { NewReceptive(g, 1, []int32{1, 2, 1}) })
}

func BenchmarkReceptive(b *testing.B) {
	g := randomGraph(b, 1)
	for b.Loop() {
		NewReceptive(g, 3, someNodes(g, 9))
	}
}
