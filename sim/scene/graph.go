package scene

import (
	"image/color"
	"math"
	"strconv"

	"abkd/sim/wire"
)

// graph paints the focus graph and the messages of one layer.
func (b *builder) graph(a area) {
	g := &b.s.Graph
	b.paintDivider(a)
	if len(g.Nodes) == 0 {
		b.lines(a, b.say(wordWaiting))
		return
	}
	b.compact = a.h < 22*b.body
	teacher, messages := b.messages()
	layer, u := b.layer(len(messages))
	top := b.heading(a, teacher, layer, len(messages))
	low := b.legend(a, 0, false)
	b.legend(a, a.y+a.h-low, true)
	inner := area{a.x, a.y + top, a.w, a.h - top - low - b.unit}
	p := b.stage(inner)
	p.lanes, p.room = min(max(b.Pose.Share[Neighbourhood], 0), 1), inner
	p.laneR = [2]float32{b.Layout.lanes.radius(inner, 0, 2.6*b.unit), b.Layout.lanes.radius(inner, 1, 2.2*b.unit)}
	var norms []float32
	if layer < len(messages) {
		norms = messages[layer]
	}
	largest := float32(0)
	for _, m := range norms {
		largest = larger(largest, m)
	}
	if p.terms = min(max(b.Pose.Share[Terms], 0), 1); p.terms > 0 {
		sum, out := b.findTerms()
		p.field = b.field(inner, p.r)
		b.paintTerms(&p.field, p.terms, norms, largest, sum, out)
	} else {
		b.Cycle = float64(max(len(messages), 1)) * Period
		b.Rest = b.Cycle - 0.55*Period
	}
	b.giveWay(&p)
	for i := range g.Edges {
		b.edge(&p, i, i < len(norms) && norms[i] > 0)
	}
	b.cuts(&p)
	if p.terms < 0.5 {
		b.paintMessages(&p, norms, largest, u)
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		b.node(&p, i, teacher)
	}
}

// messages returns whose messages are shown. As long as there is no student
// they are the teacher's.
func (b *builder) messages() (teacher bool, m [][]float32) {
	g := &b.s.Graph
	teacher = b.Teacher
	if b.Beat != NoBeat {
		teacher = false // the one that learns is shown
	} else if b.Frame() == Terms && b.selected.layer.Target == Block {
		teacher = b.selected.layer.I == 0
	}
	if teacher && len(g.TeacherMessages) > 0 || len(g.StudentMessages) == 0 {
		return true, g.TeacherMessages
	}
	return false, g.StudentMessages
}

// layer returns which of n layers is shown, counted from 0, and how far its
// messages are on their way, 0..1.
func (b *builder) layer(n int) (layer int, u float32) {
	u = 0.62 // where messages stand if they do not move
	if !b.Still {
		u = float32(math.Mod(b.Time, Period) / Period)
	}
	switch held := b.chosenLayer(n); {
	case n == 0:
		return 0, u
	case b.Beat == Forward || b.Beat == Backward:
		layer, on := b.wave(n)
		if b.Still {
			on = u
		}
		return layer, on
	case held >= 0:
		return held, u
	case b.Still || b.Beat != NoBeat:
		return 0, u
	}
	return int(b.Time/Period) % n, u
}

// heading names what is shown and returns its height.
func (b *builder) heading(a area, teacher bool, layer, layers int) float32 {
	who := wordStudent
	if teacher {
		who = wordTeacher
	}
	caption := b.say(wordNoMessage)
	if layers > 0 {
		kind := uint64(0)
		if teacher {
			kind = 1
		}
		caption = b.memo(kind, uint64(layer)<<32|uint64(layers), func(t []byte) []byte {
			return b.words.appendText(t, wordLayerOf, "model", b.say(who), "layer", strconv.Itoa(layer+1), "layers", strconv.Itoa(layers))
		})
	}
	side := b.row()
	room := a.w - b.chips(a, side, layer, layers, Width(caption, b.title, true))
	y := a.y + side/2
	b.y.text(fit(caption, b.title, true, room), a.x, y, b.title, Start, true, b.p.ink)
	b.y.text(b.verdictIn(a.w, false, teacher), a.x, b.second(a), b.body, Start, false, b.p.muted)
	return side + b.body*1.9
}

// second is the height of the second line of either part.
func (b *builder) second(a area) float32 { return a.y + b.row() + b.body*0.75 }

// row is the height of the first line of either part: that of a chip, large
// enough for a finger.
func (b *builder) row() float32 { return max(3*b.unit, 24) }

// chips paints a square for each layer and returns the width they take, 0 if
// there is no room for them beside a caption of that width, or a comes and goes.
func (b *builder) chips(a area, side float32, layer, layers int, caption float32) float32 {
	step := side + b.unit/2
	if layers < 2 || !b.holds(a) || caption+b.unit+step*float32(layers) > a.w {
		return 0
	}
	for i := range layers {
		x := a.x + a.w - step*float32(layers-i) + step - side
		ink := b.p.muted
		if i == layer {
			ink = b.p.bg
			b.y.rect(x, a.y, x+side, a.y+side, b.unit/2, b.p.ink)
		} else {
			b.y.frame(x+0.75, a.y+0.75, x+side-0.75, a.y+side-0.75, b.unit/2, 1.5, b.p.line)
		}
		if b.Layer == i+1 { // held: underlined
			b.y.rect(x, a.y+side+2, x+side, a.y+side+4.5, 1, b.p.ink)
		}
		b.y.text(b.count("", i+1), x+side/2, a.y+side/2, b.body, Middle, true, ink)
		b.hit(x, a.y, x+side, a.y+side, Item{Step, i, 0})
	}
	return step*float32(layers) + b.unit
}

// verdictIn is the verdict on the focus, no wider than w: long names of classes
// are cut first.
func (b *builder) verdictIn(w float32, bold, teacher bool) string {
	text := b.verdict(0, teacher, math.MaxInt)
	for _, most := range [...]int{32, 24, 16, 10, 6} {
		if Width(text, b.body, bold) <= w {
			return text
		}
		text = b.verdict(0, teacher, most)
	}
	return fit(text, b.body, bold, w)
}

// The line above the drawing has so many letters of a node's name at most, and
// none of it where there is room for fewer than the least: the number and the
// classes say more.
const (
	leastName = 10
	mostName  = 40
)

// verdict says what a node is and what the model makes of it, such as
// "paper 12 · class ML · Student says DB ×", with at most so many letters of a
// class.
func (b *builder) verdict(i int, teacher bool, most int) string {
	g, v := &b.s.Graph, &b.s.Graph.Nodes[i]
	who, said := wordStudent, v.Student
	if teacher {
		who, said = wordTeacher, v.Teacher
	}
	key := nameKey(v.Name)<<38 | uint64(v.Label+1)<<20 | uint64(said+1)<<2
	if teacher {
		key |= 2
	}
	return b.memo(uint64(v.Type)<<48|uint64(min(most, 0xff))<<40|uint64(v.ID), key, func(t []byte) []byte {
		named := *v
		named.Name = cut(v.Name, min(most, mostName))
		if most <= leastName {
			named.Name = ""
		}
		t = append(t, b.nodeName(&named)...)
		if v.Label < 0 {
			return t
		}
		t = b.words.appendText(append(t, " · "...), wordLabel, "class", cut(class(g, v.Label), most))
		if said < 0 {
			return t
		}
		t = append(append(t, " · "...), b.says(who, cut(class(g, said), most))...)
		if said == v.Label {
			return append(t, " ✓"...)
		}
		return append(t, " ×"...)
	})
}

// nameKey tells the names of two graphs apart.
func nameKey(name string) uint64 {
	key := uint64(14695981039346656037) // FNV-1a
	for i := range len(name) {
		key = (key ^ uint64(name[i])) * 1099511628211
	}
	return key
}

func (b *builder) typeName(i int) string {
	if i < 0 || i >= len(b.s.Graph.Types) {
		return "?"
	}
	return b.named(b.s.Graph.Types[i])
}

// class returns the name of class i, or its number.
func class(g *wire.GraphView, i int) string {
	if i >= 0 && i < len(g.Classes) && g.Classes[i] != "" {
		return g.Classes[i]
	}
	return strconv.Itoa(i)
}

// cut returns the first letters of s, with dots if there are more.
func cut(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "..."
		}
	}
	return s
}

// A plot is where the graph's unit disc stands.
type plot struct {
	x, y, sx, sy float32    // middle and stretch
	r            float32    // radius of a node
	lanes        float32    // 0: the disc, 1: the lanes of types, between: on the way
	room         area       // of the lanes
	laneR        [2]float32 // radius of a node there: of the first hop, and of those behind
	terms        float32    // 0: the disc, 1: the rows of terms, between: on the way
	field        field      // of their rows
	most         []float32  // [node] largest radius on the way, nil at rest
}

func (b *builder) stage(a area) plot {
	half := min(a.w, a.h) / 2
	most := min(2.4*b.unit, half*0.22)
	r := min(0.4*b.Layout.Gap*half, most)
	if r < most { // the ellipse may give more room than the circle
		r = min(r*1.15, most)
	}
	r = max(r, 4)
	p := plot{x: a.x + a.w/2, y: a.y + a.h/2, r: r}
	edge := r * 2
	p.sy = max(a.h/2-edge, 1)
	p.sx = max(min(a.w/2-edge, 1.8*p.sy), 1)
	p.sy = min(p.sy, 1.8*p.sx)
	return p
}

// at returns where node i stands and how large it is.
func (b *builder) at(p *plot, i int) (x, y, r float32) {
	r = p.r
	switch {
	case i == 0:
		r *= 1.3
	case b.s.Graph.Nodes[i].Hop > 1:
		r *= 0.88
	}
	x, y = p.x+b.Layout.X[i]*p.sx, p.y+b.Layout.Y[i]*p.sy
	if p.lanes > 0 {
		lx, ly, lr := p.room.x+b.Layout.lanes.x[i]*p.room.w, p.room.y+b.Layout.lanes.y[i]*p.room.h, p.laneR[0]
		if i == 0 {
			lr *= 1.4
		} else if b.s.Graph.Nodes[i].Hop > 1 {
			lr = p.laneR[1]
		}
		x, y, r = x+(lx-x)*p.lanes, y+(ly-y)*p.lanes, r+(lr-r)*p.lanes
	}
	if p.terms > 0 {
		if lx, ly, ok := b.placeIn(&p.field, i); ok {
			x, y = x+(lx-x)*p.terms, y+(ly-y)*p.terms
			lr := p.field.r
			if i == 0 {
				lr *= 1.5
			}
			r += (lr - r) * p.terms
		}
	}
	if p.most != nil {
		r = min(r, p.most[i])
	}
	return x, y, r
}

// giveWay makes nodes that walk so small that none lies on another; one that is
// new gives way to one that was there.
func (b *builder) giveWay(p *plot) {
	known := b.Layout.known
	if known == nil {
		return
	}
	most, at := make([]float32, len(known)), make([][3]float32, len(known))
	for i := range known {
		x, y, r := b.at(p, i)
		most[i], at[i] = r, [3]float32{x, y, r}
	}
	apart := func(i, j int) float32 {
		return float32(math.Hypot(float64(at[i][0]-at[j][0]), float64(at[i][1]-at[j][1])))
	}
	for i := range known {
		for j := range known {
			if i != j && known[i] == known[j] {
				most[i] = min(most[i], apart(i, j)*at[i][2]/(at[i][2]+at[j][2]))
			}
		}
	}
	for i := range known {
		for j := range known {
			if !known[i] && known[j] {
				most[i] = min(most[i], max(apart(i, j)-most[j], 0))
			}
		}
	}
	p.most = most
}

func (b *builder) tint(node int) int {
	return b.symbolAt(node).tint
}

func (b *builder) typeOf(node int) string {
	g := &b.s.Graph
	if t := g.Nodes[node].Type; t >= 0 && t < len(g.Types) {
		return g.Types[t]
	}
	return ""
}

func (b *builder) node(p *plot, i int, teacher bool) {
	x, y, r := b.at(p, i)
	v := &b.s.Graph.Nodes[i]
	look := b.symbolAt(i)
	kind, tint := look.kind, look.tint
	it := Item{Node, i, 0}
	if p.terms > 0 && i > 0 && b.places[i].term == 0 { // of no term: it goes
		if p.terms < 0.98 {
			b.y.symbol(kind, x, y, r, alpha(b.p.node[tint], 1-p.terms))
		}
		return
	}
	if p.lanes > 0.02 && b.isFar(i) {
		b.y.symbol(kind, x, y, r*(1-0.35*p.lanes), alpha(b.p.node[tint], 1-0.65*p.lanes))
		b.hit(x-r, y-r, x+r, y+r, it)
		return
	}
	said := v.Student
	if teacher {
		said = v.Teacher
	}
	judged := v.Label >= 0 && said >= 0
	if i == 0 {
		b.y.ring(kind, x, y, r+0.75*b.unit, 0.3*b.unit, b.p.ink)
	}
	if b.isPointedAt(it) {
		b.y.symbol(kind, x, y, r+0.6*b.unit, alpha(b.p.ink, 0.35))
	}
	if b.selected.item == it {
		half := 1.25*r + 0.9*b.unit
		b.brackets(b.y, x-half, y-half, x+half, y+half)
	}
	b.y.symbol(kind, x, y, r+1.5, b.p.bg)
	b.y.symbol(kind, x, y, r, b.p.node[tint])
	verdict := b.p.right
	if judged && said != v.Label {
		verdict = b.p.wrong
		b.y.ring(kind, x, y, r, min(max(0.2*r, 2), r), verdict)
	}
	if r*b.Pose.Zoom >= 7 {
		size := r * 1.05
		if kind == Triangle || kind == Down || kind == Star || kind == Plus || kind == Saltire {
			size *= 0.9
		}
		b.y.text(look.letter, x, y, size, Middle, true, b.p.letter[tint])
	}
	if judged {
		b.badge(x+0.78*r, y-0.78*r, min(max(0.46*r, 3.5), r), said == v.Label, verdict)
	}
	reach := max(r, 12)
	b.hit(x-reach, y-reach, x+reach, y+reach, it)
}

// badge paints the mark of a right or wrong prediction.
func (b *builder) badge(x, y, r float32, right bool, c color.NRGBA) {
	b.y.symbol(Circle, x, y, r+1.2, b.p.bg)
	b.y.symbol(Circle, x, y, r, c)
	mark := Tick
	if !right {
		mark = Cross
	}
	b.y.symbol(mark, x, y, r*0.85, b.p.bg)
}
