package window

import (
	"strconv"
	"strings"

	"abkd/sim/wire"
)

// walkTo makes a target node the focus, and remembers the one before.
func (w *Window) walkTo(node int) {
	if s := w.snapshot; s != nil && len(s.Graph.Nodes) > 0 {
		if from := s.Graph.Nodes[0].ID; from != node {
			w.walked = append(w.walked, from)
		}
	}
	w.focusOn(node)
}

// walkBack goes to the focus before.
func (w *Window) walkBack() {
	if n := len(w.walked); n > 0 {
		node := w.walked[n-1]
		w.walked = w.walked[:n-1]
		w.focusOn(node)
	}
}

func (w *Window) focusOn(node int) {
	w.state.Focus, w.stale = node, true
	w.command(wire.Focus{Node: node})
}

// nodes has the focus, its neighbours, and what is looked for.
func (w *Window) nodes() part {
	k, say := w.kit, w.speech.say
	parts := []part{k.text(say("desktop.tab.nodes"), heading, k.ink, 0)}
	s := w.snapshot
	if s == nil || len(s.Graph.Nodes) == 0 {
		return w.panelColumn(parts...)
	}
	g := &s.Graph
	target := g.Types[g.Target]
	parts = append(parts,
		k.text(say("find.label", "type", target), small, k.muted, textWidth),
		k.input("find", w.sought, "", func(text string) {
			w.sought, w.stale = text, true
			w.command(wire.Find{Text: text})
		}))
	parts = append(parts, w.foundNodes(s, target)...)
	parts = append(parts, k.rule(),
		k.text(say("nodes.focus"), small, k.muted, 0),
		k.text(nodeName(g, 0), strong, k.ink, textWidth),
		k.text(className(w.speech, g, g.Nodes[0].Label), plain, k.muted, textWidth),
		k.row(8,
			k.button("walk back", say("transport.back"), look{disabled: len(w.walked) == 0, height: 28, as: small}, w.walkBack),
			k.button("focus arithmetic", say("desktop.arithmetic"), look{height: 28, as: small}, func() {
				w.inspect(wire.Subject{Kind: "node", Model: "student", Layer: max(s.Lanes[len(s.Lanes)-1].Model.Layers-1, 0), Type: target, I: g.Nodes[0].ID})
			})),
		k.rule(), k.text(say("desktop.neighbours"), small, k.muted, textWidth))
	return w.panelColumn(append(parts, w.neighbours(g)...)...)
}

// foundNodes are what the last search has found.
func (w *Window) foundNodes(s *wire.Snapshot, target string) (parts []part) {
	k, say := w.kit, w.speech.say
	if w.sought == "" || s.Found.Text != w.sought {
		return nil
	}
	switch {
	case s.Found.Count == 0:
		return []part{k.text(say("find.none", "type", target), plain, k.ink, textWidth)}
	case s.Found.Count > len(s.Found.Nodes):
		parts = append(parts, k.text(say("find.first", "shown", len(s.Found.Nodes), "all", s.Found.Count), small, k.muted, textWidth))
	}
	for _, n := range s.Found.Nodes {
		name := strings.TrimSpace(target + " " + strconv.Itoa(n.ID) + "  " + n.Name)
		parts = append(parts, k.button("found "+strconv.Itoa(n.ID), k.cut(name, plain, (textWidth-24)*k.unit), look{left: true, wide: true, height: 28}, func() { w.walkTo(n.ID) }))
	}
	return parts
}

// mostNeighbours is how many neighbours are listed.
const mostNeighbours = 24

// neighbours lists what is drawn around the focus: target nodes can be walked to, of
// any the arithmetic is shown.
func (w *Window) neighbours(g *wire.GraphView) (parts []part) {
	k := w.kit
	for i := 1; i < len(g.Nodes) && len(parts) < mostNeighbours; i++ {
		n := &g.Nodes[i]
		name := k.cut(nodeName(g, i), plain, (textWidth-24)*k.unit)
		if n.Type == g.Target {
			parts = append(parts, k.button("neighbour "+strconv.Itoa(i), name, look{left: true, wide: true, height: 28}, func() { w.walkTo(n.ID) }))
			continue
		}
		parts = append(parts, k.text(name, plain, k.muted, textWidth))
	}
	return parts
}

// nodeName is what a drawn node is called.
func nodeName(g *wire.GraphView, i int) string {
	n := &g.Nodes[i]
	return strings.TrimSpace(g.Types[n.Type] + " " + strconv.Itoa(n.ID) + "  " + n.Name)
}

// className is what a class is called.
func className(s *speech, g *wire.GraphView, class int) string {
	switch {
	case class < 0:
		return s.say("class.unknown")
	case class < len(g.Classes) && g.Classes[class] != "":
		return g.Classes[class]
	}
	return s.say("class.number", "class", strconv.Itoa(class))
}
