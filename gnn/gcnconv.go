package gnn

import (
	"math/rand/v2"

	"abkd/gnn/mat"
)

var gcnKind = kind{
	Kind:      Kind{Name: "gcn", Title: "GCN", Messages: true, InputDropout: true},
	loops:     true,
	dropsLike: true,
	shapes:    chainShapes,
	build:     buildChain, evaluation: inferBytes,
	chain: chain{
		layerShapes: oneMatrix,
		layer: func(c Config, next func() *Param, hidden, constant bool) layer {
			return &gcnConv{Weight: next(), Bias: next(), relu: hidden, constant: constant}
		},
		layerFloats: func(_ Config, q int64) (int64, int64) { return 2 * q, 0 },
	},
}

// gcnConv is the graph convolution of Kipf and Welling,
// https://arxiv.org/abs/1609.02907, equation 2,
//
//	Y = Â·X·W + b    Â = D^-1/2 (A + I) D^-1/2, see links
//
// followed by ReLU if the layer is hidden. The product comes before the sums
// over neighbours: the first layer's input is far wider than its output.
//
//	X [n × p] --·W--> Z [n × q] --Â·--> Y [m × q]
type gcnConv struct {
	backed
	Weight *Param // W [p × q]
	Bias   *Param // b [1 × q]

	relu     bool // the layer is hidden
	constant bool // nobody needs dL/dX

	// Kept by Forward for Backward.
	links *links
	x     operand
	z, y  mat.Matrix

	dy, dz, dx mat.Matrix
}

// Forward returns Y [m × q], see layer. The rng is not read.
func (l *gcnConv) Forward(links *links, x operand, _ *rand.Rand) mat.Matrix {
	x.check("gcnConv.Forward", links.n, l.Weight.W.Rows)
	l.links, l.x = links, x
	l.z = l.z.Reshape(links.n, l.Weight.W.Cols)
	x.mul(l.mat, l.z, l.Weight.W)
	l.y = l.y.Reshape(links.m, l.z.Cols)
	links.propagate(l.y, l.z, false)
	addBias(l.mat, l.y, l.Bias.W, l.relu)
	return l.y
}

// Backward returns dL/dX = Âᵀ·dL/dY·Wᵀ [n × p], see layer.
func (l *gcnConv) Backward(dy mat.Matrix) mat.Matrix {
	dy = activationBackward(l.mat, "gcnConv.Backward", &l.dy, dy, l.y, l.relu)
	l.mat.AddColumnSums(l.Bias.G, dy)
	l.dz = l.dz.Reshape(l.z.Rows, l.z.Cols)
	l.links.propagateBackward(l.dz, dy)
	l.x.addTMul(l.mat, l.Weight.G, l.dz)
	if l.constant {
		return mat.Matrix{}
	}
	l.dx = l.dx.Reshape(l.x.Rows, l.x.Cols)
	l.mat.MulT(l.dx, l.dz, l.Weight.W)
	return l.dx
}

// message returns ‖Z[u]‖ / sqrt((deg(u) + 1)·(degree + 1)).
func (l *gcnConv) message(u, degree int) float32 {
	return rowNorm(l.z, u) * inverseRoot(l.links.degree[u], int32(degree))
}

func (l *gcnConv) width() int { return l.Bias.W.Cols }

func (l *gcnConv) messengers() []*Param { return nil } // the self-loop reaches them
