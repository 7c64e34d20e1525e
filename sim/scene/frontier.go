package scene

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"abkd/sim/wire"
)

// What the authors of ABKD report: accuracy gained on average, in percent, at
// how many times compression, on OGBN-Mag.
const paperGain, paperTimes = 1.79, 32.3

// frontier paints what each size of student costs and what it gets right: a dot
// for each run, the teacher apart at its own cost, and a line along those that no
// cheaper one equals. The paper's point has axes of its own: it was not measured
// here.
//
//	90 % │            ■        ┌ the paper ┐
//	     │     ●──┐●           │     ⊞     │
//	80 % │ ●───┘   ◇           └───────────┘
//	     └──────────────
//	      100  1,000  10,000
func (b *builder) frontier(a area) {
	s := b.Study
	if s == nil || len(s.Dots) == 0 {
		b.lines(a, b.say(wordNoRuns))
		return
	}
	b.studyHead(s, wordFrontierAxis, &a)
	b.foot(&a, func(y float32, paint bool) float32 { return b.frontierLegend(s, a, y, paint) })
	own, paper := a, area{}
	if a.w > 36*b.body {
		w := min(max(0.24*a.w, 13*b.small), 22*b.small)
		paper = area{a.x + a.w - w, a.y, w, min(a.h, 14*b.small)}
		own.w -= w + 2*b.unit
	} else if a.h > 24*b.body {
		h := min(0.3*a.h, 11*b.small)
		paper = area{a.x, a.y + a.h - h, a.w, h}
		own.h -= h + b.unit
	}
	if paper.w > 0 {
		b.paperPoint(paper)
	}
	b.frontierPlot(s, own)
}

// frontierPlot paints the dots on their axes.
func (b *builder) frontierPlot(s *wire.Study, a area) {
	left, foot := Width("100.0 %", b.small, false)+b.unit, 3.4*b.small
	var costs, tests span
	for _, d := range s.Dots {
		if d.Cost > 0 && d.Test == d.Test {
			costs.add(float64(d.Cost))
			tests.add(float64(d.Test))
		}
	}
	if !costs.known {
		b.lines(a, b.say(wordNoCost))
		return
	}
	r := 0.8 * b.unit
	x, y := costs.costs(a.x+left, a.x+a.w-r), tests.shares(a.y+a.h-foot, a.y+r)
	if x.to-x.from < 40 || y.from-y.to < 40 {
		return
	}
	b.percentTicks(&y, 3*b.small, func(at float32, text string) {
		b.y.line(x.from, at, x.to, at, 1, Solid, b.p.line)
		b.y.text(text, x.from-b.unit, at, b.small, End, false, b.p.muted)
	})
	b.costTicks(&x, s.Cost, y.to, y.from)
	b.y.line(x.from, y.from, x.to, y.from, 1.5, Solid, b.p.muted)
	b.y.text(fit(b.say(b.costWord(s.Cost)), b.small, false, x.to-x.from), x.to, a.y+a.h-0.6*b.small, b.small, End, false, b.p.muted)
	b.bestLine(s, &x, &y)
	for i := range s.Dots {
		d := &s.Dots[i]
		known := d.Cost > 0 && d.Test == d.Test
		at, level := x.from, y.from
		if known {
			at, level = x.at(float64(d.Cost)), y.at(float64(d.Test))
		}
		px, py := b.seat(len(s.Dots), at, level, at, y.from)
		if known {
			b.frontierDot(s, i, px, py, r)
		}
	}
}

// costWord says what is measured by a cost.
func (b *builder) costWord(cost string) phrase {
	switch cost {
	case "bytes":
		return wordCostBytes
	case "time":
		return wordCostTime
	}
	return wordCostParams
}

// appendCost appends a cost with its unit.
func (b *builder) appendCost(t []byte, cost string, v float64) []byte {
	units := [...]string{"", "", ""}
	step := 1000.0
	switch cost {
	case "bytes":
		units, step = [...]string{" B", " KiB", " MiB"}, 1024
	case "time":
		units = [...]string{" µs", " ms", " s"}
	default:
		return append(t, b.words.count(int64(math.Round(v)))...)
	}
	k := 0
	for ; k < 2 && v >= step; k++ {
		v /= step
	}
	decimals := 0
	if v < 10 && math.Abs(v-math.Round(v)) > 0.05 {
		decimals = 1
	}
	return append(b.words.appendFloat(t, v, 'f', decimals), units[k]...)
}

// costTicks paints lines at round costs, powers of ten or of eight first, then what
// lies between where there is room.
func (b *builder) costTicks(x *axis, cost string, top, bottom float32) {
	var seats [24]float32
	n := 0
	base, factors := 10.0, [...]float64{1, 2, 5}
	if cost == "bytes" {
		base, factors = 8, [...]float64{1, 2, 4}
	}
	for _, m := range factors {
		for e := math.Floor(math.Log(x.low) / math.Log(base)); e <= math.Log(x.high)/math.Log(base); e++ {
			v := m * math.Pow(base, e)
			if !x.holds(v) || n == len(seats) {
				continue
			}
			at := x.at(v)
			text := b.memo(math.Float64bits(v), nameKey(cost)^25, func(t []byte) []byte { return b.appendCost(t, cost, v) })
			half := max(Width(text, b.small, false)/2+b.unit, 2.5*b.small)
			if slices.ContainsFunc(seats[:n], func(other float32) bool { return max(other-at, at-other) < 2*half }) || at+half > x.to+b.unit {
				continue
			}
			seats[n] = at
			n++
			b.y.line(at, top, at, bottom, 1, Solid, b.p.line)
			b.y.text(text, at, bottom+1.1*b.small, b.small, Middle, false, b.p.muted)
		}
	}
}

// bestLine joins the taught students, or those alone if none is taught, that no
// cheaper one equals.
func (b *builder) bestLine(s *wire.Study, x, y *axis) {
	kind, tint := "alone", b.p.muted
	if slices.ContainsFunc(s.Dots, func(d wire.Dot) bool { return d.Kind == "taught" }) {
		kind, tint = "taught", b.p.heat[0]
	}
	b.ranked = b.ranked[:0]
	for i, d := range s.Dots {
		if d.Kind == kind && d.Cost > 0 && d.Test == d.Test {
			b.ranked = append(b.ranked, i)
		}
	}
	slices.SortFunc(b.ranked, func(i, j int) int {
		return cmp.Or(cmp.Compare(s.Dots[i].Cost, s.Dots[j].Cost), cmp.Compare(s.Dots[j].Test, s.Dots[i].Test))
	})
	best, px, py := float32(-1), float32(0), float32(0)
	for _, i := range b.ranked {
		d := &s.Dots[i]
		if d.Test <= best {
			continue
		}
		at, level := x.at(float64(d.Cost)), y.at(float64(d.Test))
		if best >= 0 {
			b.y.line(px, py, at, py, 2, Solid, alpha(tint, 0.7))
			b.y.line(at, py, at, level, 2, Solid, alpha(tint, 0.7))
		}
		best, px, py = d.Test, at, level
	}
}

func (b *builder) dotName(d *wire.Dot) string {
	switch d.Kind {
	case "teacher":
		return b.say(wordTeacher)
	case "taught":
		return b.say(wordTaught)
	}
	return b.say(wordAlone)
}

// dotLook returns how a kind of dot looks.
func (b *builder) dotLook(kind string) (Kind, color.NRGBA) {
	switch kind {
	case "teacher":
		return Square, b.p.ink
	case "taught":
		return Circle, b.p.heat[0]
	}
	return Diamond, b.p.muted
}

// frontierDot paints a dot.
func (b *builder) frontierDot(s *wire.Study, i int, x, y, r float32) {
	d := &s.Dots[i]
	kind, tint := b.dotLook(d.Kind)
	it := Item{Result, i, 0}
	if b.Hover == it || b.Focus == it || s.Chosen == i+1 {
		b.Messages.symbol(Circle, x, y, r+max(0.6*b.unit, 4), b.p.accent)
		b.Messages.symbol(Circle, x, y, r+2, b.p.bg)
	}
	if d.Kind == "alone" {
		b.Messages.ring(kind, x, y, 1.3*r, 2, tint) // to be seen around a taught one that equals it
	} else {
		b.Messages.symbol(kind, x, y, r, tint)
	}
	reach := max(r, 7)
	b.hit(x-reach, y-reach, x+reach, y+reach, it)
}

// frontierLegend says what the dots are, from y on, and returns its height.
func (b *builder) frontierLegend(s *wire.Study, a area, y float32, paint bool) float32 {
	c := cursor{b: b, a: a, x: a.x, y: y + b.small, paint: paint}
	for i, kind := range [...]string{"taught", "alone", "teacher"} {
		if !slices.ContainsFunc(s.Dots, func(d wire.Dot) bool { return d.Kind == kind }) {
			continue
		}
		if x, ok := c.entry(2.4*b.unit, b.say([...]phrase{wordTaught, wordSameAlone, wordTeacher}[i])); ok {
			look, tint := b.dotLook(kind)
			if kind == "alone" {
				b.y.ring(look, x+0.9*b.unit, c.y, 0.6*b.unit, 2, tint)
			} else {
				b.y.symbol(look, x+0.9*b.unit, c.y, 0.8*b.unit, tint)
			}
		}
	}
	if x, ok := c.entry(3*b.unit, b.say(wordBestLine)); ok {
		b.y.line(x, c.y, x+2.2*b.unit, c.y, 2, Solid, b.p.heat[0])
	}
	return c.y + b.small - y
}

// paperPoint paints what the paper's authors report, on axes of its own.
func (b *builder) paperPoint(a area) {
	b.y.frame(a.x+1, a.y+1, a.x+a.w-1, a.y+a.h-1, b.unit/2, 1.5, b.p.line)
	pad := b.unit
	inner := a.w - 2*pad
	b.y.text(fit(b.say(wordPaper), b.small, true, inner), a.x+pad, a.y+pad+0.5*b.small, b.small, Start, true, b.p.ink)
	head := pad + 2*b.small
	head = b.paragraph(b.say(wordPaperOwn), a.x+pad, a.y+head, inner, b.small, false, b.p.muted) - a.y
	left := Width("+2", b.small, false) + b.unit
	x := axis{low: 1, high: 100, from: a.x + pad + left, to: a.x + a.w - 2*pad, log: true}
	y := axis{low: 0, high: 2.5, from: a.y + a.h - pad - 3*b.small, to: a.y + head + 0.1*b.small}
	if y.from-y.to < 2*b.small || x.to-x.from < 30 {
		return
	}
	b.y.line(x.from, y.from, x.to, y.from, 1, Solid, b.p.muted)
	b.y.line(x.from, y.from, x.from, y.to, 1, Solid, b.p.muted)
	for i, text := range [...]string{"0", "+1", "+2"} {
		if i != 1 || y.from-y.to > 5*b.small {
			b.y.text(text, x.from-0.5*b.unit, y.at(float64(i)), b.small, End, false, b.p.muted)
		}
	}
	for i, text := range [...]string{"1×", "10×", "100×"} {
		align := [...]Align{Start, Middle, End}[i]
		b.y.text(text, x.at(math.Pow(10, float64(i))), y.from+1.1*b.small, b.small, align, false, b.p.muted)
	}
	b.y.text(fit(b.say(wordCompression), b.small, false, inner), a.x+a.w-pad, y.from+2.4*b.small, b.small, End, false, b.p.muted)
	at, level, r := x.at(paperTimes), y.at(paperGain), 0.8*b.unit
	b.y.ring(Square, at, level, r, 2, b.p.accent)
	b.y.symbol(Plus, at, level, 0.45*r, b.p.accent)
	text := b.memo(0, 34, func(t []byte) []byte {
		t = append(b.words.appendFloat(append(t, '+'), paperGain, 'f', 2), " %, "...)
		return append(b.words.appendFloat(t, paperTimes, 'f', 1), "×"...)
	})
	b.y.text(text, x.to+pad, level+r+b.small, b.small, End, true, b.p.ink)
}
