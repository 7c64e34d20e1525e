package sim

import (
	"slices"

	"abkd/gnn"
	"abkd/sim/wire"
)

// A wish is what the user wants to see of a run beside what every Snapshot
// has. Nothing of it is computed that is not wished for.
type wish struct {
	subject subject // of the inspection
	shown   []string
	axes    []axes // of the embeddings, once they have been shown
}

// Show chooses what the snapshots that follow show of all nodes, see
// wire.Showable. The axes of the embeddings are fitted anew.
func (r *Run) Show(what []string) { r.wish.shown, r.wish.axes = slices.Clone(what), nil }

// Inspect chooses whose arithmetic the snapshots that follow show; the zero
// Subject ends it. A subject that the run's graph does not have is an error.
func (r *Run) Inspect(of wire.Subject) error {
	s, err := place(of, r.graph)
	if err == nil {
		r.wish.subject = s
	}
	return err
}

// again returns the wish for another run: axes fit one run's layers only.
func (w wish) again() wish { return wish{subject: w.subject, shown: w.shown} }

// fill sets what is wished for in s.
func (r *Run) fill(s *wire.Snapshot) {
	if r.wish.subject.Kind != "" {
		s.Inspection = r.inspect(&r.wish.subject)
	}
	if len(r.wish.shown) > 0 {
		r.show(s)
	}
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
