package scene

import (
	"strconv"
	"strings"

	"abkd/sim/wire"
)

// A mark is what a subject of the trainer's command inspect names in the
// picture, as far as it is drawn.
type mark struct {
	item  Item // a node, an edge, a pair of layers, the loss
	layer Item // the Block that it is of
	rel   int  // 1 + the relation that it names, 0 for none

	target int // 1 + the target node that it names, drawn or not; 0 for none
}

// findMark returns what the text of a subject names, or a quantity of the one
// selected.
func (b *builder) findMark(text string) (m mark) {
	if text == "" {
		return m
	}
	s, ok := b.subject(text)
	if !ok {
		return b.quantity(text)
	}
	switch s.Kind {
	case "node":
		m.layer, m.item = block(s.Model, s.Layer), b.findNode(s.Type, s.I)
		if g := &b.s.Graph; g.Target < len(g.Types) && g.Types[g.Target] == s.Type {
			m.target = s.I + 1
		}
	case "edge":
		m.layer, m.item = block(s.Model, s.Layer), b.findEdge(s)
	case "cell":
		m.item = Item{Attention, s.I, s.J}
	case "loss":
		m.item = Item{Target: Total}
	case "param":
		if layer, of, ok := strings.Cut(strings.TrimPrefix(s.Param, "layers."), "."); ok && len(layer)+len("layers.") < len(s.Param) {
			m.layer, m.rel = block(s.Model, digits(layer)), b.relation(strings.TrimSuffix(strings.TrimPrefix(of, "rel."), ".weight"))+1
		}
	}
	return m
}

// A reading is the subject that a text is, if it is one.
type reading struct {
	text    string
	subject wire.Subject
	ok      bool
}

// subject reads a text that may be a subject. A picture keeps the last two, so
// that a frame like the last one reads nothing.
func (l *List) subject(text string) (s wire.Subject, ok bool) {
	for _, r := range l.read {
		if r.text == text {
			return r.subject, r.ok
		}
	}
	s, err := wire.ParseSubject(text)
	l.read = [2]reading{{text, s, err == nil}, l.read[0]}
	return s, err == nil
}

// digits reads a number, -1 for anything else.
func digits(s string) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return n
	}
	return -1
}

func block(model string, layer int) (it Item) {
	switch {
	case layer < 0:
	case model == "teacher":
		it = Item{Block, 0, layer}
	case model == "student":
		it = Item{Block, 1, layer}
	}
	return it
}

// findNode returns the node of that type and number, if it is drawn.
func (b *builder) findNode(typ string, id int) Item {
	for i := range b.s.Graph.Nodes {
		if v := &b.s.Graph.Nodes[i]; v.ID == id && b.typeOf(i) == typ {
			return Item{Node, i, 0}
		}
	}
	return Item{}
}

// findEdge returns the edge of a subject, if it is drawn.
func (b *builder) findEdge(s wire.Subject) Item {
	rel, g := b.relation(s.Relation), &b.s.Graph
	for i, e := range g.Edges {
		if e.Rel == rel && g.Nodes[e.Src].ID == s.I && g.Nodes[e.Dst].ID == s.J {
			return Item{Edge, i, 0}
		}
	}
	return Item{}
}

// relation returns the relation that a key names, -1 for none.
func (b *builder) relation(key string) int {
	i, err := wire.FindRelation(&b.s.Graph, key)
	if err != nil {
		return -1
	}
	return i
}

// quantity returns what a term of the selected subject's arithmetic stands
// for: "m of writes", "z of T2", "h of paper 17", "W of layer 1", "D".
func (b *builder) quantity(text string) (m mark) {
	symbol, of, _ := strings.Cut(text, " of ")
	at := b.selected.item
	switch {
	case of == "" && at.Target == Attention:
		m.item = at
		if symbol == "D" {
			m.item.Target = Distance
		}
	case strings.HasPrefix(of, "layer "):
		m.layer = Item{b.selected.layer.Target, b.selected.layer.I, digits(of[len("layer "):])}
	case len(of) > 1 && (of[0] == 'T' || of[0] == 'S') && digits(of[1:]) >= 0:
		m.layer = Item{Block, int((of[0] - 'S') ^ 1), digits(of[1:])}
	default:
		node := 0
		if at.Target == Node {
			node = at.I
		}
		for i, r := range b.s.Graph.Relations {
			if r.Name == of && node < len(b.s.Graph.Nodes) && r.Dst == b.s.Graph.Nodes[node].Type {
				m.rel = i + 1
				return m
			}
		}
		name, _, _ := strings.Cut(of, " “")
		if cut := strings.LastIndexByte(name, ' '); cut > 0 {
			m.item = b.findNode(name[:cut], digits(name[cut+1:]))
		}
	}
	return m
}

// isPointedAt reports whether it is pointed at, here or outside the picture.
func (b *builder) isPointedAt(it Item) bool {
	return it == b.Hover || it == b.Focus || it == b.lit.item || it == b.lit.layer
}

// Subject returns what the command inspect calls it, none for what has no
// arithmetic. A node or a message is that of the layer that is held, and
// else of the last one that reaches the focus; a target node's is that of its
// logits. A node so far away that no layer
// computes anything of it stands for the message that it sends.
func Subject(s *wire.Snapshot, v *View, it Item) wire.Subject {
	b := builder{List: new(List), View: *v, s: s}
	b.selected = b.findMark(v.Select)
	g := &s.Graph
	switch it.Target {
	case Node:
		if it.I < len(g.Nodes) {
			hop := g.Nodes[it.I].Hop
			if g.Nodes[it.I].Type == g.Target {
				hop = 0 // all have logits
			}
			model, layer, ok := b.pickLayer(hop)
			for k, e := range g.Edges {
				if !ok && e.Src == it.I && g.Nodes[e.Dst].Hop < g.Nodes[it.I].Hop {
					return b.edgeSubject(k)
				}
			}
			return node(g, model, layer, it.I)
		}
	case Edge:
		if it.I < len(g.Edges) {
			return b.edgeSubject(it.I)
		}
	case Block:
		if len(g.Nodes) > 0 {
			return node(g, [2]string{"teacher", "student"}[it.I&1], it.J, 0)
		}
	case Attention, Distance, Product:
		return wire.Subject{Kind: "cell", I: it.I, J: it.J}
	case Total:
		return wire.Subject{Kind: "loss"}
	case Answer:
		return b.answerSubject(it)
	case Point:
		if model, layer := pointOf(it.J); g.Target < len(g.Types) {
			return wire.Subject{Kind: "node", Model: [2]string{"teacher", "student"}[model], Layer: layer, Type: g.Types[g.Target], I: it.I}
		}
	}
	return wire.Subject{}
}

func (b *builder) edgeSubject(i int) wire.Subject {
	g := &b.s.Graph
	e := g.Edges[i]
	model, layer, _ := b.pickLayer(g.Nodes[e.Dst].Hop)
	return wire.Subject{Kind: "edge", Model: model, Layer: layer, Relation: g.Relations[e.Rel].Key, I: g.Nodes[e.Src].ID, J: g.Nodes[e.Dst].ID}
}

func node(g *wire.GraphView, model string, layer, i int) wire.Subject {
	return wire.Subject{Kind: "node", Model: model, Layer: layer, Type: g.Types[g.Nodes[i].Type], I: g.Nodes[i].ID}
}

// pickLayer returns the model that is shown, or the other one if only that reaches
// so far from the focus, and the layer in which to look at something there; ok
// is false if neither does.
func (b *builder) pickLayer(hop int) (model string, layer int, ok bool) {
	teacher, _ := b.messages()
	n := b.depth(teacher)
	if other := b.depth(!teacher); hop >= n && hop < other {
		teacher, n = !teacher, other
	}
	model, layer = "student", max(n-1-hop, 0)
	if teacher {
		model = "teacher"
	}
	if held := b.chosenLayer(n); held >= 0 {
		layer = min(layer, held)
	}
	return model, layer, hop < n
}

// depth returns how many layers a model has.
func (b *builder) depth(teacher bool) int {
	messages, acts := b.s.Graph.StudentMessages, b.s.Graph.StudentActs
	if teacher {
		messages, acts = b.s.Graph.TeacherMessages, b.s.Graph.TeacherActs
	}
	if len(messages) > 0 {
		return len(messages)
	}
	return len(acts)
}

// chosenLayer returns which of n layers the user has chosen, -1 for none.
func (b *builder) chosenLayer(n int) int {
	layer := b.Layer - 1
	if b.Frame() == Terms {
		layer = b.selected.layer.J
		if b.selected.item != (Item{Node, 0, 0}) {
			layer = n - 1
		}
	}
	if layer < n {
		return layer
	}
	return -1
}

// brackets marks what is selected: four corners around it.
func (b *builder) brackets(y *Layer, x0, y0, x1, y1 float32) {
	w := max(0.3*b.unit, 2)
	n := min(max(0.28*min(x1-x0, y1-y0), 3), 2*b.unit)
	for _, c := range [4][4]float32{{x0, y0, n, n}, {x1, y0, -n, n}, {x0, y1, n, -n}, {x1, y1, -n, -n}} {
		y.line(c[0], c[1], c[0]+c[2], c[1], w, Solid, b.p.accent)
		y.line(c[0], c[1], c[0], c[1]+c[3], w, Solid, b.p.accent)
	}
}

// dropped reports whether the relation sends no messages any more.
func (b *builder) dropped(rel int) (off bool) {
	for i := range b.s.Changes {
		edit, ok := b.editMade(i)
		if !ok {
			continue
		}
		switch e := edit.(type) {
		case wire.Drop:
			off = off || b.relation(e.Relation) == rel
		case wire.Restore:
			off = off && b.relation(e.Relation) != rel
		}
	}
	return off
}

// editMade returns the edit of change i and whether it has been made by now.
func (b *builder) editMade(i int) (e wire.Edit, ok bool) {
	c := &b.s.Changes[i]
	if c.Teaching != (b.s.Phase == wire.Teaching) {
		return c.Edit, c.Teaching
	}
	return c.Edit, c.Epoch < b.s.Epoch || c.Epoch == b.s.Epoch && c.Step <= b.s.Step
}
