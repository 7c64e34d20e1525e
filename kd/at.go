package kd

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// AT is the attention transfer of Zagoruyko and Komodakis,
// https://arxiv.org/abs/1612.03928: which nodes a layer answers to most. With
// T and S the last hidden layers,
//
//	t_v = ‖T_v‖²   s_v = ‖S_v‖²   t̂ = t/‖t‖   ŝ = s/‖s‖
//	L = 1/n ‖ŝ - t̂‖²
//
// Only the lengths of the rows matter, so the widths may differ, and there
// are no parameters.
type AT struct {
	at      hidden
	s       mat.Matrix // S of the last Loss
	t, unit []float32  // t̂, ŝ [n]
	norm    float64    // ‖s‖
}

// NewAT returns the criterion between the last hidden layers of models of the
// given widths.
func NewAT(teacher, student []int, config Config) (*AT, error) {
	h, err := newHidden("AT", teacher, student, config)
	if err != nil {
		return nil, err
	}
	return &AT{at: h}, nil
}

// Params returns none.
func (a *AT) Params() []*gnn.Param { return nil }

// Loss returns L on l.
func (a *AT) Loss(l Layers) float64 {
	t, s := a.at.of(l)
	a.s = s
	a.t, _ = energies(a.t, t)
	a.unit, a.norm = energies(a.unit, s)
	sum := 0.0
	for v, x := range a.unit {
		d := float64(x - a.t[v])
		sum += float64(d * d)
	}
	return sum / float64(max(s.Rows, 1))
}

// energies returns the squared lengths of the rows of x divided by their
// norm, and that norm.
func energies(e []float32, x mat.Matrix) ([]float32, float64) {
	e = resize(e, x.Rows)
	sum := 0.0
	for v := range e {
		e[v] = inner(x.Row(v), x.Row(v))
		sum += float64(float64(e[v]) * float64(e[v]))
	}
	norm := math.Sqrt(sum)
	for v := range e {
		e[v] = float32(float64(e[v]) / max(norm, minNorm))
	}
	return e, norm
}

// Backward adds scale times the derivative of L to the last hidden layer's
// entry of grad:
//
//	dŝ = 2/n·(ŝ - t̂)   ds = (dŝ - ŝ·(ŝ·dŝ))/‖s‖   dS_v = 2·ds_v·S_v
//
// Ours: a layer of zeros, where ŝ has no derivative, gets 0.
func (a *AT) Backward(scale float32, grad []mat.Matrix) {
	if a.norm <= minNorm {
		return
	}
	radial := 0.0
	for v, x := range a.unit {
		radial += float64(float64(x) * float64(x-a.t[v]))
	}
	c := 4 * float64(scale) / (float64(max(a.s.Rows, 1)) * a.norm)
	d := grad[a.at.student]
	for v, x := range a.unit {
		g := float32(c * (float64(x-a.t[v]) - float64(float64(x)*radial)))
		addScaledRow(d.Row(v), g, a.s.Row(v))
	}
}
