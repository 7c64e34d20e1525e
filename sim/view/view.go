// Package view chooses the nodes and edges that are drawn, and computes what
// models do with them.
package view

import (
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
	"abkd/sim/inspect"
	"abkd/sim/wire"
)

// A View is the part of the graph that a Snapshot shows: the focus, a paper
// say, with the nodes from which messages reach it. Of a graph that is too large
// to be computed for every picture it knows the surroundings of the focus alone,
// see inspect.Part.
type View struct {
	whole *graph.Graph // as the run was given it
	left  *graph.Graph // with the edges that the changes have left
	split graph.Split
	part  *inspect.Part  // nil: all of it
	g     *graph.Graph   // of the nodes: the whole one, or the part's
	edges *graph.Graph   // of the edges, of which it may have fewer
	batch *sample.Batch  // of all of edges
	depth int            // layers of the deeper model
	shape wire.GraphView // without what the models computed; its nodes are numbered as in g

	teacher gnn.Model // the one of which the rest is kept: it computes the same on every step
	kept    computed
}

// computed is what one model computed on what is shown.
type computed struct {
	classes        []int // predicted class of each node, -1 for types without labels
	messages, acts [][]float32
}

// MaxNodes is how many nodes are drawn at most, so that a picture stays readable.
const MaxNodes = 48

// hopFanout is how many nodes are added per node and relation.
const hopFanout = 4

// New returns a view of g for models of up to so many layers. The batch is of
// all of g; without one a part of it is shown.
func New(g *graph.Graph, split graph.Split, depth int, batch *sample.Batch) *View {
	v := &View{whole: g, left: g, split: split, g: g, edges: g, depth: depth, batch: batch}
	v.SetFocus(defaultFocus(g, split))
	return v
}

// SetFocus makes a target node the focus of what follows.
func (v *View) SetFocus(node int) { v.focusOn(node, v.left) }

// SetEdges makes the edges of the view those of g, which has the same nodes: they
// stay where they are. The batch is that of all of g, if there is one.
func (v *View) SetEdges(g *graph.Graph, batch *sample.Batch) {
	if v.left = g; v.part == nil {
		v.edges, v.batch = g, batch
	}
	v.focusOn(v.Focus(), g)
}

// focusOn collects what is around target node of the whole graph, whose edges
// are those of edges.
func (v *View) focusOn(node int, edges *graph.Graph) {
	if v.batch == nil || v.part != nil {
		v.part = inspect.Around(v.whole, edges, v.split, node, v.depth)
		v.g, v.edges, v.batch = v.part.Graph, v.part.Edges, v.part.Batch
		node, _ = v.part.Row(v.g.Target, node)
	}
	v.collect(node)
}

// Focus returns the target node in focus, of the whole graph.
func (v *View) Focus() int { return v.part.Number(v.g.Target, v.shape.Nodes[0].ID) }

// Forget lets the view compute anew what it has kept of the teacher.
func (v *View) Forget() { v.teacher = nil }

// Show sets in now what of the graph can be inspected.
func (v *View) Show(now *inspect.Moment) {
	now.Focus, now.Part = v.shape.Nodes[0].ID, v.part
	if v.part != nil {
		now.Graph, now.Split, now.Batch = v.part.Graph, v.part.Graph.Splits[0], v.batch
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

// collect collects the nodes around the focus, nearest first, and every edge
// between them.
func (v *View) collect(focus int) {
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
		if _, known := index[k]; known || len(s.Nodes) == MaxNodes {
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

// Fill sets dst to the view with what both models compute on it. Either may
// be nil.
func (v *View) Fill(dst *wire.GraphView, teacher, student gnn.Model) {
	b := v.batch
	*dst = v.shape
	if v.part != nil {
		dst.Part = v.g.NumNodes()
	}
	dst.Nodes = slices.Clone(v.shape.Nodes)
	for i := range dst.Nodes {
		dst.Nodes[i].ID = v.part.Number(dst.Nodes[i].Type, dst.Nodes[i].ID)
	}
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

// runModel runs m on all of the batch.
func (v *View) runModel(m gnn.Model, b *sample.Batch) computed {
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
func (v *View) messages(m gnn.Model) [][]float32 {
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
