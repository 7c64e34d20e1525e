package gnn

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// RGCN is the relational graph convolutional network: an input for every node
// type, then layers of relConv with dropout between them.
//
//	features, embeddings --> Input --relConv--> Hidden[0] --dropout--relConv--> Hidden[1] ... logits
//
// Hidden is kept as it is before dropout: a criterion compares what the
// layers computed, not what the noise left of it. With Config.LabelReuse what the
// labels of others say of a node is added to its logits, see WithLabelInputs.
type RGCN struct {
	backed
	watch
	config Config
	graph  *graph.Graph
	params []*Param
	inputs []input     // per node type
	convs  []*relConv  // per layer
	drops  [][]dropout // per hidden layer and node type
	labels labelReuse

	trace   Trace
	dropped bool // the last Forward dropped
	x, dy   []mat.Matrix

	// Scratch of Message, kept here so that it does not escape to the heap.
	message mat.Matrix
	norm    [1]float32
}

var rgcnKind = kind{
	Kind:       Kind{Name: "rgcn", Title: "R-GCN", Typed: true, Messages: true, Reuse: true},
	shapes:     rgcnShapes,
	build:      func(_ *kind, c Config, g *graph.Graph, params []*Param) Model { return newRGCN(c, g, params) },
	evaluation: func(_ *kind, c Config, g *graph.Graph) int64 { return c.layerwiseBytes(g, c.columnBlocks(g)) },
}

func rgcnShapes(_ *kind, c Config, g *graph.Graph, s *shapeList) {
	p := c.Input
	for l := range c.Layers {
		q := c.width(l, g)
		for _, t := range g.Types {
			s.add(p, q, "layers.%d.self.%s.weight", l, t.Name)
			s.addBias(q, "layers.%d.self.%s.bias", l, t.Name)
		}
		for _, r := range g.Relations {
			s.add(p, q, "layers.%d.rel.%v.weight", l, r.EdgeType)
		}
		p = q
	}
	if c.LabelReuse {
		*s = append(*s, ParamShape{Name: labelWeights, Rows: len(LabelChannels(g)), Cols: g.Classes, Mix: true})
	}
}

// newRGCN returns a model with the parameters ps, of the shapes that ParamShapes
// gives for c and g and in its order.
func newRGCN(c Config, g *graph.Graph, ps []*Param) *RGCN {
	n := len(g.Types)
	m := &RGCN{
		config: c, graph: g, params: ps,
		inputs: make([]input, n), convs: make([]*relConv, c.Layers), drops: make([][]dropout, c.Layers-1),
		trace: newTrace(c.Layers, c.Layers, n),
		x:     make([]mat.Matrix, n), dy: make([]mat.Matrix, n),
	}
	next := func() (p *Param) { p, ps = ps[0], ps[1:]; return p }
	var src, dst []int
	for _, r := range g.Relations {
		src, dst = append(src, r.Src), append(dst, r.Dst)
	}
	for t, nt := range g.Types {
		if nt.Features.Cols == 0 {
			m.inputs[t].embed = next()
		}
	}
	for t, nt := range g.Types {
		m.inputs[t].features = nt.Features
		if c.RowNormalise && nt.Features.Cols != 0 {
			m.inputs[t].scale = rowScale(nt.Features)
		}
		if w := nt.Features.Cols; w != 0 && w != c.Input {
			m.inputs[t].weight, m.inputs[t].bias = next(), next()
		}
	}
	for l := range m.convs {
		conv := newRelConv(n, src, dst, l < c.Layers-1)
		m.convs[l] = conv
		for t := range n {
			conv.Self[t], conv.Bias[t] = next(), next()
			conv.constant[t] = l == 0 && m.inputs[t].constant()
		}
		for r := range conv.Rel {
			conv.Rel[r] = next()
		}
	}
	if c.LabelReuse {
		m.labels = labelReuse{weight: next(), x: g.LabelInputs.X}
	}
	for l := range m.drops {
		for range n {
			m.drops[l] = append(m.drops[l], newDropout(c.Dropout))
		}
	}
	return m
}

// Config returns what the model was made from, defaults filled in.
func (m *RGCN) Config() Config { return m.config }

// Graph returns the graph that the model was made for.
func (m *RGCN) Graph() *graph.Graph { return m.graph }

// Params returns the parameters in a fixed order: embeddings, encoders, then
// for each layer the self weights and biases and the relations' weights, and at
// last the weights of the labels.
func (m *RGCN) Params() []*Param { return m.params }

// Widths returns the width of each layer's output.
func (m *RGCN) Widths() []int {
	w := make([]int, len(m.convs))
	for l, conv := range m.convs {
		w[l] = conv.Self[m.graph.Target].W.Cols
	}
	return w
}

// Forward runs the model on the last blocks of b, as many as it has layers.
// Dropout is drawn in the order of layers, node types, rows and columns.
func (m *RGCN) Forward(b *sample.Batch, rng *rand.Rand) *Trace {
	if len(b.Blocks) < len(m.convs) {
		panic(fmt.Sprintf("gnn: RGCN.Forward: batch has %d blocks, want at least %d (layers)", len(b.Blocks), len(m.convs)))
	}
	blocks := b.Top(len(m.convs))
	for t := range m.inputs {
		n := blocks[0].NumSrc[t]
		m.x[t] = m.inputs[t].forward(b.Sources(t, n), n, b.Fixed)
	}
	copy(m.trace.Input, m.x)
	m.dropped = rng != nil && m.config.Dropout > 0
	for l, conv := range m.convs {
		y := conv.Forward(&blocks[l], m.x)
		m.trace.Hidden[l], m.trace.Layers[l] = y, y[m.graph.Target]
		copy(m.x, y)
		if m.dropped && l < len(m.drops) {
			for t := range y {
				m.x[t] = m.drops[l][t].forward(y[t], rng)
			}
		}
	}
	z := m.trace.Logits()
	m.labels.forward(z, b.Sources(m.graph.Target, z.Rows))
	return &m.trace
}

// Backward adds to the parameters' gradients, given dL/dY of the target type
// for every layer. What a layer receives is the sum of its own entry of grad
// and of what flows back from the layer above:
//
//	grad[l] ------------------------------.
//	layer l+1: dL/dX --dropout backward--(+)--> layer l: dL/dY
func (m *RGCN) Backward(b *sample.Batch, grad []mat.Matrix) {
	if len(grad) != len(m.convs) {
		panic(fmt.Sprintf("gnn: RGCN.Backward: %d gradients, want %d (layers)", len(grad), len(m.convs)))
	}
	blocks := b.Top(len(m.convs))
	clear(m.dy)
	dz := grad[len(grad)-1]
	m.see(len(grad)-1, dz)
	m.labels.backward(dz, b.Sources(m.graph.Target, dz.Rows))
	for l := len(m.convs) - 1; l >= 0; l-- {
		m.addGrad(l, grad[l])
		if l < len(grad)-1 {
			m.see(l, m.dy[m.graph.Target])
		}
		dx := m.convs[l].Backward(&blocks[l], m.dy)
		copy(m.dy, dx)
		if m.dropped && l > 0 {
			for t := range dx {
				m.drops[l-1][t].backward(dx[t])
			}
		}
	}
	for t := range m.inputs {
		m.inputs[t].backward(m.dy[t])
	}
}

// addGrad adds grad, the gradient given for layer l, to what flows back to it.
func (m *RGCN) addGrad(l int, grad mat.Matrix) {
	if grad.Empty() {
		return
	}
	if y := m.trace.Layers[l]; grad.Rows != y.Rows || grad.Cols != y.Cols {
		panic(fmt.Sprintf("gnn: RGCN.Backward: gradient of layer %d is %v, want %v (or empty)", l, grad, y))
	}
	if m.dy[m.graph.Target].Empty() {
		m.dy[m.graph.Target] = grad
		return
	}
	m.mat.Axpy(1, grad, m.dy[m.graph.Target])
}

// Message returns the norm of the message X_s[row]·W_rel / degree that a
// node with that in-degree over the relation received in the given layer from
// the source in the given row of the layer's block. It reads the inputs of
// the last Forward, which should have been an evaluation.
func (m *RGCN) Message(layer, rel, row, degree int) float32 {
	conv := m.convs[layer]
	w, x := conv.Rel[rel].W, conv.x[conv.src[rel]]
	m.message = m.message.Reshape(1, w.Cols)
	m.mat.Mul(m.message, mat.Matrix{Rows: 1, Cols: x.Cols, Data: x.Row(row)}, w)
	m.mat.RowNorms(m.norm[:], m.message)
	return m.norm[0] / float32(max(degree, 1))
}
