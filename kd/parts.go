package kd

import "abkd/gnn"

// Parts are what an ABKD or a STRIDE compares with, for those who want to
// follow its arithmetic. They share its storage.
type Parts struct {
	Softmax                string // "row", "column", "global" or "uniform"
	Pinned                 bool   // A was set by the user
	ComparedT, ComparedS   int    // the first so many layers are compared, of the others A is 0
	PerNode                bool   // u and w are computed row by row
	Dissimilarity          string // what D is
	Renormalised           bool   // u and w are unit vectors
	AttentionTeacher       []*gnn.Param
	AttentionStudent       []*gnn.Param
	Teacher, Student       []Head     // P
	Subspace               *gnn.Param // nil: Q = I
	StructureT, StructureS []Head     // R of STRIDE, nil for ABKD
	Tau                    float32    // of STRIDE
	Rows                   []int32    // on which STRIDE's G was computed, nil for all
}

// A Head is the projection of one layer into the shared space.
type Head struct {
	Weight            *gnn.Param
	Bias, Gamma, Beta *gnn.Param // nil for a linear head
	Frozen            bool
}

// Parts returns a's parts.
func (a *ABKD) Parts() Parts {
	p := Parts{
		Softmax: a.attention.softmax, Pinned: !a.attention.pin.Empty(), PerNode: a.perNode,
		ComparedT: a.attention.lt, ComparedS: a.attention.ls,
		AttentionTeacher: a.attention.teacher, AttentionStudent: a.attention.student,
	}
	p.Dissimilarity = a.dissimilarity
	for _, e := range a.teacher {
		p.Renormalised = e.renormalise
		p.Teacher = append(p.Teacher, e.head())
	}
	for _, e := range a.student {
		p.Student = append(p.Student, e.head())
	}
	if a.subspace != nil {
		p.Subspace = a.subspace.p
	}
	return p
}

// Parts returns s's parts.
func (s *STRIDE) Parts() Parts {
	p := s.abkd.Parts()
	p.Tau, p.Rows = s.contrast.tau, s.contrast.rows
	for _, e := range s.teacher {
		p.StructureT = append(p.StructureT, e.head())
	}
	for _, e := range s.student {
		p.StructureS = append(p.StructureS, e.head())
	}
	return p
}

func (e *embedding) head() Head {
	h := Head{Weight: e.weight, Frozen: e.frozen}
	if e.norm != nil {
		h.Bias, h.Gamma, h.Beta = e.norm.bias, e.norm.gamma, e.norm.beta
	}
	return h
}
