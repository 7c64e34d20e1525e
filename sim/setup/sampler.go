package setup

import (
	"math/rand/v2"
	"runtime"

	"abkd/gnn/graph"
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
// layers.
func (p Plan) NewSampler(g *graph.Graph, layers int, train []int32) sample.Sampler {
	switch {
	case p.Sampler == "neighbor":
		return drawnAhead(p.neighbors(g, layers, train))
	case p.Sampler == "saint":
		return drawnAhead(p.walks(g, layers, train))
	case p.isExact():
		return sample.NewExact(g, layers, train)
	}
	return sample.NewFull(g, layers, train) // of which the other models keep sparse features
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
func IsSmall(g *graph.Graph) bool { return g.NumNodes()+g.NumEdges() <= wholeSize }
