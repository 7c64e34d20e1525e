package sim

import (
	"errors"
	"fmt"
	"slices"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/kd"
	"abkd/sim/remark"
	"abkd/sim/wire"
)

func finite(v float32) bool { return v-v == 0 }

// diagnose adds to err, the error of a loss of l on b that is no finite
// number, when that was and what was the first to be none: looked for in the
// order in which it is computed, and only now. Features that are too large are
// to blame before the learning rate.
func (r *Run) diagnose(l *lane, b *sample.Batch, err error) error {
	if blame, ok := errors.AsType[*kd.NotFiniteError](err); ok {
		if large := r.LargeFeatures(); large != "" {
			err = &kd.NotFiniteError{Loss: blame.Loss, Value: blame.Value, Advice: large}
		}
	}
	return fmt.Errorf("%w (epoch %d, step %d of %d, learning rate %g: %s)", err, r.epoch+1, r.step+1, r.Steps(), r.plan.LR, r.firstNotFinite(l, b))
}

// LargeFeatures says which node type has features that are too large to train
// on, how large and what to do; "" if there is none.
func (r *Run) LargeFeatures() string {
	name, largest := remark.LargeFeatures(r.graph, r.plan)
	if name == "" {
		return ""
	}
	advice := "scale them"
	if kind, _ := gnn.KindOf(r.plan.Model); !kind.Typed {
		advice += ", or set row-normalise"
	}
	return fmt.Sprintf("features of %s reach %.2g: %s", name, largest, advice)
}

// remarked returns what is to be told of the settings, the graph, and the
// losses after the last epoch, which s has, and once the run is over of its student.
func (r *Run) remarked(s *wire.Snapshot) []wire.Remark {
	if r.remarks == nil {
		r.remarks = append([]wire.Remark{}, remark.OfSettings(r.said, r.graph, len(r.split.Test))...)
	}
	all := slices.Concat(r.remarks, remark.OfLosses(s.Lanes, r.graph.Classes))
	if _, _, student := r.models(); r.phase == wire.Finished && student != nil {
		all = append(all, remark.OfStudent(student, r.eval.batch, s.A, s.D)...)
	}
	return all
}

func (r *Run) firstNotFinite(l *lane, b *sample.Batch) string {
	name := "the student"
	if l == r.teacher || r.teacher == nil {
		name = "the model"
	}
	// The gradient flows from the last layer to the first, so of weights that a
	// step has spoilt together the last ones were the first.
	for _, p := range slices.Backward(l.model.Params()) {
		if n := notFinite(p.W); n > 0 {
			return fmt.Sprintf("of %s %s is not finite in %d of %d entries since the last update", name, p.Name, n, len(p.W.Data))
		}
	}
	if what := r.firstOutput(l.model, b); what != "" {
		return "the first that is not finite in " + name + " is " + what
	}
	for _, p := range l.distiller.State().Criterion {
		if n := notFinite(p.W); n > 0 {
			return fmt.Sprintf("of the criterion %s is not finite in %d of %d entries since the last update", p.Name, n, len(p.W.Data))
		}
	}
	if r.teacher != nil && l != r.teacher {
		if what := r.firstOutput(r.teacher.bestModel, b); what != "" {
			return "the first that is not finite in the teacher is " + what
		}
	}
	return "all weights are finite, and without dropout so is the output of every layer: the numbers are too large for a loss"
}

// firstOutput runs m on b without dropout and names the first of what it
// computes that is not finite, "" if all is.
func (r *Run) firstOutput(m gnn.Model, b *sample.Batch) string {
	t := m.Forward(b, nil)
	for typ, x := range t.Input {
		if n := rowsNotFinite(x); n > 0 {
			return fmt.Sprintf("the input of %s (%d of %d nodes)", r.graph.Types[typ].Name, n, x.Rows)
		}
	}
	for l, types := range t.Hidden {
		for typ, y := range types {
			if n := rowsNotFinite(y); n > 0 {
				return fmt.Sprintf("the output of layer %d of %d for %s (%d of %d nodes)", l+1, len(t.Hidden), r.graph.Types[typ].Name, n, y.Rows)
			}
		}
	}
	if z := t.Logits(); notFinite(z) > 0 {
		return fmt.Sprintf("the logits (%d of %d nodes)", rowsNotFinite(z), z.Rows)
	}
	return ""
}

func notFinite(m mat.Matrix) (n int) {
	for _, v := range m.Data {
		if !finite(v) {
			n++
		}
	}
	return n
}

func rowsNotFinite(m mat.Matrix) (n int) {
	for i := range m.Rows {
		if slices.ContainsFunc(m.Row(i), func(v float32) bool { return !finite(v) }) {
			n++
		}
	}
	return n
}
