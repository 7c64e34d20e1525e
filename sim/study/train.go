package study

import (
	"fmt"
	"math"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim"
	"abkd/sim/wire"
)

// A Size is how large a model is, and what it achieves at the epoch of its
// best validation accuracy.
type Outcome struct {
	Layers          int   `json:"layers"`
	Hidden          int   `json:"hidden"`
	Params          int   `json:"params"`           // weights, embedding tables not counted
	EmbeddingParams int   `json:"embedding_params"` // numbers in embedding tables
	Bytes           int   `json:"bytes"`            // of both
	Valid           Value `json:"valid"`            // accuracies, 0..1
	Test            Value `json:"test"`
	BestEpoch       int   `json:"best_epoch"` // 0 for an untrained model
}

// A TeacherResult is what became of a Teacher, beside its weights.
type TeacherResult struct {
	Key        string  `json:"key"`
	Seed       uint64  `json:"seed"`
	Untrained  bool    `json:"untrained"`
	Experiment string  `json:"experiment"`
	Seconds    float64 `json:"seconds"`
	Outcome
}

// A Result is what became of a Cell.
type Result struct {
	Key        string `json:"key"`
	Criterion  string `json:"criterion"`
	Variant    string `json:"variant"`
	Seed       uint64 `json:"seed"`
	Experiment string `json:"experiment"`
	Teacher    string `json:"teacher"` // key of its result
	Outcome
	Seconds float64   `json:"seconds"`
	Failure string    `json:"failure"` // why training ended early, "" if it did not
	A       [][]Value `json:"A"`       // attention of the last step, null without
	D       [][]Value `json:"D"`
	Curve   []Point   `json:"curve"`
	Health  *Health   `json:"health"` // null where it was not asked for
}

// A Point is one epoch of a learning curve.
type Point struct {
	Loss  Value `json:"loss"` // total, of the epoch's last step
	Valid Value `json:"valid"`
	Test  Value `json:"test"`
}

// Method returns the name of the method that r was trained by.
func (r *Result) Method() string { return Method{Criterion: r.Criterion, Variant: r.Variant}.String() }

func sizeOf(s wire.ModelState) Outcome {
	return Outcome{s.Layers, s.Hidden, int(s.Params), int(s.EmbeddingParams), int(s.Bytes), Value(s.Valid), Value(s.Test), s.BestEpoch}
}

// A Tick is called after each training step with the number of epochs, 0 or 1,
// that the step completed. Training stops when it says no.
type Tick func(epochs int) bool

// advance steps r to the end of the phase. It reports whether a tick let it.
func advance(r *sim.Run, phase wire.Phase, tick Tick) bool {
	for epoch := 0; r.Phase() == phase; {
		r.Step()
		done := 0
		if r.Phase() != phase || r.Epoch() != epoch {
			epoch, done = r.Epoch(), 1
		}
		if !tick(done) {
			return false
		}
	}
	return true
}

// Teach trains the teacher t on g, which the base experiment has prepared, or
// takes the weights that t has. It returns no model if a tick stopped it.
func Teach(g *graph.Graph, t Teacher, tick Tick) (gnn.Model, TeacherResult, error) {
	out := TeacherResult{Seed: t.Experiment.Plan().Seed, Untrained: t.Untrained, Experiment: t.Experiment.String()}
	split, err := g.Split(t.Experiment.Split)
	if err != nil {
		return nil, TeacherResult{}, err
	}
	if t.Weights != nil {
		m, err := gnn.Read(t.Weights, g)
		if err != nil {
			return nil, TeacherResult{}, err
		}
		out.Outcome = sizeOf(sim.Evaluate(m, g, split))
		return m, out, nil
	}
	r, err := sim.New(g, t.Experiment, sim.Options{})
	if err != nil {
		return nil, TeacherResult{}, err
	}
	if t.Untrained {
		m, _ := r.Teacher()
		out.Outcome = sizeOf(sim.Evaluate(m, g, split))
		return m, out, nil
	}
	if !advance(r, wire.Teaching, tick) {
		return nil, TeacherResult{}, nil
	}
	if err := r.Err(); err != nil {
		return nil, TeacherResult{}, fmt.Errorf("study: teacher of seed %d: %w", out.Seed, err)
	}
	m, state := r.Teacher()
	out.Outcome = sizeOf(state)
	return m, out, nil
}

// Train trains the student of c on g, which the base experiment has prepared,
// with its teacher, a model that nothing else uses meanwhile. It reports false
// if a tick stopped it. A loss that is no number ends the training early:
// then the result is that of the best epoch before.
func Train(g *graph.Graph, c Cell, teacher gnn.Model, tick Tick) (Result, bool, error) {
	m, out, err := train(g, c, sim.Options{Teacher: teacher}, tick)
	if err != nil || m == nil {
		return Result{}, false, err
	}
	if c.Examined {
		split, err := g.Split(c.Experiment.Split)
		if err != nil {
			return Result{}, false, err
		}
		out.Health = examine(m, teacher, split)
	}
	return out, true, nil
}

// train is Train, and returns the student too; none if a tick stopped it.
func train(g *graph.Graph, c Cell, o sim.Options, tick Tick) (gnn.Model, Result, error) {
	r, err := sim.New(g, c.Experiment, o)
	if err != nil {
		return nil, Result{}, fmt.Errorf("study: %s: %w", c.Method, err)
	}
	if !advance(r, wire.Distilling, tick) {
		return nil, Result{}, nil
	}
	var s wire.Snapshot
	r.Snapshot(&s)
	lane := s.Lanes[len(s.Lanes)-1]
	m, best := r.Best()
	if best.BestEpoch == 0 {
		best = lane.Model // it failed in its first epoch: the untrained student
	}
	out := Result{
		Criterion: c.Method.Criterion, Variant: c.Method.Variant, Seed: c.Experiment.Plan().Seed, Experiment: c.Experiment.String(),
		Outcome: sizeOf(best), A: rows(s.A), D: rows(s.D), Curve: []Point{},
	}
	if err := r.Err(); err != nil {
		out.Failure = err.Error()
	}
	for _, p := range lane.History {
		out.Curve = append(out.Curve, Point{finite(p.Total), Value(p.Valid), Value(p.Test)})
	}
	return m, out, nil
}

func rows(m wire.Matrix) (out [][]Value) {
	for i := range m.Rows {
		row := make([]Value, m.Cols)
		for j, x := range m.Row(i) {
			row[j] = finite(x)
		}
		out = append(out, row)
	}
	return out
}

// finite returns the finite number nearest to x, NaN for one that is none: what
// diverged must still be written to a file.
func finite(x float32) Value {
	if x != x {
		return Value(x)
	}
	return Value(min(max(x, -math.MaxFloat32), math.MaxFloat32))
}
