package kd

import (
	"math/rand/v2"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// STRIDE is ABKD with a structure term, the revision of 2025 of
// https://arxiv.org/abs/2310.15938. That there is one is published; what it
// is, is ours: with A and D those of ABKD and projections R of its own,
//
//	G_ij = InfoNCE(l2(S_j·Rs_j), l2(T_i·Rt_i)), see contrast
//	L = 1/Lt Σ_i Σ_j A_ij·(D_ij + G_ij)
//
// G is per node whatever D is. The attention learns from both. A frozen
// teacher's Rt are as random and constant as its Pt.
type STRIDE struct {
	abkd             *ABKD
	contrast         contrast
	teacher, student []chosen
	params           []*gnn.Param
	structure        mat.Matrix // G [Lt × Ls]
}

// NewSTRIDE returns the criterion between layers of the given widths, with
// the switches config.ABKD. If o caps the nodes on which G is computed they are
// drawn from rng in each Loss.
func NewSTRIDE(teacher, student []int, config Config, rng *rand.Rand) (*STRIDE, error) {
	abkd, err := NewABKD(teacher, student, config.ABKD, rng)
	if err != nil {
		return nil, err
	}
	c, err := newContrast("STRIDE", config.Tau, 0.5, config.MaxNodes, rng)
	if err != nil {
		return nil, err
	}
	s := &STRIDE{abkd: abkd, contrast: c, params: abkd.Params(), structure: mat.New(len(teacher), len(student))}
	dim := abkd.attention.a.Cols
	for i, p := range teacher {
		e := &embedding{projection: newProjection("structure.teacher."+strconv.Itoa(i), p, dim, false, rng)}
		if config.ABKD.FrozenTeacher {
			e.makeConstant(rng)
		} else {
			s.params = append(s.params, e.params()...)
		}
		s.teacher = append(s.teacher, chosen{embedding: e})
	}
	for j, q := range student {
		e := &embedding{projection: newProjection("structure.student."+strconv.Itoa(j), q, dim, false, rng)}
		s.params = append(s.params, e.params()...)
		s.student = append(s.student, chosen{embedding: e})
	}
	return s, nil
}

// Params returns ABKD's trained parameters and those of G.
func (s *STRIDE) Params() []*gnn.Param { return s.params }

// ReadsEdges is ABKD's.
func (s *STRIDE) ReadsEdges() (wants, apart bool) { return s.abkd.ReadsEdges() }

// Alignment returns A, D and G of the last Loss. It shares their storage.
func (s *STRIDE) Alignment() Alignment {
	a := s.abkd.Alignment()
	a.G = s.structure
	return a
}

// Loss returns L on l.
func (s *STRIDE) Loss(l Layers) float64 {
	loss := s.abkd.Loss(l)
	s.contrast.drawNodes(l.Student[0].Rows)
	for i := range s.teacher {
		s.teacher[i].choose(l.Teacher[i], s.contrast.rows)
	}
	for j := range s.student {
		s.student[j].choose(l.Student[j], s.contrast.rows)
	}
	sum, share := 0.0, 1/float64(s.abkd.attention.lt)
	for i, t := range s.teacher {
		u := t.selection
		if t.frozen {
			u.dx = mat.Matrix{} // a constant
		}
		for j, w := range s.student {
			a := share * float64(s.abkd.attention.w.Row(i)[j])
			g := s.contrast.loss(w.selection, u, float32(a))
			s.structure.Row(i)[j] = float32(g)
			sum += float64(a * g)
		}
	}
	return loss + sum
}

// Backward adds scale times the derivative of L: ABKD's, that of G, which
// Loss has left weighted by A/Lt at the chosen nodes, and what reaches the
// layers through A by
//
//	dA_ij = (D_ij + G_ij)/Lt
//
// of which ABKD has added the part of D. Attention to what helps asks D alone.
func (s *STRIDE) Backward(scale float32, grad []mat.Matrix) {
	s.abkd.Backward(scale, grad)
	for i := range s.teacher {
		s.teacher[i].backward(scale, s.contrast.rows)
	}
	for j := range s.student {
		s.student[j].backward(scale, s.contrast.rows)
		s.student[j].addInput(grad[j])
	}
	if s.abkd.agreement == nil {
		s.abkd.attend(scale, s.structure, grad)
	}
}
