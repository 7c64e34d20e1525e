// Package baseline has what needs no training, to hold a model against.
package baseline

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// Work returns how many multiplications and additions label propagation
// takes on g.
func Work(g *graph.Graph) int64 {
	return 4 * int64(g.NumEdges()) * int64(g.Classes) * gnn.SpreadRounds
}

// Of returns the accuracy of the largest class of the training nodes of g
// and that of label propagation as gnn's kind lp has it by default. The latter
// is not known, NaN, where it would take more than limit multiplications and
// additions.
func Of(g *graph.Graph, split graph.Split, limit int64) []wire.Baseline {
	valid, test := partOf(g, split.Valid), partOf(g, split.Test)
	class := gnn.Predict(gnn.ClassShares(g, split.Train))
	largest := func(p part) float32 {
		right := 0
		for _, label := range p.labels {
			if label == class {
				right++
			}
		}
		return float32(gnn.Share(right, len(p.labels)))
	}
	unknown := float32(math.NaN())
	all := []wire.Baseline{{Model: "majority", Valid: largest(valid), Test: largest(test)}, {Model: "lp", Valid: unknown, Test: unknown}}
	if Work(g) > limit {
		return all
	}
	relations, _ := graph.FindRelations(g, "") // all there are
	scores := gnn.LabelPropagation(g, split.Train, relations, gnn.SpreadShare, gnn.SpreadRounds)
	accuracy := func(scores mat.Matrix, p part) float32 { return float32(gnn.Accuracy(scores, p.nodes, p.labels)) }
	all[1].Valid, all[1].Test = accuracy(scores, valid), accuracy(scores, test)
	return all
}

// A part are nodes of a split with their labels.
type part struct{ nodes, labels []int32 }

func partOf(g *graph.Graph, nodes []int32) part {
	p := part{nodes, make([]int32, len(nodes))}
	for i, v := range nodes {
		p.labels[i] = g.Labels[v]
	}
	return p
}
