package main

import (
	"fmt"
	"io"

	"abkd/gnn"
	"abkd/sim/setup"
)

// checkMemory estimates what the runs of w take side by side. It refuses to
// begin if that is more than --max-memory. Without that it warns of more than
// there is, and refuses if one run alone needs more than the machine has.
func (w *work) checkMemory(stderr io.Writer) error {
	limit, asked := int64(w.maxMemory), w.maxMemory > 0
	if !asked {
		limit, _ = availableMemory()
	}
	largest, err := w.largest(limit)
	if err != nil || limit == 0 {
		return err
	}
	return w.judge(stderr, largest, limit, machineMemory(limit))
}

// judge compares runs of which none needs more than largest with the limit, and
// one alone with the most that there is.
func (w *work) judge(stderr io.Writer, largest setup.Footprint, limit, most int64) error {
	asked := w.maxMemory > 0
	alone := programBytes + largest.Total()
	jobs := int64(min(w.jobs, len(w.tasks)))
	total := programBytes + largest.Graph + jobs*(largest.Total()-largest.Graph) // they share the graph
	runs, advice := fmt.Sprintf("%d runs side by side are", jobs), "lower --jobs"
	if jobs == 1 {
		runs = "a run is"
	}
	if alone > limit {
		advice = "one alone is too large: choose narrower models, or --sampler saint or neighbor"
	}
	switch {
	case total <= limit:
	case asked:
		return fmt.Errorf("--max-memory %v: %s estimated to need %s, which is more; each: %s; %s", w.maxMemory, runs, bytesText(total), footprintText(largest), advice)
	case alone > most:
		return fmt.Errorf("a run is estimated to need %s, more than the machine has with all its swap, %s: %s; choose narrower models, or --sampler saint or neighbor", bytesText(alone), bytesText(most), footprintText(largest))
	default:
		fmt.Fprintf(stderr, "abkd: %s estimated to need %s and there are %s; each: %s; %s\n", runs, bytesText(total), bytesText(limit), footprintText(largest), advice)
	}
	return nil
}

// largest returns the footprint of the run that needs most. Runs of the same
// sizes and criterion are looked at once.
func (w *work) largest(limit int64) (largest setup.Footprint, err error) {
	type size struct {
		criterion        string
		student, teacher setup.Size
		maxNodes         int
	}
	seen := map[size]bool{}
	for _, c := range w.cells {
		e, t := c.Experiment, c.Teacher.Experiment
		key := size{e.Criterion, e.Student, t.Teacher, e.MaxNodes}
		if seen[key] {
			continue
		}
		seen[key] = true
		alone := t // the teacher is trained as a student of its size would be
		alone.Student, alone.Criterion, alone.Teach = t.Teacher, "none", ""
		teacher := gnn.Config{Kind: e.Model, Inputs: e.Inputs, Input: e.Input, Layers: t.Teacher.Layers, Hidden: t.Teacher.Hidden, Heads: e.Heads}
		if teacher, err = teacher.Defaults(w.graph); err != nil {
			return largest, err
		}
		for _, run := range []struct {
			e       setup.Experiment
			teacher *gnn.Config
		}{{e, &teacher}, {alone, nil}} {
			f, err := run.e.Plan().Footprint(w.graph, run.teacher, limit)
			if err != nil {
				return largest, err
			}
			if f.Total() > largest.Total() {
				largest = f
			}
		}
	}
	return largest, nil
}
