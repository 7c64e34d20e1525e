package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Line is how something went on in one run, or in several. What is not known
// is left out.
type Line struct {
	X    []float64 // ascending
	Mean []float64 // of the runs, as long as X
	SD   []float64 // over the runs, nil for one run
	Mark int       // index of the place that is marked, -1 for none
}

// A Panel has a line for each name, all along one axis.
type Panel struct {
	Title  string
	Shares bool // the numbers are 0..1, and shown as percents
	Lines  []Line
}

// Learning draws panels one below the other, with one legend for the names of
// their lines.
func Learning(names []string, panels []Panel) string {
	const width, height = 720, 240
	plots := make([][]*plot.Plot, len(panels))
	for i, panel := range panels {
		p := newPlot("", "epoch", panel.Title)
		if panel.Shares {
			p.Y.Label.Text += ", %"
			p.Y.Tick.Marker = percents{}
		}
		for series, l := range panel.Lines {
			addLine(p, l, series)
		}
		padY(p)
		plots[i] = []*plot.Plot{p}
	}
	c := newCanvas(width, float64(height*len(panels))+legendHeight(names))
	all := drawLegend(draw.New(c), names)
	tiles := draw.Tiles{Rows: len(panels), Cols: 1, PadY: vg.Points(8)}
	for i, row := range plot.Align(plots, tiles, all) {
		plots[i][0].Draw(row[0])
	}
	var said []string
	for _, p := range panels {
		said = append(said, p.Title)
	}
	return element(c, fmt.Sprintf("%s by epoch, of %d runs or groups of runs.", strings.Join(said, ", "), len(names)))
}

func legendHeight(names []string) float64 { return float64(16*len(names) + 8) }

// drawLegend names the series at the top of c and returns the rest of it.
func drawLegend(c draw.Canvas, names []string) draw.Canvas {
	legend := plot.NewLegend()
	legend.Top, legend.Left, legend.Padding = true, true, vg.Points(3)
	legend.TextStyle.Font, legend.TextStyle.Color = sans(11), ink
	for i, name := range names {
		legend.Add(name, &plotter.Line{LineStyle: lineStyle(i)})
	}
	legend.Draw(draw.Crop(c, vg.Points(44), 0, 0, vg.Points(-4)))
	return draw.Crop(c, 0, vg.Points(-8), 0, vg.Points(-legendHeight(names)))
}

// lineStyle tells series apart by colour, and by dashes beyond the colours.
func lineStyle(i int) draw.LineStyle {
	s := draw.LineStyle{Color: series(i + 1), Width: vg.Points(1.5)}
	if k := (i + 1) / Series; k > 0 {
		s.Dashes = []vg.Length{vg.Points(float64(2 + 3*k)), vg.Points(2)}
	}
	return s
}

// addLine adds l with a band of one standard deviation.
func addLine(p *plot.Plot, l Line, i int) {
	if len(l.X) == 0 {
		return
	}
	at := func(k int, deviations float64) plotter.XY {
		y := l.Mean[k]
		if deviations != 0 {
			y += deviations * l.SD[k]
		}
		return plotter.XY{X: l.X[k], Y: y}
	}
	var line, band plotter.XYs
	for k := range l.X {
		line = append(line, at(k, 0))
	}
	if l.SD != nil {
		for k := range l.X {
			band = append(band, at(k, 1))
		}
		for k := range slices.Backward(l.X) {
			band = append(band, at(k, -1))
		}
		b := must(plotter.NewPolygon(band))
		b.Color, b.LineStyle.Width = shade+tint((i+1)%Series), 0
		p.Add(b)
	}
	drawn := must(plotter.NewLine(line))
	drawn.LineStyle = lineStyle(i)
	p.Add(drawn)
	if len(line) == 1 { // which has no length
		addMark(p, line[0], drawn.Color, 1.5)
	}
	if l.Mark >= 0 {
		addMark(p, line[l.Mark], drawn.Color, 3)
	}
}

func addMark(p *plot.Plot, at plotter.XY, c color.Color, radius float64) {
	s := must(plotter.NewScatter(plotter.XYs{at}))
	s.Color, s.Radius, s.Shape = c, vg.Points(radius), draw.CircleGlyph{}
	p.Add(s)
}

// A Reliability is how often predictions of several confidences are right.
type Reliability struct {
	Name                 string
	Confidence, Accuracy []float64 // means of each bin, NaN for one without nodes
	Nodes                []int     // of each bin
}

// Calibration draws accuracy against confidence (the reliability diagram of Guo
// et al. 2017): on the dashed line both are equal. The area of a dot is the
// share of nodes in its bin.
func Calibration(all []Reliability) string {
	const size = 440
	p := newPlot("", "mean confidence, %", "accuracy, %")
	var fifths plot.ConstantTicks
	for i := range 6 {
		fifths = append(fifths, plot.Tick{Value: float64(i) / 5, Label: strconv.Itoa(20 * i)})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = fifths, fifths
	equal := must(plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}))
	equal.Color, equal.Width, equal.Dashes = ink, vg.Points(0.8), []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(equal)
	var names []string
	for i, r := range all {
		names = append(names, r.Name)
		addReliability(p, r, i)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.02, 1.05, -0.02, 1.05
	c := newCanvas(size, size+legendHeight(names))
	p.Draw(drawLegend(draw.New(c), names))
	return element(c, "Accuracy against confidence of the predictions; the table has the numbers.")
}

func addReliability(p *plot.Plot, r Reliability, i int) {
	total := 0
	for _, n := range r.Nodes {
		total += n
	}
	var line plotter.XYs
	for m, n := range r.Nodes {
		if n > 0 && !math.IsNaN(r.Confidence[m]) {
			line = append(line, plotter.XY{X: r.Confidence[m], Y: r.Accuracy[m]})
			addMark(p, line[len(line)-1], series(i+1), 1.5+9*math.Sqrt(float64(n)/float64(total)))
		}
	}
	if line != nil {
		l := must(plotter.NewLine(line))
		l.LineStyle = lineStyle(i)
		p.Add(l)
	}
}
