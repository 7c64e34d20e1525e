// Package inspect writes down the arithmetic behind what is seen of a run, and
// describes all of its nodes.
//
//	Moment of a run, Subject --> Inspection: terms, formulas, numbers
//	                         --> Predictions, Logits, Embeddings, Smoothness
//
// It computes everything again from weights and the layer below, in float64,
// rounded once, so that a reader with a calculator gets the same.
package inspect

import (
	"fmt"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
	"abkd/kd"
	"abkd/sim/wire"
)

// A Moment is what can be inspected of a run between two steps. It is made for
// one call and shares the run's storage.
type Moment struct {
	Graph *graph.Graph // of which nodes are shown
	Split graph.Split
	Batch *sample.Batch // of all of it
	Part  *Part         // that it is of a larger graph, nil if it is all

	Teacher, Alone, Student gnn.Model // nil for one that the run does not have, or not yet

	Learners []Learner // the models in training; the last is the taught student's, or the teacher's while it learns
	Stepped  bool      // a step has been made in this phase
	Focus    int       // the target node of Graph that is shown, -1 for none
}

// A Learner is a model in training.
type Learner struct {
	Criterion string // its name
	Model     gnn.Model
	Distiller *kd.Distiller
	Losses    kd.Losses // of the last step
}

// A Place is a subject and where in the graph it is.
type Place struct {
	wire.Subject
	typ, rel int // of a node, of an edge
}

// Find finds the node type, the relation and the nodes of a subject in g. What
// a run does not have is known when it is shown.
func Find(of wire.Subject, g *graph.Graph) (p Place, err error) {
	p.Subject = of
	if err := of.Check(); err != nil {
		return Place{}, fmt.Errorf("inspect: %w", err)
	}
	switch of.Kind {
	case "node":
		if p.typ = g.TypeIndex(of.Type); p.typ < 0 {
			return Place{}, fmt.Errorf("inspect: node: node type is %.80q, want one of the graph's", of.Type)
		}
		err = below(of.I, g.Types[p.typ])
	case "edge":
		if p.rel, err = wire.FindRelation(Schema(g), of.Relation); err != nil {
			break
		}
		if err = below(of.I, g.Types[g.Relations[p.rel].Src]); err == nil {
			err = below(of.J, g.Types[g.Relations[p.rel].Dst])
		}
	}
	if err != nil {
		return Place{}, fmt.Errorf("inspect: %s: %w", of.Kind, err)
	}
	return p, nil
}

func below(node int, t graph.NodeType) error {
	if node >= t.Count {
		return fmt.Errorf("%s is %d, want 0..%d", t.Name, node, t.Count-1)
	}
	return nil
}

// Schema returns the types and relations of g.
func Schema(g *graph.Graph) *wire.GraphView {
	v := &wire.GraphView{}
	for _, t := range g.Types {
		v.Types = append(v.Types, t.Name)
	}
	for _, r := range g.Relations {
		v.Relations = append(v.Relations, wire.RelationView{Name: r.Rel, Src: r.Src, Dst: r.Dst})
	}
	v.NameRelations()
	return v
}

// Inspect computes what is at p.
func (now *Moment) Inspect(p *Place) wire.Inspection {
	in := wire.Inspection{Subject: p.Subject.String()}
	var err error
	switch p.Kind {
	case "node", "edge":
		var at Place
		if at, err = now.place(p); err == nil {
			in.Quantities, err = now.layer(&at)
		}
	case "cell":
		in.Quantities, err = now.cell(p.I, p.J)
	case "loss":
		in.Quantities, err = now.loss()
	case "param":
		in.Quantities, err = now.param(p.Model, p.Param)
	}
	if err != nil {
		in.Quantities, in.Error = nil, err.Error()
	}
	return in
}

// place returns p with the numbers that its nodes have in what is shown.
func (now *Moment) place(p *Place) (Place, error) {
	at, typ := *p, p.typ
	if p.Kind == "edge" {
		typ = now.Graph.Relations[p.rel].Src
	}
	var there, both bool
	at.I, there = now.Part.Row(typ, p.I)
	if both = there; p.Kind == "edge" {
		at.J, there = now.Part.Row(now.Graph.Relations[p.rel].Dst, p.J)
		both = both && there
	}
	if !both {
		return at, fmt.Errorf("inspect: of this graph a part is computed, around the focus, which it is not in: make a node near it the focus")
	}
	return at, nil
}

// model returns the model of that name, or why there is none.
func (now *Moment) model(name string) (gnn.Model, error) {
	m, why := map[string]gnn.Model{"teacher": now.Teacher, "alone": now.Alone, "student": now.Student}[name], ""
	if m != nil {
		return m, nil
	}
	switch {
	case name == "teacher":
		why = "this run has no teacher"
	case now.Student == nil:
		why = "the teacher is still learning, there is no student yet"
	default:
		why = "this run has no student that learns alone"
	}
	return nil, fmt.Errorf("inspect: %s", why)
}

// learner returns what trains m, nil if nothing does.
func (now *Moment) learner(m gnn.Model) *Learner {
	for i := range now.Learners {
		if now.Learners[i].Model == m {
			return &now.Learners[i]
		}
	}
	return nil
}

// last returns the last of the learners.
func (now *Moment) last() *Learner { return &now.Learners[len(now.Learners)-1] }

// stepped returns the last of the learners, once it has made a step in this
// phase.
func (now *Moment) stepped() (*Learner, error) {
	if !now.Stepped {
		return nil, fmt.Errorf("inspect: no step has been made yet: make one to see its losses")
	}
	return now.last(), nil
}

// nodeName returns what a node is called, such as "paper 17".
func (now *Moment) nodeName(typ int, id int32) string {
	t := &now.Graph.Types[typ]
	name := t.Name + " " + strconv.Itoa(now.Part.Number(typ, int(id)))
	if called := Name(t, int(id)); called != "" {
		name += " “" + called + "”"
	}
	return name
}
