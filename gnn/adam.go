package gnn

import (
	"fmt"
	"math"
	"slices"

	"abkd/gnn/mat"
)

// Adam is the optimiser of Kingma and Ba, https://arxiv.org/abs/1412.6980,
// algorithm 1. The zero value of a field is its default, given in
// parentheses; LR has none. Fields may be changed between steps.
//
// A parameter with a Decay λ has the gradient of λ/2·‖W‖² added to its own, as
// PyTorch's Adam does: the decay is scaled like every gradient.
//
// Of a table of embeddings a step touches the rows of the batch alone, as
// PyTorch's SparseAdam does (which adds ε before the correction, and has no
// decay): the other rows and their moments wait, and do not decay, until they
// are in a batch again. The corrections are those of all steps, not of a row's
// own. Where every step has the same rows, as on a whole graph, nothing differs
// from Adam on all rows. The moments take twice the memory of the parameters,
// tables included.
type Adam struct {
	LR    float64 // learning rate
	Beta1 float64 // decay of the mean of the gradient (0.9)
	Beta2 float64 // decay of the mean of its square (0.999)
	Eps   float64 // added to the root of the latter (1e-8)

	Backend *mat.Backend // computes the updates

	params []*Param
	m, v   []mat.Matrix // the two means, per parameter
	decay1 float64      // Beta1^t after t steps, as a running product
	decay2 float64
}

// NewAdam returns an optimiser of params with learning rate lr.
func NewAdam(params []*Param, lr float64) *Adam {
	if !(lr > 0) {
		panic(fmt.Sprintf("gnn: NewAdam: learning rate is %g, want more than 0", lr))
	}
	a := &Adam{LR: lr, params: params, decay1: 1, decay2: 1}
	for _, p := range params {
		a.m = append(a.m, mat.New(p.W.Rows, p.W.Cols))
		a.v = append(a.v, mat.New(p.W.Rows, p.W.Cols))
	}
	return a
}

// Step updates every parameter that is not frozen with its gradient and
// clears the gradients for the next step.
func (a *Adam) Step() {
	a.Update()
	ZeroGrad(a.params)
}

// Update is Step for those who want to see the gradient afterwards, and clear
// it themselves.
func (a *Adam) Update() {
	b1, b2, eps := or(a.Beta1, 0.9), or(a.Beta2, 0.999), or(a.Eps, 1e-8)
	a.decay1 *= b1
	a.decay2 *= b2
	s := mat.AdamStep{
		Beta1: float32(b1), Beta2: float32(b2), Eps: float32(eps),
		Correction1: float32(1 - a.decay1),
		Correction2: float32(math.Sqrt(1 - a.decay2)),
	}
	for i, p := range a.params {
		if p.Frozen {
			continue
		}
		s.LR = float32(a.rate(p))
		if p.Embedding {
			if p.Decay != 0 {
				a.Backend.AddGathered(float32(p.Decay), p.G, p.W, p.Rows)
			}
			a.Backend.AdamRows(p.W, p.G, a.m[i], a.v[i], p.Rows, s)
			continue
		}
		if p.Decay != 0 {
			a.Backend.Axpy(float32(p.Decay), p.W, p.G)
		}
		a.Backend.Adam(p.W, p.G, a.m[i], a.v[i], s)
	}
}

// rate returns the learning rate of p.
func (a *Adam) rate(p *Param) float64 { return a.LR * or(p.Rate, 1) }

// SetBackend sets Backend.
func (a *Adam) SetBackend(b *mat.Backend) { a.Backend = b }

// State returns Beta1^t and Beta2^t after t steps, and the two means.
func (a *Adam) State() OptimizerState {
	return OptimizerState{[]*float64{&a.decay1, &a.decay2}, [][]mat.Matrix{a.m, a.v}}
}

// LastUpdate returns what the last Update added to p's weights, empty if
// there was none or p is no parameter of a's. It is computed again from the
// means that a keeps, so it may differ in the last digit.
func (a *Adam) LastUpdate(p *Param) mat.Matrix {
	i := slices.Index(a.params, p)
	if i < 0 || a.decay1 == 1 || p.Frozen {
		return mat.Matrix{}
	}
	rate := float32(a.rate(p)) / float32(1-a.decay1)
	root, eps := float32(math.Sqrt(1-a.decay2)), float32(or(a.Eps, 1e-8))
	update := mat.New(p.W.Rows, p.W.Cols)
	for k, m := range a.m[i].Data {
		update.Data[k] = -rate * m / (float32(math.Sqrt(float64(a.v[i].Data[k])))/root + eps)
	}
	for v, at := range p.place { // of a table the rows with a gradient alone
		if at == 0 {
			clear(update.Row(v))
		}
	}
	return update
}

// SetDecay sets the weight decay of m's parameters: convolutions for those of
// its layers, and dense for the others, such as an encoder and the first and
// last layer of GCNII.
func SetDecay(m Model, convolutions, dense float64) {
	for _, p := range m.Params() {
		p.Decay = convolutions
		if p.Dense {
			p.Decay = dense
		}
	}
}

// ZeroGrad clears the gradients of params.
func ZeroGrad(params []*Param) {
	for _, p := range params {
		if p.Embedding {
			p.dropRows()
			continue
		}
		p.G.Zero()
	}
}

// or returns v, or def if v is zero.
func or(v, def float64) float64 {
	if v == 0 {
		return def
	}
	return v
}
