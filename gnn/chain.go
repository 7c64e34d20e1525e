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
// Its layers are Linear (mlp), GCNConv (gcn), SAGEConv (sage) or GATConv (gat).
type Chain struct {
	homogeneous
	layers []layer
	widths []int
	drops  []dropout // of each hidden layer's output
}

// newChain returns a model with the parameters ps, see Shapes.
func newChain(c Config, g *graph.Graph, ps []*Param) *Chain {
	m := &Chain{}
	ps = m.init(c, g, ps, c.Layers)
	next := func() (p *Param) { p, ps = ps[0], ps[1:]; return p }
	for l := range c.Layers {
		hidden, constant := l < c.Layers-1, l == 0 && m.input.constant()
		var bias *Param
		switch c.Kind {
		case "mlp":
			k := &Linear{Weight: next(), Bias: next(), relu: hidden, constant: constant}
			m.layers, bias = append(m.layers, k), k.Bias
		case "gcn":
			k := &GCNConv{Weight: next(), Bias: next(), relu: hidden, constant: constant}
			m.layers, bias = append(m.layers, k), k.Bias
		case "sage":
			k := &SAGEConv{Self: next(), Neigh: next(), Bias: next(), relu: hidden, constant: constant}
			m.layers, bias = append(m.layers, k), k.Bias
		case "gat":
			k := &GATConv{Weight: next(), Src: next(), Dst: next(), Bias: next(), hidden: hidden, constant: constant, drop: newDropout(c.Dropout)}
			m.layers, bias = append(m.layers, k), k.Bias
		}
		m.widths = append(m.widths, bias.W.Cols)
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
	x := m.enter(b, rng)
	for l, k := range m.layers {
		y := k.Forward(m.links[l], x, rng)
		m.record(l, y)
		if m.dropped && l < len(m.drops) {
			y = m.drops[l].forward(y, rng)
		}
		x = Dense(y)
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
		if dy = plus(dy, grad[l]); dy.Empty() {
			continue
		}
		dy = m.layers[l].Backward(dy)
		if m.dropped && l > 0 {
			m.drops[l-1].backward(dy)
		}
	}
	m.leave(dy)
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
