package scene

import (
	"slices"

	"abkd/sim/wire"
)

// A term is a part of the sum that is the focus's new vector: what one
// relation brings, the node's own share or the bias. It has a row of the picture.
type term struct {
	rel   int // -1 for none
	own   bool
	name  string
	value []float32 // of the term, if it is known
	edges []int     // into the focus, over the relation
	more  int       // neighbours that are not drawn
	off   bool      // the relation was switched off
}

// A place is where a node stands: the k-th of n in the row of term-1.
type place struct{ term, k, n int }

// findTerms lists the terms of the focus's sum: of the selected arithmetic if
// it is the focus's, and else by the relations alone.
func (b *builder) findTerms() (sum, out *wire.Quantity) {
	g := &b.s.Graph
	b.terms, b.places = b.terms[:0], b.places[:0]
	for range g.Nodes {
		b.places = append(b.places, place{})
	}
	sum, out = b.sum()
	if sum == nil {
		b.addTerm(-1).own = true
	} else {
		for _, u := range sum.Uses {
			q := b.quantityAt(u)
			if q == nil || q.Value.Rows != 1 || b.relationInto(q.Of) >= 0 {
				continue
			}
			l := b.addTerm(-1)
			l.value, l.own = q.Value.Data, q.Symbol == "h·W_0" || q.Symbol == "self"
			l.name = q.Symbol
		}
	}
	for i := range g.Relations {
		if g.Relations[i].Dst != g.Nodes[0].Type {
			continue
		}
		l := b.addTerm(i)
		for k, e := range g.Edges {
			if e.Rel == i && e.Dst == 0 {
				l.edges = append(l.edges, k)
			}
		}
		l.value, l.more = b.valueOf(sum, g.Relations[i].Name, len(l.edges))
		l.off = len(l.edges) == 0 && b.dropped(i)
		if len(l.edges) == 0 && !l.off {
			b.terms = b.terms[:len(b.terms)-1]
		}
	}
	for i := range b.terms {
		b.placeSources(i)
	}
	return sum, out
}

// addTerm appends a term, in storage that was used before if there is any.
func (l *List) addTerm(rel int) *term {
	n := len(l.terms)
	l.terms = slices.Grow(l.terms, 1)[:n+1]
	p := &l.terms[n]
	*p = term{rel: rel, edges: p.edges[:0]}
	return p
}

// placeSources gives the neighbours of term i their places, each in the first
// of its terms.
func (b *builder) placeSources(i int) {
	n := 0
	for _, e := range b.terms[i].edges {
		if p := &b.places[b.s.Graph.Edges[e].Src]; p.term == 0 && b.s.Graph.Edges[e].Src != 0 {
			*p = place{term: i + 1, k: n}
			n++
		}
	}
	for k := range b.places {
		if b.places[k].term == i+1 {
			b.places[k].n = n
		}
	}
}

// sum returns the sum of the focus's new vector and what the activation makes
// of it, nil if the inspection does not have them.
func (b *builder) sum() (sum, out *wire.Quantity) {
	in := &b.s.Inspection
	n := len(in.Quantities)
	if b.selected.item != (Item{Node, 0, 0}) || in.Subject != b.Select || n == 0 {
		return nil, nil
	}
	out = &in.Quantities[n-1]
	sum = out
	if len(out.Uses) == 1 {
		if q := b.quantityAt(out.Uses[0]); q != nil && len(q.Uses) > 0 {
			sum = q
		}
	}
	if sum.Value.Rows != 1 || out.Value.Rows != 1 || sum.Value.Cols != out.Value.Cols {
		return nil, nil
	}
	return sum, out
}

func (b *builder) quantityAt(i int) *wire.Quantity {
	if q := b.s.Inspection.Quantities; i >= 0 && i < len(q) {
		return &q[i]
	}
	return nil
}

// relationInto returns the relation of that name into the focus's type.
func (b *builder) relationInto(name string) int {
	for i, r := range b.s.Graph.Relations {
		if r.Name == name && r.Dst == b.s.Graph.Nodes[0].Type {
			return i
		}
	}
	return -1
}

// valueOf returns the value of a relation's term, and how many more neighbours
// it is of than are drawn.
func (b *builder) valueOf(sum *wire.Quantity, rel string, drawn int) (value []float32, more int) {
	if sum == nil {
		return nil, 0
	}
	own := false
	for _, u := range sum.Uses {
		q := b.quantityAt(u)
		if q != nil && q.Of == rel && q.Value.Rows == 1 {
			value = q.Value.Data
		}
		own = own || q != nil && q.Symbol == "h·W_0"
	}
	for i := range b.s.Inspection.Quantities {
		if q := &b.s.Inspection.Quantities[i]; q.Symbol == "H" && q.Of == rel {
			more = q.Value.Rows - drawn
			if !own { // the list has the node itself, too
				more--
			}
		}
	}
	return value, max(more, 0)
}

// A field is where the rows of the terms are.
//
//	  neighbours            terms        focus   sum
//	P   P   P  ------------> ▂▅▁▇ \
//	A   A      - - - - - - > ▁▂▇▁  --->   (P)    ▃▂▇▁
//	F          . . . . . . > ▅▁▁▂ /              ▃▁▇▁
type field struct {
	area
	row, r                             float32 // height of a term's row, radius of a node
	nodes, bars, bar, away, focus, sum float32 // x of the columns, width of the bars
	numbers                            bool    // stand between bars and away, where the way to the focus begins
}

func (b *builder) field(a area, r float32) field {
	f := field{area: a}
	n := float32(max(len(b.terms), 1))
	f.row = min(a.h/n, 11*b.unit)
	f.y += (a.h - n*f.row) / 2
	f.h = n * f.row
	f.r = min(r, 0.3*f.row)
	f.nodes, f.bars = a.x+0.31*a.w, a.x+0.36*a.w
	f.bar = min(0.17*a.w, 8*2.2*b.unit)
	f.focus, f.sum = a.x+0.73*a.w, a.x+0.83*a.w
	f.away = f.bars + f.bar + b.unit
	if f.numbers = f.row >= 1.5*b.small && f.focus-2*f.r-f.away > 4.5*b.small; f.numbers {
		f.away += 3.2 * b.small
	}
	return f
}

func (f *field) middle(term int) float32 { return f.y + (float32(term)+0.62)*f.row }

// placeIn returns where node i stands in f, and whether it does.
func (b *builder) placeIn(f *field, i int) (x, y float32, ok bool) {
	if i == 0 {
		return f.focus, f.y + f.h/2, true
	}
	p := b.places[i]
	if p.term == 0 {
		return 0, 0, false
	}
	step := min((f.nodes-f.x)/float32(max(p.n, 1)), 4.2*f.r)
	return f.x + f.r*1.4 + float32(p.k)*step, f.middle(p.term - 1), true
}
