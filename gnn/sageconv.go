package gnn

import (
	"math/rand/v2"

	"abkd/gnn/mat"
)

var sageKind = kind{
	Kind:   Kind{Name: "sage", Title: "GraphSAGE", Messages: true, InputDropout: true},
	shapes: chainShapes,
	build:  buildChain, evaluation: inferBytes,
	chain: chain{
		layerShapes: func(_ Config, l, p, q int, s *shapeList) int {
			s.add(p, q, "layers.%d.self.weight", l)
			s.add(p, q, "layers.%d.neigh.weight", l)
			s.addBias(q, "layers.%d.bias", l)
			return q
		},
		layer: func(c Config, next func() *Param, hidden, constant bool) layer {
			return &sageConv{Self: next(), Neigh: next(), Bias: next(), relu: hidden, constant: constant}
		},
		layerFloats: func(_ Config, q int64) (int64, int64) { return 2 * q, 0 },
	},
}

// sageConv is the layer of GraphSAGE with the mean aggregator, Hamilton et
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
type sageConv struct {
	backed
	Self  *Param // W_self [p × q]
	Neigh *Param // W_neigh [p × q]
	Bias  *Param // b [1 × q]

	relu     bool // the layer is hidden
	constant bool // nobody needs dL/dX

	// Kept by Forward for Backward.
	links *links
	x     operand
	z, y  mat.Matrix

	dy, dz, dx mat.Matrix
}

// Forward returns Y [m × q], see layer. The rng is not read.
func (l *sageConv) Forward(links *links, x operand, _ *rand.Rand) mat.Matrix {
	x.check("sageConv.Forward", links.n, l.Self.W.Rows)
	l.links, l.x = links, x
	l.z = l.z.Reshape(links.n, l.Self.W.Cols)
	x.mul(l.mat, l.z, l.Neigh.W)
	l.y = l.y.Reshape(links.m, l.z.Cols)
	x.top(links.m).mul(l.mat, l.y, l.Self.W)
	links.mean(l.y, l.z, true)
	addBias(l.mat, l.y, l.Bias.W, l.relu)
	return l.y
}

// Backward returns dL/dX [n × p], see layer.
func (l *sageConv) Backward(dy mat.Matrix) mat.Matrix {
	dy = activationBackward(l.mat, "sageConv.Backward", &l.dy, dy, l.y, l.relu)
	l.mat.AddColumnSums(l.Bias.G, dy)
	l.x.top(dy.Rows).addTMul(l.mat, l.Self.G, dy)
	l.dz = l.dz.Reshape(l.z.Rows, l.z.Cols)
	l.links.meanBackward(l.dz, dy)
	l.x.addTMul(l.mat, l.Neigh.G, l.dz)
	if l.constant {
		return mat.Matrix{}
	}
	l.dx = l.dx.Reshape(l.x.Rows, l.x.Cols)
	l.mat.MulT(l.dx, l.dz, l.Neigh.W)
	l.mat.AddMulT(l.dx.Top(dy.Rows), dy, l.Self.W)
	return l.dx
}

// message returns ‖Z[u]‖ / degree.
func (l *sageConv) message(u, degree int) float32 {
	return rowNorm(l.z, u) / float32(max(degree, 1))
}

func (l *sageConv) width() int { return l.Bias.W.Cols }

func (l *sageConv) messengers() []*Param { return []*Param{l.Neigh} }
