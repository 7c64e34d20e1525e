package gnn

import (
	"fmt"
	"testing"

	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// randomSparse returns a matrix with few elements other than 0.
func randomSparse(seed uint64, rows, cols int, share float64) mat.Matrix {
	m, rng := mat.New(rows, cols), newRand(seed)
	for i := range m.Data {
		if rng.Float64() < share {
			m.Data[i] = float32(rng.NormFloat64())
		}
	}
	return m
}

// Products with a sparse operand are those with the dense one.
func TestSparseProducts(t *testing.T) {
	for _, size := range []struct{ n, p, q int }{{1, 60, 1}, {30, 50, 7}, {64, 200, 16}} {
		t.Run(fmt.Sprintf("n=%d/p=%d/q=%d", size.n, size.p, size.q), func(t *testing.T) {
			m := randomSparse(1, size.n, size.p, 0.05)
			s := newSparse(m, nil)
			if s == nil {
				t.Fatal("the matrix is not sparse")
			}
			x := operand{Matrix: mat.Matrix{Rows: m.Rows, Cols: m.Cols}, sparse: s}
			w, d := randomMatrix(newRand(2), size.p, size.q), randomMatrix(newRand(3), size.n, size.q)
			got, want := mat.New(size.n, size.q), mat.New(size.n, size.q)
			x.mul(nil, got, w)
			dense(m).mul(nil, want, w)
			wantClose(t, "X·W", got, want)
			got, want = randomMatrix(newRand(4), size.p, size.q), randomMatrix(newRand(4), size.p, size.q)
			x.addTMul(nil, got, d)
			dense(m).addTMul(nil, want, d)
			wantClose(t, "Xᵀ·D", got, want)
		})
	}
}

func wantClose(t *testing.T, name string, got, want mat.Matrix) {
	t.Helper()
	for i, v := range want.Data {
		if d := got.Data[i] - v; !(d < 1e-4 && d > -1e-4) {
			t.Fatalf("element %d of %s is %g, want %g", i, name, got.Data[i], v)
		}
	}
}

// Dropout takes the same elements from X and from Xᵀ, and all come back.
func TestSparseDropout(t *testing.T) {
	m := randomSparse(1, 40, 50, 0.1)
	s := newSparse(m, nil)
	x := operand{Matrix: mat.Matrix{Rows: m.Rows, Cols: m.Cols}, sparse: s}
	identity := mat.New(50, 50)
	for i := range 50 {
		identity.Row(i)[i] = 1
	}
	left := mat.New(40, 50)
	d := newDropout(0.25)
	s.dropValues(&d, newRand(9))
	x.mul(nil, left, identity)
	zeros, all := 0, 0
	for i, v := range left.Data {
		switch want := m.Data[i] * d.scale; {
		case m.Data[i] == 0 && v != 0:
			t.Fatalf("element %d is %g, want 0", i, v)
		case m.Data[i] != 0 && v == 0:
			zeros++
		case v != want:
			t.Fatalf("element %d is %g, want %g or 0", i, v, want)
		}
		if m.Data[i] != 0 {
			all++
		}
	}
	if share := float64(zeros) / float64(all); share < 0.1 || share > 0.4 {
		t.Errorf("%d of %d elements are dropped, want about a quarter", zeros, all)
	}
	w, got, want := randomMatrix(newRand(3), 40, 6), mat.New(50, 6), mat.New(50, 6)
	x.addTMul(nil, got, w)
	mat.AddTMul(want, left, w)
	wantClose(t, "what is left of Xᵀ, times D,", got, want)

	for name, drop := range map[string]func(){
		"evaluation": func() { s.dropValues(&d, nil) },
		"rate 0":     func() { none := newDropout(-1); s.dropValues(&none, newRand(1)) },
	} {
		s.dropValues(&d, newRand(9))
		drop()
		x.mul(nil, left, identity)
		if !sameBits(left, m) {
			t.Errorf("%s does not bring back every element", name)
		}
	}
}

func TestNewSparse(t *testing.T) {
	if newSparse(randomSparse(1, 40, 50, 0.3), nil) != nil {
		t.Error("a matrix with 30 % of its elements other than 0 counts as sparse")
	}
	m := mat.New(2, 20)
	m.Row(0)[3], m.Row(1)[5] = 2, -4
	s := newSparse(m, []float32{0.5, 0.25})
	if s == nil || s.all[0] != 1 || s.all[1] != -1 || s.allCol[0] != 1 || s.allCol[1] != -1 {
		t.Errorf("scaled elements are %+v, want 1 and -1", s)
	}
	x := operand{Matrix: mat.Matrix{Rows: 2, Cols: 20}, sparse: s}
	wantPanic(t, "gnn: operand: 1 rows of the sparse 2×20, want all", func() { x.top(1) })
}

// A model takes its features as they are sparse, in whole graphs alone, and
// says so in the trace.
func TestSparseInput(t *testing.T) {
	g := citationGraph(t, 1, 40, 0.92)
	m := newModelOf(t, Config{Kind: "gcn", Layers: 1}, g, 2)
	if x := m.Forward(sample.NewFull(g, 1, nil).Next(), nil).Input[0]; !x.Empty() {
		t.Errorf("a sparse input shows as %v, want it empty", x)
	}
	b := sample.NewNeighbor(g, 1, someRows(g), 5, 2, newRand(3)).Next()
	if x := m.Forward(b, nil).Input[0]; x.Rows != b.Blocks[0].NumSrc[0] || !sameBits(x.Top(1), mat.Matrix{Rows: 1, Cols: 40, Data: g.Types[0].Features.Row(int(b.Nodes[0][0]))}) {
		t.Errorf("a sampled input shows as %v, want the features of the batch's nodes", x)
	}
}
