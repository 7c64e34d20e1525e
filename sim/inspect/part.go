package inspect

import (
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/sample"
)

// A Part is what is shown of a graph that is too large to be computed for every
// picture: a focus, other nodes of the split, and what is around all of them.
// Models compute on it what they would on the whole graph if nodes had no other
// neighbours. A nil *Part stands for the whole graph.
type Part struct {
	Graph *graph.Graph  // with all edges between its nodes
	Edges *graph.Graph  // the same with those that are left
	Batch *sample.Batch // of all of Edges, for models of the whole graph

	origin [][]int32 // per type, the nodes of the whole graph that its nodes are, increasing
}

// Number returns the number in the whole graph of a node of the part.
func (p *Part) Number(typ, row int) int {
	if p == nil {
		return row
	}
	return int(p.origin[typ][row])
}

// Row returns the number in the part of a node of the whole graph, and whether
// it is there.
func (p *Part) Row(typ, node int) (int, bool) {
	if p == nil {
		return node, true
	}
	return slices.BinarySearch(p.origin[typ], int32(node))
}

// numbers is Number for many.
func (p *Part) numbers(typ int, rows []int32) []int32 {
	if p == nil {
		return rows
	}
	all := make([]int32, len(rows))
	for i, row := range rows {
		all[i] = p.origin[typ][row]
	}
	return all
}
