package gnn

import (
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// Chain is a model of layers one upon the other, with dropout between them:
//
//	features --dropout--layer--> Layers[0] --dropout--layer--> Layers[1] ... logits
//
// A hidden layer is followed by ReLU, of gat by ELU. For a node v with
// neighbours N(v) in the one relation that is read, layers are
//
//	mlp   Y = X·W + b
//	gcn   Y = Â·X·W + b, Â = D^-1/2 (A + I) D^-1/2     arXiv 1609.02907, equation 2
//	sage  Y[v] = X[v]·W_self + mean_{u ∈ N(v)} X[u]·W_neigh + b     arXiv 1706.02216, algorithm 1
//	gat   Y[v] = Σ_{u ∈ N(v)+v} α_vu X[u]·W + b, for each of K heads,
//	      α_vu = softmax over u of LeakyReLU(a_src·X[u]·W + a_dst·X[v]·W)     arXiv 1710.10903, equations 1 to 6
type Chain struct {
	homogeneous
	layers []layer
	widths []int
	drops  []dropout // of each hidden layer's output
}

// A chain is the part of a kind whose models are Chains.
type chain struct {
	// layerShapes adds those of layer l from width p to c.width(l), and
	// returns the width of its output.
	layerShapes func(c Config, l, p, q int, s *shapeList) int
	// layer makes a layer, hidden unless it is the last; constant says that
	// nobody needs the gradient of its input.
	layer func(c Config, next func() *Param, hidden, constant bool) layer
	// layerFloats counts what a layer of width q keeps when nothing is trained.
	layerFloats func(c Config, q int64) (perNode, perEdge int64)
}

func chainShapes(k *kind, c Config, g *graph.Graph, s *shapeList) {
	p := c.Input
	for l := range c.Layers {
		p = k.layerShapes(c, l, p, c.width(l, g), s)
	}
}

func buildChain(k *kind, c Config, g *graph.Graph, params []*Param) Model {
	return newChain(k, c, g, params)
}

// newChain returns a model with the parameters ps, see ParamShapes.
func newChain(kind *kind, c Config, g *graph.Graph, ps []*Param) *Chain {
	m := &Chain{}
	ps = m.init(kind, c, g, ps, c.Layers)
	next := func() (p *Param) { p, ps = ps[0], ps[1:]; return p }
	for l := range c.Layers {
		hidden := l < c.Layers-1
		m.layers = append(m.layers, kind.layer(c, next, hidden, l == 0 && m.input.constant()))
		m.widths = append(m.widths, m.layers[l].width())
		if hidden {
			m.drops = append(m.drops, newDropout(c.Dropout))
		}
	}
	return m
}

// Widths returns the width of each layer's output.
func (m *Chain) Widths() []int { return append([]int(nil), m.widths...) }

// Forward runs the model on the last blocks of b, as many as it has layers; an
// mlp on the seeds alone. Dropout is drawn in the order of layers, rows and
// columns, that of a layer's attention after that of its input.
func (m *Chain) Forward(b *sample.Batch, rng *rand.Rand) *Trace {
	x := m.readInput(b, rng)
	for l, k := range m.layers {
		y := k.Forward(m.links[l], x, rng)
		m.recordOutput(l, y)
		if m.dropped && l < len(m.drops) {
			y = m.drops[l].forward(y, rng)
		}
		x = dense(y)
	}
	return &m.trace
}

// Backward adds to the parameters' gradients, given dL/dY for every layer.
// What a layer receives is the sum of its own entry of grad and of what flows
// back from the layer above.
func (m *Chain) Backward(b *sample.Batch, grad []mat.Matrix) {
	m.checkGrad(grad)
	var dy mat.Matrix
	for l := len(m.layers) - 1; l >= 0; l-- {
		if dy = plus(m.mat, dy, grad[l]); dy.Empty() {
			continue
		}
		m.see(l, dy)
		dy = m.layers[l].Backward(dy)
		if m.dropped && l > 0 {
			m.drops[l-1].backward(dy)
		}
	}
	m.inputBackward(dy)
}

// Message returns the norm of the message that a node with that in-degree over
// the relation received in the given layer from the source in the given row; 0
// for a relation that the model does not read. With attention it is the mean
// over those that receive it. It reads the last Forward, which should have
// been an evaluation on the whole graph.
func (m *Chain) Message(layer, rel, row, degree int) float32 {
	if rel != m.rel {
		return 0
	}
	return m.layers[layer].message(row, degree)
}
