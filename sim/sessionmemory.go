package sim

import (
	"fmt"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// SessionMemory is how many bytes the run of a new session may need: a program
// in a browser has 4 GiB of addresses, of which the collector wants a part.
const SessionMemory = 2 << 30

// A MemoryError refuses a run that is estimated to need more memory than there
// is.
type MemoryError struct {
	Need  setup.Footprint
	Limit int64
}

func (e *MemoryError) Error() string {
	const mib = 1 << 20
	f := e.Need
	return fmt.Sprintf("sim: the run is estimated to need %d MiB of memory, and has at most %d MiB (weights and optimiser %d, graph %d, layers and batches %d, evaluation %d): choose fewer or narrower layers, or a smaller part of the graph",
		f.Total()/mib, e.Limit/mib, (f.Models+f.Optimiser)/mib, f.Graph/mib, (f.Layers+f.Batches)/mib, f.Evaluation/mib)
}

// SetMemory sets how many bytes the runs of the session may need, 0 for any
// number.
func (s *Session) SetMemory(bytes int64) { s.memory = bytes }

// checkMemory returns a *MemoryError if a run of e on g needs too much. The
// teacher is nil if the run makes one.
func (s *Session) checkMemory(g *graph.Graph, e setup.Experiment, teacher gnn.Model) error {
	if s.memory <= 0 {
		return nil
	}
	if err := e.Check(); err != nil {
		return err
	}
	var given *gnn.Config
	if teacher != nil {
		c := teacher.Config()
		given = &c
	}
	plan := e.Plan()
	f, err := plan.SessionFootprint(g, given, s.memory)
	if err == nil && f.Total() > s.memory {
		err = &MemoryError{f, s.memory}
	}
	return err
}
