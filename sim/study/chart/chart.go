// Package chart draws the plots of a comparison as SVG elements for a page.
//
// Colours are left to the page, so that one drawing is readable in light, in
// dark and on paper: text and axes have currentColor, the grid var(--grid),
// and the series number i var(--si). Text has the page's font.
package chart

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Series is how many colours there are: var(--s0) and on.
const Series = 12

// A tint is a colour that is replaced by a name of the page's: in the drawing
// it is #0000xx, with xx the tint.
type tint uint8

const (
	ink   tint = 0xf0 // text and axes
	lines tint = 0xf1 // grid
	shade tint = 0x40 // the band of series i is shade + i
)

// RGBA implements color.Color. The excess of less than one level keeps the
// conversion to 8 bits, which rounds down, from losing one.
func (t tint) RGBA() (r, g, b, a uint32) { return 0, 0, uint32(t)*257 + 64, 0xffff }

// series returns the colour of series i.
func series(i int) color.Color { return tint(i%Series + 1) }

// tints replaces colours by their names.
var tints = func() *strings.Replacer {
	pairs := []string{hex(ink), "currentColor", hex(lines), "var(--grid)"}
	for i := range Series {
		name := fmt.Sprintf("var(--s%d)", i)
		pairs = append(pairs, hex(tint(i+1)), name, hex(shade+tint(i)), name+";fill-opacity:0.16")
	}
	return strings.NewReplacer(pairs...)
}()

func hex(t tint) string { return fmt.Sprintf("#0000%02X", uint8(t)) }

// newPlot returns an empty plot in the style of all.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = vg.Points(6)
	for _, s := range []*text.Style{&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label} {
		s.Color = ink
		s.Font = sans(11)
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle.Color, a.LineStyle.Width = ink, vg.Points(0.6)
		a.Tick.LineStyle.Color, a.Tick.LineStyle.Width = ink, vg.Points(0.6)
		a.Tick.Length = vg.Points(4)
		a.Padding = 0
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = lines, lines
	grid.Vertical.Width, grid.Horizontal.Width = vg.Points(0.5), vg.Points(0.5)
	p.Add(grid)
	return p
}

func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)}
}

// svg draws p and returns the element. What it shows is said in label for
// those who do not see it.
func svg(p *plot.Plot, width, height float64, label string) string {
	c := newCanvas(width, height)
	p.Draw(draw.New(c))
	return element(c, label)
}

func newCanvas(width, height float64) *vgsvg.Canvas {
	return vgsvg.NewWith(vgsvg.UseWH(vg.Points(width), vg.Points(height)))
}

// element returns what was drawn on c.
func element(c *vgsvg.Canvas, label string) string {
	var b bytes.Buffer
	c.WriteTo(&b) // a bytes.Buffer does not fail
	_, out, _ := strings.Cut(b.String(), "<svg ")
	return tints.Replace(`<svg role="img" aria-label="` + html.EscapeString(label) + `" ` + out)
}

// percents labels an axis of accuracies 0..1.
type percents struct{}

// Ticks implements plot.Ticker.
func (percents) Ticks(low, high float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(100*low, 100*high)
	for i := range ticks {
		if t := &ticks[i]; t.Label != "" {
			t.Label = strconv.FormatFloat(math.Round(t.Value*1e4)/1e4, 'f', -1, 64)
		}
		ticks[i].Value /= 100
	}
	return ticks
}

// ratios returns a tick for each ratio that dots have.
func ratios(dots []Dot) (ticks plot.ConstantTicks) {
	for _, d := range dots {
		if !slices.ContainsFunc(ticks, func(t plot.Tick) bool { return t.Value == d.Ratio }) {
			ticks = append(ticks, plot.Tick{Value: d.Ratio, Label: factor(d.Ratio)})
		}
	}
	return ticks
}

// factor writes a ratio, with a decimal only below 100.
func factor(x float64) string {
	if x < 100 {
		x = math.Round(10*x) / 10
	} else {
		x = math.Round(x)
	}
	return strconv.FormatFloat(x, 'f', -1, 64) + "×"
}

// must stops for data that a plotter refuses: numbers that are not finite,
// which callers keep out.
func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("chart: %v", err))
	}
	return v
}
