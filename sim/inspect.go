package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
)

// A subject says whose arithmetic is to be shown.
type subject struct {
	text  string // as the user gave it, "" for none
	kind  string // "node", "edge", "cell", "loss" or "param"
	model string // "teacher", "alone", "student", of a param also "criterion"
	layer int
	typ   int    // node type
	rel   int    // relation
	name  string // of a parameter
	i, j  int    // node, or source and destination, or teacher and student layer
}

// parseSubject reads
//
//	node MODEL LAYER TYPE ID       one node's output of a layer
//	edge MODEL LAYER REL SRC DST   one message
//	cell I J                       one pair of layers of the criterion
//	loss                           the losses of the last step
//	param MODEL NAME               a parameter and its last update
//	none
//
// Layers count from 0. A relation may be given by its own name if that is the
// only one of the name, else as SRC__REL__DST. What g does not have is an
// error; what the run does not have is known when it is shown.
func parseSubject(text string, g *graph.Graph) (subject, error) {
	kind, rest, _ := strings.Cut(text, " ")
	s := subject{text: text, kind: kind}
	words := strings.Fields(rest)
	fail := func(format string, args ...any) (subject, error) {
		return subject{}, fmt.Errorf("sim: command inspect: "+format, args...)
	}
	least, known := map[string]int{"node": 4, "edge": 5, "cell": 2, "loss": 0, "param": 2, "none": 0}[kind]
	if !known {
		return fail("subject is %q, want node, edge, cell, loss, param or none", kind)
	}
	if n := len(words); n < least || n > least && least == 0 || n > 2 && kind == "cell" {
		return fail("%s has %d arguments, want %d", kind, n, least)
	}
	var err error
	switch kind {
	case "none":
		return subject{}, nil
	case "cell":
		if s.i, err = natural(words[0]); err == nil {
			s.j, err = natural(words[1])
		}
	case "param":
		s.model, s.name = words[0], strings.Join(words[1:], " ")
	case "node", "edge":
		s.model = words[0]
		if s.layer, err = natural(words[1]); err == nil {
			err = s.place(g, words[2:])
		}
	}
	if err != nil {
		return fail("%s: %w", kind, err)
	}
	if s.model != "" && !slices.Contains([]string{"teacher", "alone", "student"}, s.model) && !(kind == "param" && s.model == "criterion") {
		return fail("model is %q, want teacher, alone or student", s.model)
	}
	return s, nil
}

// place reads where in the graph a node or an edge is. Names may hold spaces.
func (s *subject) place(g *graph.Graph, words []string) (err error) {
	numbers := 1
	if s.kind == "edge" {
		numbers = 2
	}
	name, words := strings.Join(words[:len(words)-numbers], " "), words[len(words)-numbers:]
	if s.i, err = natural(words[0]); err != nil {
		return err
	}
	if s.kind == "node" {
		if s.typ = g.TypeIndex(name); s.typ < 0 {
			return fmt.Errorf("node type is %q, want one of the graph's", name)
		}
		return below(s.i, g.Types[s.typ])
	}
	if s.j, err = natural(words[1]); err != nil {
		return err
	}
	if s.rel, err = relationNamed(g, name); err != nil {
		return err
	}
	if err := below(s.i, g.Types[g.Relations[s.rel].Src]); err != nil {
		return err
	}
	return below(s.j, g.Types[g.Relations[s.rel].Dst])
}

func natural(word string) (int, error) {
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q, want a whole number from 0", word)
	}
	return n, nil
}

func below(node int, t graph.NodeType) error {
	if node >= t.Count {
		return fmt.Errorf("%s is %d, want 0..%d", t.Name, node, t.Count-1)
	}
	return nil
}

// inspect computes what s asks for, of this moment.
func (r *Run) inspect(s *subject) Inspection {
	in := Inspection{Subject: s.text}
	var err error
	switch s.kind {
	case "node", "edge":
		in.Quantities, err = r.inspectGraph(s)
	case "cell":
		in.Quantities, err = r.inspectCell(s.i, s.j)
	case "loss":
		in.Quantities, err = r.inspectLoss()
	case "param":
		in.Quantities, err = r.inspectParam(s.model, s.name)
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
