package gnn

import (
	"fmt"

	"abkd/gnn/graph"
)

// SetGraph tells m that its graph has become g: one of the same node types and
// relations, with other edges. What New's models compute depends on g only
// through the batches, which are cut out of it, and through the degrees of its
// nodes, and with label reuse through its labels. It panics if m has no method SetGraph.
func SetGraph(m Model, g *graph.Graph) {
	s, ok := m.(interface{ SetGraph(g *graph.Graph) })
	if !ok {
		panic(fmt.Sprintf("gnn: SetGraph: model is a %T, want one that has this method", m))
	}
	s.SetGraph(g)
}

// SetGraph makes g the graph, see the function SetGraph. A model with label reuse
// reads the label inputs of g.
func (m *RGCN) SetGraph(g *graph.Graph) {
	if m.config.LabelReuse {
		g = WithLabelInputs(g, m.config.Split)
		m.labels.x = g.LabelInputs.X
	}
	m.graph = g
}

// SetGraph makes g the graph, see the function SetGraph.
func (m *homogeneous) SetGraph(g *graph.Graph) { m.graph, m.whole = g, false }

// RelationParams returns the parameters of m that nothing but messages over
// the graph's relation rel reaches: without them their gradient is zero. It
// asks m's method of that name, and returns none for a model that has none.
func RelationParams(m Model, rel int) []*Param {
	if r, ok := m.(interface{ RelationParams(rel int) []*Param }); ok {
		return r.RelationParams(rel)
	}
	return nil
}

// RelationParams returns the weights of the relation in every layer.
func (m *RGCN) RelationParams(rel int) (params []*Param) {
	for _, conv := range m.convs {
		params = append(params, conv.Rel[rel])
	}
	return params
}

// RelationParams returns what only neighbours reach; a self-loop reaches the
// weights of gcn and gat.
func (m *Chain) RelationParams(rel int) (params []*Param) {
	if rel != m.rel {
		return nil
	}
	for _, k := range m.layers {
		params = append(params, k.messengers()...)
	}
	return params
}
