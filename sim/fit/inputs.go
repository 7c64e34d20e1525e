package fit

import (
	"context"
	"fmt"
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/parallel"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/setup"
)

// An InputTrial is a choice of inputs, and the accuracy on the validation nodes
// that a model comes to which learns with it from the labels.
type InputTrial struct {
	Inputs     string      `json:"inputs"`
	LabelReuse bool        `json:"label_reuse"`
	Epochs     int         `json:"epochs"`
	Valid      show.Number `json:"valid"` // of the best epoch
	Chosen     bool        `json:"chosen"`
}

func (t InputTrial) name() string {
	if t.LabelReuse {
		return t.Inputs + " with label reuse"
	}
	return t.Inputs
}

// trialEpochs is for how many epochs a trial is trained at most: what is best
// shows long before the end.
const trialEpochs = 50

// InputTrials are the choices that there are for a model of e on g: FastRP and
// means for types without features, tables if no feature reaches them; each with
// and without label reuse, or as reuse says.
func InputTrials(e setup.Experiment, g *graph.Graph, reuse ...bool) (trials []InputTrial) {
	inputs := []string{"means", "fastrp"}
	switch {
	case !slices.ContainsFunc(g.Types, func(t graph.NodeType) bool { return t.Features.Cols == 0 || t.Derived != 0 }):
		inputs = inputs[:1]
	case setup.Bare(g):
		inputs[0] = "embedding"
	}
	if len(reuse) == 0 {
		reuse = []bool{false, true}
	}
	for _, in := range inputs {
		for _, r := range reuse {
			trials = append(trials, InputTrial{Inputs: in, LabelReuse: r, Epochs: min(e.Plan().Epochs, trialEpochs)})
		}
	}
	return trials
}

// TryInputs trains a model of e by the labels of g for each of the trials, and
// chooses the one that has most validation nodes right, the first of equals. It
// returns e with that choice. Check may refuse a trial on the prepared graph. All
// ranks make the same calls.
func TryInputs(ctx context.Context, ranks parallel.Group, g *graph.Graph, e setup.Experiment, trials []InputTrial, check func(setup.Experiment, *graph.Graph) error) (setup.Experiment, error) {
	split, err := g.Split(e.Split)
	if err != nil {
		return e, err
	}
	if len(split.Valid) == 0 {
		return e, fmt.Errorf("inputs are chosen by validation nodes, and split %s has none: name the inputs", split.Name)
	}
	best := 0
	for i := range trials {
		t := &trials[i]
		own := t.in(e)
		own.Epochs, own.Criterion, own.Alpha, own.Beta, own.Pin, own.Teach = t.Epochs, "none", setup.Opt[float64]{}, setup.Opt[float64]{}, "", ""
		h := own.Plan().Prepare(g)
		if err := check(own, h); err != nil {
			return e, err
		}
		r, err := sim.New(h, own, sim.Options{Group: ranks})
		if err != nil {
			return e, err
		}
		interrupted, err := new(Job).Train(ctx, r)
		_, state := r.Best()
		r.Close()
		if err != nil {
			return e, fmt.Errorf("inputs %s: %w", t.name(), err)
		}
		if interrupted {
			return e, ctx.Err()
		}
		if t.Valid = show.Number(state.Valid); t.Valid > trials[best].Valid {
			best = i
		}
	}
	trials[best].Chosen = true
	return trials[best].in(e), nil
}

// in returns e with the inputs of t.
func (t InputTrial) in(e setup.Experiment) setup.Experiment {
	e.Inputs, e.LabelReuse = t.Inputs, t.LabelReuse
	return e
}

// trialsText says what was chosen, and what the others came to.
func trialsText(trials []InputTrial) string {
	chosen := slices.IndexFunc(trials, func(t InputTrial) bool { return t.Chosen })
	if chosen < 0 {
		return ""
	}
	text := fmt.Sprintf("inputs, by validation after %d epochs: %s, %s", trials[chosen].Epochs, trials[chosen].name(), show.Percent(trials[chosen].Valid))
	for i, t := range trials {
		if i != chosen {
			text += fmt.Sprintf("; %s, %s", t.name(), show.Percent(t.Valid))
		}
	}
	return text + "\n"
}
