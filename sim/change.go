package sim

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn"
)

// What the text of a Change may be. One that was made while the teacher was
// trained is preceded by "teaching ".
//
//	pin M | pin free               A is M from now on: diagonal, uniform or a matrix such as 1,0;0.5,0.5;0,1
//	weight MODEL NAME ROW COL V    one weight of the teacher, of the student or of the one alone
//	drop REL | restore REL         the relation sends no message any more, to any model
//	cut REL SRC DST | mend ...     one edge and its reverse
//	mislabel NODE CLASS            a training label; what is measured keeps the truth
//	freeze on | freeze off         the criterion's projections of the teacher's layers
//
// What a relation sends first, the mean features of types without any, stays:
// it is in the input.
var changeForms = map[string]struct {
	arguments string
	number    int
}{
	"pin": {"a matrix, diagonal, uniform or free", 1}, "weight": {"MODEL NAME ROW COL VALUE", 5},
	"drop": {"a relation", 1}, "restore": {"a relation", 1},
	"cut": {"REL SRC DST", 3}, "mend": {"REL SRC DST", 3},
	"mislabel": {"NODE CLASS", 2}, "freeze": {"on or off", 1},
}

const madeWhileTeaching = "teaching "

// String returns the change as a plan has it, such as "12.0:pin diagonal".
func (c Change) String() string { return fmt.Sprintf("%d.%d:%s", c.Epoch, c.Step, c.Text) }

// parseMoment reads an epoch, or an epoch and a step such as "12.3".
func parseMoment(text string) (epoch, step int, err error) {
	e, s, both := strings.Cut(text, ".")
	if epoch, err = strconv.Atoi(e); err == nil && both {
		step, err = strconv.Atoi(s)
	}
	if err != nil || epoch < 0 || step < 0 {
		return 0, 0, fmt.Errorf("moment is %q, want an epoch, or an epoch and a step such as 12.0", text)
	}
	return epoch, step, nil
}

// words returns the words of the change and whether it belongs to the phase
// in which the teacher is trained.
func (c Change) words() (words []string, teaching bool, err error) {
	text, teaching := strings.CutPrefix(c.Text, madeWhileTeaching)
	if strings.Contains(text, "|") {
		return nil, false, fmt.Errorf(`%q has a "|", want none`, text)
	}
	words = strings.Fields(text)
	if len(words) == 0 {
		words = []string{""}
	}
	form, known := changeForms[words[0]]
	if !known {
		return nil, false, fmt.Errorf("%q is no change, want pin, weight, drop, restore, cut, mend, mislabel or freeze", words[0])
	}
	if n := len(words) - 1; n != form.number {
		return nil, false, fmt.Errorf("%s has %d arguments, want %s", words[0], n, form.arguments)
	}
	return words, teaching, nil
}

// number reads a number from 0 to below limit.
func number(what, text string, limit int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= limit {
		return 0, fmt.Errorf("%s is %q, want 0..%d", what, text, limit-1)
	}
	return n, nil
}

// A weight is one weight of a model.
type weight struct {
	model string
	param int // index into the model's parameters
	entry int // index into its data
	value float32
}

// parseWeight reads the words of a change of a weight. It looks at shapes
// only: the model may not exist yet.
func (r *Run) parseWeight(words []string) (w weight, err error) {
	w.model = words[1]
	config := r.config(r.cfg.Student)
	switch {
	case w.model == "teacher" && r.teacher != nil:
		config = r.teacher.bestModel.Config()
	case w.model == "student", w.model == "alone" && r.options.Baseline && r.needsTeacher():
	default:
		return w, fmt.Errorf("model is %q, want teacher, student or alone, if the run has it", w.model)
	}
	shapes, err := gnn.Shapes(config, r.graph)
	if err != nil {
		return w, err
	}
	w.param = slices.IndexFunc(shapes, func(s gnn.Shape) bool { return s.Name == words[2] })
	if w.param < 0 {
		return w, fmt.Errorf("the %s has no parameter %q: its first is %q", w.model, words[2], shapes[0].Name)
	}
	s := shapes[w.param]
	row, err := number("row of "+s.Name, words[3], s.Rows)
	if err != nil {
		return w, err
	}
	col, err := number("column of "+s.Name, words[4], s.Cols)
	if err != nil {
		return w, err
	}
	w.entry = row*s.Cols + col
	v, err := strconv.ParseFloat(words[5], 32)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return w, fmt.Errorf("weight is %q, want a finite number", words[5])
	}
	w.value = float32(v)
	return w, nil
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
	if w.model == "teacher" && r.phase != Teaching {
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
	if r.phase == Teaching {
		return
	}
	for _, c := range r.changes[:r.applied] {
		words, teaching, err := c.words()
		if err != nil || teaching || words[0] != "weight" || words[1] != "teacher" {
			continue
		}
		if w, err := r.parseWeight(words); err == nil {
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
		r.view.teacher = nil
	}
}
