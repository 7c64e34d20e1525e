package gnn

import (
	"fmt"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// testConv returns a layer with random parameters over the relations of g.
func testConv(g *graph.Graph, p, q int, relu bool) *RelConv {
	var src, dst []int
	for _, r := range g.Relations {
		src, dst = append(src, r.Src), append(dst, r.Dst)
	}
	l, rng := newRelConv(len(g.Types), src, dst, relu), newRand(5)
	random := func(name string, r, c int) *Param {
		w := NewParam(name, r, c)
		copy(w.W.Data, randomMatrix(rng, r, c).Data)
		return w
	}
	for t := range g.Types {
		l.Self[t], l.Bias[t] = random(fmt.Sprint("self", t), p, q), random(fmt.Sprint("bias", t), 1, q)
	}
	for r := range g.Relations {
		l.Rel[r] = random(fmt.Sprint("rel", r), p, q)
	}
	return l
}

func convParams(l *RelConv) (ps []*Param) {
	return append(append(append(ps, l.Self...), l.Bias...), l.Rel...)
}

// randomPerType returns a random matrix for each type, rows[t] × cols.
func randomPerType(seed uint64, rows []int, cols int) (ms []mat.Matrix) {
	rng := newRand(seed)
	for _, n := range rows {
		ms = append(ms, randomMatrix(rng, n, cols))
	}
	return ms
}

func TestRelConvGradient(t *testing.T) {
	g := testGraph(t, 1)
	blocks := map[string]sample.Block{
		"full-first":     sample.NewFull(g, 2, nil).Next().Blocks[0],
		"full-last":      sample.NewFull(g, 2, nil).Next().Blocks[1],
		"neighbor-first": sample.NewNeighbor(g, 2, someRows(g), 5, 2, newRand(3)).Next().Blocks[0],
		"neighbor-last":  sample.NewNeighbor(g, 2, someRows(g), 5, 2, newRand(3)).Next().Blocks[1],
	}
	for name, b := range blocks {
		for _, relu := range []bool{true, false} {
			for _, w := range []struct{ p, q int }{{1, 1}, {4, 3}, {3, 9}} {
				t.Run(fmt.Sprintf("block=%s/relu=%t/p=%d/q=%d", name, relu, w.p, w.q), func(t *testing.T) {
					l := testConv(g, w.p, w.q, relu)
					x := randomPerType(6, b.NumSrc, w.p)
					// L = Σ_t c_t ⊙ Y_t, so dL/dY_t = c_t.
					c := randomPerType(7, b.NumDst, w.q)
					loss := func() (s float64, pattern uint64) {
						ys := l.Forward(&b, x)
						for t, y := range ys {
							s += dot(c[t], y)
						}
						if relu {
							pattern = reluPattern(ys)
						}
						return s, pattern
					}
					stale := sample.NewFull(g, 2, nil).Next().Blocks[0]
					l.Forward(&stale, randomPerType(8, stale.NumSrc, w.p))
					l.Backward(&stale, randomPerType(9, stale.NumDst, w.q))
					ZeroGrad(convParams(l))

					loss()
					dx := append([]mat.Matrix(nil), l.Backward(&b, c)...)
					for i := range dx {
						if dx[i].Empty() && !x[i].Empty() {
							t.Errorf("gradient of x[%d] is empty", i)
						} else if !x[i].Empty() {
							checkGradient(t, fmt.Sprintf("x[%d]", i), loss, x[i], dx[i])
						}
					}
					for _, p := range convParams(l) {
						checkGradient(t, p.Name, loss, p.W, p.G)
					}
				})
			}
		}
	}
}

// A type of which nobody wants the gradient gets none, and nothing else
// changes.
func TestRelConvConstant(t *testing.T) {
	g := testGraph(t, 1)
	b := &sample.NewFull(g, 2, nil).Next().Blocks[0]
	x, dy := randomPerType(6, b.NumSrc, 4), randomPerType(7, b.NumDst, 3)
	all, some := testConv(g, 4, 3, true), testConv(g, 4, 3, true)
	some.constant[g.Target] = true
	all.Forward(b, x)
	some.Forward(b, x)
	want, got := all.Backward(b, dy), some.Backward(b, dy)
	for i := range want {
		if i == g.Target {
			if !got[i].Empty() {
				t.Errorf("gradient of a constant input is %v, want it empty", got[i])
			}
		} else if !sameBits(got[i], want[i]) {
			t.Errorf("gradient of the input of type %d differs", i)
		}
	}
	for i, p := range convParams(some) {
		if !sameBits(p.G, convParams(all)[i].G) {
			t.Errorf("gradient of %s differs", p.Name)
		}
	}
}

// Backward of nothing is nothing.
func TestRelConvZeroGradient(t *testing.T) {
	g := testGraph(t, 1)
	b := &sample.NewFull(g, 1, nil).Next().Blocks[0]
	l := testConv(g, 4, 3, false)
	l.Forward(b, randomPerType(6, b.NumSrc, 4))
	for i, dx := range l.Backward(b, make([]mat.Matrix, len(g.Types))) {
		if !dx.Empty() {
			t.Errorf("gradient of the input of type %d is %v, want it empty", i, dx)
		}
	}
	for _, p := range convParams(l) {
		if dot(p.G, p.G) != 0 {
			t.Errorf("gradient of %s is not 0", p.Name)
		}
	}
}

func TestRelConvPanics(t *testing.T) {
	g := testGraph(t, 1)
	b := &sample.NewFull(g, 1, nil).Next().Blocks[0]
	l := testConv(g, 4, 3, false)
	x := randomPerType(6, b.NumSrc, 4)
	wantPanic(t, "gnn: RelConv.Forward: features of 1 types, block of 5 types and 9 relations, want 5 types and 9 relations",
		func() { l.Forward(b, x[:1]) })
	wrong := append([]mat.Matrix(nil), x...)
	wrong[2] = mat.New(24, 3)
	wantPanic(t, "gnn: RelConv.Forward: features of type 2 are 24×3, want 24×4 (block sources × layer input)",
		func() { l.Forward(b, wrong) })
	l.Forward(b, x)
	dy := make([]mat.Matrix, 5)
	dy[2] = mat.New(24, 4)
	wantPanic(t, "gnn: RelConv.Backward: gradient of type 2 is 24×4, want 24×3", func() { l.Backward(b, dy) })
}
