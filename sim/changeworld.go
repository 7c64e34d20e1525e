package sim

import (
	"fmt"
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/kd"
	"abkd/sim/inspect"
	"abkd/sim/wire"
)

// A world is what the changes that have been made add up to, beside weights,
// which are in the models.
type world struct {
	dropped []int   // relations, ascending
	cut     []edge  // in the order in which they were
	labels  []label // of training nodes
	pin     mat.Matrix
	frozen  bool
}

// An edge stands for itself and its reverse. Of the two it is the one of the
// relation that comes first or, within a relation, from the lower node.
type edge struct{ rel, src, dst int }

// A label is the class that a training node is given.
type label struct{ node, class int32 }

// newWorld returns the world as the experiment has it.
func (r *Run) newWorld() world {
	pin, _ := r.plan.Pinned() // students has reported the error
	return world{pin: pin, frozen: r.plan.Frozen && r.aligns()}
}

// aligns reports whether the criterion has an attention.
func (r *Run) aligns() bool { return r.plan.Criterion == "abkd" || r.plan.Criterion == "stride" }

func (w world) clone() world {
	w.dropped, w.cut, w.labels = slices.Clone(w.dropped), slices.Clone(w.cut), slices.Clone(w.labels)
	return w
}

// sameGraph reports whether models see the same graph and labels in both.
func (w *world) sameGraph(v *world) bool {
	return slices.Equal(w.dropped, v.dropped) && slices.Equal(w.cut, v.cut) && slices.Equal(w.labels, v.labels)
}

// add makes the change c, of a weight nothing. It returns an error if the
// change is none of the run, or not after the ones before; then w is to be
// thrown away.
func (w *world) add(r *Run, c wire.Change) error {
	if err := c.Check(); err != nil {
		return err
	}
	if c.Teaching && !r.teaches() {
		return fmt.Errorf("%q: the teacher of this run is not trained here", c.Text())
	}
	switch e := c.Edit.(type) {
	case wire.Pin:
		return w.setPin(r, e.To, c.Teaching)
	case wire.SetWeight:
		_, err := r.findWeight(e)
		if err == nil && c.Teaching && e.Model != "teacher" {
			err = fmt.Errorf("there is no %s before the teacher is trained", e.Model)
		}
		return err
	case wire.Drop:
		return w.drop(r.graph, e.Relation, true)
	case wire.Restore:
		return w.drop(r.graph, e.Relation, false)
	case wire.Cut:
		return w.cutEdge(r.graph, "cut", e)
	case wire.Mend:
		return w.cutEdge(r.graph, "mend", wire.Cut(e))
	case wire.Mislabel:
		return w.mislabel(r, e.Node, e.Class)
	case wire.Freeze:
		return w.freeze(r, e.On, c.Teaching)
	}
	return fmt.Errorf("%q: a run does not know this change", c.Text())
}

// setPin pins the attention, or frees it.
func (w *world) setPin(r *Run, text string, teaching bool) error {
	if !r.aligns() {
		return fmt.Errorf("pin: criterion %s has no attention, want abkd or stride", r.plan.Criterion)
	}
	if teaching {
		return fmt.Errorf("pin: there is no attention before the teacher is trained")
	}
	lt, ls := r.teacher.bestModel.Config().Layers, r.plan.Student.Layers
	switch text {
	case "free":
		w.pin = mat.Matrix{}
	case "diagonal":
		w.pin = kd.Diagonal(lt, ls)
	case "uniform":
		w.pin = mat.New(lt, ls)
		for i := range w.pin.Data {
			w.pin.Data[i] = 1 / float32(ls)
		}
	default:
		pinned, err := wire.ParseMatrix(text)
		if err != nil {
			return fmt.Errorf("pin: %w", err)
		}
		m := mat.Matrix(pinned)
		if m.Rows != lt || m.Cols != ls {
			return fmt.Errorf("pin: matrix is %v, want %d×%d (teacher layers × student layers)", m, lt, ls)
		}
		w.pin = m
	}
	return nil
}

func (w *world) freeze(r *Run, on, teaching bool) error {
	if !slices.Contains([]string{"abkd", "stride", "fitnet", "gcrd"}, r.plan.Criterion) {
		return fmt.Errorf("freeze: criterion %s has no projections of the teacher, want abkd, stride, fitnet or gcrd", r.plan.Criterion)
	}
	if teaching {
		return fmt.Errorf("freeze: there are no projections before the teacher is trained")
	}
	w.frozen = on
	return nil
}

func (w *world) drop(g *graph.Graph, name string, drop bool) error {
	rel, err := relationNamed(g, name)
	if err != nil {
		return err
	}
	at, dropped := slices.BinarySearch(w.dropped, rel)
	switch {
	case dropped == drop && drop:
		return fmt.Errorf("drop: %s is dropped already", name)
	case dropped == drop:
		return fmt.Errorf("restore: %s is not dropped", name)
	case drop:
		w.dropped = append(w.dropped, rel)
		slices.Sort(w.dropped)
	default:
		w.dropped = slices.Delete(w.dropped, at, at+1)
	}
	return nil
}

// relationNamed returns the relation that a key names, short or in full.
func relationNamed(g *graph.Graph, key string) (int, error) {
	return wire.FindRelation(inspect.Schema(g), key)
}

func (w *world) cutEdge(g *graph.Graph, verb string, c wire.Cut) error {
	i, err := relationNamed(g, c.Relation)
	if err != nil {
		return err
	}
	rel, src, dst, cut := &g.Relations[i], c.Src, c.Dst, verb == "cut"
	if err := checkIndex("source", src, g.Types[rel.Src].Count); err != nil {
		return err
	}
	if err := checkIndex("destination", dst, g.Types[rel.Dst].Count); err != nil {
		return err
	}
	if _, there := slices.BinarySearch(rel.In.Row(dst), int32(src)); !there {
		return fmt.Errorf("%s: there is no edge %s %d %d", verb, c.Relation, src, dst)
	}
	e := edge{i, src, dst}
	if back := e.reverse(g); back.rel >= 0 && (back.rel < i || back.rel == i && back.src < src) {
		e = back
	}
	at := slices.Index(w.cut, e)
	switch {
	case cut && at >= 0:
		return fmt.Errorf("cut: edge %s %d %d is cut already", c.Relation, src, dst)
	case cut:
		w.cut = append(w.cut, e)
	case at < 0:
		return fmt.Errorf("mend: edge %s %d %d is not cut", c.Relation, src, dst)
	default:
		w.cut = slices.Delete(w.cut, at, at+1)
	}
	return nil
}

// reverse returns the edge in the opposite direction: of the same relation, if
// it joins nodes of one type, else of the one named after it. Its relation is
// -1 if there is none.
func (e edge) reverse(g *graph.Graph) edge {
	r := g.Relations[e.rel]
	if r.Src == r.Dst {
		return edge{e.rel, e.dst, e.src}
	}
	back := r.Reverse()
	return edge{slices.IndexFunc(g.Relations, func(r graph.Relation) bool { return r.EdgeType == back }), e.dst, e.src}
}

func (w *world) mislabel(r *Run, node, class int) error {
	if err := checkIndex("node", node, len(r.graph.Labels)); err != nil {
		return err
	}
	if !slices.Contains(r.split.Train, int32(node)) {
		return fmt.Errorf("mislabel: node %d is not a training node: no student learns its label", node)
	}
	if err := checkIndex("class", class, r.graph.Classes); err != nil {
		return err
	}
	l := label{int32(node), int32(class)}
	if i := slices.IndexFunc(w.labels, func(l label) bool { return l.node == int32(node) }); i >= 0 {
		w.labels[i] = l
	} else {
		w.labels = append(w.labels, l)
	}
	return nil
}

// withoutCutEdges returns g without the edges that w has dropped and cut. Its
// labels are its own.
func (w *world) withoutCutEdges(g *graph.Graph) *graph.Graph {
	if len(w.dropped)+len(w.cut) == 0 {
		return g
	}
	h := *g
	h.LabelInputs = nil
	h.Relations = slices.Clone(g.Relations)
	cut := make([][]edge, len(g.Relations))
	for _, e := range w.cut {
		cut[e.rel] = append(cut[e.rel], e)
		if back := e.reverse(g); back.rel >= 0 {
			cut[back.rel] = append(cut[back.rel], back)
		}
	}
	for i := range h.Relations {
		in := &h.Relations[i].In
		if _, dropped := slices.BinarySearch(w.dropped, i); dropped {
			*in = graph.CSR{Ptr: make([]int32, len(in.Ptr))}
		} else if len(cut[i]) > 0 {
			*in = withoutEdges(*in, cut[i])
		}
	}
	return &h
}

// withoutEdges returns in without some edges.
func withoutEdges(in graph.CSR, edges []edge) graph.CSR {
	out := graph.CSR{Ptr: make([]int32, 1, len(in.Ptr)), Col: make([]int32, 0, len(in.Col))}
	for v := range in.Rows() {
		for _, u := range in.Row(v) {
			if !slices.ContainsFunc(edges, func(e edge) bool { return e.dst == v && e.src == int(u) }) {
				out.Col = append(out.Col, u)
			}
		}
		out.Ptr = append(out.Ptr, int32(len(out.Col)))
	}
	return out
}

// withLabels returns g with the labels that w gives the training nodes.
func (w *world) withLabels(g *graph.Graph) *graph.Graph {
	if len(w.labels) == 0 {
		return g
	}
	h := *g
	h.LabelInputs = nil
	h.Labels = slices.Clone(g.Labels)
	for _, l := range w.labels {
		h.Labels[l.node] = l.class
	}
	return &h
}

// setWorld makes w the world of the run and of its lanes.
func (r *Run) setWorld(w world) {
	if !w.sameGraph(&r.world) {
		r.baselines = nil
		r.now = w.withoutCutEdges(r.graph)
		r.given = r.plan.WithLabelInputs(w.withLabels(r.now))
		before, drawn := r.sampler, r.draws().SamplerState()
		r.sampler = r.plan.NewSampler(r.options.Group, r.given, r.layers, r.split.Train)
		if s, ok := r.sampler.(sample.Stateful); ok {
			if err := s.UnmarshalBinary(drawn); err != nil {
				panic(err) // it is of the same nodes
			}
		}
		stopDrawing(before)
		r.eval = r.newEvaluation(r.now, r.eval.batch != nil)
		if r.teacher != nil {
			gnn.SetGraph(r.teacher.bestModel, r.given)
		}
		if r.view != nil {
			r.view.SetEdges(r.now, r.eval.batch)
		}
	}
	r.world = w
	r.applyWorld(r.lanes)
}

// applyWorld makes the run's world that of lanes.
func (r *Run) applyWorld(lanes []*lane) {
	for _, l := range lanes {
		gnn.SetGraph(l.model, r.given)
		gnn.SetGraph(l.bestModel, r.given)
		for rel := range r.graph.Relations {
			_, dropped := slices.BinarySearch(r.world.dropped, rel)
			for _, p := range gnn.RelationParams(l.model, rel) {
				p.Frozen = dropped
			}
		}
		c := l.distiller.Criterion()
		if p, ok := c.(kd.Pinner); ok {
			if err := p.Pin(r.world.pin); err != nil {
				panic(err) // its shape has been checked
			}
		}
		if f, ok := c.(kd.Freezer); ok {
			f.Freeze(r.world.frozen)
		}
	}
}
