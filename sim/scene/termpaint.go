package scene

import (
	"image/color"
	"math"
	"strings"

	"abkd/sim/wire"
)

// Slot is how many seconds a term's messages take to arrive.
const Slot = 1.2

// turn returns how far term i's messages are on their way, 0..1, and how much
// of it stands there; term len(b.terms) is the sum, the one after that
// what the activation makes of it.
func (b *builder) turn(i int) (way, grown float32) {
	n := len(b.terms)
	b.Cycle = float64(n+4) * Slot
	b.Rest = b.Cycle - 0.2
	if b.Still {
		return 1, 1
	}
	t := float32(b.Time - float64(int(b.Time/b.Cycle))*b.Cycle - float64(i)*Slot)
	way = min(max(t/(0.7*Slot), 0), 1)
	return way * way * (3 - 2*way), min(max((t-0.6*Slot)/(0.4*Slot), 0), 1)
}

// paintTerms paints what stands between the neighbours and the focus.
func (b *builder) paintTerms(f *field, k float32, norms []float32, largest float32, sum, out *wire.Quantity) {
	top := largest
	column := -1
	if sum != nil {
		top, column = b.columns8(sum, out)
	}
	b.Moving = b.Moving || !b.Still
	for i := range b.terms {
		b.paintTerm(f, i, k, norms, top, column)
	}
	if sum != nil {
		b.paintSum(f, k, top, column, sum, out)
	}
}

// columns8 returns the largest entry among the first eight columns of all
// terms, and the column to mark: the one that is asked for, or that in which
// the sum is largest.
func (b *builder) columns8(sum, out *wire.Quantity) (top float32, column int) {
	for i := range b.terms {
		for _, v := range first8(b.terms[i].value) {
			top = larger(top, max(v, -v))
		}
	}
	for _, q := range [2]*wire.Quantity{sum, out} {
		for _, v := range first8(q.Value.Data) {
			top = larger(top, max(v, -v))
		}
	}
	for c, v := range first8(sum.Value.Data) {
		if w := sum.Value.Data[column]; max(v, -v) > max(w, -w) {
			column = c
		}
	}
	if asked := b.Asked - 1; asked >= 0 && asked < len(first8(sum.Value.Data)) {
		column = asked
	}
	return top, column
}

func first8(x []float32) []float32 { return x[:min(len(x), 8)] }

func (b *builder) paintTerm(f *field, i int, k float32, norms []float32, top float32, column int) {
	l := &b.terms[i]
	y := f.middle(i)
	way, grown := b.turn(i)
	c, dash, w := b.p.muted, Solid, max(0.25*b.unit, 1.5)
	if l.rel >= 0 {
		tint, d := b.style(l.rel)
		c, dash = b.p.relation[tint], d
	}
	if b.lit.rel > 0 && b.lit.rel-1 == l.rel {
		w *= 2
	}
	b.paintTermName(f, l, i, k)
	if l.off {
		b.y.line(f.x, y, f.bars, y, w*0.7, dash, alpha(c, 0.3*k))
		b.y.symbol(Cross, (f.x+f.bars)/2, y, b.unit, alpha(b.p.wrong, k))
		return
	}
	if l.own {
		look := b.symbolAt(0)
		kind, letter, tint := look.kind, look.letter, look.tint
		b.y.line(f.x+2.6*f.r, y, f.bars-b.unit/2, y, w, Solid, alpha(b.p.muted, k*0.6))
		b.y.ring(kind, f.x+1.4*f.r, y, f.r, 2, alpha(b.p.node[tint], k))
		b.y.text(letter, f.x+1.4*f.r, y, f.r, Middle, true, alpha(b.p.ink, k))
		if way < 1 && way > 0 {
			b.dotAt(f.x+2.6*f.r+(f.bars-f.x-2.6*f.r)*way, y, 0.7*b.unit, alpha(b.p.node[tint], k))
		}
	}
	if n := len(l.edges); n > 0 {
		b.y.line(f.x+1.4*f.r, y, f.bars-b.unit/2, y, w, dash, alpha(c, k))
	}
	b.paintTermMessages(f, i, k, norms, way)
	b.paintValues(f, l, y, k, norms, top, grown, column, c)
	// From the term to the focus's rim.
	mid := f.y + f.h/2
	dx, dy := f.focus-f.away, mid-y
	d := max(float32(math.Hypot(float64(dx), float64(dy))), 1)
	dx, dy = dx*(1-2.4*f.r/d), dy*(1-2.4*f.r/d)
	b.y.line(f.away, y, f.away+dx, y+dy, w, dash, alpha(c, 0.3*k))
	if grown > 0 {
		b.Messages.line(f.away, y, f.away+dx*grown, y+dy*grown, w, dash, alpha(c, k))
	}
}

// paintTermName names the term, where there is room above what it shows.
func (b *builder) paintTermName(f *field, l *term, i int, k float32) {
	if f.row < 2.6*b.small {
		return
	}
	name := l.name
	switch {
	case l.rel >= 0:
		name = b.named(strings.TrimPrefix(b.s.Graph.Relations[l.rel].Name, "rev_"))
	case l.own:
		name = b.say(wordOwn)
	case name == "b":
		name = b.say(wordBias)
	}
	y := f.y + float32(i)*f.row + 0.55*b.small
	name = fit(name, b.small, false, f.nodes-f.x)
	b.y.text(name, f.x, y, b.small, Start, false, alpha(b.p.muted, k))
	if l.more > 0 && len(b.terms) > 0 {
		s := b.count("+", l.more)
		b.y.text(s, min(f.x+Width(name, b.small, false)+1.5*b.unit, f.nodes), y, b.small, Start, true, alpha(b.p.muted, k))
	}
}

// paintTermMessages paints the messages of term i on their way to its value.
func (b *builder) paintTermMessages(f *field, i int, k float32, norms []float32, way float32) {
	if way <= 0 || way >= 1 {
		return
	}
	top := float32(0)
	for _, m := range norms {
		top = larger(top, m)
	}
	for _, e := range b.terms[i].edges {
		if e >= len(norms) || !(norms[e] > 0) {
			continue
		}
		src := b.s.Graph.Edges[e].Src
		x, y, _ := b.placeIn(f, src)
		p := plot{r: f.r}
		r, a := b.dot(&p, min(norms[e]/top, 1))
		x += f.r
		b.dotAt(x+(f.bars-x)*way, y+(f.middle(i)-y)*way, r, alpha(b.p.node[b.tint(src)], a*k))
	}
}

func (b *builder) dotAt(x, y, r float32, c color.NRGBA) {
	b.Messages.symbol(Circle, x, y, r+1, alpha(b.p.bg, float32(c.A)/255))
	b.Messages.symbol(Circle, x, y, r, c)
}

// paintValues paints a term: a bar for each of its first eight numbers, and the
// number of one column. While it is not known, a bar for each message, as long
// as that is strong.
func (b *builder) paintValues(f *field, l *term, y, k float32, norms []float32, top, grown float32, column int, c color.NRGBA) {
	half := 0.36 * f.row
	b.y.line(f.bars, y, f.bars+f.bar, y, 1, Solid, alpha(b.p.line, k))
	if l.value != nil {
		b.bars(f.bars, y, f.bar, half, first8(l.value), top, grown, k, column, -1)
		if column >= 0 && column < len(l.value) && grown > 0.5 && f.numbers {
			b.Messages.text(b.signedNumber(l.value[column]), f.bars+f.bar+b.unit, y, b.small, Start, true, alpha(b.p.ink, k))
		}
		return
	}
	w := f.bar / 8
	for n, e := range l.edges {
		if n < 8 && e < len(norms) && norms[e] > 0 {
			h := half * min(norms[e]/top, 1) * grown
			x := f.bars + float32(n)*w
			b.Messages.rect(x+0.15*w, y-h, x+0.85*w, y, 1, alpha(c, k))
		}
	}
}

// bars paints numbers as bars up and down from a line; a dash marks one column.
// In place of the bar of column asked, if any, stands a question mark.
func (b *builder) bars(x, y, w, half float32, v []float32, top, grown, k float32, column, asked int) {
	step := min(w/float32(max(len(v), 1)), 3*b.unit)
	for i, n := range v {
		if n != n || top <= 0 {
			continue
		}
		if i == asked {
			b.Messages.text("?", x+(float32(i)+0.5)*step, y, b.small, Middle, true, alpha(b.p.ink, k*grown))
			continue
		}
		c, h := b.p.positive, half*min(max(n/top, -1), 1)*grown
		if n < 0 {
			c = b.p.negative
		}
		x0 := x + float32(i)*step
		b.Messages.rect(x0+0.12*step, min(y, y-h), x0+0.88*step, max(y, y-h), 1, alpha(c, k))
		if i == column {
			b.Messages.rect(x0+0.12*step, y-1, x0+0.88*step, y+1, 1, alpha(b.p.ink, k*grown))
		}
	}
}

// signedNumber writes x with its sign, to be added.
func (b *builder) signedNumber(x float32) string {
	if x >= 0 {
		return b.memo(uint64(math.Float32bits(x)), 31, func(t []byte) []byte { return b.words.appendNumber(append(t, '+'), x, 2) })
	}
	return b.number(x, 2)
}

// paintSum paints the sum and what the activation makes of it, beside the
// focus.
func (b *builder) paintSum(f *field, k, top float32, column int, sum, out *wire.Quantity) {
	mid := f.y + f.h/2
	w := min(f.x+f.w-f.sum, 8*2.2*b.unit)
	half := min(0.11*f.h, 3.2*b.unit)
	for n, q := range [2]*wire.Quantity{sum, out} {
		if n == 1 && sum == out {
			break
		}
		_, grown := b.turn(len(b.terms) + n)
		y := mid - 0.24*f.h
		if n == 1 {
			y = mid + 0.26*f.h
		}
		b.y.line(f.sum, y, f.sum+w, y, 1, Solid, alpha(b.p.line, k))
		b.bars(f.sum, y, w, half, first8(q.Value.Data), top, grown, k, column, b.Asked-1)
		name := b.say(wordSum)
		if n == 1 {
			name = b.activation(q)
		}
		name = fit(name, b.small, false, f.x+f.w-f.sum-b.unit-Width("-0.00", b.small, true))
		at := y - half - 0.75*b.small
		b.y.text(name, f.sum, at, b.small, Start, false, alpha(b.p.muted, k))
		if column < len(q.Value.Data) && grown > 0.5 && column != b.Asked-1 {
			b.Messages.text(b.number(q.Value.Data[column], 2), f.sum+Width(name, b.small, false)+b.unit, at, b.small, Start, true, alpha(b.p.ink, k))
		}
	}
}

// activation names what the last quantity does to the sum.
func (b *builder) activation(q *wire.Quantity) string {
	for _, name := range [...]string{"relu", "elu"} {
		if strings.Contains(q.Formula, "= "+name+"(") {
			return name
		}
	}
	if q.Value.Cols == len(b.s.Graph.Classes) {
		return b.say(wordLogits)
	}
	return q.Symbol
}
