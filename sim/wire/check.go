package wire

import "fmt"

// check reports what no run sends: an index that points outside what it
// indexes, or lists that belong together and differ in length.
func (s *Snapshot) check() error {
	if int(s.Phase) >= len(Phases) {
		return fmt.Errorf("wire: snapshot: phase is %d, want 0..%d", s.Phase, len(Phases)-1)
	}
	for _, l := range s.Lanes {
		if l.Earlier < 0 || l.Earlier > 0 && len(l.History) == 0 {
			return fmt.Errorf("wire: snapshot: a learning curve has %d epochs after %d earlier ones, want the last epoch at least", len(l.History), l.Earlier)
		}
	}
	if s.A.Rows != s.D.Rows || s.A.Cols != s.D.Cols {
		return fmt.Errorf("wire: snapshot: A is %v and D is %v, want the same shape", s.A, s.D)
	}
	if err := s.Graph.check(); err != nil {
		return err
	}
	for i, q := range s.Inspection.Quantities {
		for _, u := range q.Uses {
			if u < 0 || u >= i {
				return fmt.Errorf("wire: snapshot: quantity %d uses quantity %d, want one before it", i, u)
			}
		}
	}
	for _, m := range s.Embeddings {
		if len(m.X) != len(m.Nodes) || len(m.Y) != len(m.Nodes) {
			return fmt.Errorf("wire: snapshot: %d and %d coordinates of layer %d of the %s, want %d (nodes)", len(m.X), len(m.Y), m.Layer, m.Model, len(m.Nodes))
		}
	}
	for _, m := range s.Directions {
		if len(m.X) != len(m.Nodes) || len(m.Y) != len(m.Nodes) {
			return fmt.Errorf("wire: snapshot: %d and %d coordinates of directions in layer %d of the %s, want %d (nodes)", len(m.X), len(m.Y), m.Layer, m.Model, len(m.Nodes))
		}
	}
	if n := len(s.Attention.Epochs); n != s.Attention.A.Rows {
		return fmt.Errorf("wire: snapshot: attention of %d epochs has %d rows", n, s.Attention.A.Rows)
	}
	if n, d := len(s.Activity.Epochs), len(s.Activity.D); d != 0 && d != n {
		return fmt.Errorf("wire: snapshot: activity of %d epochs has %d dissimilarities", n, d)
	}
	if n := len(s.Activity.Epochs); n != s.Activity.Share.Rows {
		return fmt.Errorf("wire: snapshot: activity of %d epochs has %d rows", n, s.Activity.Share.Rows)
	}
	for _, v := range s.Neighbours.Nodes {
		if v < 0 || int(v) >= len(s.Graph.Nodes) {
			return fmt.Errorf("wire: snapshot: a neighbour is node %d of those drawn, want 0..%d", v, len(s.Graph.Nodes)-1)
		}
	}
	for _, m := range [2]Matrix{s.Neighbours.Teacher, s.Neighbours.Student} {
		if !m.Empty() && m.Rows != len(s.Neighbours.Nodes) {
			return fmt.Errorf("wire: snapshot: logits of %d neighbours, want %d", m.Rows, len(s.Neighbours.Nodes))
		}
	}
	return nil
}

func (g *GraphView) check() error {
	below := func(what string, v, n int) error {
		if v < 0 || v >= n {
			return fmt.Errorf("wire: snapshot: %s is %d, want 0..%d", what, v, n-1)
		}
		return nil
	}
	for _, r := range g.Relations {
		if below("", r.Src, len(g.Types)) != nil || below("", r.Dst, len(g.Types)) != nil {
			return fmt.Errorf("wire: snapshot: relation %s joins types %d and %d, want 0..%d", r.Name, r.Src, r.Dst, len(g.Types)-1)
		}
	}
	for _, n := range g.Nodes {
		if err := below("type of a node", n.Type, len(g.Types)); err != nil {
			return err
		}
	}
	for _, e := range g.Edges {
		if err := below("relation of an edge", e.Rel, len(g.Relations)); err != nil {
			return err
		}
		if below("", e.Src, len(g.Nodes)) != nil || below("", e.Dst, len(g.Nodes)) != nil {
			return fmt.Errorf("wire: snapshot: an edge joins nodes %d and %d, want 0..%d", e.Src, e.Dst, len(g.Nodes)-1)
		}
	}
	for _, messages := range [][][]float32{g.TeacherMessages, g.StudentMessages} {
		for l, m := range messages {
			if len(m) != len(g.Edges) {
				return fmt.Errorf("wire: snapshot: %d messages in layer %d, want %d", len(m), l, len(g.Edges))
			}
		}
	}
	return nil
}
