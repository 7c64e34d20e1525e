package kd

import (
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// GCRD is the graph contrastive representation distillation of Joshi et al.,
// https://arxiv.org/abs/2111.04964: with T and S the last hidden layers and h
// a head of its own for each, see batchNorm,
//
//	u = l2(h(T))   w = l2(h(S))   L = InfoNCE(w, u), see contrast
//
// The heads see all nodes; Config.MaxNodes caps those that are contrasted.
type GCRD struct {
	at               hidden
	contrast         contrast
	heads            heads
	teacher, student chosen
}

// NewGCRD returns the criterion between the last hidden layers of models of
// the given widths. If o caps the nodes they are drawn from rng in each Loss.
func NewGCRD(teacher, student []int, config Config, rng *rand.Rand) (*GCRD, error) {
	at, err := newHidden("G-CRD", teacher, student, config)
	if err != nil {
		return nil, err
	}
	c, err := newContrast("G-CRD", config.Tau, 0.075, config.MaxNodes, rng)
	if err != nil {
		return nil, err
	}
	h, err := newHeads(at, config.HeadDim, rng)
	if err != nil {
		return nil, err
	}
	return &GCRD{at: at, contrast: c, heads: h, teacher: chosen{embedding: h.teacher}, student: chosen{embedding: h.student}}, nil
}

// Params returns the parameters of both heads.
func (c *GCRD) Params() []*gnn.Param { return c.heads.Params() }

// Loss returns L on l.
func (c *GCRD) Loss(l Layers) float64 {
	t, s := c.at.of(l)
	c.contrast.drawNodes(s.Rows)
	c.teacher.choose(t, c.contrast.rows)
	c.student.choose(s, c.contrast.rows)
	return c.contrast.loss(c.student.selection, c.teacher.selection, 1)
}

// Backward adds scale times the derivative of L, which Loss has left at the
// chosen nodes.
func (c *GCRD) Backward(scale float32, grad []mat.Matrix) {
	c.teacher.backward(scale, c.contrast.rows)
	c.student.backward(scale, c.contrast.rows)
	c.student.addInput(grad[c.at.student])
}
