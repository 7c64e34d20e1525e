// Package baseline has what needs no training, to hold a model against.
package baseline

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/graph"
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
	valid, test := g.LabelsOf(split.Valid), g.LabelsOf(split.Test)
	class := gnn.Predict(gnn.ClassShares(g, split.Train))
	largest := func(labels []int32) float32 {
		right := 0
		for _, label := range labels {
			if label == class {
				right++
			}
		}
		return float32(gnn.Share(right, len(labels)))
	}
	unknown := float32(math.NaN())
	all := []wire.Baseline{{Model: "majority", Valid: largest(valid), Test: largest(test)}, {Model: "lp", Valid: unknown, Test: unknown}}
	if Work(g) > limit {
		return all
	}
	relations, _ := graph.FindRelations(g, "") // all there are
	scores := gnn.LabelPropagation(g, split.Train, relations, gnn.SpreadShare, gnn.SpreadRounds)
	accuracy := func(nodes, labels []int32) float32 { return float32(gnn.Accuracy(scores, nodes, labels)) }
	all[1].Valid, all[1].Test = accuracy(split.Valid, valid), accuracy(split.Test, test)
	return all
}
