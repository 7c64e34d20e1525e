package kd

import (
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// FitNet is the regression of hidden layers of Romero et al.,
// https://arxiv.org/abs/1412.6550, in the form of Joshi et al.,
// https://arxiv.org/abs/2111.04964: with T and S the last hidden layers and h
// a head of its own for each, see batchNorm,
//
//	u = l2(h(T))   w = l2(h(S))   L = 1/(n·d) Σ_v ‖w_v - u_v‖²
//
// Both heads are trained, so they can also meet without the student.
type FitNet struct {
	at hidden
	heads
}

// NewFitNet returns the criterion between the last hidden layers of models of
// the given widths.
func NewFitNet(teacher, student []int, config Config, rng *rand.Rand) (*FitNet, error) {
	h, err := newHidden("FitNet", teacher, student, config)
	if err != nil {
		return nil, err
	}
	heads, err := newHeads(h, config.HeadDim, rng)
	if err != nil {
		return nil, err
	}
	return &FitNet{h, heads}, nil
}

// Loss returns L on l.
func (f *FitNet) Loss(l Layers) float64 {
	f.heads.forward(f.at.of(l))
	return meanSquaredDistance(f.student.y, f.teacher.y) / float64(f.student.y.Cols)
}

// Backward adds scale times the derivative of L, which enters the heads by
//
//	dw = 2/(n·d)·(w - u)   du = -dw
func (f *FitNet) Backward(scale float32, grad []mat.Matrix) {
	u, w := f.teacher, f.student
	u.clearGrad()
	w.clearGrad()
	c := 2 * scale / float32(max(len(w.y.Data), 1))
	for k, x := range w.y.Data {
		g := float32(c * (x - u.y.Data[k]))
		w.dy.Data[k] = g
		u.dy.Data[k] = -g
	}
	f.heads.backward(grad[f.at.student])
}

// heads are the embeddings of a teacher's and a student's layer by which
// FitNet and G-CRD compare layers of different widths.
type heads struct{ teacher, student *embedding }

func newHeads(h hidden, dim int, rng *rand.Rand) (heads, error) {
	if dim == 0 {
		dim = 128
	}
	if err := checkDim(h.name, "head dim", dim); err != nil {
		return heads{}, err
	}
	return heads{
		teacher: &embedding{projection: newProjection("teacher_head", h.p, dim, true, rng)},
		student: &embedding{projection: newProjection("student_head", h.q, dim, true, rng)},
	}, nil
}

// Params returns the parameters of both heads.
func (h *heads) Params() []*gnn.Param { return append(h.teacher.params(), h.student.params()...) }

func (h *heads) forward(teacher, student mat.Matrix) {
	h.teacher.forward(teacher, nil)
	h.student.forward(student, nil)
}

// backward takes dL/dy of both heads and adds dL/dS to grad.
func (h *heads) backward(grad mat.Matrix) {
	h.teacher.backward(nil)
	h.student.backward(nil)
	h.student.addInput(grad)
}
