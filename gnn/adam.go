package gnn

import (
	"fmt"
	"math"
	"strings"

	"abkd/gnn/mat"
)

// Adam is the optimiser of Kingma and Ba, https://arxiv.org/abs/1412.6980,
// algorithm 1. The zero value of a field is its default, given in
// parentheses; LR has none. Fields may be changed between steps.
//
// A parameter with a Decay λ has the gradient of λ/2·‖W‖² added to its own, as
// PyTorch's Adam does: the decay is scaled like every gradient.
type Adam struct {
	LR    float64 // learning rate
	Beta1 float64 // decay of the mean of the gradient (0.9)
	Beta2 float64 // decay of the mean of its square (0.999)
	Eps   float64 // added to the root of the latter (1e-8)

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

// Step updates every parameter with its gradient and clears the gradient for
// the next step.
func (a *Adam) Step() {
	b1, b2, eps := or(a.Beta1, 0.9), or(a.Beta2, 0.999), or(a.Eps, 1e-8)
	a.decay1 *= b1
	a.decay2 *= b2
	s := mat.AdamStep{
		LR: float32(a.LR), Beta1: float32(b1), Beta2: float32(b2), Eps: float32(eps),
		Correction1: float32(1 - a.decay1),
		Correction2: float32(math.Sqrt(1 - a.decay2)),
	}
	for i, p := range a.params {
		if p.Decay != 0 {
			mat.Axpy(float32(p.Decay), p.W, p.G)
		}
		mat.Adam(p.W, p.G, a.m[i], a.v[i], s)
	}
	ZeroGrad(a.params)
}

// SetDecay sets the weight decay of m's parameters: convolutions for those of
// its layers, and dense for the others, such as an encoder and the first and
// last layer of GCNII.
func SetDecay(m Model, convolutions, dense float64) {
	for _, p := range m.Params() {
		p.Decay = dense
		if strings.HasPrefix(p.Name, "layers.") {
			p.Decay = convolutions
		}
	}
}

// ZeroGrad clears the gradients of params.
func ZeroGrad(params []*Param) {
	for _, p := range params {
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
