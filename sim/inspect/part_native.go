//go:build !js

package inspect

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/sample"
)

// Sizes of a part: to compute it takes milliseconds.
const (
	partSeeds = 240 // nodes of the split
	partNodes = 6000
)

// Around returns the part of g around a target node, for models of up to so many
// layers. Its nodes depend on nothing else; its edges are those that edges,
// a graph of the same nodes, has of g's. The part's one split holds the nodes of
// split from which it was grown.
func Around(g, edges *graph.Graph, split graph.Split, focus, layers int) *Part {
	named := *g
	named.Splits = []graph.Split{split}
	seeds := min(partSeeds, len(split.Train)+len(split.Valid)+len(split.Test))
	c := graph.Cut{Seeds: seeds, Hops: layers, Nodes: max(partNodes, 2*seeds), Split: split.Name, Prefer: []int32{int32(focus)}}
	cut, origin, err := c.Of(&named, rand.New(rand.NewPCG(uint64(focus), 1)))
	if err != nil {
		panic(fmt.Sprintf("inspect: Around: %v", err)) // the split is the graph's, and its nodes are there
	}
	p := &Part{Graph: cut, Edges: cut, origin: origin}
	if edges != g {
		p.Edges = p.within(edges)
	}
	b := *sample.NewFull(p.Edges, layers, cut.Splits[0].Train).Next()
	b.Nodes, b.Seeds, b.Fixed = origin, origin[cut.Target], false
	p.Batch = &b
	return p
}

// within returns the part with the edges of g alone.
func (p *Part) within(g *graph.Graph) *graph.Graph {
	h := *p.Graph
	h.Relations = slices.Clone(h.Relations)
	for i, r := range g.Relations {
		in := graph.CSR{Ptr: make([]int32, 1, len(p.origin[r.Dst])+1)}
		for _, v := range p.origin[r.Dst] {
			for _, u := range r.In.Row(int(v)) {
				if row, there := p.Row(r.Src, int(u)); there {
					in.Col = append(in.Col, int32(row))
				}
			}
			in.Ptr = append(in.Ptr, int32(len(in.Col)))
		}
		h.Relations[i].In = in
	}
	return &h
}
