package scene

import (
	"image/color"
	"math"
)

// A cloud is the target nodes as one layer has them: a dot each.
type cloud struct {
	model, layer int // 0 for the teacher, 1 for the student
	nodes        []int32
	x, y         []float32
	span         float32 // of x and y that reaches the rim

	midX, midY, half float32 // where it stands
	first            int     // its first seat
}

// pointOf returns which layer of which model the J of a Point stands for.
func pointOf(j int) (model, layer int) { return j & 1, j >> 1 }

// mostDots bounds the dots of a cloud, mostThreads the nodes that are joined
// from cloud to cloud.
const (
	mostDots    = 256
	mostThreads = 36
)

// directions paints where the outputs of each layer point: the middle of a disc
// is their mean direction, and a dot is as far from it as the angle between the
// two. What grows alike gathers in the middle.
//
//	T1 (. : .)   T2 ( .:. )   T3 ( ::: )
//	S1 ( .:. )   S2 (  :  )
func (b *builder) directions(a area) {
	b.clouds = b.clouds[:0]
	widest := float32(math.Pi / 2)
	for i := range b.s.Directions {
		d := &b.s.Directions[i]
		b.addCloud(d.Model, d.Layer, d.Nodes, d.X, d.Y)
		for k := range d.X {
			widest = larger(widest, float32(math.Hypot(float64(d.X[k]), float64(d.Y[k]))))
		}
	}
	const step = math.Pi / 6
	widest = min(step*float32(math.Ceil(float64(widest/step)-1e-4)), math.Pi)
	for i := range b.clouds {
		b.clouds[i].span = widest
	}
	if !b.placeClouds(&a, 0.5, 3*b.small) {
		return
	}
	for i := range b.clouds {
		c := &b.clouds[i]
		b.y.symbol(Circle, c.midX, c.midY, c.half, b.p.surface)
		for r := float32(step); r <= widest+0.01; r += step {
			b.y.ring(Circle, c.midX, c.midY, c.half*r/widest, 1, b.p.line)
		}
		all := b.s.Smoothness.Teacher
		if c.model == 1 {
			all = b.s.Smoothness.Student
		}
		if c.layer < len(all) {
			b.cloudNote(c, wordCosine, all[c.layer])
		}
	}
	b.paintClouds(false)
}

// embeddings paints the outputs of each layer along its two principal axes, and
// joins some nodes from layer to layer.
func (b *builder) embeddings(a area) {
	b.clouds = b.clouds[:0]
	for i := range b.s.Embeddings {
		e := &b.s.Embeddings[i]
		c := b.addCloud(e.Model, e.Layer, e.Nodes, e.X, e.Y)
		most := float32(0)
		for k := range e.X {
			most = larger(larger(most, max(e.X[k], -e.X[k])), max(e.Y[k], -e.Y[k]))
		}
		c.span = roundSpan(1.06 * most)
	}
	if !b.placeClouds(&a, 0.6, 1.8*b.small) {
		return
	}
	for i := range b.clouds {
		c := &b.clouds[i]
		b.y.rect(c.midX-c.half, c.midY-c.half, c.midX+c.half, c.midY+c.half, 4, b.p.surface)
		b.y.line(c.midX-c.half, c.midY, c.midX+c.half, c.midY, 1, Solid, b.p.line)
		b.y.line(c.midX, c.midY-c.half, c.midX, c.midY+c.half, 1, Solid, b.p.line)
	}
	b.paintClouds(true)
}

// roundSpan returns a round number from x on: axes that hold all points and
// seldom change.
func roundSpan(x float32) float32 {
	if !(x > 0) {
		return 1
	}
	return float32(math.Exp2(math.Ceil(4*math.Log2(float64(x))) / 4))
}

func (b *builder) addCloud(model string, layer int, nodes []int32, x, y []float32) *cloud {
	c := cloud{layer: layer, nodes: nodes, x: x, y: y}
	if model == "student" {
		c.model = 1
	}
	b.clouds = append(b.clouds, c)
	return &b.clouds[len(b.clouds)-1]
}

// placeClouds gives the clouds their places in a, the teacher's in a row that
// takes that share of the height above the student's, with names and what else
// takes the height foot, and the classes below; it reports whether there is anything to be seen.
func (b *builder) placeClouds(a *area, share, foot float32) bool {
	var of [2]int
	for i := range b.clouds {
		of[b.clouds[i].model]++
	}
	if len(b.clouds) == 0 {
		b.lines(*a, b.say(wordNoAnswers))
		return false
	}
	b.foot(a, func(y float32, paint bool) float32 { return b.classLegend(*a, y, paint) })
	if of[0] == 0 || of[1] == 0 {
		share = float32(min(of[0], 1))
	}
	y := a.y
	for model, word := range [2]phrase{wordTeacher, wordStudent} {
		h := a.h * [2]float32{share, 1 - share}[model]
		if of[model] == 0 {
			continue
		}
		pitch, head, name := a.w/float32(of[model]), 1.6*b.title, [2]string{"T", "S"}[model]
		if long := b.memo(nameKey(b.say(word)), 37, func(t []byte) []byte { return append(append(t, b.say(word)...), ' ') }); h < 10*b.body && Width(long, b.body, true)+2*b.unit < pitch {
			head, name = 0, long
		} else {
			b.y.text(b.say(word), a.x, y+0.7*b.title, b.title, Start, true, b.p.ink)
		}
		half := min(0.46*pitch, (h-head-foot)/2)
		for i := range b.clouds {
			if c := &b.clouds[i]; c.model == model {
				c.half, c.midX, c.midY = half, a.x+(float32(c.layer)+0.5)*pitch, y+head+(h-head-foot)/2
				b.y.text(b.count(name, c.layer+1), c.midX, c.midY+half+b.small, b.body, Middle, true, b.p.ink)
			}
		}
		y += h
	}
	return b.clouds[0].half > 8
}

// cloudNote writes a number below a cloud's name.
func (b *builder) cloudNote(c *cloud, what phrase, v float32) {
	s := b.memo(uint64(math.Float32bits(v)), 4, func(t []byte) []byte {
		return b.words.appendText(t, what, "value", b.float(v, 'f', 2))
	})
	if n := b.number(v, 2); Width(s, b.small, false) > 2.1*c.half {
		s = n
	}
	b.y.text(s, c.midX, c.midY+c.half+2.4*b.small, b.small, Middle, false, b.p.muted)
}

// place returns where dot k of c stands at rest; a number gone wrong stays in
// the picture.
func (c *cloud) place(k int) (x, y float32) {
	x, y = min(max(c.x[k]/c.span, -1), 1), min(max(c.y[k]/c.span, -1), 1)
	if x != x || y != y {
		x, y = 0, 0
	}
	return c.midX + x*c.half, c.midY - y*c.half
}

// step is which of the nodes are dots: each that is a multiple of it.
func (c *cloud) step() int { return max((len(c.nodes)+mostDots-1)/mostDots, 1) }

// before returns the cloud of the same model one layer below, nil for none.
func (b *builder) before(c *cloud) *cloud {
	for i := range b.clouds {
		if of := &b.clouds[i]; of.model == c.model && of.layer == c.layer-1 && len(of.nodes) == len(c.nodes) {
			return of
		}
	}
	return nil
}

// paintClouds paints the dots, each in the form and colour of its class, and the
// threads of some of them or only of the one that is pointed at. They come out
// of the layer before.
func (b *builder) paintClouds(joined bool) {
	n := 0
	for i := range b.clouds {
		n += len(b.clouds[i].nodes) / b.clouds[i].step()
	}
	for i := range b.clouds {
		c := &b.clouds[i]
		c.first = len(b.crowd.seats)
		was := b.before(c)
		for k := 0; k < len(c.nodes); k += c.step() {
			x, y := c.place(k)
			x0, y0 := c.midX, c.midY
			if was != nil {
				x0, y0 = was.place(k)
			}
			b.seat(n, x, y, x0, y0)
		}
	}
	pointed := b.pointedNode()
	b.threads(pointed, joined)
	class := -1
	if pointed >= 0 {
		class = b.classOf(pointed)
	}
	for i := range b.clouds {
		c := &b.clouds[i]
		r := min(max(0.03*c.half, 2), 0.5*b.unit)
		for k, at := 0, c.first; k < len(c.nodes); k, at = k+c.step(), at+1 {
			b.paintDot(c, int(c.nodes[k]), b.crowd.seats[at], r, class, pointed)
		}
	}
}

// paintDot paints node v of a cloud.
func (b *builder) paintDot(c *cloud, v int, at seat, r float32, class, pointed int) {
	of := b.classOf(v)
	kind, tint := b.classLook(of)
	switch {
	case v == pointed:
		b.Messages.symbol(Circle, at.x, at.y, 1.6*r+3, b.p.ink)
		b.Messages.symbol(Circle, at.x, at.y, 1.6*r+1, b.p.bg)
		r *= 1.3
	case class >= 0 && of != class:
		tint = alpha(tint, 0.2)
	}
	b.Messages.symbol(kind, at.x, at.y, r, tint)
	reach := max(r, 4)
	b.hit(at.x-reach, at.y-reach, at.x+reach, at.y+reach, Item{Point, v, c.layer<<1 | c.model})
}

// threads joins some nodes, and the one that is pointed at, from layer to layer.
func (b *builder) threads(pointed int, joined bool) {
	for i := range b.clouds {
		c := &b.clouds[i]
		was := b.before(c)
		if was == nil {
			continue
		}
		dots := (len(c.nodes) + c.step() - 1) / c.step()
		some := max((dots+mostThreads-1)/mostThreads, 1)
		for d := range dots {
			v := int(c.nodes[d*c.step()])
			if (d%some != 0 || !joined) && v != pointed {
				continue
			}
			from, to := b.crowd.seats[was.first+d], b.crowd.seats[c.first+d]
			_, tint := b.classLook(b.classOf(v))
			w, o := float32(1), float32(0.3)
			if v == pointed {
				w, o = 2.5, 1
			} else if pointed >= 0 {
				o = 0.08
			}
			b.Messages.line(from.x, from.y, to.x, to.y, w, Solid, alpha(tint, o))
		}
	}
}

// pointedNode returns the target node that is pointed at, chosen or inspected,
// -1 for none.
func (b *builder) pointedNode() int {
	for _, it := range [...]Item{b.Hover, b.Focus} {
		if it.Target == Point || it.Target == Answer {
			return it.I
		}
	}
	if b.lit.target > 0 {
		return b.lit.target - 1
	}
	return b.selected.target - 1
}

// classOf returns the class of target node v, -1 where it is unknown.
func (b *builder) classOf(v int) int {
	if p := &b.s.Predictions; p.Row(v) < len(p.Label) {
		return int(p.Label[p.Row(v)])
	}
	return -1
}

// classKinds are the forms of the classes, as the page has them.
var classKinds = [8]Kind{Circle, Triangle, Square, Diamond, Plus, Down, Saltire, Wide}

// classLook returns the form and the colour of a class: 64 have a pair of their
// own.
func (b *builder) classLook(c int) (Kind, color.NRGBA) {
	if c < 0 {
		return Circle, b.p.muted
	}
	return classKinds[(c+c/8)%8], b.p.class[c%8]
}

// mostClasses is how many classes a legend names.
const mostClasses = 16

// classLegend names the classes from y on and returns its height.
func (b *builder) classLegend(a area, y float32, paint bool) float32 {
	classes := b.s.Graph.Classes
	if len(classes) == 0 || len(b.s.Predictions.Label) == 0 {
		return 0
	}
	c := cursor{b: b, a: a, x: a.x, y: y + b.small, paint: paint}
	named := min(len(classes), mostClasses)
	if a.h < 24*b.body {
		named = b.classesInRow(a.w, named)
	}
	for i := range named {
		name := b.classCalled(i)
		if x, ok := c.entry(2*b.unit, fit(name, b.small, false, 0.3*a.w)); ok {
			kind, tint := b.classLook(i)
			b.y.symbol(kind, x+0.8*b.unit, c.y, 0.6*b.unit, tint)
		}
	}
	if more := len(classes) - named; more > 0 {
		c.entry(0, b.count("+", more))
	}
	return c.y + b.small - y
}

// classCalled is the name of class i, or its number.
func (b *builder) classCalled(i int) string {
	if name := b.s.Graph.Classes[i]; name != "" {
		return name
	}
	return b.count("", i)
}

// classesInRow returns how many of the first n classes have room in a row of width w.
func (b *builder) classesInRow(w float32, n int) int {
	x := Width("+00", b.small, false)
	for i := range n {
		if x += 3.75*b.unit + Width(fit(b.classCalled(i), b.small, false, 0.3*w), b.small, false); x > w {
			return i
		}
	}
	return n
}
