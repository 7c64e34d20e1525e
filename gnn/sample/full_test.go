package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFullInvariants(t *testing.T) {
	for layers := 1; layers <= 4; layers++ {
		t.Run(fmt.Sprintf("layers=%d", layers), func(t *testing.T) {
			g := randomGraph(t, uint64(layers))
			rows := someNodes(g, 9)
			f := NewFull(g, layers, rows)
			b := f.Next()
			if fault := checkBatch(g, b); fault != "" {
				t.Error(fault)
			}
			if !b.Fixed || b.Nodes != nil || b.Seeds != nil || !slices.Equal(b.Rows, rows) || f.Steps() != 1 || f.Next() != b {
				t.Errorf("batch is %+v, want the one fixed batch of all nodes", b)
			}
		})
	}
}

// The types of each block follow from the paths into the target type alone.
func TestFullKeepsNeededTypes(t *testing.T) {
	g := randomGraph(t, 3)
	b := NewFull(g, 3, nil).Next()
	const author, paper, field, institution, reader = 0, 1, 2, 3, 4
	for l, want := range [][]int{{author, paper, field, institution}, {author, paper, field}, {paper}} {
		for n, nt := range g.Types {
			count := 0
			if slices.Contains(want, n) {
				count = nt.Count
			}
			if got := b.Blocks[l].NumDst[n]; got != count {
				t.Errorf("block %d has %d destinations of %s, want %d", l, got, nt.Name, count)
			}
		}
	}
	if n := b.Blocks[0].NumSrc[reader]; n != 0 {
		t.Errorf("%d readers are sources, want none: they send no message", n)
	}
	for l, block := range b.Blocks {
		for i, r := range g.Relations {
			want := 0
			if block.NumDst[r.Dst] > 0 {
				want = len(r.In.Col)
			}
			if got := len(block.Rel[i].In.Col); got != want {
				t.Errorf("block %d has %d edges of %v, want %d", l, got, r, want)
			}
		}
	}
}

// A batch for more layers than a model has serves the model as well as one
// made for it.
func TestFullTop(t *testing.T) {
	g := randomGraph(t, 4)
	long, short := NewFull(g, 4, nil).Next(), NewFull(g, 2, nil).Next()
	for l, got := range long.Top(2) {
		want := short.Blocks[l]
		if !slices.Equal(got.NumSrc, want.NumSrc) || !slices.Equal(got.NumDst, want.NumDst) {
			t.Errorf("block %d is %v to %v, want %v to %v", l, got.NumSrc, got.NumDst, want.NumSrc, want.NumDst)
		}
		for i := range got.Rel {
			if !slices.Equal(got.Rel[i].In.Col, want.Rel[i].In.Col) || !slices.Equal(got.Rel[i].Out.Col, want.Rel[i].Out.Col) {
				t.Errorf("block %d: relation %d differs", l, i)
			}
		}
	}
}

func TestFullRefuses(t *testing.T) {
	g := randomGraph(t, 1)
	mustPanic(t, "0 layers, want at least 1", func() { NewFull(g, 0, nil) })
	mustPanic(t, "entry 1 is node 999, want 0..", func() { NewFull(g, 1, []int32{0, 999}) })
	mustPanic(t, "entry 0 is node -1, want 0..", func() { NewFull(g, 1, []int32{-1}) })
}

func BenchmarkFull(b *testing.B) {
	g := randomGraph(b, 1)
	for b.Loop() {
		NewFull(g, 3, nil)
	}
}

func BenchmarkNeighbor(b *testing.B) {
	g := randomGraph(b, 1)
	s := NewNeighbor(g, 3, someNodes(g, 16), 8, 3, rand.New(rand.NewPCG(1, 1)))
	b.ReportAllocs()
	for b.Loop() {
		s.Next()
	}
}
