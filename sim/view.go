package sim

import (
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
	"abkd/sim/inspect"
	"abkd/sim/wire"
)

// A view is the part of the graph that a Snapshot shows: the focus, a paper
// say, with the nodes from which messages reach it.
type view struct {
	g     *graph.Graph   // of the nodes
	edges *graph.Graph   // of the edges, of which it may have fewer
	depth int            // layers of the deeper model
	shape wire.GraphView // without what the models computed

	teacher gnn.Model // the one of which the rest is kept: it computes the same on every step
	kept    computed
}

// computed is what one model computed on what is shown.
type computed struct {
	classes        []int // predicted class of each node, -1 for types without labels
	messages, acts [][]float32
}

// Limits of what is drawn, so that a picture stays readable.
const (
	hopFanout = 4  // nodes added per node and relation
	maxNodes  = 48 // nodes in all
)

func newView(g *graph.Graph, split graph.Split, depth int) *view {
	v := &view{g: g, edges: g, depth: depth}
	v.setFocus(defaultFocus(g, split))
	return v
}

// SetFocus makes target node the focus of the snapshots that follow.
func (r *Run) SetFocus(node int) {
	if r.view != nil {
		r.view.setFocus(node)
	}
}

// defaultFocus returns the test node with the most relations that reach it,
// and of those one with a moderate number of neighbours: enough to see, few
// enough to follow.
func defaultFocus(g *graph.Graph, split graph.Split) int {
	nodes := split.Test
	if len(nodes) == 0 {
		nodes = split.Train
	}
	best, bestScore := int(nodes[0]), -1
	for _, v := range nodes {
		score := 0
		for _, r := range g.Relations {
			if r.Dst != g.Target {
				continue
			}
			if d := len(r.In.Row(int(v))); d > 0 {
				score += 100 + 10*min(d, 3) - d
			}
		}
		if score > bestScore {
			best, bestScore = int(v), score
		}
	}
	return best
}

// setEdges makes the edges of the view those of g, which has the same nodes: they
// stay where they are.
func (v *view) setEdges(g *graph.Graph) {
	v.edges = g
	v.setFocus(v.shape.Nodes[0].ID)
}

// setFocus collects the nodes around the focus, nearest first, and every edge
// between them.
func (v *view) setFocus(focus int) {
	g := v.g
	s := *inspect.Schema(g)
	s.Target, s.Classes = g.Target, g.ClassNames
	if s.Classes == nil {
		s.Classes = make([]string, g.Classes)
	}
	type key struct{ kind, id int }
	index := map[key]int{}
	add := func(kind, id, hop int) {
		k := key{kind, id}
		if _, known := index[k]; known || len(s.Nodes) == maxNodes {
			return
		}
		index[k] = len(s.Nodes)
		s.Nodes = append(s.Nodes, wire.NodeView{Type: kind, ID: id, Name: inspect.Name(&g.Types[kind], id), Hop: hop, Label: -1, Teacher: -1, Student: -1})
	}
	add(g.Target, focus, 0)
	for i := 0; i < len(s.Nodes); i++ { // breadth first: s.Nodes is the queue
		n := s.Nodes[i]
		if n.Hop == v.depth {
			break
		}
		fanout := max(hopFanout-n.Hop*2, 1)
		if len(g.Relations) == 1 {
			fanout *= 4 // nothing else competes for the room
		}
		for _, r := range g.Relations {
			if r.Dst != n.Type {
				continue
			}
			in := r.In.Row(n.ID)
			for _, u := range in[:min(len(in), fanout)] {
				add(r.Src, int(u), n.Hop+1)
			}
		}
	}
	for k, n := range s.Nodes {
		if n.Type == g.Target {
			s.Nodes[k].Label = int(g.Labels[n.ID])
		}
		for i, r := range v.edges.Relations {
			if r.Dst != n.Type || n.Hop == v.depth {
				continue // no layer sends a message that far from the focus
			}
			for _, u := range r.In.Row(n.ID) {
				if src, shown := index[key{r.Src, int(u)}]; shown {
					s.Edges = append(s.Edges, wire.EdgeView{Rel: i, Src: src, Dst: k})
				}
			}
		}
	}
	v.shape, v.teacher = s, nil
}

// fill sets dst to the view with what both models compute on it. Either may
// be nil.
func (v *view) fill(dst *wire.GraphView, teacher, student gnn.Model, b *sample.Batch) {
	*dst = v.shape
	dst.Nodes = slices.Clone(v.shape.Nodes)
	if teacher != nil {
		if v.teacher != teacher || student == nil { // alone it is in training
			v.teacher, v.kept = teacher, v.runModel(teacher, b)
		}
		for i := range dst.Nodes {
			dst.Nodes[i].Teacher = v.kept.classes[i]
		}
		dst.TeacherMessages, dst.TeacherActs = cloneRows(v.kept.messages), cloneRows(v.kept.acts)
	}
	if student == nil {
		return
	}
	now := v.runModel(student, b)
	for i := range dst.Nodes {
		dst.Nodes[i].Student = now.classes[i]
	}
	dst.StudentMessages, dst.StudentActs = now.messages, now.acts
}

func cloneRows(rows [][]float32) [][]float32 {
	c := make([][]float32, len(rows))
	for i, r := range rows {
		c[i] = slices.Clone(r)
	}
	return c
}

// runModel runs m on the whole graph.
func (v *view) runModel(m gnn.Model, b *sample.Batch) computed {
	t := m.Forward(b, nil)
	c := computed{classes: make([]int, len(v.shape.Nodes)), messages: v.messages(m)}
	for i, n := range v.shape.Nodes {
		c.classes[i] = -1
		if n.Type == v.g.Target {
			c.classes[i] = int(gnn.Predict(t.Logits().Row(n.ID)))
		}
	}
	focus := v.shape.Nodes[0].ID
	for _, h := range t.Layers {
		c.acts = append(c.acts, slices.Clone(h.Row(focus)))
	}
	return c
}

// A messenger can tell the norm of a message of its last forward pass.
type messenger interface {
	Message(layer, rel, row, degree int) float32
}

// messages returns the norm of the message on each edge in each layer of m,
// after its last forward pass on the whole graph. An edge counts in the layers
// from which its message still reaches the focus: the last layer takes only
// the edges into the focus, the one before also those into its neighbours.
func (v *view) messages(m gnn.Model) [][]float32 {
	sender, ok := m.(messenger)
	if !ok {
		return nil
	}
	layers := m.Config().Layers
	all := make([][]float32, layers)
	for l := range all {
		all[l] = make([]float32, len(v.shape.Edges))
		for i, e := range v.shape.Edges {
			dst := v.shape.Nodes[e.Dst]
			if dst.Hop > layers-1-l {
				continue
			}
			deg := len(v.edges.Relations[e.Rel].In.Row(dst.ID))
			all[l][i] = sender.Message(l, e.Rel, v.shape.Nodes[e.Src].ID, deg)
		}
	}
	return all
}
