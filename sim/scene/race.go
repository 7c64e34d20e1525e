package scene

import (
	"image/color"
	"math"
	"strconv"

	"abkd/sim/wire"
)

// race paints how methods stand to one another: a lane for each, all on one
// scale of accuracy. A dot is a seed; the tick is their mean, and the band where
// it would lie by the 95 % interval of the difference to the student alone,
// whose mean is the line through all lanes: a band that the line does not cross
// is a difference beyond chance.
//
//	Student alone    ·  ·┊·              74.1 %
//	KD                   ┊  ·[·|·]·      76.2 %  +2.1 [+0.4, +3.8]
//	                70 %   75 %   80 %
func (b *builder) race(a area) {
	s := b.Study
	if s == nil || len(s.Methods) == 0 {
		b.lines(a, b.say(wordNoRuns))
		return
	}
	b.studyHead(s, wordRaceAxis, &a)
	b.foot(&a, func(y float32, paint bool) float32 { return b.raceLegend(s, a, y, paint) })
	names := b.nameColumn(s, a.w)
	numbers := Width("100.0 %", b.body, true) + b.unit
	isWide := a.w > 44*b.body
	if isWide {
		numbers += Width("+00.0 [−00.0, +00.0]", b.small, false) + b.unit
	}
	x := raceSpan(s).shares(a.x+names+b.unit, a.x+a.w-numbers-b.unit)
	foot := 2.2 * b.small
	pitch := min((a.h-foot)/float32(len(s.Methods)), 6*b.body)
	if pitch < 6 || x.to-x.from < 30 {
		return
	}
	bottom := a.y + pitch*float32(len(s.Methods))
	b.percentTicks(&x, 5*b.small, func(at float32, text string) {
		b.y.line(at, a.y, at, bottom, 1, Solid, b.p.line)
		b.y.text(text, at, bottom+1.1*b.small, b.small, Middle, false, b.p.muted)
	})
	alone := aloneMean(s)
	b.raceLevels(s, &x, a.y, bottom, alone)
	dots := 0
	for i := range s.Methods {
		dots += len(s.Methods[i].Endings)
	}
	for i := range s.Methods {
		b.raceLane(s, i, &x, area{a.x, a.y + float32(i)*pitch, a.w, pitch}, alone, dots, isWide)
	}
}

// studyHead writes what the canvas of a study shows, and whether that was
// computed ahead of time, and takes its height from a.
func (b *builder) studyHead(s *wire.Study, what phrase, a *area) {
	y := a.y + 0.6*b.body
	room := a.w
	if s.Stored {
		word := b.say(wordStored)
		w := Width(word, b.small, true) + 1.5*b.unit
		b.y.frame(a.x+a.w-w, y-0.9*b.small, a.x+a.w-1, y+0.9*b.small, b.unit/2, 1.5, b.p.accent)
		b.y.text(word, a.x+a.w-w/2, y, b.small, Middle, true, b.p.accent)
		room -= w + b.unit
	}
	b.y.text(fit(b.say(what), b.body, true, room), a.x, y, b.body, Start, true, b.p.ink)
	a.y, a.h = a.y+2*b.body, a.h-2*b.body
}

// nameColumn returns how wide the column of the methods' names is.
func (b *builder) nameColumn(s *wire.Study, w float32) (widest float32) {
	for i := range s.Methods {
		widest = max(widest, Width(b.methodName(&s.Methods[i]), b.body, true))
	}
	return min(widest, 0.3*w)
}

func (b *builder) methodName(m *wire.Method) string {
	if m.IsAlone {
		return b.say(wordAlone)
	}
	return m.Name
}

// raceSpan is what the lanes reach over. Models that are far below all students
// are left out of it: they are named beside their number.
func raceSpan(s *wire.Study) (r span) {
	for i := range s.Methods {
		for _, e := range s.Methods[i].Endings {
			r.add(float64(e.Test))
		}
	}
	for _, l := range s.Levels {
		if l.Model == "teacher" {
			r.add(float64(l.Test))
		}
	}
	return r
}

// mean returns the mean of what is known of the endings, NaN for none.
func mean(all []wire.Ending) float32 {
	sum, n := 0.0, 0
	for _, e := range all {
		if e.Test == e.Test {
			sum, n = sum+float64(e.Test), n+1
		}
	}
	return float32(sum / float64(n))
}

// aloneMean returns the mean of the student alone, NaN if it is not known.
func aloneMean(s *wire.Study) float32 {
	for i := range s.Methods {
		if s.Methods[i].IsAlone {
			return mean(s.Methods[i].Endings)
		}
	}
	return float32(math.NaN())
}

// raceLevels paints the line of the student alone and those of models that do
// not race.
func (b *builder) raceLevels(s *wire.Study, x *axis, top, bottom, alone float32) {
	if alone == alone {
		at := x.at(float64(alone))
		b.y.line(at, top, at, bottom, 2, Dotted, b.p.ink)
	}
	for _, l := range s.Levels {
		if x.holds(float64(l.Test)) {
			at := x.at(float64(l.Test))
			b.y.line(at, top, at, bottom, 1.5, levelDash(l.Model), b.p.muted)
		}
	}
}

func levelDash(model string) Dash {
	switch model {
	case "teacher":
		return Dashed
	case "lp":
		return DashDot
	}
	return Solid
}

// levelName is what the model of a level is called.
func (b *builder) levelName(model string) string {
	switch model {
	case "teacher":
		return b.say(wordTeacher)
	case "lp":
		return b.say(wordPropagation)
	case "majority":
		return b.say(wordMajority)
	}
	return model
}

// raceLegend says what the lines are, from y on, and returns its height. A level
// beyond the scale is there as a number.
func (b *builder) raceLegend(s *wire.Study, a area, y float32, paint bool) float32 {
	c := cursor{b: b, a: a, x: a.x, y: y + b.small, paint: paint}
	mark := 3 * b.unit
	if x, ok := c.entry(mark, b.say(wordAloneLine)); ok {
		b.y.line(x, c.y, x+2.4*b.unit, c.y, 2, Dotted, b.p.ink)
	}
	for _, l := range s.Levels {
		if l.Test != l.Test {
			continue
		}
		share := b.points(l.Test)
		text := b.memo(uint64(math.Float32bits(l.Test)), nameKey(l.Model)^23, func(t []byte) []byte {
			return append(t, b.say(wordLevelHas, "model", b.levelName(l.Model), "share", share)...)
		})
		if x, ok := c.entry(mark, text); ok {
			b.y.line(x, c.y, x+2.4*b.unit, c.y, 1.5, levelDash(l.Model), b.p.muted)
		}
	}
	if x, ok := c.entry(mark, b.say(wordBand)); ok {
		b.y.rect(x, c.y-0.4*b.unit, x+2.4*b.unit, c.y+0.4*b.unit, 2, alpha(b.p.heat[0], 0.3))
		b.y.line(x+1.2*b.unit, c.y-0.8*b.unit, x+1.2*b.unit, c.y+0.8*b.unit, 2, Solid, b.p.ink)
	}
	return c.y + b.small - y
}

// raceLane paints the lane of a method.
func (b *builder) raceLane(s *wire.Study, i int, x *axis, a area, alone float32, dots int, isWide bool) {
	m := &s.Methods[i]
	mid := a.y + a.h/2
	tint := b.p.heat[0]
	if m.IsAlone {
		tint = b.p.muted
	}
	if s.Chosen == i+1 {
		b.y.rect(a.x, a.y+1, a.x+a.w, a.y+a.h-1, b.unit/2, b.p.surface)
	}
	b.y.line(x.from, mid, x.to, mid, 1, Solid, b.p.line)
	b.y.text(fit(b.methodName(m), b.body, true, x.from-a.x-b.unit), a.x, mid, b.body, Start, true, b.p.ink)
	half := min(0.36*a.h, 1.6*b.unit)
	if at := alone + m.Low; at == at && !m.IsAlone {
		b.y.rect(x.at(float64(at)), mid-half, x.at(float64(alone+m.High)), mid+half, 3, alpha(tint, 0.28))
	}
	b.raceDots(s, i, x, mid, min(half, 0.55*b.unit, 0.22*a.h), tint, dots)
	average := mean(m.Endings)
	if average != average {
		return
	}
	at := x.at(float64(average))
	b.Messages.line(at, mid-half, at, mid+half, max(0.3*b.unit, 2), Solid, b.p.ink)
	right := x.to + 1.5*b.unit
	b.y.text(b.points(average), right+Width("100.0 %", b.body, true), mid, b.body, End, true, b.p.ink)
	if isWide && !m.IsAlone && m.Diff == m.Diff {
		b.y.text(b.difference(m), a.x+a.w, mid, b.small, End, false, b.p.muted)
	}
}

// difference writes the difference of a method to the student alone, with its
// interval where there is one.
func (b *builder) difference(m *wire.Method) string {
	key := uint64(math.Float32bits(m.Low))<<32 | uint64(math.Float32bits(m.High))
	return b.memo(key, uint64(math.Float32bits(m.Diff))<<8|24, func(t []byte) []byte {
		t = b.appendSigned(t, m.Diff)
		if m.Low != m.Low {
			return t
		}
		t = b.appendSigned(append(t, " ["...), m.Low)
		return append(b.appendSigned(append(t, ", "...), m.High), ']')
	})
}

// raceDots paints the seeds of a method: full where the run has ended, a ring
// where it is on its way. Equal ones stand above and below each other.
func (b *builder) raceDots(s *wire.Study, i int, x *axis, mid, r float32, tint color.NRGBA, dots int) {
	all := s.Methods[i].Endings
	for j := range all {
		e := &all[j]
		at, level := x.from, 0
		if e.Test == e.Test {
			at = x.at(float64(e.Test))
			for _, other := range all[:j] {
				if d := x.at(float64(other.Test)) - at; d > -r && d < r {
					level++
				}
			}
		}
		off := float32((level+1)/2) * 1.6 * r
		if level%2 == 1 {
			off = -off
		}
		px, py := b.seat(dots, at, mid+off, x.from, mid)
		if e.Test != e.Test {
			continue
		}
		it := Item{Result, i, j}
		if b.Hover == it || b.Focus == it {
			b.Messages.symbol(Circle, px, py, r+max(0.5*b.unit, 3), b.p.ink)
			b.Messages.symbol(Circle, px, py, r+1.5, b.p.bg)
		}
		if e.Epoch >= e.Epochs {
			b.Messages.symbol(Circle, px, py, r, tint)
		} else {
			b.Messages.ring(Circle, px, py, r-0.2*r, 0.4*r, tint)
		}
		reach := max(r, 5)
		b.hit(px-reach, py-reach, px+reach, py+reach, it)
	}
}

// resultTip says what run j of method i came to, or dot i.
func (b *builder) resultTip(i, j int) []string {
	s := b.Study
	switch {
	case s == nil:
	case b.Frame() == Race && i < len(s.Methods) && j < len(s.Methods[i].Endings):
		m := &s.Methods[i]
		e := m.Endings[j]
		lines := []string{b.methodName(m), b.say(wordSeedHas, "seed", strconv.Itoa(e.Seed), "share", b.points(e.Test))}
		if e.Epoch < e.Epochs {
			lines = append(lines, b.say(wordEpochOf, "epoch", strconv.Itoa(e.Epoch), "epochs", strconv.Itoa(e.Epochs)))
		}
		return lines
	case b.Frame() == Frontier && i < len(s.Dots):
		d := &s.Dots[i]
		lines := []string{b.say(wordSized, "model", b.dotName(d), "layers", strconv.Itoa(d.Layers), "units", strconv.Itoa(d.Hidden)), b.points(d.Test), string(b.appendCost(nil, s.Cost, float64(d.Cost)))}
		if d.Kind != "teacher" {
			lines[1] = b.say(wordSeedHas, "seed", strconv.Itoa(d.Seed), "share", lines[1])
		}
		return lines
	}
	return nil
}
