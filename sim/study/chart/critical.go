package chart

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Ranked is a method with its mean rank, 1 the best.
type Ranked struct {
	Label  string
	Rank   float64
	Series int
}

// CriticalDifference draws mean ranks on an axis, the methods best first, with the
// difference that counts and a bar over each clique, first and last method, whose
// ranks do not differ (Demšar, JMLR 7, 2006).
func CriticalDifference(methods []Ranked, critical float64, cliques [][2]int) string {
	n := len(methods)
	p := plot.New()
	p.BackgroundColor = nil
	p.HideAxes()
	line := func(width float64, at ...plotter.XY) *plotter.Line {
		l := must(plotter.NewLine(plotter.XYs(at)))
		l.Color, l.Width = ink, vg.Points(width)
		p.Add(l)
		return l
	}
	line(0.8, plotter.XY{X: 1, Y: 0}, plotter.XY{X: float64(n), Y: 0})
	for r := 1; r <= n; r++ {
		line(0.8, plotter.XY{X: float64(r), Y: 0}, plotter.XY{X: float64(r), Y: 0.25})
		addText(p, fmt.Sprint(r), plotter.XY{X: float64(r), Y: 0.3}, draw.XCenter, 0)
	}
	length := min(critical, float64(n-1))
	line(1.6, plotter.XY{X: 1, Y: 1.3}, plotter.XY{X: 1 + length, Y: 1.3})
	addText(p, fmt.Sprintf("critical difference %.2f", critical), plotter.XY{X: 1, Y: 1.4}, draw.XLeft, 0)
	depth := 0.35 + 0.3*float64(len(cliques))
	for i, c := range cliques {
		y := -0.3 - 0.3*float64(i)
		line(3, plotter.XY{X: methods[c[0]].Rank - 0.04, Y: y}, plotter.XY{X: methods[c[1]].Rank + 0.04, Y: y})
	}
	pad := float64(n) * 0.35
	half := (n + 1) / 2
	for i, m := range methods {
		row, x, align, gap := i, 1-0.05*float64(n), draw.XRight, -14.0
		if i >= half {
			row, x, align, gap = n-1-i, float64(n)+0.05*float64(n), draw.XLeft, 4
		}
		y := -depth - 0.6*float64(row+1)
		l := line(0.9, plotter.XY{X: m.Rank, Y: 0}, plotter.XY{X: m.Rank, Y: y}, plotter.XY{X: x, Y: y})
		l.Color = series(m.Series)
		addText(p, fmt.Sprintf("%s  %.2f", m.Label, m.Rank), plotter.XY{X: x, Y: y - 0.1}, align, gap)
	}
	p.X.Min, p.X.Max = 1-pad, float64(n)+pad
	p.Y.Min, p.Y.Max = -depth-0.6*float64(half)-0.4, 2
	return svg(p, 720, 60+26*math.Ceil(p.Y.Max-p.Y.Min), fmt.Sprintf("Mean ranks of %d methods with the critical difference %.2f; the table has the ranks.", n, critical))
}

// addText adds a text that ends, begins or is centred so many points beside a place:
// the page's font may be wider than the one it is measured in.
func addText(p *plot.Plot, text string, at plotter.XY, align draw.XAlignment, beside float64) {
	l := must(plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{at}, Labels: []string{text}}))
	l.TextStyle[0].Color, l.TextStyle[0].Font, l.TextStyle[0].XAlign = ink, sans(10), align
	l.Offset.X = vg.Points(beside)
	p.Add(l)
}
