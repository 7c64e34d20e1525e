package scene

import (
	"strconv"
	"strings"

	"abkd/sim"
)

// A mark is what a subject of the trainer's command inspect names in the
// picture, as far as it is drawn.
type mark struct {
	item  Item // a node, an edge, a pair of layers, the loss
	layer Item // the Block that it is of
	rel   int  // 1 + the relation that it names, 0 for none
}

// find returns what a subject names, or a quantity of the one selected.
func (b *builder) find(text string) (m mark) {
	kind, rest, _ := strings.Cut(text, " ")
	switch kind {
	case "":
	case "node", "edge":
		model, rest, _ := strings.Cut(rest, " ")
		layer, rest, _ := strings.Cut(rest, " ")
		m.layer = block(model, layer)
		if kind == "node" {
			m.item = b.findNode(rest)
		} else {
			m.item = b.findEdge(rest)
		}
	case "cell":
		i, j, _ := strings.Cut(rest, " ")
		m.item = Item{Attention, digits(i), digits(j)}
	case "loss":
		m.item = Item{Target: Total}
	case "param":
		model, name, _ := strings.Cut(rest, " ")
		if layer, of, ok := strings.Cut(strings.TrimPrefix(name, "layers."), "."); ok && len(layer)+len("layers.") < len(name) {
			m.layer, m.rel = block(model, layer), b.relation(strings.TrimSuffix(strings.TrimPrefix(of, "rel."), ".weight"))+1
		}
	default:
		m = b.quantity(text)
	}
	return m
}

// digits reads a number, -1 for anything else.
func digits(s string) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return n
	}
	return -1
}

func block(model, layer string) (it Item) {
	switch n := digits(layer); {
	case n < 0:
	case model == "teacher":
		it = Item{Block, 0, n}
	case model == "student":
		it = Item{Block, 1, n}
	}
	return it
}

// findNode reads "paper 17".
func (b *builder) findNode(text string) Item {
	cut := strings.LastIndexByte(text, ' ')
	id := digits(text[cut+1:])
	for i := range b.s.Graph.Nodes {
		if v := &b.s.Graph.Nodes[i]; cut > 0 && v.ID == id && b.typeOf(i) == text[:cut] {
			return Item{Node, i, 0}
		}
	}
	return Item{}
}

// findEdge reads "writes 3 17".
func (b *builder) findEdge(text string) Item {
	last := strings.LastIndexByte(text, ' ')
	if last < 0 {
		return Item{}
	}
	first := strings.LastIndexByte(text[:last], ' ')
	if first < 0 {
		return Item{}
	}
	rel, src, dst := b.relation(text[:first]), digits(text[first+1:last]), digits(text[last+1:])
	g := &b.s.Graph
	for i, e := range g.Edges {
		if e.Rel == rel && g.Nodes[e.Src].ID == src && g.Nodes[e.Dst].ID == dst {
			return Item{Edge, i, 0}
		}
	}
	return Item{}
}

// relation returns the relation of that name, "writes" or
// "author__writes__paper", -1 for none.
func (b *builder) relation(name string) int {
	g := &b.s.Graph
	for i := range g.Relations {
		r := &g.Relations[i]
		if name == r.Name {
			return i
		}
		if src, rest, ok := strings.Cut(name, "__"); ok && r.Src < len(g.Types) && r.Dst < len(g.Types) && src == g.Types[r.Src] {
			if rel, dst, _ := strings.Cut(rest, "__"); rel == r.Name && dst == g.Types[r.Dst] {
				return i
			}
		}
	}
	return -1
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
		if name, _, named := strings.Cut(of, " “"); named || of != "" {
			m.item = b.findNode(name)
		}
	}
	return m
}

// over reports whether it is pointed at, here or outside the picture.
func (b *builder) over(it Item) bool {
	return it == b.Hover || it == b.Focus || it == b.lit.item || it == b.lit.layer
}

// Subject returns what the trainer's command inspect calls it, "" for what has
// no arithmetic. A node or a message is that of the layer that is held, and
// else of the last one that reaches the focus; a target node's is that of its
// logits. A node so far away that no layer
// computes anything of it stands for the message that it sends.
func Subject(s *sim.Snapshot, v *View, it Item) string {
	b := builder{View: *v, s: s}
	b.selected = b.find(v.Select)
	g := &s.Graph
	switch it.Target {
	case Node:
		if it.I < len(g.Nodes) {
			hop := g.Nodes[it.I].Hop
			if g.Nodes[it.I].Type == g.Target {
				hop = 0 // all have logits
			}
			model, layer, ok := b.pick(hop)
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
		return "cell " + strconv.Itoa(it.I) + " " + strconv.Itoa(it.J)
	case Total:
		return "loss"
	}
	return ""
}

func (b *builder) edgeSubject(i int) string {
	g := &b.s.Graph
	e := g.Edges[i]
	model, layer, _ := b.pick(g.Nodes[e.Dst].Hop)
	return "edge " + model + " " + strconv.Itoa(layer) + " " + relationKey(g, e.Rel) + " " + strconv.Itoa(g.Nodes[e.Src].ID) + " " + strconv.Itoa(g.Nodes[e.Dst].ID)
}

func node(g *sim.GraphView, model string, layer, i int) string {
	return "node " + model + " " + strconv.Itoa(layer) + " " + g.Types[g.Nodes[i].Type] + " " + strconv.Itoa(g.Nodes[i].ID)
}

// pick returns the model that is shown, or the other one if only that reaches
// so far from the focus, and the layer in which to look at something there; ok
// is false if neither does.
func (b *builder) pick(hop int) (model string, layer int, ok bool) {
	teacher, _ := b.messages()
	n := b.depth(teacher)
	if other := b.depth(!teacher); hop >= n && hop < other {
		teacher, n = !teacher, other
	}
	model, layer = "student", max(n-1-hop, 0)
	if teacher {
		model = "teacher"
	}
	if held := b.held(n); held >= 0 {
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

// held returns which of n layers the user has chosen, -1 for none.
func (b *builder) held(n int) int {
	layer := b.Layer - 1
	if b.Frame() == Lanes {
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

// relationKey names a relation as the trainer understands it.
func relationKey(g *sim.GraphView, i int) string {
	r := g.Relations[i]
	for k, o := range g.Relations {
		if k != i && o.Name == r.Name {
			return g.Types[r.Src] + "__" + r.Name + "__" + g.Types[r.Dst]
		}
	}
	return r.Name
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
		words, ok := b.made(i)
		verb, name, _ := strings.Cut(words, " ")
		if ok && (verb == "drop" || verb == "restore") && b.relation(name) == rel {
			off = verb == "drop"
		}
	}
	return off
}

// made returns the words of change i and whether it has been made by now.
func (b *builder) made(i int) (words string, ok bool) {
	c := &b.s.Changes[i]
	words, early := strings.CutPrefix(c.Text, "teaching ")
	if early != (b.s.Phase == sim.Teaching) {
		return words, early
	}
	return words, c.Epoch < b.s.Epoch || c.Epoch == b.s.Epoch && c.Step <= b.s.Step
}
