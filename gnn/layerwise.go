package gnn

import (
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// layerwise computes an R-GCN layer by layer, see Evaluator. Rows of a layer's
// output are the first of the field's nodes of their type.
type layerwise struct {
	m      *RGCN
	field  *sample.Field
	group  parallel.Group
	blocks []int // columns of each hidden layer that are computed at a time

	x    [][]mat.Matrix // per layer and type, those columns of the layer's input that are at work
	id   []bool         // per type, rows of x[0] are those of the graph, not of the field
	out  [][]mat.Matrix // storage of outputs, see place
	last mat.Matrix     // logits, a chunk of them where they come at once
	seen func(layer int) func(first int, h mat.Matrix)

	self, mean mat.Matrix   // chunks
	sent       []mat.Matrix // per relation that sendsProducts, those of all its sources
	edges      graph.CSR    // of a chunk
}

func newLayerwise(m *RGCN, nodes []int32) *layerwise {
	e := &layerwise{m: m, field: sample.NewField(m.graph, len(m.convs), nodes), blocks: m.config.columnBlocks(m.graph)}
	e.release()
	return e
}

func (e *layerwise) release() {
	types := len(e.m.inputs)
	*e = layerwise{m: e.m, field: e.field, group: e.group, blocks: e.blocks, id: make([]bool, types), sent: make([]mat.Matrix, len(e.m.graph.Relations))}
	for range e.m.convs {
		e.x, e.out = append(e.x, make([]mat.Matrix, types)), append(e.out, make([]mat.Matrix, types))
	}
}

// Outputs of all nodes that a layer reads take at most so many bytes: of the last
// hidden layer, of the one below half of that, and so on, but no less than leastOutputs:
// of deep models there is always enough for whole layers of a small graph.
const mostOutputs, leastOutputs = 2 << 30, 64 << 20

// columnBlocks returns how many columns of each hidden layer an R-GCN of c for g is
// evaluated by at a time: all, if they are not too large.
func (c Config) columnBlocks(g *graph.Graph) []int {
	needed := make([]bool, len(g.Types))
	needed[g.Target] = true
	blocks, most := make([]int, c.Layers-1), mostOutputs
	for l := c.Layers - 2; l >= 0; l-- {
		addSources(needed, g)
		column := 0
		for t, nt := range g.Types {
			if needed[t] {
				column += 4 * nt.Count
			}
		}
		n := (c.Hidden*column-1)/most + 1
		const tile = 16 // of a product
		blocks[l] = min(c.Hidden, ((c.Hidden-1)/n/tile+1)*tile)
		most = max(most/2, leastOutputs)
	}
	return blocks
}

// inBlocks reports whether some of the layers' widths are computed in parts.
func (c Config) inBlocks(blocks []int) bool {
	return slices.ContainsFunc(blocks, func(n int) bool { return n < c.Hidden })
}

// place returns where the output of hidden layer l is stored. Whole layers take
// turns: of those only two are alive.
func place(l int, inBlocks bool) int {
	if inBlocks {
		return l
	}
	return l % 2
}

// A span is of columns lo until hi.
type span struct{ lo, hi int }

// spans returns the columns of the input of layer l, block by block.
func (e *layerwise) spans(l int) (all []span) {
	width, block := e.m.config.Input, e.m.config.Input
	if l > 0 {
		width, block = e.m.config.Hidden, e.blocks[l-1]
	}
	for lo := 0; lo < width; lo += block {
		all = append(all, span{lo, min(lo+block, width)})
	}
	return all
}

// each calls f with the logits, and what seen returns for a layer below with its
// outputs for the same nodes, if seen is not nil.
func (e *layerwise) each(f func(first int, logits mat.Matrix), seen func(layer int) func(first int, h mat.Matrix)) {
	e.readInputs()
	e.seen = seen
	if seen != nil && e.m.config.inBlocks(e.blocks) {
		e.seen = nil
		for l := range e.blocks {
			seen(l)(0, e.whole(l))
		}
	}
	last, target := len(e.m.convs)-1, e.m.graph.Target
	n, classes := e.field.Sizes[0][target], e.m.graph.Classes
	ins := e.spans(last)
	chunk := func(lo, hi int) mat.Matrix {
		e.last = e.last.Reshape(hi-lo, classes)
		return e.last
	}
	if len(ins) > 1 {
		e.last = fit(e.last, n, classes)
		chunk = e.last.Slice
	}
	for _, in := range ins {
		e.read(last, in)
		e.layer(last, target, in, span{0, classes}, chunk, f)
	}
	for _, x := range e.x {
		clear(x)
	}
	e.seen = nil
}

// whole returns the output of hidden layer l for the evaluator's nodes.
func (e *layerwise) whole(l int) mat.Matrix {
	target := e.m.graph.Target
	all := mat.New(e.field.Sizes[0][target], e.m.config.Hidden)
	for _, of := range e.spans(l + 1) {
		e.read(l+1, of)
		for i := range all.Rows {
			copy(all.Row(i)[of.lo:of.hi], e.x[l+1][target].Row(i))
		}
	}
	return all
}

// read computes the columns of of the input of layer l, which stay until others
// are read: those of the output of the layer below, from its input read so as well.
func (e *layerwise) read(l int, of span) {
	if l == 0 {
		return
	}
	below := l - 1
	y, sizes := e.out[place(below, e.m.config.inBlocks(e.blocks))], e.field.Sizes[len(e.m.convs)-l]
	ins := e.spans(below)
	for i, in := range ins {
		e.read(below, in)
		for t, n := range sizes {
			y[t] = fit(y[t], n, of.hi-of.lo)
			first, end := e.layer(below, t, in, of, y[t].Slice, nil)
			if i == len(ins)-1 {
				parallel.Complete(e.group, y[t].Data, first*y[t].Cols, end*y[t].Cols)
			}
		}
	}
	copy(e.x[l], y)
	if e.seen != nil {
		target := e.m.graph.Target
		e.seen(below)(0, y[target].Slice(0, e.field.Sizes[0][target]))
	}
}

// fit is m.Reshape without room to spare: gigabytes that stay as they are.
func fit(m mat.Matrix, r, c int) mat.Matrix {
	if r*c > cap(m.Data) {
		return mat.New(r, c)
	}
	return m.Reshape(r, c)
}

// layer computes the columns of of the output of layer l for the nodes of type t,
// into the storage that chunk gives for rows lo to hi: what the columns in of its
// input, which have been read, add to it, and with the last of them the bias and
// what follows. It then calls done, if there is one, with each chunk. One of several
// ranks computes the rows from first until end, which are whole chunks.
func (e *layerwise) layer(l, t int, in, of span, chunk func(lo, hi int) mat.Matrix, done func(lo int, y mat.Matrix)) (first, end int) {
	conv, n := e.m.convs[l], e.field.Sizes[len(e.m.convs)-1-l][t]
	isLast := in.hi == conv.Self[t].W.Rows
	weights := e.weights(l, t, in, of, n)
	for r, w := range weights.rel {
		if !w.Empty() && sendsProducts(e.m.graph, r) {
			e.send(l, r, w)
		}
	}
	bias := mat.Matrix{Rows: 1, Cols: of.hi - of.lo, Data: conv.Bias[t].W.Data[of.lo:of.hi]}
	step := chunkRows(max(e.spans(l)[0].hi, of.hi-of.lo))
	first, end = parallel.Part(e.group, (n+step-1)/step)
	first, end = min(first*step, n), min(end*step, n)
	for lo := first; lo < end; lo += step {
		hi := min(lo+step, n)
		y := chunk(lo, hi)
		if in.lo > 0 {
			e.m.mat.AddMul(y, e.rows(l, t, lo, hi), weights.self)
		} else {
			e.m.mat.Mul(y, e.rows(l, t, lo, hi), weights.self)
		}
		for r, w := range weights.rel {
			switch {
			case w.Empty():
			case sendsProducts(e.m.graph, r):
				e.cut(r, lo, hi, true)
				e.m.mat.SpMM(y, e.edges.Ptr, e.edges.Col, nil, e.sent[r], true)
			default:
				e.m.mat.AddMul(y, e.means(l, r, lo, hi), w)
			}
		}
		if isLast {
			addBias(e.m.mat, y, bias, conv.relu)
		}
		if isLast && done != nil {
			e.m.labels.forward(y, e.field.Nodes[t][lo:hi]) // only the logits are given away
			done(lo, y)
		}
	}
	return first, end
}

// blockWeights are the rows in and the columns of of the weights by which a layer
// makes the outputs of a type; those of relations without messages are empty.
type blockWeights struct {
	self mat.Matrix
	rel  []mat.Matrix
}

func (e *layerwise) weights(l, t int, in, of span, n int) (w blockWeights) {
	conv := e.m.convs[l]
	w.self, w.rel = block(conv.Self[t].W, in, of), make([]mat.Matrix, len(conv.Rel))
	for r, p := range conv.Rel {
		if conv.dst[r] == t && e.hasEdges(r, n) {
			w.rel[r] = block(p.W, in, of)
		}
	}
	return w
}

// block returns those rows and columns of w, w itself if they are all.
func block(w mat.Matrix, rows, cols span) mat.Matrix {
	w = w.Slice(rows.lo, rows.hi)
	if cols.hi-cols.lo == w.Cols {
		return w
	}
	b := mat.New(w.Rows, cols.hi-cols.lo)
	for i := range b.Rows {
		copy(b.Row(i), w.Row(i)[cols.lo:cols.hi])
	}
	return b
}

// sendsProducts reports whether over relation r of g the product with its weights
// is taken of the sources, before the mean, as they are few beside its destinations.
func sendsProducts(g *graph.Graph, r int) bool {
	rel := &g.Relations[r]
	return 4*g.Types[rel.Src].Count <= g.Types[rel.Dst].Count
}

// send sets sent[r] to the products of the inputs of layer l with w.
func (e *layerwise) send(l, r int, w mat.Matrix) {
	src := e.m.graph.Relations[r].Src
	n := e.field.Sizes[len(e.m.convs)-l][src]
	e.sent[r] = fit(e.sent[r], n, w.Cols)
	for lo, step := 0, chunkRows(w.Rows); lo < n; lo += step {
		hi := min(lo+step, n)
		e.m.mat.Mul(e.sent[r].Slice(lo, hi), e.rows(l, src, lo, hi), w)
	}
}

// hasEdges reports whether relation r has an edge to the first n nodes of its
// destination type.
func (e *layerwise) hasEdges(r, n int) bool {
	rel := &e.m.graph.Relations[r]
	for _, v := range e.field.Nodes[rel.Dst][:n] {
		if rel.In.Ptr[v] < rel.In.Ptr[v+1] {
			return true
		}
	}
	return false
}

// rows returns the input of layer l for nodes lo to hi of type t.
func (e *layerwise) rows(l, t, lo, hi int) mat.Matrix {
	x := e.x[l][t]
	if l > 0 || !e.id[t] {
		return x.Slice(lo, hi)
	}
	e.self = e.self.Reshape(hi-lo, x.Cols)
	mat.Gather(e.self, x, e.field.Nodes[t][lo:hi])
	return e.self
}

// means returns the means of the inputs of layer l over the in-edges of relation r
// into nodes lo to hi.
func (e *layerwise) means(l, r, lo, hi int) mat.Matrix {
	src := e.m.graph.Relations[r].Src
	x := e.x[l][src]
	e.cut(r, lo, hi, l > 0 || !e.id[src])
	e.mean = e.mean.Reshape(hi-lo, x.Cols)
	e.m.mat.SpMM(e.mean, e.edges.Ptr, e.edges.Col, nil, x, false)
	return e.mean
}

// cut sets edges to those of relation r into nodes lo to hi, from nodes of the field
// or, not local, of the graph.
func (e *layerwise) cut(r, lo, hi int, local bool) {
	rel := &e.m.graph.Relations[r]
	place := e.field.Local[rel.Src]
	e.edges.Ptr, e.edges.Col = append(e.edges.Ptr[:0], 0), e.edges.Col[:0]
	for _, v := range e.field.Nodes[rel.Dst][lo:hi] {
		start := len(e.edges.Col)
		e.edges.Col = append(e.edges.Col, rel.In.Row(int(v))...)
		if local {
			for i, u := range e.edges.Col[start:] {
				e.edges.Col[start+i] = place[u]
			}
		}
		e.edges.Ptr = append(e.edges.Ptr, int32(len(e.edges.Col)))
	}
}

// readInputs sets x[0] to the first layer's input: the features or the table
// themselves, or what an encoder or a scale makes of them.
func (e *layerwise) readInputs() {
	sizes := e.field.Sizes[len(e.m.convs)]
	for t := range e.m.inputs {
		in, n := &e.m.inputs[t], sizes[t]
		if e.id[t] = in.weight == nil && in.scale == nil; e.id[t] {
			e.x[0][t] = in.table()
			continue
		}
		chunk := input{backed: in.backed, features: in.features, scale: in.scale, weight: in.weight, bias: in.bias}
		e.x[0][t] = mat.New(n, e.m.config.Input)
		step := chunkRows(max(in.features.Cols, e.x[0][t].Cols))
		for lo := 0; lo < n; lo += step {
			hi := min(lo+step, n)
			copy(e.x[0][t].Slice(lo, hi).Data, chunk.forward(e.field.Nodes[t][lo:hi], hi-lo, false).Data)
		}
	}
}
