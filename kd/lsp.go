package kd

import (
	"fmt"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// LSP preserves local structure, Yang et al.,
// https://arxiv.org/abs/2003.10477: to which of its neighbours a node is
// most alike. With T and S the last hidden layers, N(v) the sources of the
// in-edges of v among the compared nodes, m the number of v that have any,
// and k a similarity,
//
//	p_v = softmax over u in N(v) of k(T_u, T_v)   q_v likewise with S
//	L = 1/m Σ_v Σ_u p_uv · log(p_uv / q_uv)
//
// It has no parameters, and the widths of T and S may differ.
type LSP struct {
	mat     *mat.Backend
	at      hidden
	kernel  similarity
	teacher edgewise
	student edgewise
	diff    []float32 // q - p of each edge
	edges   graph.CSR // of the last Loss
	count   int       // m
	dx      mat.Matrix
}

// NewLSP returns the criterion between the last hidden layers of models of
// the given widths.
func NewLSP(teacher, student []int, config Config) (*LSP, error) {
	h, err := newHidden("LSP", teacher, student, config)
	if err != nil {
		return nil, err
	}
	k, err := newSimilarity("LSP", config.Kernel)
	if err != nil {
		return nil, err
	}
	return &LSP{at: h, kernel: k}, nil
}

// Params returns none.
func (p *LSP) Params() []*gnn.Param { return nil }

// ReadsEdges makes a Distiller set Layers.Edges.
func (p *LSP) ReadsEdges() (wants, apart bool) { return true, false }

// Loss returns L on l, 0 if there are no edges.
func (p *LSP) Loss(l Layers) float64 {
	t, s := p.at.of(l)
	if r := l.Edges.Rows(); r != s.Rows && len(l.Edges.Col) > 0 {
		panic(fmt.Sprintf("kd: LSP.Loss: edges are among %d nodes, want %d", r, s.Rows))
	}
	p.edges = l.Edges
	p.teacher.forward(p.kernel, t, p.edges)
	p.student.forward(p.kernel, s, p.edges)
	p.diff = resize(p.diff, len(p.edges.Col))
	p.count = 0
	sum := 0.0
	for v := range p.edges.Rows() {
		from, to := p.edges.Ptr[v], p.edges.Ptr[v+1]
		if from == to {
			continue
		}
		p.count++
		sum += divergence(p.teacher.sim[from:to], p.student.sim[from:to], p.diff[from:to], 1)
	}
	return sum / float64(max(p.count, 1))
}

// Backward adds scale times the derivative of L to the last hidden layer's
// entry of grad:
//
//	dk_uv = (q_uv - p_uv)/m
func (p *LSP) Backward(scale float32, grad []mat.Matrix) {
	s := &p.student
	p.dx = zeroed(p.dx, s.x)
	scale /= float32(max(p.count, 1))
	for v := range p.edges.Rows() {
		for e := p.edges.Ptr[v]; e < p.edges.Ptr[v+1]; e++ {
			u := int(p.edges.Col[e])
			g := float32(scale * p.diff[e] * p.kernel.slope(s.r[e], s.sim[e]))
			p.kernel.addBetween(g, s.x.Row(u), s.x.Row(v), p.dx.Row(u), p.dx.Row(v))
		}
	}
	if p.kernel.angular() {
		s.sphere.backward(p.dx)
	}
	p.mat.Axpy(1, p.dx, grad[p.at.student])
}

// edgewise is the similarity of one layer's nodes along each edge.
type edgewise struct {
	sphere unitRows
	x      mat.Matrix // what is compared: the layer, or its rows as unit vectors
	r, sim []float32  // of each edge, see similarity
}

func (e *edgewise) forward(k similarity, x mat.Matrix, edges graph.CSR) {
	e.x = x
	if k.angular() {
		e.sphere.forward(x)
		e.x = e.sphere.unit
	}
	e.r = resize(e.r, len(edges.Col))
	e.sim = resize(e.sim, len(edges.Col))
	for v := range edges.Rows() {
		for i := edges.Ptr[v]; i < edges.Ptr[v+1]; i++ {
			e.r[i] = k.between(e.x.Row(int(edges.Col[i])), e.x.Row(v))
			e.sim[i] = k.of(e.r[i])
		}
	}
}
