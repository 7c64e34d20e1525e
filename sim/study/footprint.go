package study

import (
	"abkd/gnn"
	"abkd/sim/setup"
)

// Footprint returns the footprint of the run that needs most memory, with limit
// as in setup.Plan.Footprint. The graph is in it, which runs side by side
// share.
func (w *Work) Footprint(limit int64) (largest setup.Footprint, err error) {
	type size struct {
		criterion        string
		student, teacher setup.Size
		maxNodes         int
	}
	seen := map[size]bool{} // those of the same sizes and criterion are looked at once
	for _, c := range w.Cells {
		e, t := c.Experiment, c.Teacher.Experiment
		key := size{e.Criterion, e.Student, t.Teacher, e.MaxNodes}
		if seen[key] {
			continue
		}
		seen[key] = true
		alone := t // the teacher is trained as a student of its size would be
		alone.Student, alone.Criterion, alone.Teach = t.Teacher, "none", ""
		teacher := gnn.Config{Kind: e.Model, Inputs: e.Inputs, LabelReuse: e.LabelReuse, Input: e.Input, Layers: t.Teacher.Layers, Hidden: t.Teacher.Hidden, Heads: e.Heads}
		if teacher, err = teacher.Defaults(w.Graph); err != nil {
			return largest, err
		}
		for _, run := range []struct {
			e       setup.Experiment
			teacher *gnn.Config
		}{{e, &teacher}, {alone, nil}} {
			if run.teacher == nil && c.Teacher.Weights != nil {
				continue
			}
			f, err := run.e.Plan().Footprint(w.Graph, run.teacher, limit)
			if err != nil {
				return largest, err
			}
			if f.Total() > largest.Total() {
				largest = f
			}
		}
	}
	for _, b := range w.Baselines {
		if len(b.Cells) == 0 {
			continue
		}
		f, err := b.Cells[0].Experiment.Plan().Footprint(w.Graph, nil, limit)
		if err != nil {
			return largest, err
		}
		if f.Total() > largest.Total() {
			largest = f
		}
	}
	return largest, nil
}
