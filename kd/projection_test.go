package kd

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"abkd/gnn/mat"
)

func TestOrthogonalise(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {6, 4}, {4, 6}, {5, 5}, {64, 64}, {128, 32}, {3, 64}} {
		p, d := size[0], size[1]
		t.Run(fmt.Sprintf("p=%d/d=%d", p, d), func(t *testing.T) {
			w := mat.New(p, d)
			orthogonalise(w, newRNG(1))
			k := min(p, d)
			gram := mat.New(k, k)
			if p < d {
				mat.MulT(gram, w, w)
			} else {
				mat.TMul(gram, w, w)
			}
			for i := range k {
				for j, got := range gram.Row(i) {
					want := 0.0
					if i == j {
						want = 1
					}
					if !near(float64(got), want, 1e-5) {
						t.Fatalf("product of vectors %d and %d is %v, want %v", i, j, got, want)
					}
				}
			}
		})
	}
}

// TestWeights: a new weight fills ±1/√p.
func TestWeights(t *testing.T) {
	w := newWeight("w", 16, 50, newRNG(1)).W.Data
	if lo, hi := slices.Min(w), slices.Max(w); lo < -0.25 || hi > 0.25 || lo > -0.24 || hi < 0.24 {
		t.Errorf("weights are in %v..%v, want close to ±0.25", lo, hi)
	}
}

// TestBatchNorm: before γ, β and the ReLU every column has mean 0 and
// variance 1, whatever the bias, and Backward's dz has no mean and no part
// along the column.
func TestBatchNorm(t *testing.T) {
	b := newBatchNorm("b", 4)
	for k := range b.beta.W.Data {
		b.beta.W.Data[k], b.bias.W.Data[k] = 5, float32(k)
	}
	rng := newRNG(2)
	z := randomOutputs(9, []int{4}, rng)[0]
	b.forward(z.Clone())
	dz := b.backward(randomOutputs(9, []int{4}, rng)[0])
	for k := range 4 {
		var mean, square, dmean, along float64
		for v := range 9 {
			x := float64(b.y.Row(v)[k] - 5)
			mean += x / 9
			square += x * x / 9
			dmean += float64(dz.Row(v)[k])
			along += float64(dz.Row(v)[k]) * x
		}
		if !near(mean, 0, 1e-5) || !near(square, 1, 1e-4) {
			t.Errorf("column %d has mean %v and variance %v, want 0 and 1", k, mean, square)
		}
		if !near(dmean, 0, 1e-5) || !near(along, 0, 1e-4) {
			t.Errorf("gradient of column %d sums to %v and to %v along it, want 0", k, dmean, along)
		}
		if b.bias.G.Data[k] != 0 {
			t.Errorf("gradient of bias %d is %v, want 0", k, b.bias.G.Data[k])
		}
	}
}

// TestBatchNormOneRow: a single row has variance 0, and ε keeps it finite.
func TestBatchNormOneRow(t *testing.T) {
	b := newBatchNorm("b", 2)
	b.forward(mat.Matrix{Rows: 1, Cols: 2, Data: []float32{3, -7}})
	dz := b.backward(mat.Matrix{Rows: 1, Cols: 2, Data: []float32{1, 1}})
	for k := range 2 {
		if b.y.Data[k] != 0 || dz.Data[k] != 0 {
			t.Errorf("column %d: output %v and gradient %v, want 0", k, b.y.Data[k], dz.Data[k])
		}
	}
}

func TestSoftmax(t *testing.T) {
	x := []float32{1, 100, 1000, 100, 1000, 100}
	softmax(x, 3, 2, 4) // elements 0, 2 and 4
	for i, want := range []float64{0, 100, 2, 100, 2, 100} {
		if !near(float64(x[i]), want, 1e-6) {
			t.Errorf("element %d is %v, want %v", i, x[i], want)
		}
	}
}

func TestSubspaceStart(t *testing.T) {
	s := newSubspace(7)
	s.forward()
	for i := range 7 {
		for j, q := range s.q.Row(i) {
			want := 0.0
			if i == j {
				want = 1
			}
			if !near(float64(q), want, 1e-6) {
				t.Fatalf("Q[%d][%d] is %v, want %v", i, j, q, want)
			}
		}
	}
	s.p.W.Zero() // Q is 0, not NaN
	s.forward()
	for _, q := range s.q.Data {
		if q != 0 || math.IsNaN(float64(q)) {
			t.Fatalf("Q of a zero P has %v, want 0", q)
		}
	}
}
