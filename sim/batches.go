package sim

import (
	"abkd/gnn/graph"
	"abkd/gnn/sample"
	"abkd/sim/setup"
)

func (r *Run) newSampler(g *graph.Graph) sample.Sampler {
	src := setup.Stream(r.cfg.Seed.Number(), setup.StreamSampler)
	switch r.cfg.Sampler {
	case "neighbor":
		return sample.NewPrefetch(sample.NewNeighbor(g, r.layers, r.split.Train, r.cfg.BatchSize, r.cfg.Fanout, src), setup.Ahead)
	case "saint":
		walk := sample.Walk{Roots: r.cfg.Roots, Steps: r.cfg.Steps}
		return sample.NewPrefetch(sample.NewRandomWalk(g, r.layers, r.split.Train, walk, src), setup.Ahead)
	}
	if r.cfg.Model == "rgcn" && r.cfg.Nodes != "all" {
		return sample.NewExact(g, r.layers, r.split.Train)
	}
	return sample.NewFull(g, r.layers, r.split.Train) // of which the other models keep sparse features
}

// Close ends what the run does ahead of its next step. A run that has come to
// its end has done so already; one that has not can go on.
func (r *Run) Close() {
	if p, ok := r.sampler.(*sample.Prefetch); ok {
		if err := p.SetState(p.State()); err != nil { // which drops what was drawn ahead
			panic(err) // it is its own
		}
	}
}

// edgesOf returns the number of edges of b, each counted in every layer.
func edgesOf(b *sample.Batch) (n int64) {
	for _, block := range b.Blocks {
		for _, rel := range block.Rel {
			n += int64(len(rel.In.Col))
		}
	}
	return n
}
