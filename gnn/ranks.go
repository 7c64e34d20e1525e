package gnn

import (
	"math"

	"abkd/gnn/mat"
	"abkd/gnn/parallel"
)

// SumGradients sets the gradient of each of params to the sum of those that the
// ranks of g have, each for its share of the batch. One process, a nil g, has
// them already.
//
// A table of embeddings has a gradient for the rows that a batch read, which
// are others on each rank: those of all ranks are gathered, in the order of the
// ranks, so that a table, too, is updated with the same bits everywhere.
func SumGradients(g parallel.Group, params []*Param) {
	if parallel.Alone(g) {
		return
	}
	for _, p := range params {
		if p.Embedding {
			p.gatherRows(g)
		} else {
			g.Sum(p.G.Data)
		}
	}
}

// gatherRows sets the gradient of a table to the sum over the ranks.
func (p *Param) gatherRows(g parallel.Group) {
	first, n := parallel.Offset(g, len(p.Rows))
	nodes := make([]int32, n)
	parallel.GatherInt32(g, nodes, p.Rows, first)
	dx := mat.New(n, p.W.Cols)
	parallel.Gather(g, dx.Data, p.G.Data, first*p.W.Cols)
	p.dropRows()
	p.AddRows(dx, nodes)
}

// SameWeights reports whether params have the same weights on every rank of g.
func SameWeights(g parallel.Group, params []*Param) bool {
	if parallel.Alone(g) {
		return true
	}
	const offset, prime = 2166136261, 16777619 // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
	hash := uint32(offset)
	for _, p := range params {
		for _, w := range p.W.Data {
			hash = (hash ^ math.Float32bits(w)) * prime
		}
	}
	all := make([]int32, g.Size())
	parallel.GatherInt32(g, all, []int32{int32(hash)}, g.Rank())
	for _, h := range all {
		if h != all[0] {
			return false
		}
	}
	return true
}
