package sim

import (
	"fmt"
	"slices"

	"abkd/gnn"
	"abkd/sim/inspect"
	"abkd/sim/wire"
)

// A wish is what the user wants to see of a run beside what every Snapshot
// has. Nothing of it is computed that is not wished for.
type wish struct {
	subject inspect.Place // of the inspection
	shown   []string
	axes    inspect.Axes // of the embeddings, once they have been shown
	find    string
	found   wire.Found // by find in this run's graph, once it has been shown
	named   wire.Name
}

// Find chooses which target nodes the snapshots that follow name, by a part of
// their names or their number; "" ends it.
func (r *Run) Find(text string) { r.wish.find = text }

// Name chooses of which target nodes the snapshots that follow have the names.
func (r *Run) Name(c wire.Name) { r.wish.named = c }

// Show chooses what the snapshots that follow show of all nodes, see
// wire.Showable. The axes of the embeddings are fitted anew.
func (r *Run) Show(what []string) { r.wish.shown, r.wish.axes = slices.Clone(what), inspect.Axes{} }

// Inspect chooses whose arithmetic the snapshots that follow show; the zero
// Subject ends it. A subject that the run's graph does not have is an error.
func (r *Run) Inspect(of wire.Subject) error {
	p, err := inspect.Find(of, r.graph)
	if err != nil {
		return fmt.Errorf("sim: command %w", err)
	}
	r.wish.subject = p
	return nil
}

// forNextRun returns the wish for another run: axes fit one run's layers only.
func (w wish) forNextRun() wish {
	return wish{subject: w.subject, shown: w.shown, find: w.find, named: w.named}
}

func (w *wish) shows(what string) bool { return slices.Contains(w.shown, what) }

// fillWish sets what is wished for in s.
func (r *Run) fillWish(s *wire.Snapshot) {
	if w := &r.wish; w.found.Text != w.find {
		w.found = inspect.FindNodes(r.graph, w.find)
	}
	s.Found = r.wish.found
	s.Found.Nodes = slices.Clone(s.Found.Nodes)
	s.Named = inspect.Names(r.graph, r.wish.named)
	if r.wish.subject.Kind == "" && len(r.wish.shown) == 0 {
		return
	}
	now := r.inspectable()
	if r.wish.subject.Kind != "" {
		s.Inspection = now.Inspect(&r.wish.subject)
	}
	if len(r.wish.shown) > 0 {
		now.Show(s, r.wish.shown, &r.wish.axes)
		l := r.lanes[len(r.lanes)-1]
		if r.wish.shows("attention") {
			s.Attention.Epochs, s.Attention.A = l.attention.Over(len(l.history))
		}
		if r.wish.shows("activity") {
			s.Activity.Epochs, s.Activity.Share = l.activity.Over(len(l.history))
			if epochs, d := l.dissimilarity.Over(len(l.history)); len(epochs) == len(s.Activity.Epochs) {
				s.Activity.D = d.Data
			}
		}
	}
}

// inspectable returns this moment of the run.
func (r *Run) inspectable() *inspect.Moment {
	now := &inspect.Moment{Graph: r.graph, Split: r.split, Batch: r.eval.batch, Stepped: r.epoch > 0 || r.step > 0, Focus: -1}
	now.Teacher, now.Alone, now.Student = r.models()
	for _, l := range r.lanes {
		now.Learners = append(now.Learners, inspect.Learner{Criterion: l.criterion, Model: l.model, Distiller: l.distiller, Losses: l.losses})
	}
	if r.view != nil {
		r.view.Show(now)
	}
	return now
}

// models returns the models of which a Snapshot speaks; nil stands for one
// that the run does not have, or not yet.
func (r *Run) models() (teacher, alone, student gnn.Model) {
	last := r.lanes[len(r.lanes)-1]
	if last == r.teacher {
		return last.model, nil, nil
	}
	if r.teacher != nil {
		teacher = r.teacher.bestModel
	}
	if len(r.lanes) > 1 {
		alone = r.lanes[0].model
	}
	return teacher, alone, last.model
}
