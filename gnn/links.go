package gnn

import (
	"math"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// links are the edges of one relation in a block, as a layer of a model for
// graphs of one relation reads them: as they are stored, and with a self-loop
// added to every destination, beside one that it may have.
//
// The weight of an edge u → v with the self-loops is that of Kipf and
// Welling's Â = D^-1/2 (A + I) D^-1/2, https://arxiv.org/abs/1609.02907,
//
//	a_vu = scale / sqrt((deg(u) + 1)·(deg(v) + 1))
//
// with deg the number of edges that arrive at a node of the graph. Where a
// block has only k of the deg(v) edges into v, drawn at random, each counts
// deg(v)/k times, so that the expectation of Â·X is what the whole graph gives.
type links struct {
	backed
	n, m int               // sources and destinations
	adj  *sample.Adjacency // as stored

	degree []int32 // deg of each source in the graph

	in        graph.CSR // row = destination, the self-loop last
	weight    []float32
	out       graph.CSR // row = source
	from      []int32   // the entry of in that each entry of out is
	outWeight []float32

	key *int32 // what a fixed batch's in was made from
}

// setEdges takes the adjacency a from n sources, of the given degrees, to m
// destinations.
func (l *links) setEdges(a *sample.Adjacency, n, m int, degree []int32) {
	l.adj, l.degree, l.n, l.m = a, degree, n, m
}

// addLoops makes what is needed with self-loops. For a fixed batch, one whose
// adjacency is always the same, that is done once.
func (l *links) addLoops(scale float32, fixed bool) {
	a, n, m, degree := l.adj, l.n, l.m, l.degree
	key := &a.In.Ptr[0]
	if fixed && l.key == key && len(l.in.Ptr) == m+1 && len(l.out.Ptr) == n+1 {
		return
	}
	l.key = nil
	if fixed {
		l.key = key
	}
	l.in.Ptr = resize(l.in.Ptr, m+1)
	l.in.Col = resize(l.in.Col, len(a.In.Col)+m)
	l.weight = resize(l.weight, len(l.in.Col))
	l.in.Ptr[0] = 0
	e := int32(0)
	for v := range m {
		row := a.In.Row(v)
		dv := degree[v]
		each := scale * float32(dv) / float32(max(len(row), 1))
		for _, u := range row {
			l.in.Col[e] = u
			l.weight[e] = float32(each * inverseRoot(degree[u], dv))
			e++
		}
		l.in.Col[e], l.weight[e] = int32(v), float32(scale*inverseRoot(dv, dv))
		e++
		l.in.Ptr[v+1] = e
	}
	l.out, l.from = graph.TransposeEntries(l.out, l.from, l.in, n)
	l.outWeight = resize(l.outWeight, len(l.from))
	for e, f := range l.from {
		l.outWeight[e] = l.weight[f]
	}
}

// inverseRoot returns 1/sqrt((du + 1)·(dv + 1)).
func inverseRoot(du, dv int32) float32 {
	return float32(1 / math.Sqrt(float64(du+1)*float64(dv+1)))
}

// propagate sets y = Â·X [m × q], or adds it.
func (l *links) propagate(y, x mat.Matrix, accumulate bool) {
	l.mat.SpMM(y, l.in.Ptr, l.in.Col, l.weight, x, accumulate)
}

// propagateBackward sets dx = Âᵀ·dY [n × q].
func (l *links) propagateBackward(dx, dy mat.Matrix) {
	l.mat.SpMM(dx, l.out.Ptr, l.out.Col, l.outWeight, dy, false)
}

// mean sets y = mean over the stored edges of X [m × q].
func (l *links) mean(y, x mat.Matrix, accumulate bool) {
	l.mat.SpMM(y, l.adj.In.Ptr, l.adj.In.Col, nil, x, accumulate)
}

// meanBackward sets dx = the derivative of mean for dY [n × q].
func (l *links) meanBackward(dx, dy mat.Matrix) {
	l.mat.SpMM(dx, l.adj.Out.Ptr, l.adj.Out.Col, l.adj.OutWeight, dy, false)
}
