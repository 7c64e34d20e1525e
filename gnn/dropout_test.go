package gnn

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

func TestRGCNDropout(t *testing.T) {
	g := testGraph(t, 1)
	b := sample.NewFull(g, 2, someRows(g)).Next()
	m := newTestModel(t, Config{Layers: 2, Hidden: 64, Dropout: 0.25}, g, 2)
	clean := m.Forward(b, nil)
	hidden, logits := clean.Layers[0].Clone(), clean.Logits().Clone()
	noisy := m.Forward(b, newRand(9))
	if !sameBits(noisy.Layers[0], hidden) {
		t.Error("the first layer's output shows dropout, want the values before it")
	}
	first := noisy.Logits().Clone()
	if sameBits(first, logits) {
		t.Error("logits are those without dropout")
	}
	if !sameBits(m.Forward(b, newRand(9)).Logits(), first) {
		t.Error("logits differ between two runs from one seed")
	}
	if !sameBits(m.Forward(b, nil).Logits(), logits) {
		t.Error("logits of the evaluation after training are not those before")
	}

	off := newTestModel(t, Config{Layers: 2, Hidden: 64, Dropout: -1}, g, 2)
	rng := newRand(9)
	if !sameBits(off.Forward(b, rng).Logits(), logits) || rng.Uint64() != newRand(9).Uint64() {
		t.Error("a negative dropout drops, or draws")
	}
}

func TestDropoutRate(t *testing.T) {
	y := mat.New(1000, 33)
	for i := range y.Data {
		y.Data[i] = 1
	}
	for _, p := range []float32{0.01, 0.25, 0.5, 0.9} {
		t.Run(fmt.Sprintf("p=%g", p), func(t *testing.T) {
			d, zeros := newDropout(p), 0
			scale := 1 / (1 - float64(p))
			h := d.forward(y, newRand(1))
			for i, v := range h.Data {
				switch {
				case v == 0:
					zeros++
				case math.Abs(float64(v)-scale) > 1e-3:
					t.Fatalf("element %d is %g, want 0 or %g", i, v, scale)
				}
			}
			// Five standard deviations of the binomial distribution.
			n := float64(len(h.Data))
			if got, five := float64(zeros)/n, 5*math.Sqrt(float64(p*(1-p))/n); math.Abs(got-float64(p)) > five {
				t.Errorf("share of zeros is %.4f, want %g±%.4f", got, p, five)
			}
			grad := y.Clone()
			d.backward(grad)
			if !sameBits(grad, h) {
				t.Error("the gradient of 1 is not the mask")
			}
		})
	}
}

// The last elements, which do not fill a number drawn, are as the others: the
// mask of the first n elements does not depend on what follows.
func TestDropoutTail(t *testing.T) {
	y := randomMatrix(newRand(1), 1, 23)
	whole := newDropout(0.5)
	want := whole.forward(y, newRand(2))
	for n := range y.Cols {
		d := newDropout(0.5)
		x := mat.Matrix{Rows: 1, Cols: n, Data: y.Data[:n]}
		if h := d.forward(x, newRand(2)); !sameBits(h, mat.Matrix{Rows: 1, Cols: n, Data: want.Data[:n]}) {
			t.Errorf("n=%d: h is %v, want %v", n, h.Data, want.Data[:n])
		}
		grad := x.Clone()
		if d.backward(grad); !sameBits(grad, d.h) {
			t.Errorf("n=%d: gradient is %v, want %v", n, grad.Data, d.h.Data)
		}
	}
}

// Neighbours are dropped independently: of four with probability 1/2 each of
// the 16 outcomes is as likely. The statistic is χ² distributed with 15
// degrees of freedom and exceeds 37.7 once in a thousand.
func TestDropoutIsIndependent(t *testing.T) {
	const groups = 20000
	y := mat.New(groups, 4)
	for i := range y.Data {
		y.Data[i] = 1
	}
	for from := range 4 { // groups across two numbers drawn, too
		d, count := newDropout(0.5), [16]int{}
		h := d.forward(y, newRand(1)).Data[from:]
		for i := 0; i+4 <= len(h); i += 4 {
			k := 0
			for j, v := range h[i : i+4] {
				if v > 0 {
					k |= 1 << j
				}
			}
			count[k]++
		}
		chi := 0.0
		for _, n := range count {
			chi += (float64(n) - groups/16) * (float64(n) - groups/16) / (groups / 16)
		}
		if chi > 37.7 {
			t.Errorf("from element %d on, outcomes are %v with statistic %.1f, want at most 37.7", from, count, chi)
		}
	}
}
