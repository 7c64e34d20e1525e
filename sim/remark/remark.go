// Package remark knows what of an experiment is so extreme that its numbers
// mislead who looks at them: settings, features, a loss, a test.
package remark

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// Above or below these a remark is made.
const (
	largeFeature = 1e4 // above what features have that were scaled, or count words
	fast         = 50  // times the default of the learning rate
	heavy        = 100 // times the default of the criterion's weight
	hopeless     = 100 // times the loss of a guess: it has diverged, though it is still a number
	fewTests     = 20  // of fewer a single one is more than five points
)

// OfSettings returns the remarks on e and on its graph as e prepares it, which
// are true before the first step.
func OfSettings(e setup.Experiment, g *graph.Graph, tests int) (all []wire.Remark) {
	plan, without := e.Plan(), e
	without.LR, without.Beta = setup.Opt[float64]{}, setup.Opt[float64]{}
	usual := without.Plan()
	if plan.LR >= fast*usual.LR {
		all = append(all, wire.Remark{Code: "rate", Value: float32(plan.LR), Beside: float32(usual.LR)})
	}
	if weighed := plan.Criterion != "none" && plan.Criterion != "kd"; weighed && usual.Beta > 0 && plan.Beta >= heavy*usual.Beta {
		all = append(all, wire.Remark{Code: "weight", Value: float32(plan.Beta), Beside: float32(usual.Beta)})
	}
	if name, largest := LargeFeatures(g, plan); name != "" {
		all = append(all, wire.Remark{Code: "features", Of: name, Value: largest})
	}
	if tests > 0 && tests < fewTests {
		all = append(all, wire.Remark{Code: "tests", Value: float32(tests), Beside: 1 / float32(tests)})
	}
	return all
}

// OfLoss returns the remark on a cross-entropy over so many classes, if it is
// far above that of a guess.
func OfLoss(ce float32, classes int) []wire.Remark {
	if guess := Guess(classes); Hopeless(float64(ce), classes) {
		return []wire.Remark{{Code: "loss", Value: ce, Beside: float32(guess)}}
	}
	return nil
}

// Guess returns the cross-entropy of a guess among classes, in nats.
func Guess(classes int) float64 { return math.Log(float64(max(classes, 2))) }

// Hopeless reports whether a loss is far above that of a guess.
func Hopeless(loss float64, classes int) bool { return loss > hopeless*Guess(classes) }

// LargeFeatures returns which node type of g has features that are too large
// to train on as they are, and the largest absolute value; "" if there is none.
func LargeFeatures(g *graph.Graph, plan setup.Plan) (name string, largest float32) {
	kind, _ := gnn.KindOf(plan.Model)
	largest = largeFeature
	for i, t := range g.Types {
		if kind.Typed || i == g.Target && !plan.RowNormalise {
			if x := magnitude(t.Features); x > largest || !finite(x) {
				name, largest = t.Name, x
			}
		}
	}
	return name, largest
}

// magnitude returns the largest absolute value in m, or one that is no number.
func magnitude(m mat.Matrix) (largest float32) {
	for _, v := range m.Data {
		if v = max(v, -v); v > largest || !finite(v) {
			largest = v
		}
	}
	return largest
}

func finite(v float32) bool { return v-v == 0 }
