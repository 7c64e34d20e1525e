// Package remark knows what of an experiment is so extreme that its numbers
// mislead who looks at them: settings, features, a loss, a test.
package remark

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/sim/inspect"
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

	manyDead = 0.1  // share of the hidden units that a model does without more than it can spare
	silent   = 0.01 // below this a product of attention and distance, which begins near 2, teaches nothing
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

// OfLosses returns the remark on the cross-entropies of lanes after the last epoch,
// that of the first one of which there is any.
func OfLosses(lanes []wire.Lane, classes int) []wire.Remark {
	for _, l := range lanes {
		if n := len(l.History); n > 0 {
			if loss := OfLoss(l.History[n-1].CE, classes); loss != nil {
				return loss
			}
		}
	}
	return nil
}

// OfStudent returns the remarks on a student at the end of its run: on hidden units
// that are dead in the batch b, nil for none, and on an alignment that is silent. The
// attention a and the distances d are those of the last step, empty without any.
func OfStudent(m gnn.Model, b *sample.Batch, a, d wire.Matrix) (all []wire.Remark) {
	if b != nil {
		if dead, of := inspect.DeadUnits(m, b); ManyDead(dead, of) {
			all = append(all, wire.Remark{Code: "dead", Value: float32(dead), Beside: float32(of)})
		}
	}
	if largest, is := Silent(a.Data, d.Data); is {
		all = append(all, wire.Remark{Code: "silent", Value: largest, Beside: silent})
	}
	return all
}

// ManyDead reports whether so many dead units of all hidden ones are worth a remark.
func ManyDead(dead, of int) bool { return float64(dead) > manyDead*float64(of) }

// Silent returns the largest product of an attention and its distance, and whether
// that is next to nothing: the loss has no more gradient to teach with. An alignment
// of no pairs, or of numbers that are none, is not silent.
func Silent(a, d []float32) (largest float32, is bool) {
	for k, w := range a {
		if largest = max(largest, w*d[k]); !finite(largest) {
			return largest, false
		}
	}
	return largest, len(a) > 0 && largest < silent
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
