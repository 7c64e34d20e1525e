package sim

import (
	"fmt"
	"slices"

	"abkd/gnn"
	"abkd/sim/wire"
)

// checkIndex returns an error unless n is one of the limit numbers from 0 on.
func checkIndex(what string, n, limit int) error {
	if n < 0 || n >= limit {
		return fmt.Errorf("%s is %d, want 0..%d", what, n, limit-1)
	}
	return nil
}

// A weight is one weight of a model.
type weight struct {
	model string
	param int // index into the model's parameters
	entry int // index into its data
	value float32
}

// findWeight returns the weight that e names. It looks at shapes only: the
// model may not exist yet.
func (r *Run) findWeight(e wire.SetWeight) (w weight, err error) {
	w.model, w.value = e.Model, e.Value
	config := r.plan.Config(r.plan.Student)
	switch {
	case w.model == "teacher" && r.teacher != nil:
		config = r.teacher.bestModel.Config()
	case w.model == "student", w.model == "alone" && r.options.Baseline && r.plan.Distils():
	default:
		return w, fmt.Errorf("model is %q, want teacher, student or alone, if the run has it", w.model)
	}
	shapes, err := gnn.ParamShapes(config, r.graph)
	if err != nil {
		return w, err
	}
	w.param = slices.IndexFunc(shapes, func(s gnn.ParamShape) bool { return s.Name == e.Param })
	if w.param < 0 {
		return w, fmt.Errorf("the %s has no parameter %q: its first is %q", w.model, e.Param, shapes[0].Name)
	}
	s := shapes[w.param]
	if err := checkIndex("row of "+s.Name, e.Row, s.Rows); err != nil {
		return w, err
	}
	w.entry = e.Row*s.Cols + e.Col
	return w, checkIndex("column of "+s.Name, e.Col, s.Cols)
}

// modelOf returns the model that w is of, nil if there is none yet.
func (r *Run) modelOf(w weight) gnn.Model {
	teacher, alone, student := r.models()
	switch w.model {
	case "teacher":
		return teacher
	case "alone":
		return alone
	}
	return student
}

// An edit is a weight of a teacher that is not in training, before a change.
type edit struct {
	weight *float32
	old    float32
}

// setWeight makes the change.
func (r *Run) setWeight(w weight) error {
	m := r.modelOf(w)
	if m == nil {
		return fmt.Errorf("there is no %s yet", w.model)
	}
	to := &m.Params()[w.param].W.Data[w.entry]
	if w.model == "teacher" && r.phase != wire.Teaching {
		r.edits = append(r.edits, edit{to, *to})
		r.teacherChanged()
	}
	*to = w.value
	return nil
}

// asTaught calls f with the weights of the teacher as they were before any
// change: they are not in the state of a run, nor in keyframes.
func (r *Run) asTaught(f func()) {
	if len(r.edits) > 0 {
		for _, e := range slices.Backward(r.edits) {
			*e.weight = e.old
		}
		r.edits = nil
		r.teacherChanged()
	}
	f()
	if r.phase == wire.Teaching {
		return
	}
	for _, c := range r.changes[:r.applied] {
		e, ok := c.Edit.(wire.SetWeight)
		if !ok || c.Teaching || e.Model != "teacher" {
			continue
		}
		if w, err := r.findWeight(e); err == nil {
			r.setWeight(w)
		}
	}
}

// teacherChanged forgets what was computed with the teacher's weights.
func (r *Run) teacherChanged() {
	for _, l := range r.lanes {
		l.distiller.TeacherChanged()
	}
	if r.view != nil {
		r.view.Forget()
	}
}
