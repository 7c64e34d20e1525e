package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Dot is one method and size on the frontier.
type Dot struct {
	Label  string  // shown beside it, short
	Method string  // dots of one method are joined
	Ratio  float64 // teacher's parameters over the student's
	Mean   float64 // accuracy, 0..1
	SD     float64 // 0 if there is none
	Series int     // colour
	Hollow bool
}

// spread is the ratio between two dots of one size, which would otherwise
// stand on one another.
const spread = 1.06

// Frontier draws accuracy against compression, with the teacher's accuracy as
// a line. Dots of the same ratio stand side by side.
func Frontier(dots []Dot, teacher float64) string {
	p := newPlot("", "compression in parameters (logarithmic; methods of one size stand side by side)", "test accuracy, %")
	p.X.Scale, p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogScale{}, ratios(dots), percents{}
	at := sideBySide(dots)
	low, high := slices.Min(at)/1.25, slices.Max(at)*1.25
	if !math.IsNaN(teacher) {
		addTeacher(p, teacher, low, high)
	}
	for i, d := range dots {
		if next := nextOf(dots, i); next >= 0 {
			l := must(plotter.NewLine(plotter.XYs{{X: at[i], Y: d.Mean}, {X: at[next], Y: dots[next].Mean}}))
			l.Color, l.Width, l.Dashes = series(d.Series), vg.Points(0.8), []vg.Length{vg.Points(2), vg.Points(2)}
			p.Add(l)
		}
		addDot(p, d, at[i])
	}
	p.X.Min, p.X.Max = low, high
	padY(p)
	return svg(p, 720, 360, fmt.Sprintf("Test accuracy against compression of %d models; the table has the numbers.", len(dots)))
}

func addTeacher(p *plot.Plot, accuracy, low, high float64) {
	l := must(plotter.NewLine(plotter.XYs{{X: low, Y: accuracy}, {X: high, Y: accuracy}}))
	l.Color, l.Width, l.Dashes = ink, vg.Points(0.8), []vg.Length{vg.Points(5), vg.Points(3)}
	p.Add(l)
	addLabel(p, "teacher", plotter.XY{X: low, Y: accuracy}, vg.Point{X: vg.Points(4), Y: vg.Points(3)})
}

func addLabel(p *plot.Plot, text string, at plotter.XY, offset vg.Point) {
	l := must(plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{at}, Labels: []string{text}}))
	l.TextStyle[0].Color, l.TextStyle[0].Font = ink, sans(9)
	l.Offset = offset
	p.Add(l)
}

func addDot(p *plot.Plot, d Dot, x float64) {
	at := plotter.XYs{{X: x, Y: d.Mean}}
	if d.SD > 0 {
		bars := must(plotter.NewYErrorBars(struct {
			plotter.XYs
			plotter.YErrors
		}{at, plotter.YErrors{{Low: d.SD, High: d.SD}}}))
		bars.Color, bars.Width, bars.CapWidth = series(d.Series), vg.Points(1), vg.Points(5)
		p.Add(bars)
	}
	s := must(plotter.NewScatter(at))
	s.Color, s.Radius, s.Shape = series(d.Series), vg.Points(3.5), draw.CircleGlyph{}
	if d.Hollow {
		s.Shape = draw.RingGlyph{}
	}
	p.Add(s)
	addLabel(p, d.Label, at[0], vg.Point{X: vg.Points(5), Y: vg.Points(-3)})
}

// sideBySide returns where each dot stands: near its ratio.
func sideBySide(dots []Dot) []float64 {
	at := make([]float64, len(dots))
	for i, d := range dots {
		before, all := 0, 0
		for j, o := range dots {
			if o.Ratio == d.Ratio {
				all++
				if j < i {
					before++
				}
			}
		}
		at[i] = d.Ratio * math.Pow(spread, float64(before)-float64(all-1)/2)
	}
	return at
}

// nextOf returns the dot of the same method with the next greater ratio, or -1.
func nextOf(dots []Dot, i int) int {
	best := -1
	for j, o := range dots {
		if o.Method == dots[i].Method && o.Ratio > dots[i].Ratio && (best < 0 || o.Ratio < dots[best].Ratio) {
			best = j
		}
	}
	return best
}

// padY makes room above and below what is drawn.
func padY(p *plot.Plot) {
	pad := max(0.06*(p.Y.Max-p.Y.Min), 0.002)
	p.Y.Min, p.Y.Max = p.Y.Min-pad, p.Y.Max+pad
}

// A Curve is the learning curve of one method: its mean over the seeds, and
// its standard deviation (nil for none). What is not known is NaN, and a gap.
type Curve struct {
	Mean, SD []float64
	Series   int
	Faint    bool // a reference: thin, without band
}

// Curves draws accuracies by epoch, between low and high so that several
// charts can be compared.
func Curves(title string, curves []Curve, low, high float64) string {
	p := newPlot(title, "epoch", "%")
	p.Y.Tick.Marker = percents{}
	for _, c := range curves {
		for _, known := range stretches(c.Mean) {
			addCurve(p, c, known)
		}
	}
	p.Y.Min, p.Y.Max = low, high
	p.X.Min = min(1, p.X.Min)
	if p.X.Max <= p.X.Min {
		p.X.Max = p.X.Min + 1
	}
	return svg(p, 250, 170, "Validation accuracy by epoch: "+title)
}

// A stretch is a part of a curve: the epochs from first on, before end.
type stretch struct{ first, end int }

// stretches returns the parts of a curve that are known: what is NaN is a gap.
func stretches(mean []float64) (parts []stretch) {
	for i := 0; i < len(mean); i++ {
		if math.IsNaN(mean[i]) {
			continue
		}
		first := i
		for i < len(mean) && !math.IsNaN(mean[i]) {
			i++
		}
		parts = append(parts, stretch{first, i})
	}
	return parts
}

// addCurve adds a part of c with its band.
func addCurve(p *plot.Plot, c Curve, part stretch) {
	if c.SD != nil && !c.Faint {
		addBand(p, c, part)
	}
	var line plotter.XYs
	for i := part.first; i < part.end; i++ {
		line = append(line, plotter.XY{X: float64(i + 1), Y: c.Mean[i]})
	}
	l := must(plotter.NewLine(line))
	l.Color, l.Width = series(c.Series), vg.Points(1.6)
	if c.Faint {
		l.Width, l.Dashes = vg.Points(1), []vg.Length{vg.Points(3), vg.Points(2)}
	}
	p.Add(l)
}

// addBand adds mean ± standard deviation.
func addBand(p *plot.Plot, c Curve, part stretch) {
	var outline plotter.XYs
	for i := part.first; i < part.end; i++ {
		outline = append(outline, plotter.XY{X: float64(i + 1), Y: c.Mean[i] + c.SD[i]})
	}
	for i := part.end - 1; i >= part.first; i-- {
		outline = append(outline, plotter.XY{X: float64(i + 1), Y: c.Mean[i] - c.SD[i]})
	}
	band := must(plotter.NewPolygon(outline))
	band.Color = shade + tint(c.Series%Series)
	band.LineStyle.Width = 0
	p.Add(band)
}

// An Interval is a difference with its confidence interval.
type Interval struct {
	Label           string
	Diff, Low, High float64
	Series          int
}

// Forest draws intervals one below the other, with a line at zero.
func Forest(intervals []Interval) string {
	p := newPlot("", "difference in test accuracy to the best other criterion, points", "")
	p.X.Tick.Marker = percents{}
	n := len(intervals)
	var ticks []plot.Tick
	for i, v := range intervals {
		y := float64(n - i)
		ticks = append(ticks, plot.Tick{Value: y, Label: v.Label})
		l := must(plotter.NewLine(plotter.XYs{{X: v.Low, Y: y}, {X: v.High, Y: y}}))
		l.Color, l.Width = series(v.Series), vg.Points(1.6)
		s := must(plotter.NewScatter(plotter.XYs{{X: v.Diff, Y: y}}))
		s.Color, s.Radius, s.Shape = series(v.Series), vg.Points(3.5), draw.CircleGlyph{}
		p.Add(l, s)
	}
	ends := func(f func(Interval) float64, pick func(a, b float64) float64) float64 {
		x := 0.0
		for _, v := range intervals {
			x = pick(x, f(v))
		}
		return x
	}
	low := ends(func(v Interval) float64 { return v.Low }, func(a, b float64) float64 { return min(a, b) })
	high := ends(func(v Interval) float64 { return v.High }, func(a, b float64) float64 { return max(a, b) })
	pad := max(0.04*(high-low), 0.002)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low-pad, high+pad, 0.4, float64(n)+0.6
	zero := must(plotter.NewLine(plotter.XYs{{X: 0, Y: p.Y.Min}, {X: 0, Y: p.Y.Max}}))
	zero.Color, zero.Width = ink, vg.Points(0.8)
	p.Add(zero)
	slices.SortFunc(ticks, func(a, b plot.Tick) int { return cmp.Compare(a.Value, b.Value) })
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	return svg(p, 640, 60+18*float64(n), "Differences to the best other criterion with their 95 % intervals; the table has the numbers.")
}
