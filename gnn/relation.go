package gnn

import (
	"fmt"

	"abkd/gnn/graph"
)

// SetGraph tells m, made by New, that its graph has become g: one of the same
// node types and relations, with other edges. What m computes depends on g
// only through the batches, which are cut out of it, and through the degrees
// of its nodes.
func SetGraph(m Model, g *graph.Graph) {
	switch m := m.(type) {
	case *RGCN:
		m.graph = g
	case *Chain:
		m.setGraph(g)
	case *GCNII:
		m.setGraph(g)
	default:
		panic(fmt.Sprintf("gnn: SetGraph: model is a %T, want one that was made by New", m))
	}
}

func (m *homogeneous) setGraph(g *graph.Graph) { m.graph, m.whole = g, false }

// RelationParams returns the parameters of m that nothing but messages over
// the graph's relation rel reaches: without them their gradient is zero.
func RelationParams(m Model, rel int) (params []*Param) {
	switch m := m.(type) {
	case *RGCN:
		for _, conv := range m.convs {
			params = append(params, conv.Rel[rel])
		}
	case *Chain:
		if rel != m.rel {
			return nil
		}
		for _, k := range m.layers {
			switch k := k.(type) {
			case *SAGEConv:
				params = append(params, k.Neigh)
			case *GATConv: // a softmax over the self-loop alone is 1
				params = append(params, k.Src, k.Dst)
			}
		}
	}
	return params
}
