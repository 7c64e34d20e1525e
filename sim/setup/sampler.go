package setup

import (
	"fmt"
	"math/rand/v2"
	"runtime"

	"abkd/gnn/graph"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// A Purpose is what random numbers are drawn for. Each has a stream of its own,
// so that a change to one draws nothing from another.
type Purpose uint64

// The purposes.
const (
	TeacherWeights Purpose = iota
	TeacherDropout
	StudentWeights
	StudentDropout
	CriterionWeights
	Sampling
	SharedSampling // of a rank, for its share of the batches
)

// Stream returns the random numbers of a purpose.
func (p Plan) Stream(of Purpose) *rand.PCG { return rand.NewPCG(p.Seed, uint64(of)) }

// ahead is how many batches are drawn while the models compute: one thread
// draws faster than the others train.
const ahead = 1

// drawnAhead returns s, whose batches are drawn ahead where there are threads: a
// browser's programs are without what does that.
func drawnAhead(s sample.Sampler) sample.Sampler {
	if runtime.GOOS == "js" {
		return s
	}
	return sample.NewPrefetch(s, ahead)
}

// NewSampler returns what draws the batches of g for models of up to so many
// layers, or the share of one of the ranks that there is a root for.
func (p Plan) NewSampler(ranks parallel.Group, g *graph.Graph, layers int, train []int32) sample.Sampler {
	switch {
	case p.Sampler == "neighbor":
		return drawnAhead(p.shared(ranks, p.neighbors(g, layers, train)))
	case p.Sampler == "saint":
		return drawnAhead(p.shared(ranks, p.walks(g, layers, train)))
	case p.isExact():
		return p.shared(ranks, sample.NewExact(g, layers, train))
	}
	return p.shared(ranks, sample.NewFull(g, layers, train)) // of which the other models keep sparse features
}

// shared leaves to s the share of this rank.
func (p Plan) shared(ranks parallel.Group, s sample.Sampler) sample.Sampler {
	if !parallel.Alone(ranks) {
		s.(sample.Sharder).Shard(ranks.Rank(), ranks.Size(), parallel.Stream(p.Seed, uint64(SharedSampling), ranks.Rank()))
	}
	return s
}

// CheckRanks returns an error unless each rank has a root in a batch of g.
func (p Plan) CheckRanks(ranks parallel.Group, train []int32) error {
	if parallel.Alone(ranks) {
		return nil
	}
	roots, name := len(train), "training nodes"
	switch p.Sampler {
	case "neighbor":
		roots, name = min(p.BatchSize, roots), "roots of a batch"
	case "saint":
		roots, name = p.Roots, "roots of a batch"
	}
	if roots < ranks.Size() {
		return fmt.Errorf("setup: %d ranks share out %d %s, want at most %[2]d ranks", ranks.Size(), roots, name)
	}
	return nil
}

// isExact reports whether a run without sampling leaves out what its losses do
// not reach.
func (p Plan) isExact() bool { return p.Model == "rgcn" && p.Nodes != "all" }

func (p Plan) neighbors(g *graph.Graph, layers int, train []int32) *sample.Neighbor {
	return sample.NewNeighbor(g, layers, train, p.BatchSize, p.Fanout, p.Stream(Sampling))
}

func (p Plan) walks(g *graph.Graph, layers int, train []int32) *sample.RandomWalk {
	return sample.NewRandomWalk(g, layers, train, sample.Walk{Roots: p.Roots, Steps: p.Steps}, p.Stream(Sampling))
}

// wholeSize is up to how many nodes and edges a graph is evaluated as one
// batch. At this size that takes tens of megabytes.
const wholeSize = 1 << 21

// IsSmall reports whether g is evaluated as one batch.
func IsSmall(g *graph.Graph) bool { return IsSmallSize(g.NumNodes(), g.NumEdges()) }

// IsSmallSize is IsSmall of a graph with so many nodes and edges.
func IsSmallSize(nodes, edges int) bool { return nodes+edges <= wholeSize }
