package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Cost is how long one piece of work takes on problems of several sizes.
type Cost struct {
	Name    string
	Size    []float64 // ascending, above 0, at least two
	Seconds []float64 // above 0
}

// Costs draws seconds against size, both logarithmic. A dashed line through
// the last point of each cost grows with the size: where it covers the
// cost's own the cost is linear.
func Costs(costs []Cost, size string) string {
	p := newPlot("", size+" (logarithmic)", "seconds (logarithmic)")
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, powers{}
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, powers{}
	for i, c := range costs {
		last := len(c.Size) - 1
		points := make(plotter.XYs, len(c.Size))
		for k := range points {
			points[k] = plotter.XY{X: c.Size[k], Y: c.Seconds[k]}
		}
		linear := must(plotter.NewLine(plotter.XYs{{X: c.Size[0], Y: c.Seconds[last] * c.Size[0] / c.Size[last]}, points[last]}))
		linear.Color, linear.Width, linear.Dashes = ink, vg.Points(0.7), []vg.Length{vg.Points(4), vg.Points(3)}
		l := must(plotter.NewLine(points))
		l.Color, l.Width = series(i+1), vg.Points(1.4)
		dots := must(plotter.NewScatter(points))
		dots.Color, dots.Radius, dots.Shape = series(i+1), vg.Points(3), draw.CircleGlyph{}
		p.Add(linear, l, dots)
		addLabel(p, c.Name, points[last], vg.Point{X: vg.Points(7), Y: vg.Points(-3)})
	}
	p.X.Min, p.X.Max = p.X.Min/1.3, 2.6*p.X.Max // the names stand there
	p.Y.Min, p.Y.Max = p.Y.Min/1.3, 1.3*p.Y.Max
	return svg(p, 640, 380, fmt.Sprintf("Seconds against size of %d kinds of work; the table has the numbers.", len(costs)))
}

// powers has a labelled tick at every power of ten.
type powers struct{}

// Ticks implements plot.Ticker.
func (powers) Ticks(low, high float64) (ticks []plot.Tick) {
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		if v := math.Pow(10, e); v >= low*0.999 && v <= high*1.001 {
			ticks = append(ticks, plot.Tick{Value: v, Label: power(int(e))})
		}
	}
	return ticks
}

// power writes 10 to the e as people do.
func power(e int) string {
	switch {
	case e >= 6:
		return "1" + strings.Repeat("0", e-6) + " million"
	case e >= 3:
		return "1" + strings.Repeat("0", e-3) + ",000"
	case e >= 0:
		return "1" + strings.Repeat("0", e)
	}
	return "0." + strings.Repeat("0", -e-1) + "1"
}
