package scene

import (
	"image/color"
	"math"

	"abkd/sim/wire"
)

// tests appends the nodes that models are judged by: the test nodes, or the
// validation nodes where there are none.
func tests(nodes []int32, p *wire.Predictions) []int32 {
	for v := range p.Part {
		if isJudged(p, v, 2) {
			nodes = append(nodes, int32(v))
		}
	}
	if len(nodes) > 0 {
		return nodes
	}
	for v := range p.Part {
		if isJudged(p, v, 1) {
			nodes = append(nodes, int32(v))
		}
	}
	return nodes
}

// isJudged reports whether target node v is in that part of the split and has a
// class.
func isJudged(p *wire.Predictions, v int, part int32) bool {
	return p.Part[v] == part && v < len(p.Label) && p.Label[v] >= 0
}

// A judged is a model whose answers fall into two piles.
type judged struct {
	who   phrase
	short phrase // where there is no room for who
	model *wire.ModelState
	says  []int32 // class of each target node
	rival []int32 // what the other student says, none for the teacher and where there is one student
	role  int     // 0 for the teacher, 1 for the taught student, 2 for the one alone
}

// judges lists the models: the teacher, the taught student, the one alone.
func (b *builder) judges() (all [3]judged, n int) {
	s, p := b.s, &b.s.Predictions
	if s.Teacher.Layers > 0 {
		all[n] = judged{wordTeacher, wordTeacher, &s.Teacher, p.Teacher, nil, 0}
		n++
	}
	if s.Phase == wire.Teaching || len(s.Lanes) == 0 {
		return all, n
	}
	taught := judged{wordTaught, wordTaughtOne, &s.Lanes[len(s.Lanes)-1].Model, p.Student, p.Alone, 1}
	if n == 0 {
		taught.who, taught.short = wordStudent, wordStudent
	}
	all[n] = taught
	n++
	if len(s.Lanes) > 1 {
		all[n] = judged{wordAlone, wordAloneOne, &s.Lanes[0].Model, p.Alone, p.Student, 2}
		n++
	}
	return all, n
}

// verdicts paints every model as large as its number of weights and lets each
// test node fall into what that model has right or wrong. What only one of the
// students has right lies on top of its pile.
//
//	 ┌─────┐
//	 │     │ ──>  ┌┐       ┌┐
//	 └─────┘      └┘       └┘
//	:::::  ::   ::::  :::  ::::  :::
//	 85 ✓  13×   80 ✓  18×  79 ✓  19×
func (b *builder) verdicts(a area) {
	all, n := b.judges()
	if n == 0 {
		b.lines(a, b.say(wordWaiting))
		return
	}
	b.tests = tests(b.tests[:0], &b.s.Predictions)
	b.only = b.onlyRight()
	low := b.verdictLegend(a, 0, false)
	b.verdictLegend(a, a.y+a.h-low, true) // which counts, so each of two pictures has its own
	a.h -= low + b.unit
	gap := 2.5 * b.unit
	w := (a.w - gap*float32(n-1)) / float32(n)
	side := min(0.7*w, 0.3*a.h)
	short := a.h < 12*b.body // the piles alone
	if short {
		side = 0
	}
	shelf := a.y + 1.6*b.title + side
	largest := int64(1)
	for _, m := range all[:n] {
		largest = max(largest, m.model.Params)
	}
	floor := a.y + a.h - 2*b.title
	top := shelf + 3.6*b.small
	if short {
		top = shelf
	}
	p := pilesIn(w, floor-top, len(b.tests), 2.2*b.unit)
	for i := range all[:n] {
		m := &all[i]
		x := a.x + float32(i)*(w+gap)
		b.modelName(m, area{x, a.y, w, shelf - a.y})
		if !short {
			b.paintModel(m, all[0].model, area{x, a.y, w, shelf - a.y}, side*root(float64(m.model.Params)/float64(largest)))
		}
		if len(m.says) > 0 && len(b.tests) > 0 {
			b.pile(m, n, &p, area{x, top, w, floor - top}, shelf-side/2)
		}
	}
	if n > 1 && b.s.Teacher.Layers > 0 && !short {
		b.paintTeaching(a.x+w/2+side/2, a.x+1.5*w+gap-side*root(float64(all[1].model.Params)/float64(largest))/2, shelf-side*0.3, w/2+gap)
	}
}

// onlyRight counts the tests that only the taught student has right, and those
// that only the other one has.
func (b *builder) onlyRight() (only [2]int) {
	p := &b.s.Predictions
	if len(p.Student) == 0 || len(p.Alone) == 0 {
		return only
	}
	for _, v := range b.tests {
		taught, alone := p.Student[v] == p.Label[v], p.Alone[v] == p.Label[v]
		if taught && !alone {
			only[0]++
		} else if alone && !taught {
			only[1]++
		}
	}
	return only
}

// modelName writes what a model is called at the top of a.
func (b *builder) modelName(m *judged, a area) {
	who := b.say(m.who)
	if Width(who, b.title, true) > a.w {
		who = b.say(m.short)
	}
	b.y.text(fit(who, b.title, true, a.w), a.x+a.w/2, a.y+b.title*0.7, b.title, Middle, true, b.p.model[m.role])
}

// paintModel paints a model as a square that stands on the floor of a.
func (b *builder) paintModel(m *judged, teacher *wire.ModelState, a area, side float32) {
	x, y := a.x+a.w/2, a.y+a.h
	side = max(side, 4)
	b.y.rect(x-side/2, y-side, x+side/2, y, min(side*0.06, 4), b.p.model[m.role])
	b.y.line(a.x+0.1*a.w, y+1, a.x+0.9*a.w, y+1, 1.5, Solid, b.p.line)
	weights := b.memo(uint64(m.model.Params), 1, func(t []byte) []byte {
		return b.words.appendText(t, wordWeights, "n", b.words.count(m.model.Params))
	})
	b.y.text(fit(weights, b.small, false, a.w), x, y+1.1*b.small, b.small, Middle, false, b.p.muted)
	if m.model.Params == 0 || m.model == teacher {
		return
	}
	times := float64(teacher.Params) / float64(m.model.Params)
	if times < 1.5 {
		return
	}
	smaller := b.memo(uint64(times*100), 2, func(t []byte) []byte {
		decimals := 0
		if times < 9.5 {
			decimals = 1
		}
		return b.words.appendText(t, wordSmaller, "times", b.float(float32(times), 'f', decimals))
	})
	b.y.text(fit(smaller, b.small, true, a.w), x, y+2.6*b.small, b.small, Middle, true, b.p.ink)
}

// paintTeaching paints what the teacher gives: an arrow from x0 to x1 with what
// is taught above it.
func (b *builder) paintTeaching(x0, x1, y, room float32) {
	l := &b.s.Lanes[len(b.s.Lanes)-1]
	soft, layers := b.s.Alpha > 0 || l.Criterion == "kd", l.Criterion != "none" && l.Criterion != "" && l.Criterion != "kd"
	if !soft && !layers {
		return
	}
	x0, x1 = x0+b.unit, x1-1.5*b.unit
	if x1-x0 < 2*b.unit {
		return
	}
	w := max(0.3*b.unit, 2)
	b.y.line(x0, y, x1-0.6*b.unit, y, w, Solid, b.p.accent)
	b.y.line(x1-b.unit, y-b.unit, x1, y, w, Solid, b.p.accent)
	b.y.line(x1-b.unit, y+b.unit, x1, y, w, Solid, b.p.accent)
	y -= 1.1 * b.small
	for i, word := range [...]phrase{wordLayersOf, wordSoft} {
		if on := [...]bool{layers, soft}[i]; on && Width(b.say(word), b.small, false) < x1-x0 {
			b.y.text(b.say(word), (x0+x1)/2, y, b.small, Middle, false, b.p.accent)
			y -= 1.4 * b.small
		}
	}
}

// piles says how dots lie in a pile.
type piles struct {
	across int     // in a row
	pitch  float32 // from dot to dot
	half   float32 // width of a pile's room
}

// pilesIn fits piles of up to n dots, two beside each other, into w by h.
func pilesIn(w, h float32, n int, most float32) piles {
	best := piles{across: 5}
	half := w * 0.47
	for across := 5; across <= 200; across += 5 {
		rows := (n + across - 1) / across
		if d := min(half/stretch(across), h/stretch(rows), most); d > best.pitch*1.02 {
			best = piles{across, d, half}
		}
	}
	return best
}

// stretch is how far n dots reach, in pitches: after each fifth comes a gap, so
// that they can be counted.
func stretch(n int) float32 { return float32(n) + between*float32(max(n-1, 0)/5) }

const between = 0.4

// at returns where dot k lies, from the middle of the pile's floor.
func (p *piles) at(k int) (x, y float32) {
	col, row := k%p.across, k/p.across
	x = (float32(col) + between*float32(col/5) + 0.5 - stretch(p.across)/2) * p.pitch
	return x, -(float32(row) + between*float32(row/5) + 0.5) * p.pitch
}

// pile lets the answers of one of n models fall from its square.
func (b *builder) pile(m *judged, n int, p *piles, a area, from float32) {
	label := b.s.Predictions.Label
	floor, mid := a.y+a.h, a.x+a.w/2
	middle := [2]float32{mid - a.w/4, mid + a.w/4}
	b.y.line(middle[0]-p.half/2, floor+1, middle[0]+p.half/2, floor+1, 1.5, Solid, b.p.line)
	b.y.line(middle[1]-p.half/2, floor+1, middle[1]+p.half/2, floor+1, 1.5, Solid, b.p.line)
	var count [2]int
	for pass := range 2 { // what only this one has right lies on the others
		for _, v := range b.tests {
			right := m.says[v] == label[v]
			only := right && len(m.rival) > 0 && m.rival[v] != label[v]
			if only != (pass == 1) {
				continue
			}
			side := 1
			if right {
				side = 0
			}
			x, y := p.at(count[side])
			count[side]++
			x, y = b.seat(n*len(b.tests), x+middle[side], y+floor, mid, from)
			b.answer(Item{Answer, b.s.Predictions.Node(int(v)), m.role}, x, y, p.pitch*0.42, right, only)
		}
	}
	y := floor + b.title*1.05
	for side, word := range [...]phrase{wordRight, wordWrong} {
		s := b.count("", count[side])
		w := Width(s, b.title, true)
		w += 0.5 * b.unit
		said := b.say(word)
		if w+2.4*b.unit+Width(said, b.small, false) > a.w/2 {
			said = ""
		}
		x := middle[side] - (w+2.4*b.unit+Width(said, b.small, false))/2
		b.badge(x+0.9*b.unit, y, 0.9*b.unit, side == 0, [...]color.NRGBA{b.p.model[m.role], b.p.muted}[side])
		b.y.text(s, x+2.4*b.unit, y, b.title, Start, true, b.p.ink)
		b.y.text(said, x+2.4*b.unit+w, y, b.small, Start, false, b.p.muted)
	}
}

// answer paints one node's answer: full if it is right, a ring if not.
func (b *builder) answer(it Item, x, y, r float32, right, only bool) {
	look := b.answerLook(it.J, right, only)
	if b.isAnswerPointedAt(it.I) {
		b.Messages.symbol(Circle, x, y, r+max(0.5*b.unit, 3), b.p.ink)
		b.Messages.symbol(Circle, x, y, r+1.5, b.p.bg)
	}
	if right {
		b.Messages.symbol(look.kind, x, y, r, look.color)
	} else {
		stroke := max(0.36*r, 1)
		b.Messages.ring(look.kind, x, y, r-stroke/2, stroke, look.color)
	}
	reach := max(r, 3)
	b.hit(x-reach, y-reach, x+reach, y+reach, it)
}

type answerLook struct {
	kind  Kind
	color color.NRGBA
}

// answerLook returns how an answer of a model looks: in the model's colour if it is
// right.
func (b *builder) answerLook(role int, right, only bool) answerLook {
	switch {
	case only && role == 1:
		return answerLook{Diamond, b.p.accent}
	case only:
		return answerLook{Square, b.p.ink}
	case right:
		return answerLook{Circle, b.p.model[role]}
	}
	return answerLook{Circle, b.p.muted}
}

// isAnswerPointedAt reports whether target node v is pointed at, chosen or
// inspected.
func (b *builder) isAnswerPointedAt(v int) bool {
	for _, it := range [...]Item{b.Hover, b.Focus} {
		if (it.Target == Answer || it.Target == Point) && it.I == v {
			return true
		}
	}
	return b.lit.target == v+1 || b.selected.target == v+1
}

// verdictLegend says what a dot is, from y on, and returns its height.
func (b *builder) verdictLegend(a area, y float32, paint bool) float32 {
	c := cursor{b: b, a: a, x: a.x, y: y + b.small, paint: paint}
	each := b.memo(uint64(len(b.tests)), 3, func(t []byte) []byte {
		return b.words.appendText(t, wordTests, "n", b.words.count(int64(len(b.tests))))
	})
	if len(b.tests) == 0 {
		each = b.say(wordNoTests)
		if len(b.s.Predictions.Part) == 0 {
			each = b.say(wordNoAnswers)
		}
	}
	c.entry(0, each)
	if len(b.s.Predictions.Student) == 0 || len(b.s.Predictions.Alone) == 0 || len(b.tests) == 0 {
		return c.y + b.small - y
	}
	for i, word := range [...]phrase{wordOnlyTaught, wordOnlyAlone} {
		look := b.answerLook(i+1, true, true)
		s := b.memo(uint64(b.only[i]), uint64(10+i), func(t []byte) []byte {
			return b.words.appendText(t, word, "n", b.words.count(int64(b.only[i])))
		})
		if x, ok := c.entry(2.2*b.unit, s); ok {
			b.y.symbol(look.kind, x+0.8*b.unit, c.y, 0.75*b.unit, look.color)
		}
	}
	return c.y + b.small - y
}

// answerTip says what every model makes of target node v.
func (b *builder) answerTip(v int) []string {
	p, g := &b.s.Predictions, &b.s.Graph
	row := p.Row(v)
	if row >= len(p.Label) {
		return nil
	}
	lines := []string{b.nodeName(&wire.NodeView{Type: g.Target, ID: v})}
	for i := range g.Nodes {
		if g.Nodes[i].Type == g.Target && g.Nodes[i].ID == v {
			lines[0] = b.nodeName(&g.Nodes[i])
		}
	}
	lines = append(lines, b.say(wordLabel, "class", class(g, int(p.Label[row]))))
	all, n := b.judges()
	for _, m := range all[:n] {
		if row >= len(m.says) {
			continue
		}
		mark := " ×"
		if m.says[row] == p.Label[row] {
			mark = " ✓"
		}
		lines = append(lines, b.says(m.who, class(g, int(m.says[row])))+mark)
	}
	return lines
}

// answerSubject is the arithmetic of an answer: the logits of the node.
func (b *builder) answerSubject(it Item) wire.Subject {
	g := &b.s.Graph
	m := [...]*wire.ModelState{&b.s.Teacher, nil, nil}[it.J%3]
	if n := len(b.s.Lanes); m == nil && n > 0 {
		m = &b.s.Lanes[n-1].Model
	}
	if m == nil || m.Layers == 0 || g.Target >= len(g.Types) {
		return wire.Subject{}
	}
	return wire.Subject{Kind: "node", Model: [...]string{"teacher", "student", "alone"}[it.J%3], Layer: m.Layers - 1, Type: g.Types[g.Target], I: it.I}
}

// root returns the side of a square of area x.
func root(x float64) float32 { return float32(math.Sqrt(x)) }
