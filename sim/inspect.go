package sim

import (
	"fmt"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/wire"
)

// A subject is a Subject and its place in the graph.
type subject struct {
	wire.Subject
	typ, rel int // of a node, of an edge
}

// place finds the node type, the relation and the nodes of s in g. What the run
// does not have is known when it is shown.
func place(of wire.Subject, g *graph.Graph) (s subject, err error) {
	s.Subject = of
	if err := of.Check(); err != nil {
		return subject{}, fmt.Errorf("sim: command inspect: %w", err)
	}
	switch of.Kind {
	case "node":
		if s.typ = g.TypeIndex(of.Type); s.typ < 0 {
			return subject{}, fmt.Errorf("sim: command inspect: node: node type is %.80q, want one of the graph's", of.Type)
		}
		err = below(of.I, g.Types[s.typ])
	case "edge":
		if s.rel, err = relationNamed(g, of.Relation); err != nil {
			break
		}
		if err = below(of.I, g.Types[g.Relations[s.rel].Src]); err == nil {
			err = below(of.J, g.Types[g.Relations[s.rel].Dst])
		}
	}
	if err != nil {
		return subject{}, fmt.Errorf("sim: command inspect: %s: %w", of.Kind, err)
	}
	return s, nil
}

func below(node int, t graph.NodeType) error { return within(t.Name, node, t.Count) }

// inspect computes what s asks for, of this moment.
func (r *Run) inspect(s *subject) wire.Inspection {
	in := wire.Inspection{Subject: s.Subject.String()}
	var err error
	switch s.Kind {
	case "node", "edge":
		in.Quantities, err = r.inspectGraph(s)
	case "cell":
		in.Quantities, err = r.inspectCell(s.I, s.J)
	case "loss":
		in.Quantities, err = r.inspectLoss()
	case "param":
		in.Quantities, err = r.inspectParam(s.Model, s.Param)
	}
	if err != nil {
		in.Quantities, in.Error = nil, err.Error()
	}
	return in
}

// model returns the model of that name, or why there is none.
func (r *Run) model(name string) (gnn.Model, error) {
	teacher, alone, student := r.models()
	m, why := map[string]gnn.Model{"teacher": teacher, "alone": alone, "student": student}[name], ""
	if m != nil {
		return m, nil
	}
	switch {
	case name == "teacher":
		why = "this run has no teacher"
	case student == nil:
		why = "the teacher is still learning, there is no student yet"
	default:
		why = "this run has no student that learns alone"
	}
	return nil, fmt.Errorf("sim: inspect: %s", why)
}

// lane returns the lane that trains the model of that name, nil if none does.
func (r *Run) lane(m gnn.Model) *lane {
	for _, l := range r.lanes {
		if l.model == m {
			return l
		}
	}
	return nil
}

// stepped returns the lane of the taught student, or of the teacher while it
// learns, once it has made a step in this phase.
func (r *Run) stepped() (*lane, error) {
	if r.epoch == 0 && r.step == 0 {
		return nil, fmt.Errorf("sim: inspect: no step has been made yet: make one to see its losses")
	}
	return r.lanes[len(r.lanes)-1], nil
}

// nodeName returns what a node is called, such as "paper 17".
func nodeName(g *graph.Graph, typ int, id int32) string {
	t := &g.Types[typ]
	name := t.Name + " " + strconv.Itoa(int(id))
	if int(id) < len(t.Labels) && t.Labels[id] != "" {
		name += " “" + t.Labels[id] + "”"
	}
	return name
}
