package kd

import (
	"fmt"
	"math"
	"math/rand/v2"

	"abkd/gnn/mat"
)

// A contrast is the loss that tells each node's own teacher from those of the
// other nodes, InfoNCE of van den Oord et al.,
// https://arxiv.org/abs/1807.03748: with w and u the unit vectors of student
// and teacher [n × d] and τ a temperature,
//
//	L(w, u) = -1/n Σ_v log (exp(w_v·u_v/τ) / Σ_k exp(w_v·u_k/τ))
//
// The n×n logits are computed a few rows at a time, and a limit caps n.
type contrast struct {
	mat    *mat.Backend
	tau    float32
	nodes  drawn
	rows   []int32 // of the last draw; nil: all
	labels []int32 // 0, 1, 2, ...: each node's own

	logits, p mat.Matrix // [tile × n]
}

// newContrast returns the loss for a criterion; a tau of 0 stands for the
// default.
func newContrast(criterion string, tau, byDefault float64, limit int, rng *rand.Rand) (contrast, error) {
	if tau == 0 {
		tau = byDefault
	}
	if !(tau > 0) || math.IsInf(tau, 1) {
		return contrast{}, fmt.Errorf("kd: %s: tau is %v, want a finite number above 0", criterion, tau)
	}
	nodes, err := newDrawn(criterion, limit, rng)
	return contrast{tau: float32(tau), nodes: nodes}, err
}

// drawNodes chooses the nodes, of n, that the losses until the next draw are on.
func (c *contrast) drawNodes(n int) {
	c.rows = c.nodes.drawNodes(n)
	for len(c.labels) < n {
		c.labels = append(c.labels, int32(len(c.labels)))
	}
}

// loss returns L and adds weight times its derivative to dw and, unless it
// is empty, to du. With p the softmax of each row of the logits,
//
//	dlogits = (p - 1)/n   dw = dlogits·u/τ   du = dlogitsᵀ·w/τ
func (c *contrast) loss(w, u selection, weight float32) float64 {
	n := w.x.Rows
	sum := 0.0
	for lo := 0; lo < n; lo += tileRows {
		hi := min(lo+tileRows, n)
		c.logits = c.logits.Reshape(hi-lo, n)
		c.p = c.p.Reshape(hi-lo, n)
		c.mat.MulT(c.logits, span(w.x, lo, hi), u.x)
		for i := range c.logits.Data {
			c.logits.Data[i] /= c.tau
		}
		sum += c.mat.SoftmaxCrossEntropy(c.p, c.logits, c.labels[lo:hi], weight/c.tau/float32(n))
		c.mat.AddMul(span(w.dx, lo, hi), c.p, u.x)
		if !u.dx.Empty() {
			c.mat.AddTMul(u.dx, c.p, span(w.x, lo, hi))
		}
	}
	return sum / float64(max(n, 1))
}

// A chosen is an embedding of which a contrast looks at the chosen nodes.
type chosen struct {
	*embedding
	selection
}

// choose embeds the layer x and chooses rows of it.
func (e *chosen) choose(x mat.Matrix, rows []int32) {
	e.embedding.forward(x, nil)
	e.takeRows(e.y, rows)
}

// backward takes scale times dL/dx of the chosen rows back to the parameters.
func (e *chosen) backward(scale float32, rows []int32) {
	if e.frozen {
		return
	}
	e.clearGrad()
	e.giveRows(scale, e.dy, rows)
	e.embedding.backward(nil)
}
