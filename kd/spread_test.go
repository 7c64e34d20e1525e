package kd

import (
	"math"
	"testing"

	"abkd/gnn/mat"
)

// TestSpreadByHand: spreads of 4, 1 and 0 lack nothing, 1/4 and 1/2; the unit of
// spread 1 is pulled apart, the widest together, the constant one not at all.
func TestSpreadByHand(t *testing.T) {
	c, err := NewSpread([]int{3, 2}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	l := Layers{Student: []mat.Matrix{{Rows: 2, Cols: 3, Data: []float32{9, 1, 7, 1, -1, 7}}, mat.New(2, 2)}}
	if got, want := c.Loss(l), (0.25+0.5)/3; !near(got, want, 1e-9) {
		t.Errorf("loss is %v, want %v", got, want)
	}
	grad := likes(l.Student)
	c.Backward(1, grad)
	// dσ = -1/12 for unit 1, dm = 1/48; (S-mean)/(n·σ) is ±1/2.
	for i, want := range []float64{1. / 96, -1. / 24, 0, -1. / 96, 1. / 24, 0} {
		if got := float64(grad[0].Data[i]); !near(got, want, 1e-8) {
			t.Errorf("gradient %d is %v, want %v", i, got, want)
		}
	}
	if rms(grad[1].Data) != 0 {
		t.Errorf("gradient of the logits is %v, want 0", grad[1].Data)
	}
}

// TestSpreadKeepsUnits: descent on the loss alone brings every unit that still
// varies above half of the widest, which then has no gradient left.
func TestSpreadKeepsUnits(t *testing.T) {
	rng := newRNG(2)
	l := Layers{Student: randomOutputs(20, []int{6, 2}, rng)}
	narrow(l.Student)
	c, err := NewSpread([]int{6, 2}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	first := c.Loss(l)
	for range 400 {
		grad := likes(l.Student)
		c.Backward(-4, grad)
		for i, g := range grad[0].Data {
			l.Student[0].Data[i] += g
		}
		c.Loss(l)
	}
	if last := c.Loss(l); !(first > 0.1) || !(last < 0.01) || math.IsNaN(last) {
		t.Errorf("loss goes from %v to %v, want it near 0", first, last)
	}
}
