package kd

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// Spread is a control: a criterion that never looks at the teacher. It keeps the
// spread of every hidden unit of the student above half the largest of its
// layer, so that none dies. What a criterion gains that Spread gains too is
// capacity that was kept, not knowledge that was taught. With σ_k the standard
// deviation of unit k over the n rows, of the q units of each of H hidden layers,
//
//	σ_k² = 1/n Σ_v (S_vk - mean_v S_vk)²   L = 1/H Σ_layers 1/q Σ_k max(0, ½ - σ_k/max_l σ_l)
//
// It is ours, after the variance term of VICReg, https://arxiv.org/abs/2105.04906.
// L does not change with the scale of a layer; there are no parameters.
type Spread struct {
	hidden []spreadLayer
}

// A spreadLayer is what Spread knows of a hidden layer since the last Loss.
type spreadLayer struct {
	s           mat.Matrix
	mean, sigma []float64 // of each unit [q]
	widest      int       // the unit of the largest sigma
}

// NewSpread returns the criterion on a student of the given widths.
func NewSpread(student []int, config Config) (*Spread, error) {
	last, err := lastHidden("Spread", "student", student, config.studentApart)
	if err != nil {
		return nil, err
	}
	c := &Spread{hidden: make([]spreadLayer, last+1)}
	for j := range c.hidden {
		c.hidden[j].mean, c.hidden[j].sigma = make([]float64, student[j]), make([]float64, student[j])
	}
	return c, nil
}

// Params returns none.
func (c *Spread) Params() []*gnn.Param { return nil }

// Loss returns L on l.
func (c *Spread) Loss(l Layers) float64 {
	sum := 0.0
	for j := range c.hidden {
		h := &c.hidden[j]
		h.measure(l.Student[j])
		sum += h.loss()
	}
	return sum / float64(len(c.hidden))
}

// measure sets what h knows to that of s.
func (h *spreadLayer) measure(s mat.Matrix) {
	h.s, h.widest = s, 0
	clear(h.mean)
	clear(h.sigma)
	n := float64(max(s.Rows, 1))
	for v := range s.Rows {
		for k, x := range s.Row(v) {
			h.mean[k] += float64(float64(x) / n)
		}
	}
	for v := range s.Rows {
		for k, x := range s.Row(v) {
			d := float64(x) - h.mean[k]
			h.sigma[k] += float64(d * d)
		}
	}
	for k, squares := range h.sigma {
		h.sigma[k] = math.Sqrt(squares / n)
		if h.sigma[k] > h.sigma[h.widest] {
			h.widest = k
		}
	}
}

// loss returns the layer's part; a layer of constant units has nothing to be
// compared with, and no loss.
func (h *spreadLayer) loss() float64 {
	largest := h.sigma[h.widest]
	if largest <= minNorm {
		return 0
	}
	sum := 0.0
	for _, sigma := range h.sigma {
		sum += max(0, 0.5-sigma/largest)
	}
	return sum / float64(len(h.sigma))
}

// Backward adds scale times the derivative of L, that of the largest spread m
// included:
//
//	dσ_k = -1/(H·q·m) below half of m   dm = Σ_k σ_k/(H·q·m²) over these k
//	dS_vk = dσ_k·(S_vk - mean_k)/(n·σ_k)
//
// Ours: a constant unit, where σ has no derivative, gets 0.
func (c *Spread) Backward(scale float32, grad []mat.Matrix) {
	for j := range c.hidden {
		c.hidden[j].backward(float64(scale)/float64(len(c.hidden)), grad[j])
	}
}

func (h *spreadLayer) backward(scale float64, grad mat.Matrix) {
	largest := h.sigma[h.widest]
	if largest <= minNorm {
		return
	}
	scale /= float64(len(h.sigma)) * largest
	narrow := 0.0
	for k, sigma := range h.sigma {
		if sigma < 0.5*largest {
			narrow += sigma
			h.addUnit(grad, k, -scale)
		}
	}
	h.addUnit(grad, h.widest, scale*narrow/largest)
}

// addUnit adds to grad what the derivative d of L by σ_k gives unit k.
func (h *spreadLayer) addUnit(grad mat.Matrix, k int, d float64) {
	if h.sigma[k] <= minNorm {
		return
	}
	d /= float64(h.s.Rows) * h.sigma[k]
	for v := range h.s.Rows {
		grad.Row(v)[k] += float32(d * (float64(h.s.Row(v)[k]) - h.mean[k]))
	}
}
