package chart

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Slope is a method between two accuracies, 0..1.
type Slope struct {
	Label    string
	From, To float64
	Series   int
}

// Slopes draws from where each method begins to where it comes, its name beside
// the end. Names that would lie on one another stand below each other.
func Slopes(title, from, to string, slopes []Slope) string {
	p := newPlot(title, "", "test accuracy, %")
	p.Y.Tick.Marker = percents{}
	p.X.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: from}, {Value: 1, Label: to}}
	for _, s := range slopes {
		at := plotter.XYs{{X: 0, Y: s.From}, {X: 1, Y: s.To}}
		l, dots := must(plotter.NewLine(at)), must(plotter.NewScatter(at))
		l.Color, l.Width = series(s.Series), vg.Points(1.6)
		dots.Color, dots.Radius, dots.Shape = series(s.Series), vg.Points(2.5), draw.CircleGlyph{}
		p.Add(l, dots)
	}
	padY(p)
	height := max(260, 90+14*float64(len(slopes)))
	sorted := slices.Clone(slopes)
	slices.SortStableFunc(sorted, func(a, b Slope) int { return cmp.Compare(b.To, a.To) })
	least := 13 / (height - 70) * (p.Y.Max - p.Y.Min) // of a line of text
	below := sorted[0].To + least*float64(len(slopes))
	for _, s := range sorted {
		y := min(s.To, below-least)
		addLabel(p, s.Label, plotter.XY{X: 1, Y: y}, vg.Point{X: vg.Points(7), Y: vg.Points(-3)})
		below = y
	}
	p.Y.Min = min(p.Y.Min, below-least)
	p.X.Min, p.X.Max = -0.1, 1.75
	return svg(p, 360, height, fmt.Sprintf("Test accuracy of %d methods on %s, from %s to %s.", len(slopes), title, from, to))
}
