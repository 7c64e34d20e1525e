package sim

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// SpreadWork returns how many multiplications and additions label propagation
// takes on g.
func SpreadWork(g *graph.Graph) int64 {
	return 4 * int64(g.NumEdges()) * int64(g.Classes) * gnn.SpreadRounds
}

// findBaselines computes what needs no training on the graph as it is now.
func (r *Run) findBaselines() {
	r.baselines = Baselines(r.world.withLabels(r.now), r.split, sessionSpread)
}

// Baselines returns what needs no training: the accuracy of the largest class
// and that of label propagation as gnn's kind lp has it by default. The latter
// is not known, NaN, where it would take more than limit multiplications and
// additions.
func Baselines(g *graph.Graph, split graph.Split, limit int64) []wire.Baseline {
	valid, test := newPart(g, split.Valid), newPart(g, split.Test)
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
	if SpreadWork(g) > limit {
		return all
	}
	relations, _ := graph.FindRelations(g, "") // all there are
	scores := gnn.LabelPropagation(g, split.Train, relations, gnn.SpreadShare, gnn.SpreadRounds)
	accuracy := func(scores mat.Matrix, p part) float32 { return float32(gnn.Accuracy(scores, p.nodes, p.labels)) }
	all[1].Valid, all[1].Test = accuracy(scores, valid), accuracy(scores, test)
	return all
}
