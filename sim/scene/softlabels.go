package scene

import (
	"image/color"
	"math"
	"strconv"

	"abkd/sim/wire"
)

// A card shows the soft labels of one drawn target node.
type card struct {
	area
	node             int       // index into GraphView.Nodes
	teacher, student []float32 // shares of the classes, nil for a model that there is not
}

// softLabels paints the soft labels of the focus, class by class, beside those of
// the target nodes around it: neighbours are seldom of another class, which is
// what second thoughts are about.
//
//	┌ paper 17 ────────┐    ┌ 3 ┐ ┌ 9 ┐
//	│ ● ML  ▬▬▬▬▬▬▬    │----│▂▅▁│ │▁▇▁│
//	│ ▲ DB  ▬▬|        │    └───┘ └───┘
//	└──────────────────┘
func (b *builder) softLabels(a area) {
	n := &b.s.Neighbours
	if len(n.Nodes) == 0 || n.Nodes[0] != 0 || n.Teacher.Empty() && n.Student.Empty() {
		b.lines(a, b.say(wordNoAnswers))
		return
	}
	t := max(b.Temperature, 0.1)
	top := a.y + 1.6*b.title
	b.y.text(b.verdictIn(a.w, true, !n.Teacher.Empty()), a.x, a.y+0.7*b.title, b.body, Start, true, b.p.ink)
	focus, rest := area{a.x, top, a.w * 0.44, a.h - 1.6*b.title}, area{a.x + 0.5*a.w, top, 0.5 * a.w, a.h - 1.6*b.title}
	if a.w < 1.15*a.h || a.w < 420 {
		focus, rest = area{a.x, top, a.w, (a.h - 1.6*b.title) * 0.52}, area{a.x, top + (a.h-1.6*b.title)*0.58, a.w, (a.h - 1.6*b.title) * 0.42}
	}
	b.shares = b.shares[:0]
	b.arrangeCards(rest, len(n.Nodes)-1)
	for i := range b.cards {
		b.joinCard(&focus, &b.cards[i])
	}
	f := card{area: focus, node: 0}
	b.fill(&f, 0, t)
	b.paintFocusCard(&f, t)
	for i := range b.cards {
		b.paintCard(&b.cards[i], t)
	}
}

// arrangeCards places the neighbours in a, those that send the focus a message
// first, as many as there is room for.
func (b *builder) arrangeCards(a area, most int) {
	b.cards = b.cards[:0]
	least := 8.5 * b.body
	cols := min(max(int(a.w/least), 1), 4)
	rows := max(int(a.h/(6.2*b.body)), 1)
	most = min(most, cols*rows)
	gap := 1.25 * b.unit
	w, h := (a.w-gap*float32(cols-1))/float32(cols), min((a.h-gap*float32(rows-1))/float32(rows), 10*b.body)
	for pass := range 2 {
		for _, v := range b.s.Neighbours.Nodes[1:] {
			if b.isDirect(int(v)) != (pass == 0) || len(b.cards) == most {
				continue
			}
			k := len(b.cards)
			b.cards = append(b.cards, card{area: area{a.x + float32(k%cols)*(w+gap), a.y + float32(k/cols)*(h+gap), w, h}, node: int(v)})
		}
	}
}

// isDirect reports whether drawn node v sends the focus a message.
func (b *builder) isDirect(v int) bool {
	for _, e := range b.s.Graph.Edges {
		if e.Src == v && e.Dst == 0 {
			return true
		}
	}
	return false
}

// joinCard joins a neighbour's card with that of the focus: by a line where a
// message goes, by dots where it takes more than one.
func (b *builder) joinCard(focus *area, c *card) {
	x0, y0, x1, y1 := focus.x+focus.w, focus.y+focus.h/2, c.x, c.y+c.h/2
	if c.y >= focus.y+focus.h { // below it
		x0, y0, x1, y1 = focus.x+focus.w/2, focus.y+focus.h, c.x+c.w/2, c.y
	}
	dash, tint, o := Dotted, b.p.muted, float32(0.35)
	if b.isDirect(c.node) {
		dash, o = Solid, 0.7
	}
	if b.isPointedAt(Item{Node, c.node, 0}) {
		tint, o = b.p.ink, 1
	}
	b.y.line(x0, y0, x1, y1, 1.5, dash, alpha(tint, o))
}

// fill computes the shares of the k-th neighbour at temperature t.
func (b *builder) fill(c *card, k int, t float32) {
	n := &b.s.Neighbours
	if k < n.Teacher.Rows {
		c.teacher = b.soften(n.Teacher.Row(k), t)
	}
	if k < n.Student.Rows {
		c.student = b.soften(n.Student.Row(k), t)
	}
}

// soften returns softmax(logits / t).
func (b *builder) soften(logits []float32, t float32) []float32 {
	at, top := len(b.shares), float32(math.Inf(-1))
	for _, z := range logits {
		top = larger(top, z)
	}
	sum := 0.0
	for _, z := range logits {
		e := math.Exp(float64((z - top) / t))
		sum += e
		b.shares = append(b.shares, float32(e))
	}
	p := b.shares[at:]
	for i := range p {
		if p[i] = float32(float64(p[i]) / sum); p[i] != p[i] {
			p[i] = 0
		}
	}
	return p
}

// indexOf returns which of the neighbours drawn node v is.
func (b *builder) indexOf(v int) int {
	for k, of := range b.s.Neighbours.Nodes {
		if int(of) == v {
			return k
		}
	}
	return 0
}

// paintCard paints a neighbour: a bar for each class, as tall as the teacher's
// share of it, with a dash where the student's is.
func (b *builder) paintCard(c *card, t float32) {
	it := Item{Node, c.node, 0}
	b.fill(c, b.indexOf(c.node), t)
	b.y.rect(c.x, c.y, c.x+c.w, c.y+c.h, b.unit/2, b.p.surface)
	frame := b.p.line
	if b.isPointedAt(it) {
		frame = b.p.ink
	}
	b.y.frame(c.x+0.75, c.y+0.75, c.x+c.w-0.75, c.y+c.h-0.75, b.unit/2, 1.5, frame)
	if b.selected.item == it {
		b.brackets(b.y, c.x, c.y, c.x+c.w, c.y+c.h)
	}
	v := &b.s.Graph.Nodes[c.node]
	pad := 0.75 * b.unit
	x := c.x + pad
	if v.Label >= 0 {
		kind, tint := b.classLook(v.Label)
		b.y.symbol(kind, x+0.6*b.unit, c.y+pad+0.5*b.small, 0.6*b.unit, tint)
		x += 2 * b.unit
	}
	b.y.text(b.cardName(v, c.x+c.w-pad-x), x, c.y+pad+0.5*b.small, b.small, Start, false, b.p.ink)
	b.paintCardShares(c, area{c.x + pad, c.y + 2*pad + b.small, c.w - 2*pad, c.h - 3*pad - b.small})
	b.hit(c.x, c.y, c.x+c.w, c.y+c.h, it)
}

// cardName is what a node is called, in a width.
func (b *builder) cardName(v *wire.NodeView, w float32) string {
	return b.memo(uint64(v.ID)<<16|uint64(v.Type), nameKey(v.Name)^uint64(w)<<8, func(s []byte) []byte {
		name := v.Name
		if name == "" {
			name = b.nodeName(v)
		}
		return append(s, fit(name, b.small, false, w)...)
	})
}

// paintCardShares paints a bar in a for each class that the focus's card has and
// one for all others, and names the likeliest of all.
func (b *builder) paintCardShares(c *card, a area) {
	p := c.teacher
	if len(p) == 0 {
		p = c.student
	}
	if k := strongest(p); k >= 0 && a.h > 3.5*b.small {
		_, tint := b.classLook(k)
		b.y.text(b.cardClass(k, p[k], a.w), a.x, a.y+0.5*b.small, b.small, Start, true, tint)
		a.y, a.h = a.y+1.4*b.small, a.h-1.4*b.small
	}
	bars := len(b.ranked)
	if bars < len(p) {
		bars++
	}
	step := a.w / float32(max(bars, 1))
	floor := a.y + a.h
	b.y.line(a.x, floor, a.x+a.w, floor, 1, Solid, b.p.line)
	for i := range bars {
		tint, teacher, student := b.p.muted, b.others(c.teacher), b.others(c.student)
		if i < len(b.ranked) {
			k := b.ranked[i]
			_, tint = b.classLook(k)
			teacher, student = shareOf(c.teacher, k), shareOf(c.student, k)
		}
		x0, x1 := a.x+(float32(i)+0.1)*step, a.x+(float32(i)+0.9)*step
		if len(c.teacher) > 0 {
			b.y.rect(x0, floor-a.h*teacher, x1, floor, 0, tint)
		}
		if len(c.student) > 0 {
			y := floor - a.h*student
			b.y.rect(x0, y-1, x1, y+1, 0, b.p.ink)
		}
	}
}

// shareOf returns the share of class k, 0 of a model that there is not.
func shareOf(p []float32, k int) float32 {
	if k < len(p) {
		return p[k]
	}
	return 0
}

// others returns what p leaves to the classes that have no bar of their own.
func (b *builder) others(p []float32) float32 {
	if len(p) == 0 {
		return 0
	}
	rest := float32(1)
	for _, k := range b.ranked {
		rest -= shareOf(p, k)
	}
	return max(rest, 0)
}

// cardClass names class k with its share, in a width.
func (b *builder) cardClass(k int, share, w float32) string {
	return b.memo(uint64(k)<<32|uint64(w), uint64(math.Round(float64(share)*100))<<8|8, func(s []byte) []byte {
		percent := " " + strconv.Itoa(int(math.Round(float64(share)*100))) + " %"
		return append(append(s, fit(class(&b.s.Graph, k), b.small, true, w-Width(percent, b.small, true))...), percent...)
	})
}

// paintFocusCard paints the focus: a row for each class, its name, the teacher's
// share as a bar and in percent, the student's as a dash.
func (b *builder) paintFocusCard(c *card, t float32) {
	v := &b.s.Graph.Nodes[0]
	b.y.frame(c.x+1, c.y+1, c.x+c.w-1, c.y+c.h-1, b.unit/2, 2, b.p.ink)
	pad := 1.25 * b.unit
	caption := b.memo(uint64(math.Float32bits(t)), 6, func(s []byte) []byte {
		return b.words.appendText(s, wordTemperature, "value", b.float(t, 'f', 1))
	})
	b.y.text(fit(caption, b.small, false, c.w-2*pad), c.x+pad, c.y+pad+0.5*b.small, b.small, Start, false, b.p.muted)
	low := b.sharesLegend(area{c.x + pad, c.y, c.w - 2*pad, c.h}, c.y+c.h-pad-2*b.small, c)
	rows := area{c.x + pad, c.y + pad + 1.6*b.small, c.w - 2*pad, c.h - 2*pad - 1.6*b.small - low}
	n := max(len(c.teacher), len(c.student))
	shown := min(n, mostRows, max(int(rows.h/(1.5*b.small)), 1))
	height := min(rows.h/float32(max(shown, 1)), 3*b.body)
	if shown < n {
		shown = max(shown-1, 1) // the last row is that of all others
	}
	first := b.rank(c, shown, n)
	name := min(0.36*rows.w, 9*b.small)
	number := Width("100 %", b.small, false)
	x0, x1 := rows.x+name+b.unit, rows.x+rows.w-number-b.unit
	row := func(i int, teacher, student float32, tint color.NRGBA) {
		y, half := rows.y+(float32(i)+0.5)*height, min(0.34*height, b.unit)
		b.y.line(x0, y, x1, y, 1, Solid, b.p.line)
		if len(c.teacher) > 0 {
			b.y.rect(x0, y-half, x0+(x1-x0)*teacher, y+half, 1, tint)
		}
		if len(c.student) > 0 {
			x := x0 + (x1-x0)*student
			b.y.rect(x-1.25, y-1.3*half, x+1.25, y+1.3*half, 0, b.p.ink)
		}
		if len(c.teacher) == 0 {
			teacher = student
		}
		b.y.text(b.percent(teacher), rows.x+rows.w, y, b.small, End, false, b.p.ink)
	}
	for i, k := range first {
		y := rows.y + (float32(i)+0.5)*height
		kind, tint := b.classLook(k)
		b.y.symbol(kind, rows.x+0.8*b.unit, y, 0.7*b.unit, tint)
		ink := b.p.muted
		if k == v.Label {
			ink = b.p.ink
		}
		b.y.text(b.className(k, k == v.Label, name-2*b.unit), rows.x+2*b.unit, y, b.small, Start, k == v.Label, ink)
		row(i, shareOf(c.teacher, k), shareOf(c.student, k), tint)
	}
	if len(first) < n {
		y := rows.y + (float32(len(first))+0.5)*height
		b.y.text(b.count("+", n-len(first)), rows.x+2*b.unit, y, b.small, Start, false, b.p.muted)
		row(len(first), b.others(c.teacher), b.others(c.student), b.p.muted)
	}
}

// mostRows is of how many classes a card shows the shares.
const mostRows = 14

// rank returns the n likeliest classes of all, in their own order.
func (b *builder) rank(c *card, n, all int) []int {
	p := c.teacher
	if len(p) == 0 {
		p = c.student
	}
	b.ranked = b.ranked[:0]
	for k := range all {
		above := 0
		for j := range all {
			if p[j] > p[k] || p[j] == p[k] && j < k {
				above++
			}
		}
		if above < n {
			b.ranked = append(b.ranked, k)
		}
	}
	return b.ranked
}

// className is the name of class k, in a width.
func (b *builder) className(k int, bold bool, w float32) string {
	return b.memo(uint64(k)<<32|uint64(w), 9, func(s []byte) []byte { return append(s, fit(class(&b.s.Graph, k), b.small, bold, w)...) })
}

// percent writes a share.
func (b *builder) percent(p float32) string {
	return b.memo(uint64(math.Round(float64(p)*1000)), 7, func(t []byte) []byte {
		decimals := 0
		if p < 0.0995 {
			decimals = 1
		}
		return append(b.words.appendFloat(t, float64(p)*100, 'f', decimals), " %"...)
	})
}

// sharesLegend says what bar and dash are, at y, and returns its height.
func (b *builder) sharesLegend(a area, y float32, c *card) float32 {
	x := a.x
	mark := func(w float32, word phrase, tint color.NRGBA) {
		b.y.rect(x, y+b.small-w/2, x+2*b.unit, y+b.small+w/2, 0, tint)
		b.y.text(b.say(word), x+2.75*b.unit, y+b.small, b.small, Start, false, b.p.muted)
		x += 4.5*b.unit + Width(b.say(word), b.small, false)
	}
	if len(c.teacher) > 0 {
		mark(b.unit, wordTeacher, b.p.muted)
	}
	if len(c.student) > 0 {
		mark(2.5, wordStudent, b.p.ink)
	}
	return 2 * b.small
}
