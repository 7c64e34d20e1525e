//go:build !js

package data

import (
	"fmt"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// Opening returns the experiment with which a session on a graph begins: on one
// that is built in its first preset, on any other, which experiments call
// setup.PackData, what distill does where nothing is asked for, with the teacher
// that is given or, without one, one that is trained first. Split "" stands for
// the graph's first.
func Opening(name, split string, g *graph.Graph, teacher *gnn.Config) (setup.Experiment, error) {
	if name != setup.PackData {
		for _, preset := range setup.Presets() {
			if e, err := setup.ParseExperiment(preset.Experiment); err == nil && e.Plan().Data == name {
				return e, nil
			}
		}
		return setup.Experiment{Data: name}, nil
	}
	e := setup.Defaults(g)
	e.Data, e.Split, e.Teach = name, split, "on"
	if c := teacher; c != nil {
		e.Teach, e.Model, e.Inputs, e.LabelReuse = "", c.Kind, c.Inputs, c.LabelReuse
		e.Teacher = setup.Size{Layers: c.Layers, Hidden: c.Hidden}
	}
	recipe, err := setup.ParseExperiment(setup.Recipes()[0].Settings)
	if err != nil {
		return e, fmt.Errorf("the first recipe: %w", err)
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

// TeacherOf returns the configuration of the teacher in a pack, nil for none.
func TeacherOf(p graph.Pack) (*gnn.Config, error) {
	if p.Teacher == nil {
		return nil, nil
	}
	m, err := gnn.Read(p.Teacher, p.Graph)
	if err != nil {
		return nil, err
	}
	c := m.Config()
	return &c, nil
}
