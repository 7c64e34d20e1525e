package chart

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Strip is what one method came to with each of its settings.
type Strip struct {
	Label  string
	Values []float64 // accuracies 0..1, all known
	Series int       // colour
}

// Strips draws the accuracies of methods side by side, a ring for each setting, so
// that what settings move stands beside what methods do.
func Strips(strips []Strip, y string) string {
	p := newPlot("", "", y)
	p.Y.Tick.Marker = percents{}
	var labels []string
	for i, s := range strips {
		labels = append(labels, s.Label)
		var at plotter.XYs
		for k, v := range s.Values {
			at = append(at, plotter.XY{X: float64(i) + beside(k, len(s.Values)), Y: v})
		}
		if len(at) == 0 {
			continue
		}
		rings := must(plotter.NewScatter(at))
		rings.Color, rings.Radius, rings.Shape = series(s.Series), vg.Points(2.5), draw.RingGlyph{}
		p.Add(rings)
	}
	p.NominalX(labels...)
	p.X.Tick.Label.Color, p.X.Tick.Label.Font = ink, sans(10)
	p.X.Min, p.X.Max = -0.6, float64(len(strips))-0.4
	padY(p)
	return svg(p, 720, 320, fmt.Sprintf("Accuracy of %d methods with each of their settings; the table has lowest, median and highest.", len(strips)))
}

// beside spreads n values over a third of the room of a method, in their order.
func beside(k, n int) float64 {
	if n < 2 {
		return 0
	}
	return (float64(k)/float64(n-1) - 0.5) / 3
}
