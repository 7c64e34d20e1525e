package gnn

import (
	"math/rand/v2"

	"abkd/gnn/mat"
)

// SAGEConv is the layer of GraphSAGE with the mean aggregator, Hamilton et
// al., https://arxiv.org/abs/1706.02216, algorithm 1. For a node v with
// neighbours N(v),
//
//	Y[v] = X[v]·W_self + mean_{u ∈ N(v)} X[u]·W_neigh + b
//
// followed by ReLU if the layer is hidden. A node without neighbours takes 0
// from them. The product comes before the mean: the first layer's input is far
// wider than its output.
//
//	X [n × p] --·W_neigh--> Z [n × q] --mean--.
//	X [n × p] --first m rows-----·W_self-----(+)--> Y [m × q]
type SAGEConv struct {
	Self  *Param // W_self [p × q]
	Neigh *Param // W_neigh [p × q]
	Bias  *Param // b [1 × q]

	relu     bool // the layer is hidden
	constant bool // nobody needs dL/dX

	// Kept by Forward for Backward.
	links *Links
	x     Operand
	z, y  mat.Matrix

	dy, dz, dx mat.Matrix
}

// Forward returns Y [m × q], see layer. The rng is not read.
func (l *SAGEConv) Forward(links *Links, x Operand, _ *rand.Rand) mat.Matrix {
	x.check("SAGEConv.Forward", links.n, l.Self.W.Rows)
	l.links, l.x = links, x
	l.z = l.z.Reshape(links.n, l.Self.W.Cols)
	x.mul(l.z, l.Neigh.W)
	l.y = l.y.Reshape(links.m, l.z.Cols)
	x.top(links.m).mul(l.y, l.Self.W)
	links.mean(l.y, l.z, true)
	addBias(l.y, l.Bias, l.relu)
	return l.y
}

// Backward returns dL/dX [n × p], see layer.
func (l *SAGEConv) Backward(dy mat.Matrix) mat.Matrix {
	dy = activationBackward("SAGEConv.Backward", &l.dy, dy, l.y, l.relu)
	mat.AddColumnSums(l.Bias.G, dy)
	l.x.top(dy.Rows).addTMul(l.Self.G, dy)
	l.dz = l.dz.Reshape(l.z.Rows, l.z.Cols)
	l.links.meanBackward(l.dz, dy)
	l.x.addTMul(l.Neigh.G, l.dz)
	if l.constant {
		return mat.Matrix{}
	}
	l.dx = l.dx.Reshape(l.x.Rows, l.x.Cols)
	mat.MulT(l.dx, l.dz, l.Neigh.W)
	mat.AddMulT(l.dx.Top(dy.Rows), dy, l.Self.W)
	return l.dx
}

// message returns ‖Z[u]‖ / degree.
func (l *SAGEConv) message(u, degree int) float32 {
	return rowNorm(l.z, u) / float32(max(degree, 1))
}
