package gnn

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// homogeneous is what the models that compute on the target type alone have in
// common: their input, and the links of the one relation that they read.
type homogeneous struct {
	backed
	watch
	kind   *kind
	config Config
	graph  *graph.Graph
	params []*Param
	rel    int // index of the relation from the target type to itself, -1 for none

	input  input
	dropIn dropout
	sparse *sparse  // the whole graph's features, nil if they are dense
	scale  float32  // of the links
	own    []links  // per layer
	links  []*links // per layer; layers with the same adjacency share them
	degree []int32  // in-degree of each source of the first block, in the graph
	whole  bool     // degree is that of the first nodes

	trace     Trace
	dropped   bool // the last Forward dropped hidden activations
	droppedIn bool // and elements of a dense input
}

// init takes the input's parameters off ps and returns the others.
func (m *homogeneous) init(k *kind, c Config, g *graph.Graph, ps []*Param, outputs int) []*Param {
	*m = homogeneous{
		kind: k, config: c, graph: g, params: ps, rel: -1, scale: 1,
		own: make([]links, c.Layers), links: make([]*links, c.Layers),
		trace: newTrace(c.Layers, outputs, len(g.Types)),
	}
	if k.readsOne() {
		m.rel, _ = selfRelation(c.Kind, g) // ParamShapes has reported the error
	}
	for l := range m.trace.Hidden {
		m.trace.Hidden[l] = make([]mat.Matrix, len(g.Types))
	}
	f := g.Types[g.Target].Features
	m.input.features = f
	switch {
	case f.Cols == 0:
		m.input.embed, ps = ps[0], ps[1:]
	case f.Cols != c.Input:
		m.input.weight, m.input.bias, ps = ps[0], ps[1], ps[2:]
	}
	if c.RowNormalise && f.Cols != 0 {
		m.input.scale = rowScale(f)
	}
	if m.input.constant() {
		m.sparse = newSparse(f, m.input.scale)
	}
	m.dropIn = newDropout(c.InputDropout)
	return ps
}

// Config returns what the model was made from, defaults filled in.
func (m *homogeneous) Config() Config { return m.config }

// Graph returns the graph that the model was made for.
func (m *homogeneous) Graph() *graph.Graph { return m.graph }

// Params returns the parameters in a fixed order: the embedding or encoder if
// there is one, then layer by layer.
func (m *homogeneous) Params() []*Param { return m.params }

// readInput sets the links of the last blocks of b and returns the first layer's
// input, after dropout.
func (m *homogeneous) readInput(b *sample.Batch, rng *rand.Rand) operand {
	layers := len(m.links)
	if len(b.Blocks) < layers {
		panic(fmt.Sprintf("gnn: %s: batch has %d blocks, want at least %d (layers)", m.config.Kind, len(b.Blocks), layers))
	}
	target, blocks := m.graph.Target, b.Top(layers)
	n := blocks[layers-1].NumDst[target] // without messages the seeds do
	if m.rel >= 0 {
		n = blocks[0].NumSrc[target]
	}
	nodes := b.Sources(target, n)
	if m.rel >= 0 {
		m.setDegrees(nodes, n)
		m.setLinks(blocks, b.Fixed)
	}
	m.dropped = rng != nil && m.config.Dropout > 0
	m.droppedIn = false
	if m.sparse != nil && nodes == nil && n == m.input.features.Rows {
		m.sparse.dropValues(&m.dropIn, rng)
		m.trace.Input[target] = mat.Matrix{}
		return operand{Matrix: mat.Matrix{Rows: n, Cols: m.input.features.Cols}, sparse: m.sparse}
	}
	x := m.input.forward(nodes, n, b.Fixed)
	m.trace.Input[target] = x
	if m.droppedIn = rng != nil && m.dropIn.active(); m.droppedIn {
		x = m.dropIn.forward(x, rng)
	}
	return dense(x)
}

// inputBackward takes dL/dX of the first layer's input, empty if it is constant.
func (m *homogeneous) inputBackward(dx mat.Matrix) {
	if m.droppedIn && !dx.Empty() {
		m.dropIn.backward(dx)
	}
	m.input.backward(dx)
}

// setDegrees sets degree for the given nodes, or for the first n if nodes is
// nil.
func (m *homogeneous) setDegrees(nodes []int32, n int) {
	ptr := m.graph.Relations[m.rel].In.Ptr
	if m.whole && nodes == nil && len(m.degree) == n {
		return // as before
	}
	m.whole, m.degree = nodes == nil, resize(m.degree, n)
	for i := range m.degree {
		v := i
		if nodes != nil {
			v = int(nodes[i])
		}
		m.degree[i] = ptr[v+1] - ptr[v]
	}
}

// setLinks sets the links of each layer. Blocks of the whole graph have the
// adjacency of the block before them.
func (m *homogeneous) setLinks(blocks []sample.Block, fixed bool) {
	target := m.graph.Target
	for l := range blocks {
		b := &blocks[l]
		a, n, k := &b.Rel[m.rel], b.NumSrc[target], b.NumDst[target]
		if l > 0 {
			if p := m.links[l-1]; p.n == n && p.m == k && &p.adj.In.Ptr[0] == &a.In.Ptr[0] {
				m.links[l] = p
				continue
			}
		}
		m.links[l] = &m.own[l]
		m.own[l].setEdges(a, n, k, m.degree[:n])
		if m.kind.loops {
			m.own[l].addLoops(m.scale, fixed)
		}
	}
}

// recordOutput writes y, the output of layer l, into the trace.
func (m *homogeneous) recordOutput(l int, y mat.Matrix) {
	m.trace.Outputs[l] = y
	if l < len(m.trace.Hidden) {
		m.trace.Hidden[l][m.graph.Target] = y
	}
}

// checkGrad panics unless grad has an entry for each output, of its shape or
// empty.
func (m *homogeneous) checkGrad(grad []mat.Matrix) {
	if len(grad) != len(m.trace.Outputs) {
		panic(fmt.Sprintf("gnn: %s: Backward: %d gradients, want %d (outputs)", m.config.Kind, len(grad), len(m.trace.Outputs)))
	}
	for l, g := range grad {
		if y := m.trace.Outputs[l]; !g.Empty() && (g.Rows != y.Rows || g.Cols != y.Cols) {
			panic(fmt.Sprintf("gnn: %s: Backward: gradient of output %d is %v, want %v (or empty)", m.config.Kind, l, g, y))
		}
	}
}

// plus returns dy + grad in the storage of dy; either may be empty.
func plus(on *mat.Backend, dy, grad mat.Matrix) mat.Matrix {
	switch {
	case grad.Empty():
		return dy
	case dy.Empty():
		return grad
	}
	on.Axpy(1, grad, dy)
	return dy
}
