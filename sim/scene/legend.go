package scene

import "strings"

// legendShare is the part of a graph's height that its legend may take with the
// relations; a longer one leaves them out, but those that are off.
const legendShare = 0.3

// legend names the node types, relations and marks that occur, from y on, in
// as many rows as it takes, and returns its height.
func (b *builder) legend(a area, y float32, paint bool) float32 {
	if b.Bare {
		return 0
	}
	if !paint && !b.compact {
		b.compact = b.legendRows(a, y, false) > legendShare*a.h
	}
	return b.legendRows(a, y, paint && !b.Second && b.holds(a))
}

func (b *builder) legendRows(a area, y float32, paint bool) float32 {
	c := cursor{b: b, a: a, x: a.x, y: y + b.small, paint: paint}
	g := &b.s.Graph
	for i := range g.Types {
		if b.isDrawn(i) {
			look := b.symbol(i)
			if x, ok := c.entry(2.7*b.unit, b.typeName(i)); ok {
				r := 0.95 * b.unit
				b.y.symbol(look.kind, x+r, c.y, r, b.p.node[look.tint])
				b.y.text(look.letter, x+r, c.y, r, Middle, true, b.p.letter[look.tint])
			}
		}
	}
	for i, r := range g.Relations {
		off := len(b.s.Changes) > 0 && b.dropped(i)
		if (!b.compact || off) && (off || b.isDrawnRelation(i)) {
			tint, dash := b.style(i)
			if x, ok := c.entry(4.4*b.unit, b.named(r.Name)); ok {
				b.y.line(x+1, c.y, x+3.6*b.unit, c.y, max(0.25*b.unit, 1.5), dash, b.p.relation[tint])
				if off {
					b.y.symbol(Cross, x+1.8*b.unit, c.y, 0.9*b.unit, b.p.wrong)
				}
			}
		}
	}
	if x, ok := c.entry(2.4*b.unit, b.say(wordRight)); ok {
		b.badge(x+0.9*b.unit, c.y, 0.8*b.unit, true, b.p.right)
	}
	if x, ok := c.entry(2.4*b.unit, b.say(wordWrong)); ok {
		b.badge(x+0.9*b.unit, c.y, 0.8*b.unit, false, b.p.wrong)
	}
	return c.y + b.small - y
}

// A cursor places the entries of a legend.
type cursor struct {
	b     *builder
	a     area
	x, y  float32
	paint bool
}

// entry makes room for a mark of the given width and its name and returns
// where the mark goes; ok is false if nothing is to be painted.
func (c *cursor) entry(mark float32, name string) (x float32, ok bool) {
	w := mark + Width(name, c.b.small, false)
	if c.x > c.a.x && c.x+w > c.a.x+c.a.w {
		c.x, c.y = c.a.x, c.y+c.b.small*1.75
	}
	x = c.x
	c.x += w + 1.75*c.b.unit
	if c.paint {
		c.b.y.text(fit(name, c.b.small, false, c.a.w-mark), x+mark, c.y, c.b.small, Start, false, c.b.p.muted)
	}
	return x, c.paint
}

// isDrawn reports whether a node of type t is drawn.
func (b *builder) isDrawn(t int) bool {
	for i := range b.s.Graph.Nodes {
		if b.s.Graph.Nodes[i].Type == t {
			return true
		}
	}
	return false
}

// isDrawnRelation reports whether an edge of relation r or of its reverse is drawn and
// r is the one that is named.
func (b *builder) isDrawnRelation(r int) bool {
	rs := b.s.Graph.Relations
	name := rs[r].Name
	base := strings.TrimPrefix(name, "rev_")
	if base != name {
		for i := range rs {
			if rs[i].Name == base {
				return false // named by its base
			}
		}
	}
	for _, e := range b.s.Graph.Edges {
		if e.Rel >= 0 && e.Rel < len(rs) && strings.TrimPrefix(rs[e.Rel].Name, "rev_") == base {
			return true
		}
	}
	return false
}

// foot paints a legend, which begins at a y and returns its height, at the foot of
// a, and takes that from a. Of two pictures side by side the first has it, and the
// second leaves as much room.
func (b *builder) foot(a *area, legend func(y float32, paint bool) float32) {
	low := legend(0, false)
	legend(a.y+a.h-low, !b.Second && b.holds(*a))
	a.h -= low + b.unit
}
