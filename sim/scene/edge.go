package scene

import (
	"math"

	"abkd/sim/wire"
)

// paintMessages paints the messages at u of their way: forward as dots, backward, which
// is the derivative of each message, as hollow diamonds in the other direction.
func (b *builder) paintMessages(p *plot, norms []float32, largest, u float32) {
	switch {
	case b.Beat == Loss || b.Beat == Update:
		return
	case b.Beat == NoBeat && !b.Still && p.lanes < 0.5:
		b.Moving = b.Moving || largest > 0
	}
	for i := range b.s.Graph.Edges {
		if i >= len(norms) || !(norms[i] > 0) {
			continue
		}
		if p.lanes >= 0.5 && b.Beat == NoBeat {
			if !b.isNear(i) {
				continue // dots are for what is pointed at
			}
			b.Moving = b.Moving || !b.Still
		}
		if b.Beat == Backward {
			b.gradient(p, i, u)
			continue
		}
		b.message(p, i, min(norms[i]/largest, 1), u)
	}
}

// gradient paints the derivative of one message at u of its way back.
func (b *builder) gradient(p *plot, i int, u float32) {
	x0, y0, x1, y1, ok := b.span(p, i)
	if !ok || u >= 1 && !b.Still {
		return
	}
	if b.Still {
		u = 0.5
	}
	x, y, r := x1+(x0-x1)*u, y1+(y0-y1)*u, min(0.8*b.unit, 0.6*p.r)
	shown := b.uncovered(p, x, y, r)
	b.Messages.symbol(Diamond, x, y, r, alpha(b.p.bg, shown))
	b.Messages.ring(Diamond, x, y, r, 1.75, alpha(b.p.accent, shown))
}

// span returns the visible part of an edge: from rim to rim, beside the edge
// that runs the opposite way.
func (b *builder) span(p *plot, i int) (x0, y0, x1, y1 float32, ok bool) {
	e := b.s.Graph.Edges[i]
	x0, y0, r0 := b.at(p, e.Src)
	x1, y1, r1 := b.at(p, e.Dst)
	dx, dy := x1-x0, y1-y0
	d := float32(math.Hypot(float64(dx), float64(dy)))
	if d < r0+r1 {
		return 0, 0, 0, 0, false
	}
	dx, dy = dx/d, dy/d
	if p.terms > 0 && e.Dst == 0 && b.places[e.Src].term > 0 {
		// In the row of its term it is the stretch behind its source.
		f := &p.field
		x, y := x0+2.2*f.r, f.middle(b.termOf(e.Rel))
		x1, y1, r1 = x1+(x-x1)*p.terms, y1+(y-y1)*p.terms, r1*(1-p.terms)
		dx, dy = x1-x0, y1-y0
		d = max(float32(math.Hypot(float64(dx), float64(dy))), 1)
		dx, dy = dx/d, dy/d
	} else if b.Layout.twin[i] {
		side := min(0.28*p.r, 3.2)
		x0, y0, x1, y1 = x0+dy*side, y0-dx*side, x1+dy*side, y1-dx*side
	}
	return x0 + dx*r0, y0 + dy*r0, x1 - dx*r1, y1 - dy*r1, true
}

// termOf returns the term of a relation.
func (b *builder) termOf(rel int) int {
	for n := range b.terms {
		if b.terms[n].rel == rel {
			return n
		}
	}
	return 0
}

func (b *builder) edge(p *plot, i int, used bool) {
	e := b.s.Graph.Edges[i]
	inTerm := p.terms > 0 && e.Dst == 0 && b.places[e.Src].term > 0
	fade := 1 - p.terms
	if e.Dst != 0 && p.lanes > 0 && !b.isNear(i) {
		fade = min(fade, 1-p.lanes)
	}
	x0, y0, x1, y1, ok := b.span(p, i)
	if !ok || fade < 0.02 && !inTerm {
		return
	}
	tint, dash := b.style(e.Rel)
	w, c := max(0.2*b.unit, 1.2), b.p.relation[tint]
	it := Item{Edge, i, 0}
	selected := b.selected.item == it
	into := b.selected.item.Target == Node && b.selected.item.I == e.Dst || b.selected.item.Target != Node && e.Dst == 0
	switch {
	case b.isPointedAt(it) || selected || b.lit.rel == e.Rel+1 && into:
		w, fade = max(2.5*w, 3), max(fade, p.terms)
	case !used:
		w, c = w*0.7, alpha(c, 0.38)
	}
	if selected {
		mx, my, half := (x0+x1)/2, (y0+y1)/2, 1.5*b.unit
		b.y.line(x0, y0, x1, y1, w+4, Solid, alpha(b.p.accent, 0.45))
		b.brackets(b.y, mx-half, my-half, mx+half, my+half)
	}
	if fade < 1 {
		c = alpha(c, fade*float32(c.A)/255)
	}
	b.y.line(x0, y0, x1, y1, w, dash, c)
	b.hits = append(b.hits, hit{x0, y0, x1, y1, it, 5})
}

// cuts paints the edges that were cut: a gap with a cross in it.
func (b *builder) cuts(p *plot) {
	for i := range b.s.Changes {
		edit, made := b.editMade(i)
		e, cut := edit.(wire.Cut)
		if !made || !cut || b.isMended(i, e) {
			continue
		}
		rel := b.relation(e.Relation)
		if rel < 0 {
			continue
		}
		r := b.s.Graph.Relations[rel]
		src, dst := b.drawnNode(r.Src, e.Src), b.drawnNode(r.Dst, e.Dst)
		if src >= 0 && dst >= 0 && p.terms < 1 {
			b.paintCut(p, rel, src, dst)
		}
	}
}

func (b *builder) paintCut(p *plot, rel, src, dst int) {
	x0, y0, _ := b.at(p, src)
	x1, y1, _ := b.at(p, dst)
	tint, dash := b.style(rel)
	c := alpha(b.p.relation[tint], 0.35*(1-p.terms))
	b.y.line(x0, y0, x0+(x1-x0)*0.4, y0+(y1-y0)*0.4, 1.2, dash, c)
	b.y.line(x0+(x1-x0)*0.6, y0+(y1-y0)*0.6, x1, y1, 1.2, dash, c)
	b.y.symbol(Cross, (x0+x1)/2, (y0+y1)/2, b.unit, alpha(b.p.wrong, 1-p.terms))
}

// isMended reports whether the edge that change i cut was mended by now.
func (b *builder) isMended(i int, cut wire.Cut) bool {
	for k := i + 1; k < len(b.s.Changes); k++ {
		if edit, made := b.editMade(k); made && edit == wire.Edit(wire.Mend(cut)) {
			return true
		}
	}
	return false
}

func (b *builder) drawnNode(typ, id int) int {
	for i := range b.s.Graph.Nodes {
		if v := &b.s.Graph.Nodes[i]; v.Type == typ && v.ID == id {
			return i
		}
	}
	return -1
}

// message paints one message at u of its period. Its size and opacity grow
// with its strength, 0..1.
func (b *builder) message(p *plot, i int, strength, u float32) {
	x0, y0, x1, y1, ok := b.span(p, i)
	if !ok {
		return
	}
	t := min(u/0.8, 1)
	t = t * t * (3 - 2*t)
	r, a := b.dot(p, strength)
	if u > 0.8 { // arrived: it fades into the node
		a *= max(1-(u-0.8)/0.15, 0)
	}
	c := b.p.node[b.tint(b.s.Graph.Edges[i].Src)]
	tail := max(t-0.16, 0)
	x, y := x0+(x1-x0)*t, y0+(y1-y0)*t
	a *= b.uncovered(p, x, y, r)
	b.Messages.line(x0+(x1-x0)*tail, y0+(y1-y0)*tail, x, y, r, Solid, alpha(c, a*0.45))
	b.Messages.symbol(Circle, x, y, r+1, alpha(b.p.bg, a))
	b.Messages.symbol(Circle, x, y, r, alpha(c, a))
}

// dot returns radius and opacity of a message of that strength.
func (b *builder) dot(p *plot, strength float32) (r, a float32) {
	return min(b.unit, 0.7*p.r) * (0.25 + 0.5*float32(math.Sqrt(float64(strength)))), 0.4 + 0.6*strength
}

// uncovered returns how much of a dot of radius r at (x, y) no node covers:
// messages are painted above the nodes but pass below them.
func (b *builder) uncovered(p *plot, x, y, r float32) float32 {
	least := float32(1)
	for i := range b.Layout.X {
		nx, ny, nr := b.at(p, i)
		if dx, dy := x-nx, y-ny; dx*dx+dy*dy < (nr+r)*(nr+r) {
			d := float32(math.Hypot(float64(dx), float64(dy)))
			least = min(least, max((d-nr+r)/(2*r), 0))
		}
	}
	return least
}
