package study

import (
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim"
	"abkd/sim/setup"
)

// rounds is how often the inference of one size is measured, several times
// each: other programs on the machine come and go.
const rounds = 4

// Measure returns the fastest inference of each size in milliseconds, under
// names such as "teacher 3x64" and "student 2x8". What the store has measured
// stays. Nothing else should run meanwhile, and times compare if one core alone
// computes, see runtime.GOMAXPROCS.
func (w *Work) Measure() (map[string]float64, error) {
	split, err := w.Graph.Split(w.Spec.Base.Split)
	if err != nil {
		return nil, err
	}
	known := w.store.Timing()
	if known == nil {
		known = map[string]float64{}
	}
	before := len(known)
	for _, c := range w.Cells {
		t := c.Teacher
		if err := measure(known, "teacher "+SizeText(t.Experiment.Teacher), w.Graph, split, func() (gnn.Model, error) {
			return w.store.LoadTeacher(w.teacherKey(t), w.Graph)
		}); err != nil {
			return nil, err
		}
		if err := measure(known, "student "+SizeText(c.Experiment.Student), w.Graph, split, func() (gnn.Model, error) {
			return w.untrainedStudent(c)
		}); err != nil {
			return nil, err
		}
	}
	if len(known) == before {
		return known, nil
	}
	return known, w.store.SaveTiming(known)
}

// measure adds the inference time of a model on g unless it is known.
func measure(known map[string]float64, name string, g *graph.Graph, split graph.Split, model func() (gnn.Model, error)) error {
	if known[name] > 0 {
		return nil
	}
	m, err := model()
	if err != nil {
		return err
	}
	fastest := sim.Evaluate(m, g, split).InferMicros
	for range rounds - 1 {
		fastest = min(fastest, sim.Evaluate(m, g, split).InferMicros)
	}
	known[name] = float64(fastest) / 1000
	return nil
}

// untrainedStudent returns an untrained student of c's size: as fast as a trained one.
func (w *Work) untrainedStudent(c Cell) (gnn.Model, error) {
	e := c.Experiment
	e.Criterion, e.Alpha = "none", setup.Some(0.0)
	r, err := sim.New(w.Graph, e, sim.Options{})
	if err != nil {
		return nil, err
	}
	m, _ := r.Best()
	return m, nil
}
