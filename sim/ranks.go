package sim

import (
	"math/rand/v2"

	"abkd/gnn/parallel"
	"abkd/sim/internal/state"
	"abkd/sim/setup"
)

// Group returns the ranks that train the run's models, nil for one process.
func (r *Run) Group() parallel.Group { return r.options.Group }

// ownStream returns the random numbers of a purpose that this rank draws alone.
func (r *Run) ownStream(of setup.Purpose) *rand.PCG {
	if parallel.Alone(r.options.Group) {
		return r.plan.Stream(of)
	}
	return parallel.Stream(r.plan.Seed, uint64(of), r.options.Group.Rank())
}

// draws returns what the run draws.
func (r *Run) draws() state.Draws {
	return state.Draws{Group: r.options.Group, Sampler: r.sampler, Seed: r.plan.Seed, Sampling: uint64(setup.SharedSampling), Dropout: uint64(setup.StudentDropout)}
}

// GatherDraws lets the state that is written next hold what every rank draws.
// All ranks call it before one of them writes; of one process it does nothing.
func (r *Run) GatherDraws() {
	if parallel.Alone(r.options.Group) {
		return
	}
	var dropout []*rand.PCG
	for _, l := range r.lanes {
		dropout = append(dropout, l.rng)
	}
	r.gathered = r.draws().Gather(dropout)
}
