package gnn

import (
	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// EvaluationBytes returns how much memory an Evaluator of a model of c for g
// takes at most, besides the graph and the model: what it takes for all target
// nodes. It neither makes the model nor reads features, so that a run too large
// for the machine can be refused before it begins.
//
// Of a 3×512 R-GCN for OGBN-MAG, with 1.9 million nodes, columns of two layers'
// outputs are 3 GB, the logits 1 GB, and the rest some 0.1 GB.
func EvaluationBytes(c Config, g *graph.Graph) (int64, error) {
	if _, err := ParamShapes(c, g); err != nil {
		return 0, err
	}
	c, _ = c.Defaults(g) // ParamShapes has reported the error
	k := kindOf(c.Kind)
	return k.evaluation(k, c, g), nil
}

// FeatureBytes returns how much memory the features take that a model of c reads
// in place of those of g, and what it takes besides to make them; 0 for most
// kinds.
func FeatureBytes(c Config, g *graph.Graph) (kept, making int64) {
	width := int64(g.Types[g.Target].Features.Cols)
	if k := kindOf(c.Kind); k == nil || k.features == nil {
		return 0, 0
	}
	return 4 * width * int64(g.Types[g.Target].Count), graph.PropagationBytes(g) + 2*4*width*int64(g.NumNodes())
}

// EachLayerBytes is EvaluationBytes for Evaluator.EachLayer, which needs a layer's
// output as a whole.
func EachLayerBytes(c Config, g *graph.Graph) (int64, error) {
	n, err := EvaluationBytes(c, g)
	if err != nil {
		return 0, err
	}
	c, _ = c.Defaults(g)
	if kindOf(c.Kind).Typed && c.inBlocks(c.columnBlocks(g)) {
		n += 4 * int64(g.Types[g.Target].Count) * int64(c.Hidden)
	}
	return n, nil
}

// layerwiseBytes counts the storage of layerwise with those columnBlocks.
func (c Config) layerwiseBytes(g *graph.Graph, blocks []int) int64 {
	needed := make([]bool, len(g.Types)) // types of which the layers above read the output
	needed[g.Target] = true
	outputs := make([]int64, len(blocks)+2) // by place
	scratch, widest := int64(0), int64(0)
	for l := c.Layers - 1; l >= 0; l-- {
		p, q := c.Input, g.Classes
		if l > 0 {
			p = blocks[l-1]
		}
		if l < c.Layers-1 {
			q = blocks[l]
		}
		n := int64(0)
		widest = max(widest, int64(q))
		for t, nt := range g.Types {
			if needed[t] {
				rows := int64(min(nt.Count, chunkRows(max(p, q))))
				scratch = max(scratch, rows*int64(2*p+q))
				n += int64(nt.Count) * int64(q)
			}
		}
		if l < c.Layers-1 {
			at := &outputs[place(l, c.inBlocks(blocks))]
			*at = max(*at, n)
		}
		addSources(needed, g)
	}
	floats := scratch
	for _, n := range outputs {
		floats += n
	}
	if n := len(blocks); n > 0 && blocks[n-1] < c.Hidden { // no logits are complete before the last block
		floats += int64(g.Types[g.Target].Count) * int64(g.Classes)
	}
	for r, rel := range g.Relations {
		if needed[rel.Dst] && sendsProducts(g, r) {
			floats += int64(g.Types[rel.Src].Count) * widest
		}
	}
	for t, w := range c.featureWidths(g) {
		n := int64(g.Types[t].Count)
		floats += 3 * n // with its place in the field, which grows by appending
		if needed[t] && w != 0 && (w != c.Input || c.RowNormalise) {
			floats += n*int64(c.Input) + int64(min(g.Types[t].Count, chunkRows(max(w, c.Input))))*int64(w+c.Input)
		}
	}
	return 4 * floats
}

// addSources adds the types from which a relation leads to one of types.
func addSources(types []bool, g *graph.Graph) {
	before := append([]bool(nil), types...)
	for _, r := range g.Relations {
		if before[r.Dst] {
			types[r.Src] = true
		}
	}
}

// inferBytes counts the storage of a model of one node type and its links, as
// if no layer's were collected before the last one's is made.
func inferBytes(k *kind, c Config, g *graph.Graph) int64 {
	n, f, edges := int64(g.Types[g.Target].Count), int64(c.featureWidths(g)[g.Target]), int64(0)
	perNode := int64(1) // the degree
	if k.readsOne() {
		r, _ := selfRelation(c.Kind, g) // ParamShapes has reported the error
		edges = int64(len(g.Relations[r].In.Col))
	}
	sparse := int64(0)
	switch {
	case f != 0 && f != int64(c.Input):
		perNode += int64(c.Input)
	case k.features != nil: // what they will be is not known yet
		perNode += 3 * f / 4 // if they are sparse, at most one in eight of six numbers each
	default:
		sparse = SparseBytes(g.Types[g.Target].Features)
	}
	if c.RowNormalise {
		perNode += f + 1
	}
	if k.LogitsApart { // the convolutions share their storage
		perNode += 4*int64(c.Hidden) + int64(g.Classes)
	}
	perEdge := int64(0)
	if k.loops {
		perEdge += 5
		perNode += 2
	}
	for l := range c.Layers {
		node, edge := k.layerFloats(c, int64(c.width(l, g)))
		perNode += node
		perEdge += edge
	}
	return sparse + 4*(n*perNode+(edges+n)*perEdge)/16*17 // with the room to spare of large storage
}

// SparseBytes returns how much a model of one node type keeps of features that
// it reads as sparse, 0 for features that it reads as they are.
func SparseBytes(features mat.Matrix) int64 {
	n := int64(sparseElements(features))
	if n < 0 {
		return 0
	}
	const perElement = 7 // places and values of X and Xᵀ, and what dropout leaves of both
	return 4 * (perElement*n + int64(features.Rows+features.Cols+2))
}
