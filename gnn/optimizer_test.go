package gnn

import (
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/mat"
)

// adamOf returns an optimiser of two parameters, which begin at the same
// weights each time.
func adamOf() (*Adam, []*Param) {
	ps := []*Param{NewParam("a", 3, 4), NewParam("b", 1, 5)}
	for i, p := range ps {
		p.Decay = 0.1 * float64(i)
		for k := range p.W.Data {
			p.W.Data[k] = float32(k%3) - 1
		}
	}
	return NewAdam(ps, 0.01), ps
}

// walk makes n steps with the gradients that rng gives.
func walk(a *Adam, ps []*Param, rng *rand.Rand, n int) {
	for range n {
		for _, p := range ps {
			for k := range p.G.Data {
				p.G.Data[k] = rng.Float32() - 0.5
			}
		}
		a.Step()
	}
}

// An optimiser set to the state of another, with its weights, goes on as that.
func TestAdamStateContinues(t *testing.T) {
	rng := func(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
	first, ps := adamOf()
	walk(first, ps, rng(1), 5)
	second, qs := adamOf()
	walk(second, qs, rng(9), 2)
	from, to := first.State(), second.State()
	for i, n := range from.Numbers {
		*to.Numbers[i] = *n
	}
	for k, moments := range from.Moments {
		for i := range moments {
			copy(to.Moments[k][i].Data, moments[i].Data)
		}
	}
	Copy(qs, ps)
	walk(first, ps, rng(2), 5)
	walk(second, qs, rng(2), 5)
	for i, p := range ps {
		if !slices.Equal(qs[i].W.Data, p.W.Data) {
			t.Errorf("%s is %v, want %v", p.Name, qs[i].W.Data, p.W.Data)
		}
	}
}

// A frozen parameter keeps its weights and its means, and loses its gradient.
func TestAdamLeavesTheFrozen(t *testing.T) {
	a, ps := adamOf()
	rng := rand.New(rand.NewPCG(1, 0))
	walk(a, ps, rng, 3)
	ps[1].Frozen = true
	s := a.State()
	kept := []mat.Matrix{ps[1].W.Clone(), s.Moments[0][1].Clone(), s.Moments[1][1].Clone()}
	other := ps[0].W.Clone()
	walk(a, ps, rng, 3)
	for i, m := range []mat.Matrix{ps[1].W, s.Moments[0][1], s.Moments[1][1]} {
		if !slices.Equal(m.Data, kept[i].Data) {
			t.Errorf("matrix %d of the frozen parameter is %v, want %v", i, m.Data, kept[i].Data)
		}
	}
	for _, g := range ps[1].G.Data {
		if g != 0 {
			t.Fatalf("its gradient is %v, want 0", ps[1].G.Data)
		}
	}
	if slices.Equal(ps[0].W.Data, other.Data) {
		t.Error("the other parameter stays, too")
	}
	ps[1].Frozen = false
	walk(a, ps, rng, 1)
	if slices.Equal(ps[1].W.Data, kept[0].Data) {
		t.Error("it stays once it is free")
	}
}
