package window

import (
	"image/color"
	"math"
	"strconv"

	"github.com/ebitenui/ebitenui/widget"

	"abkd/sim/scene"
	"abkd/sim/wire"
)

// A lossTerm is what one term adds to the loss.
type lossTerm struct {
	name  string
	color color.NRGBA
	of    func(p *wire.Point) float32
}

// lossTerms are the terms of the loss of the model that learns.
func (w *Window) lossTerms(s *wire.Snapshot) []lossTerm {
	k := w.kit
	if s.Phase == wire.Teaching {
		return []lossTerm{{"CE", k.teacher, func(p *wire.Point) float32 { return p.CE }}}
	}
	name := "CE"
	if s.Alpha > 0 {
		name = "(1−α)·CE"
	}
	terms := []lossTerm{{name, k.taught, func(p *wire.Point) float32 { return (1 - s.Alpha) * p.CE }}}
	if s.Alpha > 0 {
		terms = append(terms, lossTerm{"α·KD", k.kd, func(p *wire.Point) float32 { return s.Alpha * p.KD }})
	}
	if c := s.Lanes[len(s.Lanes)-1].Criterion; s.Beta > 0 && c != "none" && c != "kd" {
		terms = append(terms, lossTerm{"β·L", k.aux, func(p *wire.Point) float32 { return s.Beta * p.Aux }})
	}
	return terms
}

// curves are the losses as stacked areas, and the accuracies as lines.
func (w *Window) curves() part {
	k := w.kit
	both := k.drawing("curves", 100, curvesHeight, func(l *scene.Layer, width, height float32) {
		if s := w.snapshot; s != nil && len(s.Lanes) > 0 {
			c := chart{k: k, l: l, s: w.speech, top: 30, bottom: height - 26, epochs: max(s.Epochs, len(s.Lanes[0].History), 1), ghost: w.beside.ghost()}
			c.left, c.right = 52, width/2-96
			c.losses(s, w.lossTerms(s))
			c.left, c.right = width/2+52, width-104
			c.accuracies(s)
		}
	})
	both.widget.LayoutData = widget.AnchorLayoutData{StretchHorizontal: true, StretchVertical: true}
	return both
}

// A chart is drawn over epochs.
type chart struct {
	k                        *kit
	l                        *scene.Layer
	s                        *speech
	left, right, top, bottom float32
	epochs                   int
	ghost                    []wire.Point // of what stands beside the run
}

func (c *chart) x(epoch int) float32 {
	return c.left + (c.right-c.left)*float32(epoch)/float32(c.epochs)
}

// axes draws the title, the scale from 0 to most and the epochs.
func (c *chart) axes(title string, most float32, tick func(v float32) string) {
	k := c.k
	c.text(title, c.left-44, 14, 13, scene.Start, k.ink, true)
	for _, share := range []float32{0, 0.5, 1} {
		y := c.bottom - share*(c.bottom-c.top)
		c.l.Shapes = append(c.l.Shapes, scene.Shape{Kind: scene.Line, X0: c.left, X1: c.right, Y0: y, Y1: y, R: 0.5, Color: k.line})
		c.text(tick(share*most), c.left-6, y, 11, scene.End, k.muted, false)
	}
	c.text("0", c.left, c.bottom+13, 11, scene.Middle, k.muted, false)
	c.text(strconv.Itoa(c.epochs), c.right, c.bottom+13, 11, scene.Middle, k.muted, false)
}

func (c *chart) text(s string, x, y, size float32, align scene.Align, of color.NRGBA, bold bool) {
	c.l.Texts = append(c.l.Texts, scene.Text{Str: s, X: x, Y: y, Size: size, Align: align, Color: of, Bold: bold})
}

// known is v, or 0 for what is not known.
func known(v float32) float32 {
	if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return v
}

// losses draws the terms of the loss one upon the other.
func (c *chart) losses(s *wire.Snapshot, terms []lossTerm) {
	history := s.Lanes[len(s.Lanes)-1].History
	most := float32(1e-6)
	for i := range history {
		sum := float32(0)
		for _, t := range terms {
			sum += known(t.of(&history[i]))
		}
		most = max(most, sum)
	}
	c.axes(c.s.say("curve.loss.title", "model", laneName(s, len(s.Lanes)-1)), most, func(v float32) string { return c.s.number(v) })
	if len(history) == 0 {
		return
	}
	scale := (c.bottom - c.top) / most
	for px := c.left; px < c.right; px++ {
		epoch := int((px - c.left) / (c.right - c.left) * float32(c.epochs))
		if epoch >= len(history) {
			break
		}
		y := c.bottom
		for _, t := range terms {
			h := known(t.of(&history[epoch])) * scale
			c.l.Shapes = append(c.l.Shapes, scene.Shape{Kind: scene.Rect, X0: px, X1: px + 1.3, Y0: y - h, Y1: y, Color: t.color})
			y -= h
		}
	}
	last := &history[len(history)-1]
	for i, t := range terms {
		c.text(t.name+" "+c.s.number(t.of(last)), c.right+8, c.top+6+float32(len(terms)-1-i)*16, 12, scene.Start, t.color, true)
	}
}

// topAccuracy is the end of the scale on which all accuracies are: of hundreds of
// classes they stay low.
func topAccuracy(s *wire.Snapshot) float32 {
	most := known(s.Teacher.Test)
	for i := range s.Lanes {
		for _, p := range s.Lanes[i].History {
			most = max(most, known(p.Test))
		}
	}
	for _, top := range []float32{0.1, 0.2, 0.5} {
		if most <= top {
			return top
		}
	}
	return 1
}

// accuracies draws the test accuracy of each model.
func (c *chart) accuracies(s *wire.Snapshot) {
	k := c.k
	top := topAccuracy(s)
	c.axes(c.s.say("accuracy.test"), top, func(v float32) string {
		return c.s.say("percent", "value", strconv.Itoa(int(math.Round(100*float64(v)))))
	})
	y := func(v float32) float32 { return c.bottom - v/top*(c.bottom-c.top) }
	row := float32(0)
	legend := func(name string, v float32, of color.NRGBA) {
		c.text(name+" "+c.s.percent(v), c.right+8, c.top+6+16*row, 12, scene.Start, of, true)
		row++
	}
	if s.Phase != wire.Teaching && s.Teacher.Layers > 0 {
		if t := s.Teacher.Test; !math.IsNaN(float64(t)) {
			c.l.Shapes = append(c.l.Shapes, scene.Shape{Kind: scene.Line, Dash: scene.Dashed, X0: c.left, X1: c.right, Y0: y(t), Y1: y(t), R: 1, Color: k.teacher})
		}
		legend(c.s.say("model.teacher"), s.Teacher.Test, k.teacher)
	}
	if len(c.ghost) > 0 && s.Phase != wire.Teaching {
		c.line(c.ghost[:min(len(c.ghost), c.epochs)], k.muted, y)
		legend("A", testAt(c.ghost, s.Epoch), k.muted)
	}
	for i := range s.Lanes {
		name := laneName(s, i)
		of := map[string]color.NRGBA{"teacher": k.teacher, "alone": k.alone, "taught": k.taught, "student": k.taught}[name]
		c.line(s.Lanes[i].History, of, y)
		legend(c.s.say("model."+name), s.Lanes[i].Model.Test, of)
	}
}

// line draws the test accuracies of a history, of which each pixel has one at most,
// and a dot at the last one that is known.
func (c *chart) line(h []wire.Point, of color.NRGBA, y func(float32) float32) {
	before := -1
	for i := range h {
		if math.IsNaN(float64(h[i].Test)) || before >= 0 && c.x(i+1)-c.x(before+1) < 1 && i < len(h)-1 {
			continue
		}
		if before >= 0 {
			c.l.Shapes = append(c.l.Shapes, scene.Shape{Kind: scene.Line, X0: c.x(before + 1), Y0: y(h[before].Test), X1: c.x(i + 1), Y1: y(h[i].Test), R: 1.1, Color: of})
		}
		before = i
	}
	if before >= 0 {
		c.l.Shapes = append(c.l.Shapes, scene.Shape{Kind: scene.Circle, X0: c.x(before + 1), Y0: y(h[before].Test), R: 2.5, Color: of})
	}
}
