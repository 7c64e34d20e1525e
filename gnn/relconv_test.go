package gnn

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// testConv returns a layer with random parameters over the relations of g.
func testConv(g *graph.Graph, p, q int, relu bool) *relConv {
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

func convParams(l *relConv) (ps []*Param) {
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

// orders are the ways to force a layer to multiply, see inOrder.
var orders = []string{"after", "before", "between"}

// inOrder returns b with covers that let a layer multiply after every mean,
// before every mean, or between the two means of any cover: of the
// destinations with an even number, and of the sources of the others.
func inOrder(b sample.Block, order string) sample.Block {
	b.Rel = append([]sample.Adjacency(nil), b.Rel...)
	for i := range b.Rel {
		a := &b.Rel[i]
		if a.Cover = nil; order == "after" {
			continue
		}
		var first, last [][]int32
		for u := range a.Out.Rows() {
			first = append(first, []int32{int32(u)})
		}
		for v := range a.In.Rows() {
			if order == "before" || v%2 == 1 {
				last = append(last, a.In.Row(v))
			} else {
				last = append(last, []int32{int32(len(first))})
				first = append(first, a.In.Row(v))
			}
		}
		a.Cover = &sample.Cover{N: len(first), First: adjacency(first, a.Out.Rows()), Last: adjacency(last, len(first))}
	}
	return b
}

// adjacency returns the relation with the given sources of each destination.
func adjacency(rows [][]int32, src int) sample.Adjacency {
	in := graph.CSR{Ptr: []int32{0}}
	for _, row := range rows {
		in.Col = append(in.Col, row...)
		in.Ptr = append(in.Ptr, int32(len(in.Col)))
	}
	out, weight := graph.Transpose(graph.CSR{}, nil, in, src)
	return sample.Adjacency{In: in, Out: out, OutWeight: weight}
}

// The order in which a layer multiplies changes nothing but the rounding.
func TestRelConvOrder(t *testing.T) {
	g := testGraph(t, 1)
	for l, b := range sample.NewFull(g, 2, nil).Next().Blocks {
		x, dy := randomPerType(6, b.NumSrc, 7), randomPerType(7, b.NumDst, 9)
		run := func(b sample.Block) (out []mat.Matrix) {
			l := testConv(g, 7, 9, true)
			out = append(out, l.Forward(&b, x)...)
			out = append(out, l.Backward(&b, dy)...)
			for _, p := range convParams(l) {
				out = append(out, p.G)
			}
			return out
		}
		want := run(b)
		for _, order := range orders {
			t.Run(fmt.Sprintf("block=%d/order=%s", l, order), func(t *testing.T) {
				for i, got := range run(inOrder(b, order)) {
					wantNear(t, fmt.Sprintf("output %d (Y, dL/dX, then gradients)", i), got, want[i], 1e-5)
				}
			})
		}
	}
}

// wantNear checks that got is want up to tolerance of the root mean square.
func wantNear(t *testing.T, name string, got, want mat.Matrix, tolerance float64) {
	t.Helper()
	if got.Rows != want.Rows || got.Cols != want.Cols {
		t.Errorf("%s is %v, want %v", name, got, want)
		return
	}
	diff := got.Clone()
	mat.Axpy(-1, want, diff)
	if d, size := math.Sqrt(dot(diff, diff)), math.Sqrt(dot(want, want)); !(d <= tolerance*size) {
		t.Errorf("%s is off by %g, want at most %g of %g", name, d, tolerance, size)
	}
}

func TestRelConvGradient(t *testing.T) {
	g := testGraph(t, 1)
	blocks := map[string]sample.Block{
		"full-first":     sample.NewFull(g, 2, nil).Next().Blocks[0],
		"full-last":      sample.NewFull(g, 2, nil).Next().Blocks[1],
		"neighbor-first": sample.NewNeighbor(g, 2, someRows(g), 5, 2, newRand(3)).Next().Blocks[0],
		"neighbor-last":  sample.NewNeighbor(g, 2, someRows(g), 5, 2, newRand(3)).Next().Blocks[1],
	}
	for _, order := range orders {
		blocks[order] = inOrder(blocks["full-first"], order)
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
	wantPanic(t, "gnn: relConv.Forward: features of 1 types, block of 5 types and 9 relations, want 5 types and 9 relations",
		func() { l.Forward(b, x[:1]) })
	wrong := append([]mat.Matrix(nil), x...)
	wrong[2] = mat.New(24, 3)
	wantPanic(t, "gnn: relConv.Forward: features of type 2 are 24×3, want 24×4 (block sources × layer input)",
		func() { l.Forward(b, wrong) })
	l.Forward(b, x)
	dy := make([]mat.Matrix, 5)
	dy[2] = mat.New(24, 4)
	wantPanic(t, "gnn: relConv.Backward: gradient of type 2 is 24×4, want 24×3", func() { l.Backward(b, dy) })
}
