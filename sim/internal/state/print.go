package state

import (
	"abkd/gnn"
	"abkd/gnn/graph"
)

// PrintParams returns a hash of weights.
func PrintParams(params []*gnn.Param) uint64 {
	c := Coder{does: hashes, sum: fnvOffset}
	c.Params(params)
	return c.sum
}

// PrintGraph returns a hash of all of g that a run on split reads. Names do
// not enter: they change nothing.
func PrintGraph(g *graph.Graph, split graph.Split) uint64 {
	c := Coder{does: hashes, sum: fnvOffset}
	numbers := func(x ...int32) {
		c.addWord(uint64(len(x)))
		for _, v := range x {
			c.addWord(uint64(v))
		}
	}
	for _, t := range g.Types {
		numbers(int32(t.Count), int32(t.Features.Cols))
		c.floats("features", t.Features.Data)
	}
	for _, r := range g.Relations {
		numbers(int32(r.Src), int32(r.Dst))
		numbers(r.In.Ptr...)
		numbers(r.In.Col...)
	}
	numbers(int32(g.Target), int32(g.Classes))
	numbers(g.Labels...)
	numbers(split.Train...)
	numbers(split.Valid...)
	numbers(split.Test...)
	return c.sum
}
