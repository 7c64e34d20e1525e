package lab

import (
	"cmp"
	"fmt"

	"abkd/gnn"
	"abkd/sim/setup"
)

// opening returns the experiment with which a lab begins: of a graph that is
// built in its first preset, of any other what distill does where nothing is
// asked for, with the teacher that is given or, without one, one that is trained
// first.
func opening(o Options, teacher *gnn.Config) (setup.Experiment, error) {
	if o.Data != setup.PackData {
		for _, preset := range setup.Presets() {
			if e, err := setup.ParseExperiment(preset.Experiment); err == nil && e.Plan().Data == o.Data {
				return e, nil
			}
		}
		return setup.Experiment{Data: o.Data}, nil
	}
	e := setup.Defaults(o.Pack.Graph)
	e.Data, e.Split, e.Teach = o.Data, o.Split, "on"
	if c := teacher; c != nil {
		e.Teach, e.Model, e.Inputs, e.LabelReuse = "", c.Kind, c.Inputs, c.LabelReuse
		e.Teacher = setup.Size{Layers: c.Layers, Hidden: c.Hidden}
	}
	recipe, err := setup.ParseExperiment(setup.Recipes()[0].Settings)
	if err != nil {
		return e, fmt.Errorf("lab: the first recipe: %w", err)
	}
	e.Criterion = recipe.Criterion // the others depend on it
	var keys []string
	for _, c := range setup.Controls() {
		if c.Group == "distillation" {
			keys = append(keys, c.Key)
		}
	}
	e.Adopt(recipe, keys)
	return e, e.Check()
}

// teacherOf returns the configuration of the teacher that is given, nil for
// none.
func teacherOf(o Options) (*gnn.Config, error) {
	if o.Pack.Teacher == nil {
		return nil, nil
	}
	m, err := gnn.Read(o.Pack.Teacher, o.Pack.Graph)
	if err != nil {
		return nil, err
	}
	c := m.Config()
	return &c, nil
}

// shares are how many studies there may be, and how many bytes each session may
// take, the graph included, which all of them have in common.
type shares struct {
	studies     int
	main, study int64 // 0 for any number
}

// divide divides the memory among the main run and as many studies of the same
// needs as there are cores and memory for. What is left is for larger models.
func divide(o Options, begin setup.Experiment, teacher *gnn.Config) (s shares, err error) {
	s.studies = max(o.Cores-1, 1)
	if o.Memory == 0 {
		return s, nil
	}
	f, err := begin.Plan().SessionFootprint(o.Pack.Graph, teacher, o.Memory)
	if err != nil {
		return s, err
	}
	need, rest := f.Total(), o.Memory-f.Total()
	if rest < 0 {
		return shares{0, o.Memory, 0}, nil // the main run says so
	}
	one := cmp.Or(need-f.Graph, 1)
	s.studies = min(s.studies, int(rest/one))
	spare := (rest - int64(s.studies)*one) / int64(s.studies+1)
	s.main, s.study = need+spare, need+spare
	return s, nil
}
