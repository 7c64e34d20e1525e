package kd

import (
	"abkd/gnn"
	"abkd/gnn/mat"
)

// Parts are what an ABKD or a STRIDE compares with, for those who want to
// follow its arithmetic. They share its storage.
type Parts struct {
	Softmax                string // "row", "column", "global" or "uniform"
	Pinned                 bool   // A was set by the user
	PerNode                bool   // u and w are computed row by row
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
		AttentionTeacher: a.attention.teacher, AttentionStudent: a.attention.student,
	}
	for _, e := range a.teacher {
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

// Criterion returns the criterion, nil if there is none.
func (d *Distiller) Criterion() Criterion { return d.criterion }

// Settings returns how d mixes its losses.
func (d *Distiller) Settings() Settings { return d.settings }

// Compared returns what the criterion compared in the last step, valid until
// the next one; it is empty before the first and without a criterion.
func (d *Distiller) Compared() Layers {
	if d.criterion == nil || len(d.outputs.Student) == 0 {
		return Layers{}
	}
	return d.layers()
}

// ComparedNode returns the number of the node, of the given target type, that
// stands in a row of what was compared in the last step.
func (d *Distiller) ComparedNode(target, row int) int {
	v := d.chosen[row]
	if nodes := d.batch.Nodes; nodes != nil {
		v = nodes[target][v]
	}
	return int(v)
}

// LastUpdate returns what the last step added to p's weights, see
// gnn.Optimizer.
func (d *Distiller) LastUpdate(p *gnn.Param) mat.Matrix { return d.optimizer.LastUpdate(p) }
