package kd

import "abkd/gnn/mat"

// SetBackend lets b compute the criterion, see Settings.Backend.
func (k *KD) SetBackend(b *mat.Backend) { k.mat = b }

// SetBackend lets b compute the criterion, see Settings.Backend.
func (p *LSP) SetBackend(b *mat.Backend) { p.mat, p.teacher.sphere.mat, p.student.sphere.mat = b, b, b }

// SetBackend lets b compute the criterion, see Settings.Backend.
func (p *GSP) SetBackend(b *mat.Backend) {
	p.mat = b
	p.teacher.setBackend(b)
	p.student.setBackend(b)
}

func (p *pairwise) setBackend(b *mat.Backend) { p.mat, p.sphere.mat = b, b }

// SetBackend lets b compute the criterion, see Settings.Backend.
func (c *GCRD) SetBackend(b *mat.Backend) {
	c.contrast.mat = b
	c.teacher.setBackend(b)
	c.student.setBackend(b)
}

func (e *chosen) setBackend(b *mat.Backend) {
	e.embedding.setBackend(b)
	e.selection.mat = b
}

// SetBackend lets b compute the criterion, see Settings.Backend.
func (h *heads) SetBackend(b *mat.Backend) {
	h.teacher.setBackend(b)
	h.student.setBackend(b)
}

func (e *embedding) setBackend(b *mat.Backend) {
	e.mat, e.sphere.mat, e.again.mat = b, b, b
	if e.norm != nil {
		e.norm.mat = b
	}
}

// SetBackend lets b compute the criterion, see Settings.Backend.
func (a *ABKD) SetBackend(b *mat.Backend) {
	a.mat, a.attention.mat = b, b
	if a.form != nil {
		a.form.setBackend(b)
	}
	for _, e := range a.teacher {
		e.setBackend(b)
	}
	for _, e := range a.student {
		e.setBackend(b)
	}
}

// SetBackend lets b compute the criterion, see Settings.Backend.
func (s *STRIDE) SetBackend(b *mat.Backend) {
	s.abkd.SetBackend(b)
	s.contrast.mat = b
	for i := range s.teacher {
		s.teacher[i].setBackend(b)
	}
	for j := range s.student {
		s.student[j].setBackend(b)
	}
}
