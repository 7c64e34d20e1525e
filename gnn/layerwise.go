package gnn

import (
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// layerwise computes an R-GCN layer by layer, see Evaluator. Rows of a layer's
// output are the first of the field's nodes of their type.
type layerwise struct {
	m     *RGCN
	field *sample.Field
	group parallel.Group

	x    []mat.Matrix    // per type, the input of the layer at work
	id   []bool          // per type, rows of x are those of the graph, not of the field
	out  [2][]mat.Matrix // per type, outputs of even and of odd layers
	last mat.Matrix      // a chunk of logits

	self, mean mat.Matrix // chunks
	edges      graph.CSR  // of a chunk
}

func newLayerwise(m *RGCN, nodes []int32) *layerwise {
	e := &layerwise{m: m, field: sample.NewField(m.graph, len(m.convs), nodes)}
	e.release()
	return e
}

func (e *layerwise) release() {
	types := len(e.m.inputs)
	*e = layerwise{m: e.m, field: e.field, group: e.group, x: make([]mat.Matrix, types), id: make([]bool, types)}
	e.out = [2][]mat.Matrix{make([]mat.Matrix, types), make([]mat.Matrix, types)}
}

// each calls f with the logits, and what seen returns for a layer below with its
// outputs for the same nodes, if seen is not nil.
func (e *layerwise) each(f func(first int, logits mat.Matrix), seen func(layer int) func(first int, h mat.Matrix)) {
	e.readInputs()
	last, target := len(e.m.convs)-1, e.m.graph.Target
	for l, conv := range e.m.convs[:last] {
		y, sizes := e.out[l%2], e.field.Sizes[last-l]
		for t, n := range sizes {
			y[t] = fit(y[t], n, conv.Self[t].W.Cols)
			first, end := e.layer(conv, sizes, t, func(lo, hi int) mat.Matrix { return y[t].Slice(lo, hi) }, nil)
			parallel.Complete(e.group, y[t].Data, first*y[t].Cols, end*y[t].Cols)
		}
		if seen != nil {
			seen(l)(0, y[target].Slice(0, e.field.Sizes[0][target]))
		}
		copy(e.x, y)
		clear(e.id)
	}
	conv := e.m.convs[last]
	chunk := func(lo, hi int) mat.Matrix {
		e.last = e.last.Reshape(hi-lo, conv.Self[target].W.Cols)
		return e.last
	}
	e.layer(conv, e.field.Sizes[0], target, chunk, f)
	clear(e.x)
}

// fit is m.Reshape without room to spare: gigabytes that stay as they are.
func fit(m mat.Matrix, r, c int) mat.Matrix {
	if r*c > cap(m.Data) {
		return mat.New(r, c)
	}
	return m.Reshape(r, c)
}

// layer computes the output of conv for the nodes of type t, of which sizes
// says the number, into the storage that chunk gives for rows lo to hi. It
// calls done, if there is one, with each chunk. One of several ranks computes the
// rows from first until end, which are whole chunks.
func (e *layerwise) layer(conv *relConv, sizes []int, t int, chunk func(lo, hi int) mat.Matrix, done func(lo int, y mat.Matrix)) (first, end int) {
	n, w := sizes[t], conv.Self[t].W
	busy := make([]bool, len(conv.Rel))
	for r := range busy {
		busy[r] = conv.dst[r] == t && e.hasEdges(r, n)
	}
	step := chunkRows(max(w.Rows, w.Cols))
	first, end = parallel.Part(e.group, (n+step-1)/step)
	first, end = min(first*step, n), min(end*step, n)
	for lo := first; lo < end; lo += step {
		hi := min(lo+step, n)
		y := chunk(lo, hi)
		e.m.mat.Mul(y, e.rows(t, lo, hi), w)
		for r, w := range conv.Rel {
			if busy[r] {
				e.m.mat.AddMul(y, e.means(r, lo, hi), w.W)
			}
		}
		addBias(e.m.mat, y, conv.Bias[t], conv.relu)
		if done != nil {
			e.m.labels.forward(y, e.field.Nodes[t][lo:hi]) // only the logits are given away
			done(lo, y)
		}
	}
	return first, end
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

// rows returns the input of nodes lo to hi of type t.
func (e *layerwise) rows(t, lo, hi int) mat.Matrix {
	if !e.id[t] {
		return e.x[t].Slice(lo, hi)
	}
	e.self = e.self.Reshape(hi-lo, e.x[t].Cols)
	mat.Gather(e.self, e.x[t], e.field.Nodes[t][lo:hi])
	return e.self
}

// means returns the means of the inputs over the in-edges of relation r into
// nodes lo to hi.
func (e *layerwise) means(r, lo, hi int) mat.Matrix {
	rel := &e.m.graph.Relations[r]
	x, local := e.x[rel.Src], e.field.Local[rel.Src]
	e.edges.Ptr, e.edges.Col = append(e.edges.Ptr[:0], 0), e.edges.Col[:0]
	for _, v := range e.field.Nodes[rel.Dst][lo:hi] {
		start := len(e.edges.Col)
		e.edges.Col = append(e.edges.Col, rel.In.Row(int(v))...)
		if !e.id[rel.Src] {
			for i, u := range e.edges.Col[start:] {
				e.edges.Col[start+i] = local[u]
			}
		}
		e.edges.Ptr = append(e.edges.Ptr, int32(len(e.edges.Col)))
	}
	e.mean = e.mean.Reshape(hi-lo, x.Cols)
	e.m.mat.SpMM(e.mean, e.edges.Ptr, e.edges.Col, nil, x, false)
	return e.mean
}

// readInputs sets x to the first layer's input: the features or the table
// themselves, or what an encoder or a scale makes of them.
func (e *layerwise) readInputs() {
	sizes := e.field.Sizes[len(e.m.convs)]
	for t := range e.m.inputs {
		in, n := &e.m.inputs[t], sizes[t]
		if e.id[t] = in.weight == nil && in.scale == nil; e.id[t] {
			e.x[t] = in.table()
			continue
		}
		chunk := input{backed: in.backed, features: in.features, scale: in.scale, weight: in.weight, bias: in.bias}
		e.x[t] = mat.New(n, e.m.config.Input)
		step := chunkRows(max(in.features.Cols, e.x[t].Cols))
		for lo := 0; lo < n; lo += step {
			hi := min(lo+step, n)
			copy(e.x[t].Slice(lo, hi).Data, chunk.forward(e.field.Nodes[t][lo:hi], hi-lo, false).Data)
		}
	}
}
