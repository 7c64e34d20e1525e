package kd

import (
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
	at               hidden
	teacher, student energyMap
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
	a.teacher.forward(t)
	a.student.forward(s)
	sum := 0.0
	for v, x := range a.student.unit {
		d := float64(x - a.teacher.unit[v])
		sum += float64(d * d)
	}
	return sum / float64(max(s.Rows, 1))
}

// Backward adds scale times the derivative of L to the last hidden layer's
// entry of grad, that of dŝ = 2/n·(ŝ - t̂), see energyMap.
func (a *AT) Backward(scale float32, grad []mat.Matrix) {
	s := &a.student
	s.d = resize(s.d, len(s.unit))
	for v, x := range s.unit {
		s.d[v] = x - a.teacher.unit[v]
	}
	s.backward(4*float64(scale)/(float64(max(s.x.Rows, 1))*s.norm), s.d, grad[a.at.student])
}
