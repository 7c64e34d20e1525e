package kd

import (
	"abkd/gnn"
	"abkd/gnn/mat"
)

// A Freezer is a criterion with projections of the teacher's layers that can
// be frozen, and freed again, while a student learns by it.
type Freezer interface {
	Criterion
	// TeacherProjections returns the parameters of the projections, trained
	// or not, in a fixed order.
	TeacherProjections() []*gnn.Param
	// Freeze keeps the projections as they are from now on, or trains them
	// again. Their parameters are Frozen meanwhile.
	Freeze(on bool)
}

// A Pinner is a criterion whose attention can be pinned, and freed again,
// while a student learns by it.
type Pinner interface {
	Criterion
	// Pin sets A to m [Lt × Ls] from now on; an empty m frees it. What
	// computes A is frozen meanwhile. A matrix of another shape or with
	// numbers that are not finite is an error and changes nothing.
	Pin(m mat.Matrix) error
}

// Diagonal returns the attention [lt × ls] of each teacher layer to the student
// layer at the same share of the depth; a layer between two is shared by both.
func Diagonal(lt, ls int) mat.Matrix {
	m := mat.New(lt, ls)
	for i := range lt {
		at := float32(ls - 1) // of a single layer, the logits
		if lt > 1 {
			at *= float32(i) / float32(lt-1)
		}
		j := min(int(at), ls-1)
		m.Row(i)[j] = 1 - (at - float32(j))
		if j+1 < ls {
			m.Row(i)[j+1] = at - float32(j)
		}
	}
	return m
}

// TeacherProjections returns the parameters of the teacher's embeddings, or of its
// readouts, which are frozen always.
func (a *ABKD) TeacherProjections() (params []*gnn.Param) {
	for _, e := range a.teacher {
		params = append(params, e.params()...)
	}
	if a.form != nil {
		params = append(params, a.form.constants()...)
	}
	return params
}

// Freeze freezes the teacher's embeddings, not the attention.
func (a *ABKD) Freeze(on bool) {
	for _, e := range a.teacher {
		e.freeze(on)
	}
}

// Pin sets the attention, see Pinner.
func (a *ABKD) Pin(m mat.Matrix) error {
	if err := checkPin(m, len(a.meanT), len(a.meanS)); err != nil {
		return err
	}
	a.attention.pin = m.Clone()
	freeze(a.attention.teacher, !m.Empty())
	freeze(a.attention.student, !m.Empty())
	if w := a.attention.w; !m.Empty() && !w.Empty() {
		copy(w.Data, m.Data) // shown at once, not with the next step
		a.attention.leaveOut(0)
	}
	return nil
}

// TeacherProjections returns the parameters of the teacher's embeddings, those
// of ABKD and those of the structure term.
func (s *STRIDE) TeacherProjections() []*gnn.Param {
	params := s.abkd.TeacherProjections()
	for _, e := range s.teacher {
		params = append(params, e.params()...)
	}
	return params
}

// Freeze freezes the teacher's embeddings.
func (s *STRIDE) Freeze(on bool) {
	s.abkd.Freeze(on)
	for _, e := range s.teacher {
		e.freeze(on)
	}
}

// Pin sets the attention, see Pinner.
func (s *STRIDE) Pin(m mat.Matrix) error { return s.abkd.Pin(m) }

// TeacherProjections returns the parameters of the teacher's head.
func (h *heads) TeacherProjections() []*gnn.Param { return h.teacher.params() }

// Freeze freezes the teacher's head.
func (h *heads) Freeze(on bool) { h.teacher.freeze(on) }

// TeacherProjections returns the parameters of the teacher's head.
func (c *GCRD) TeacherProjections() []*gnn.Param { return c.heads.TeacherProjections() }

// Freeze freezes the teacher's head.
func (c *GCRD) Freeze(on bool) { c.heads.Freeze(on) }
