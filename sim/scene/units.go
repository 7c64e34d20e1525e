package scene

import (
	"math"
	"slices"
	"strconv"

	"abkd/sim/wire"
)

// mostUnits bounds how many units of a layer have a row, and mostBars how many
// bars a course has.
const (
	mostUnits = 24
	mostBars  = 900
)

// units paints the courses of some runs beside each other: the criterion's loss,
// all on one scale, with the mean D of which it is made, and below it each hidden layer of the student as a strip with
// a row for each unit, the stronger the more nodes it is at work for. A row in the
// colour of what is wrong is a dead unit. Epochs stand by their logarithm, since
// units die in the first few.
//
//	published         frozen
//	L ╲____           L ╲╲╲___
//	S1 ▓▓▓▓▓▓▓▓       S1 ▓▓▓▓▓▓▓▓
//	   ▒▒▒████           ▒▒▒▒▒▒▒▒
//	   1  10  100
func (b *builder) units(a area) {
	s := b.Study
	if s == nil || len(s.Courses) == 0 {
		b.lines(a, b.say(wordNoRuns))
		return
	}
	b.studyHead(s, wordUnitsAxis, &a)
	b.foot(&a, func(y float32, paint bool) float32 { return b.unitsLegend(a, y, paint) })
	most := span{low: 0, high: 0.1, known: true}
	for i := range s.Courses {
		for _, curve := range [...][]float32{s.Courses[i].L, s.Courses[i].D} {
			for _, v := range curve {
				most.add(float64(v))
			}
		}
	}
	gap := 3 * b.unit
	w := (a.w - gap*float32(len(s.Courses)-1)) / float32(len(s.Courses))
	below := a
	for i := range s.Courses {
		y := b.courseHead(&s.Courses[i], area{a.x + float32(i)*(w+gap), a.y, w, a.h})
		below.y = max(below.y, y)
	}
	below.h -= below.y - a.y
	for i := range s.Courses {
		b.course(&s.Courses[i], area{a.x + float32(i)*(w+gap), below.y, w, below.h}, most.high)
	}
}

// courseHead writes which run it is and what it came to, in as many lines as that
// takes, and returns where they end.
func (b *builder) courseHead(c *wire.Course, a area) float32 {
	y := b.paragraph(c.Name, a.x, a.y+0.6*b.body, a.w, b.body, true, b.p.ink)
	if c.Taught == c.Taught {
		y += 0.2 * b.body
		taught, alone := b.points(c.Taught), b.points(c.Alone)
		ends := b.memo(uint64(math.Float32bits(c.Taught))<<32|uint64(math.Float32bits(c.Alone)), 35, func(t []byte) []byte {
			return append(t, b.say(wordBothEnds, "taught", taught, "alone", alone)...)
		})
		y = b.paragraph(ends, a.x, y, a.w, b.small, false, b.p.muted)
	}
	return y
}

// course paints one run.
func (b *builder) course(c *wire.Course, a area, most float64) {
	label := Width("S8", b.body, true) + b.unit
	x := axis{low: 1, high: float64(max(c.Epochs, 2)), from: a.x + label, to: a.x + a.w - 1, log: true}
	top, bottom := a.y, a.y+a.h-1.8*b.small
	if x.to-x.from < 40 || bottom-top < 6*b.body {
		return
	}
	curve := top + 0.36*(bottom-top)
	y := axis{low: 0, high: most, from: curve, to: b.courseEnds(c, a, top)}
	b.lossCurve(c, &x, y, a.x)
	b.dissimilarityCurve(c, &x, y)
	b.unitStrips(c, &x, area{a.x, curve + 1.5*b.small, a.w, bottom - curve - 1.5*b.small})
	b.epochTicks(func(epoch int) float32 { return x.at(float64(max(epoch, 1))) }, c.Epochs, x.to, bottom+0.9*b.small)
}

// courseEnds says what L and the mean D came to, above their curves, from top on, and
// returns where those may begin: on one line where there is room, else on two.
func (b *builder) courseEnds(c *wire.Course, a area, top float32) float32 {
	right, y := a.x+a.w-1, top+0.5*b.small
	text := func(name string, key uint64, v float32) string {
		return b.memo(uint64(math.Float32bits(v)), key, func(t []byte) []byte { return b.words.appendFloat(append(t, name...), float64(v), 'g', 2) })
	}
	loss, distance := lastKnown(c.L), lastKnown(c.D)
	if loss == loss {
		s := text("L = ", 32, loss)
		b.y.text(s, right, y, b.small, End, true, b.p.ink)
		right -= Width(s, b.small, true) + b.unit
	}
	if distance == distance {
		s := text("D = ", 36, distance)
		if right-Width(s, b.small, false) < a.x {
			right, y = a.x+a.w-1, y+1.3*b.small
		}
		b.y.text(s, right, y, b.small, End, false, b.p.muted)
	}
	return y + 1.1*b.small
}

// lastKnown returns the last of values that is a number, NaN for none.
func lastKnown(values []float32) float32 {
	for _, v := range slices.Backward(values) {
		if v == v {
			return v
		}
	}
	return float32(math.NaN())
}

// lossCurve paints L by epoch.
func (b *builder) lossCurve(c *wire.Course, x *axis, y axis, left float32) {
	b.y.text("L", left, y.to+0.5*b.small, b.body, Start, true, b.p.ink)
	b.y.line(x.from, y.from, x.to, y.from, 1, Solid, b.p.line)
	px, py := float32(0), float32(0)
	last := float32(math.NaN())
	for i, v := range c.L {
		if v != v {
			continue
		}
		at, level := x.at(float64(i+1)), y.at(float64(v))
		if last == last && (at-px > 1 || i == len(c.L)-1) {
			b.y.line(px, py, at, level, 2, Solid, b.p.heat[1])
		} else if last == last {
			continue
		}
		px, py, last = at, level, v
	}
}

// dissimilarityCurve paints the mean D by epoch, beside what A makes L of it.
func (b *builder) dissimilarityCurve(c *wire.Course, x *axis, y axis) {
	px, py := float32(0), float32(0)
	last := float32(math.NaN())
	for k, v := range c.D {
		if v != v || k >= len(c.At) {
			continue
		}
		at, level := x.at(float64(c.At[k])), y.at(float64(v))
		if last == last {
			b.y.line(px, py, at, level, 1.5, Dotted, b.p.ink)
		}
		px, py, last = at, level, v
	}
}

// unitStrips paints the hidden layers of a run, one below the other.
func (b *builder) unitStrips(c *wire.Course, x *axis, a area) {
	if c.Units < 1 {
		b.lines(a, b.say(wordNoUnits))
		return
	}
	if len(c.At) == 0 || len(c.Share) == 0 {
		b.lines(a, b.say(wordUnknownUnits))
		return
	}
	all := len(c.Share) / len(c.At)
	layers, rows := all/c.Units, min(c.Units, mostUnits)
	high := a.h / float32(layers)
	row := min((high-1.6*b.small)/float32(rows), 5.4*b.body)
	if row < 1.5 {
		return
	}
	least := max(1.5, (x.to-x.from)*float32(rows*layers)/mostBars)
	for l := range layers {
		y := a.y + float32(l)*high
		b.y.text(b.count("S", l+1), a.x, y+0.5*row, b.body, Start, true, b.p.ink)
		b.y.rect(x.from, y, x.to, y+row*float32(rows)-1, 1, b.p.surface)
		dead := 0
		for u := range c.Units {
			if c.Share[(len(c.At)-1)*all+l*c.Units+u] == 0 {
				dead++
			}
		}
		from := x.from
		for k, epoch := range c.At {
			to := x.at(float64(epoch))
			if to-from < least && k < len(c.At)-1 {
				continue
			}
			for u := range rows {
				b.unitBar(c.Share[k*all+l*c.Units+u], from, to, y+float32(u)*row, row)
			}
			from = to
		}
		b.y.text(b.deadOf(dead, c.Units), x.to, y+row*float32(rows)+0.8*b.small, b.small, End, dead > 0, b.p.ink)
	}
}

// unitBar paints a unit for some epochs: nothing where it is not known.
func (b *builder) unitBar(share, from, to, y, row float32) {
	switch {
	case share != share:
	case share == 0:
		b.y.rect(from, y, to+0.5, y+row-1, 0, b.p.wrong)
	default:
		b.y.rect(from, y, to+0.5, y+row-1, 0, mix(b.p.surface, b.p.heat[0], 0.2+0.8*share))
	}
}

func (b *builder) deadOf(dead, of int) string {
	return b.memo(uint64(dead)<<32|uint64(of), 33, func(t []byte) []byte {
		return append(t, b.say(wordDead, "n", strconv.Itoa(dead), "all", strconv.Itoa(of))...)
	})
}

// unitsLegend says what the colours are, from y on, and returns its height.
func (b *builder) unitsLegend(a area, y float32, paint bool) float32 {
	c := cursor{b: b, a: a, x: a.x, y: y + b.small, paint: paint}
	if x, ok := c.entry(4.4*b.unit, b.say(wordMeanD)); ok {
		b.y.line(x, c.y, x+3.6*b.unit, c.y, 1.5, Dotted, b.p.ink)
	}
	if x, ok := c.entry(2.8*b.unit, b.say(wordAtWork)); ok {
		b.y.rect(x, c.y-0.7*b.unit, x+1.1*b.unit, c.y+0.7*b.unit, 0, mix(b.p.surface, b.p.heat[0], 0.3))
		b.y.rect(x+1.1*b.unit, c.y-0.7*b.unit, x+2.2*b.unit, c.y+0.7*b.unit, 0, b.p.heat[0])
	}
	if x, ok := c.entry(2.8*b.unit, b.say(wordDeadUnit)); ok {
		b.y.rect(x, c.y-0.7*b.unit, x+2.2*b.unit, c.y+0.7*b.unit, 0, b.p.wrong)
	}
	return c.y + b.small - y
}
