package kd

import (
	"math"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// GSP preserves global structure, Joshi et al.,
// https://arxiv.org/abs/2111.04964: how alike any two nodes are. With T and S
// the last hidden layers, k a similarity and n the number of nodes,
//
//	L = 1/n² Σ_u Σ_v (k(S_u, S_v) - k(T_u, T_v))²
//
// u = v included. The n×n matrices are computed a few rows at a time, and
// Config.MaxNodes caps n. It has no parameters.
type GSP struct {
	mat              *mat.Backend
	at               hidden
	kernel           similarity
	nodes            drawn
	teacher, student pairwise
	rows             []int32 // of the last Loss; nil: all
}

// NewGSP returns the criterion between the last hidden layers of models of
// the given widths. If o caps the nodes they are drawn from rng in each Loss.
func NewGSP(teacher, student []int, config Config, rng *rand.Rand) (*GSP, error) {
	h, err := newHidden("GSP", teacher, student, config)
	if err != nil {
		return nil, err
	}
	k, err := newSimilarity("GSP", config.Kernel)
	if err != nil {
		return nil, err
	}
	nodes, err := newDrawn("GSP", config.MaxNodes, rng)
	if err != nil {
		return nil, err
	}
	return &GSP{at: h, kernel: k, nodes: nodes}, nil
}

// Params returns none.
func (p *GSP) Params() []*gnn.Param { return nil }

// Loss returns L on l.
func (p *GSP) Loss(l Layers) float64 {
	t, s := p.at.of(l)
	p.rows = p.nodes.drawNodes(s.Rows)
	p.teacher.setRows(p.kernel, t, p.rows)
	p.student.setRows(p.kernel, s, p.rows)
	n := p.student.x.Rows
	sum := 0.0
	for lo := 0; lo < n; lo += tileRows {
		sum += p.tile(lo, min(lo+tileRows, n))
	}
	return sum / math.Pow(float64(max(n, 1)), 2)
}

// tile returns the sum over the rows lo to hi of the similarity matrices and
// sets those rows of the student's dx to dL/dx. A row of the matrix and the
// column of the same node have the same part in L, hence the 4 of
//
//	h_uv = 4/n² · (k(S_u, S_v) - k(T_u, T_v)) · dk/dr
//	angular  dx_u = Σ_v h_uv·x_v   else  dx_u = Σ_v 2·h_uv·(x_u - x_v)
func (p *GSP) tile(lo, hi int) float64 {
	t, s := &p.teacher, &p.student
	rt, rs := t.tile(p.kernel, lo, hi), s.tile(p.kernel, lo, hi)
	n := float32(s.x.Rows)
	sum := 0.0
	for i, r := range rs.Data {
		k := p.kernel.of(r)
		d := k - p.kernel.of(rt.Data[i])
		sum += float64(float64(d) * float64(d))
		rs.Data[i] = 4 / n / n * d * p.kernel.slope(r, k)
	}
	dx := span(s.dx, lo, hi)
	p.mat.Mul(dx, rs, s.x)
	if p.kernel.angular() {
		return sum
	}
	for i := range rs.Rows {
		total := float32(0)
		for _, h := range rs.Row(i) {
			total += h
		}
		d, x := dx.Row(i), s.x.Row(lo+i)
		for k, v := range x {
			d[k] = 2 * (float32(total*v) - d[k])
		}
	}
	return sum
}

// Backward adds scale times the derivative of L, which Loss has left in dx.
func (p *GSP) Backward(scale float32, grad []mat.Matrix) {
	s := &p.student
	if p.kernel.angular() {
		s.sphere.backward(s.dx)
	}
	s.giveRows(scale, grad[p.at.student], p.rows)
}

// pairwise holds the nodes of one layer that are compared: their rows as unit
// vectors, or less their mean, which changes no distance but keeps the error
// of ‖x‖² + ‖y‖² - 2·x·y small.
type pairwise struct {
	selection
	sphere  unitRows
	centred mat.Matrix
	mean    mat.Matrix // [1 × width]
	square  []float32  // ‖x‖² of each row
	r       mat.Matrix // [tile × n]
}

// setRows chooses the given rows of x, all if nil.
func (p *pairwise) setRows(k similarity, x mat.Matrix, rows []int32) {
	p.takeRows(x, rows)
	if k.angular() {
		p.sphere.forward(p.x)
		p.x = p.sphere.unit
		return
	}
	p.mean = p.mean.Reshape(1, p.x.Cols)
	p.mat.MeanRows(p.mean, p.x)
	p.centred = p.centred.Reshape(p.x.Rows, p.x.Cols)
	p.square = resize(p.square, p.x.Rows)
	for v := range p.square {
		c := p.centred.Row(v)
		for i, y := range p.x.Row(v) {
			c[i] = y - p.mean.Data[i]
		}
		p.square[v] = inner(c, c)
	}
	p.x = p.centred
}

// tile returns r, see similarity, of the rows lo to hi with all rows. It is
// valid, and may be overwritten, until the next call.
func (p *pairwise) tile(k similarity, lo, hi int) mat.Matrix {
	p.r = p.r.Reshape(hi-lo, p.x.Rows)
	p.mat.MulT(p.r, span(p.x, lo, hi), p.x)
	if k.angular() {
		return p.r
	}
	for i := range p.r.Rows {
		r := p.r.Row(i)
		for v, product := range r {
			r[v] = max(p.square[lo+i]+p.square[v]-2*product, 0)
		}
		r[lo+i] = 0
	}
	return p.r
}
