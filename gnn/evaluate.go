package gnn

import (
	"runtime"

	"abkd/gnn/mat"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// An Evaluator computes the logits of a model for nodes of the whole graph,
// nothing sampled or dropped, in less memory than Forward: nothing is kept for
// Backward.
//
// An R-GCN is computed layer by layer, and a layer in chunks of rows, so that
// of everything as long as the graph only two layers' outputs are alive, and
// the last layer's never:
//
//	features, tables --chunks--> Y_0 --chunks--> Y_1 --chunks--> logits of some rows
//	                              |                |
//	                              '-- storage of --'-- Y_2, if there are more layers
//
// Of each layer it computes the nodes that the layers above read, which are
// found once. Products come after the means, but before them where a relation has
// four times as many destinations as sources. The sums are those of Forward on a
// batch with such covers (see sample.Cover), in the same order: the logits have the
// same bits. With other covers Forward rounds otherwise.
//
// Outputs of more than 2 GiB, of the layer below 1 GiB, and so on, are computed in
// blocks of columns. The layer above adds up the products with each block before
// the next one takes its place, so of the layers below only some columns are alive
// as well, and they are computed anew for each block:
//
//	for each block of Y_1:
//	    for each block of Y_0: Y_1[block] += products with Y_0[block]
//	    logits += products with Y_1[block]
//
// There the sums are Forward's in another order: by blocks of the input first, then
// by relations.
//
// The other kinds read one node type. They are computed as in Forward, on all
// of its nodes, and each layer forgets what Backward would need.
//
// A model that is not New's runs Forward on the whole graph as one batch.
//
// Its storage grows with the first evaluation and stays, see Release. An
// Evaluator reads the model's weights, and must not run while they change. Of
// a model that is given another graph a new one has to be made.
type Evaluator struct {
	model Model
	rows  []int32       // nil: all target nodes
	rgcn  *layerwise    // nil for other kinds
	whole *sample.Batch // of a model that is not New's
	left  bool          // an inferrer has left its storage to the collector
	group parallel.Group
}

// NewEvaluator returns an evaluator of m for the target nodes rows, each once;
// nil means all.
func NewEvaluator(m Model, rows []int32) *Evaluator {
	e := &Evaluator{model: m, rows: rows}
	switch m := m.(type) {
	case *RGCN:
		e.rgcn = newLayerwise(m, e.nodes())
	case inferrer:
	default:
		e.whole = sample.NewFull(m.Graph(), len(m.Widths()), nil).Next()
	}
	return e
}

// An inferrer computes the logits of all target nodes and keeps nothing. It
// shows the output of each layer, of all target nodes, to seen if that is not nil.
type inferrer interface {
	infer(seen func(layer int, h mat.Matrix)) mat.Matrix
}

// nodes returns the rows, all of them if there are none.
func (e *Evaluator) nodes() []int32 {
	if e.rows != nil {
		return e.rows
	}
	g := e.model.Graph()
	all := make([]int32, g.Types[g.Target].Count)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// Divide lets the ranks of g share out the nodes: Each and EachLayer call f with
// those of this rank. Of an R-GCN a rank computes its part of the rows of each
// layer, and has those of the others from them; of the other kinds every rank
// computes all. All ranks make the same calls.
func (e *Evaluator) Divide(g parallel.Group) {
	e.group = g
	if e.rgcn != nil {
		e.rgcn.group = g
	}
}

// Each calls f with the logits [k × c] of the evaluator's nodes, some rows at a
// time and in order: row i of them is that of the node first+i. They are valid
// until f returns.
func (e *Evaluator) Each(f func(first int, logits mat.Matrix)) {
	switch m := e.model.(type) {
	case *RGCN:
		e.rgcn.each(f, nil)
	case inferrer:
		e.collect()
		e.pick(m.infer(nil), f)
	default:
		e.pick(m.Forward(e.whole, nil).Logits(), f)
	}
}

// EachLayer calls f with the outputs of each layer for the evaluator's nodes
// [k × width], those of Trace.Layers: layer by layer, and of each some rows at a
// time as in Each.
func (e *Evaluator) EachLayer(f func(layer, first int, h mat.Matrix)) {
	of := func(layer int) func(int, mat.Matrix) {
		return func(first int, h mat.Matrix) { f(layer, first, h) }
	}
	switch m := e.model.(type) {
	case *RGCN:
		e.rgcn.each(of(len(m.convs)-1), of)
	case inferrer:
		e.collect()
		m.infer(func(layer int, h mat.Matrix) { e.pick(h, of(layer)) })
	default:
		for layer, h := range m.Forward(e.whole, nil).Layers {
			e.pick(h, of(layer))
		}
	}
}

// collect collects what an inferrer has left, which would else wait until as much
// again is in use.
func (e *Evaluator) collect() {
	if e.left {
		runtime.GC()
	}
	e.left = true
}

// pick calls f with the evaluator's rows of the logits of all nodes.
func (e *Evaluator) pick(logits mat.Matrix, f func(first int, logits mat.Matrix)) {
	if e.rows == nil {
		first, end := parallel.Part(e.group, logits.Rows)
		f(first, logits.Slice(first, end))
		return
	}
	var part mat.Matrix
	step := chunkRows(logits.Cols)
	first, end := parallel.Part(e.group, len(e.rows))
	for lo := first; lo < end; lo += step {
		rows := e.rows[lo:min(lo+step, end)]
		part = part.Reshape(len(rows), logits.Cols)
		mat.Gather(part, logits, rows)
		f(lo, part)
	}
}

// Accuracy returns the share of the evaluator's nodes whose predicted class is
// their label, of those that have one; NaN if none has.
func (e *Evaluator) Accuracy() float64 {
	right, known := 0, 0
	g, all := e.model.Graph(), e.rows == nil
	e.Each(func(first int, logits mat.Matrix) {
		for i := range logits.Rows {
			v := int32(first + i)
			if !all {
				v = e.rows[first+i]
			}
			if label := g.Labels[v]; label >= 0 {
				known++
				if Predict(logits.Row(i)) == label {
					right++
				}
			}
		}
	})
	return Share(right, known)
}

// Predict sets classes[i] to the predicted class of the evaluator's node i, in
// the storage of classes if it is large enough.
func (e *Evaluator) Predict(classes []int32) []int32 {
	classes = classes[:0]
	e.Each(func(_ int, logits mat.Matrix) {
		for i := range logits.Rows {
			classes = append(classes, Predict(logits.Row(i)))
		}
	})
	return classes
}

// Release drops the storage, gigabytes for a large graph, and collects it at
// once: the collector would otherwise wait until as much again is in use.
func (e *Evaluator) Release() {
	if e.rgcn != nil {
		e.rgcn.release()
	}
	runtime.GC()
	e.left = false
}

// wholeBatch returns the batch of all target nodes with the one relation that m
// reads, and without what Backward would need.
func wholeBatch(m *homogeneous) *sample.Batch {
	g := m.graph
	n := make([]int, len(g.Types))
	n[g.Target] = g.Types[g.Target].Count
	block := sample.Block{NumSrc: n, NumDst: n, Rel: make([]sample.Adjacency, len(g.Relations))}
	if m.rel >= 0 {
		block.Rel[m.rel].In = g.Relations[m.rel].In
	}
	b := &sample.Batch{}
	for range m.links {
		b.Blocks = append(b.Blocks, block)
	}
	return b
}

// infer computes on a model of the same weights and storage of its own, of
// which each layer is dropped when the next one has its output.
func (m *Chain) infer(seen func(int, mat.Matrix)) mat.Matrix {
	k := newChain(m.kind, m.config, m.graph, m.params)
	k.SetBackend(m.mat)
	x := k.readInput(wholeBatch(&k.homogeneous), nil)
	for l, layer := range k.layers {
		x = dense(layer.Forward(k.links[l], x, nil))
		k.layers[l] = nil
		if seen != nil {
			seen(l, x.Matrix)
		}
	}
	return x.Matrix
}

// infer computes on a model of the same weights and storage of its own, which
// its convolutions share.
func (m *GCNII) infer(seen func(int, mat.Matrix)) mat.Matrix {
	k := newGCNII(m.kind, m.config, m.graph, m.params)
	k.SetBackend(m.mat)
	h0 := k.in.Forward(nil, k.readInput(wholeBatch(&k.homogeneous), nil), nil)
	h := h0
	for l := range k.convs {
		conv := &k.convs[l]
		if l > 0 {
			conv.s = k.convs[l-1].s
		}
		if l > 1 { // what the layer below has read
			conv.y = k.convs[l-2].y
		}
		h = conv.Forward(k.links[l], h, h0)
		if seen != nil {
			seen(l, h)
		}
	}
	return k.out.Forward(nil, dense(h), nil)
}

// chunkRows returns the rows of a chunk of that width: 8 MiB, and whole tiles
// of the product.
func chunkRows(width int) int { return max((1<<21)/max(width, 1)/48, 1) * 48 }
