package chart

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot"
)

// parse checks that text is one svg element and returns what its texts say.
func parse(t *testing.T, text string) (words []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	inText := false
	for first := true; ; first = false {
		token, err := d.Token()
		if err == io.EOF {
			return words
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if first && e.Name.Local != "svg" {
				t.Fatalf("the element is %s, want svg", e.Name.Local)
			}
			inText = e.Name.Local == "text"
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				words = append(words, strings.TrimSpace(string(e)))
			}
		}
	}
}

func contains(t *testing.T, words []string, want ...string) {
	t.Helper()
	for _, w := range want {
		found := false
		for _, x := range words {
			found = found || x == w
		}
		if !found {
			t.Errorf("the texts are %q, want %q among them", words, w)
		}
	}
}

// paint checks that every colour is left to the page.
func paint(t *testing.T, svg string, want ...string) {
	t.Helper()
	if c := regexp.MustCompile(`#[0-9A-Fa-f]{6}`).FindString(svg); c != "" {
		t.Errorf("the colour %s is not one of the page's in\n%s", c, svg)
	}
	for _, w := range append(want, "currentColor", "var(--grid)") {
		if !strings.Contains(svg, w) {
			t.Errorf("there is no %s in\n%s", w, svg)
		}
	}
}

var dots = []Dot{
	{Label: "1", Method: "none", Ratio: 40, Mean: 0.70, SD: 0.01},
	{Label: "2", Method: "kd", Ratio: 40, Mean: 0.75, Series: 1, Hollow: true},
	{Label: "3", Method: "none", Ratio: 20.04, Mean: 0.72, SD: 0.02},
}

func TestFrontier(t *testing.T) {
	svg := Frontier(dots, 0.8)
	contains(t, parse(t, svg), "1", "2", "3", "teacher", "40×", "20×", "test accuracy, %", "70", "75", "80")
	paint(t, svg, "var(--s0)", "var(--s1)")
	if again := Frontier(dots, 0.8); again != svg {
		t.Error("drawn again it is another drawing")
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("there is a number that is none in\n%s", svg)
	}
	parse(t, Frontier(dots[1:2], 0.75)) // a single dot, on the teacher's line
}

func TestSideBySide(t *testing.T) {
	at := sideBySide(dots)
	if at[0] >= 40 || at[1] <= 40 || at[2] != 20.04 {
		t.Errorf("the dots stand at %v, want two on both sides of 40 and one at 20.04", at)
	}
	if got := []int{nextOf(dots, 0), nextOf(dots, 1), nextOf(dots, 2)}; fmt.Sprint(got) != "[-1 -1 0]" {
		t.Errorf("the next dots of the same method are %v, want only the third joined with the first", got)
	}
}

func TestCurves(t *testing.T) {
	c := Curve{Mean: []float64{0.3, 0.5, 0.6}, SD: []float64{0.1, 0.05, 0}, Series: 4}
	reference := Curve{Mean: []float64{0.2, 0.4, 0.5}, SD: []float64{0.1, 0.1, 0.1}, Faint: true}
	svg := Curves(`a <b> & "c"`, []Curve{reference, c}, 0.1, 0.7)
	contains(t, parse(t, svg), `a <b> & "c"`, "epoch", "30", "70")
	paint(t, svg, "var(--s4);fill-opacity:0.16", "var(--s0)", "stroke:var(--s4)")
	if strings.Contains(svg, "var(--s0);fill-opacity") {
		t.Error("the reference has a band")
	}
	for _, short := range [][]Curve{nil, {{}}, {{Mean: []float64{0.5}, SD: []float64{0}}}} {
		if svg := Curves("short", short, 0, 1); strings.Contains(svg, "NaN") {
			t.Errorf("curves %v have a number that is none", short)
		}
	}
}

// TestForest reads the places back from the drawing.
func TestForest(t *testing.T) {
	svg := Forest([]Interval{{"1 none", -0.02, -0.04, 0, 0}, {"2 kd", 0.03, 0.01, 0.05, 1}})
	contains(t, parse(t, svg), "1 none", "2 kd", "0")
	paint(t, svg, "var(--s0)", "var(--s1)")
	// A line is M x,y L x,y; those of the intervals are 1.6 points wide.
	found := regexp.MustCompile(`d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)" style="[^"]*stroke:var\(--s(\d)\)`).FindAllStringSubmatch(svg, -1)
	if len(found) != 2 {
		t.Fatalf("%d intervals are drawn, want 2, in\n%s", len(found), svg)
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	a, b := found[0], found[1]
	if width, other := number(a[3])-number(a[1]), number(b[3])-number(b[1]); width <= 0 || width/other < 0.99 || width/other > 1.01 {
		t.Errorf("two intervals of .04 are %v and %v wide", width, other)
	}
	if number(a[2]) <= number(b[2]) { // the drawing's y goes up
		t.Errorf("the first interval is drawn at height %s, the second at %s, want it above", a[2], b[2])
	}
	// From -.04 to .01 is five quarters of an interval.
	if step, width := number(b[1])-number(a[1]), number(a[3])-number(a[1]); step/width < 1.24 || step/width > 1.26 {
		t.Errorf("the second starts %v after the first, want 1.25 of its width %v", step, width)
	}
}

func TestPercents(t *testing.T) {
	var labels []string
	for _, tick := range (percents{}).Ticks(0.605, 0.615) {
		if tick.Label == "" {
			continue
		}
		labels = append(labels, tick.Label)
		if x, err := strconv.ParseFloat(tick.Label, 64); err != nil || x/100-tick.Value > 1e-9 || tick.Value-x/100 > 1e-9 {
			t.Errorf("the tick at %v is called %s", tick.Value, tick.Label)
		}
	}
	if len(labels) < 2 {
		t.Errorf("the labels are %q, want several", labels)
	}
	if got := ratios(dots); len(got) != 2 || got[0] != (plot.Tick{Value: 40, Label: "40×"}) {
		t.Errorf("ticks of the ratios are %v, want each once", got)
	}
}

func TestFactor(t *testing.T) {
	for x, want := range map[float64]string{1: "1×", 31.6018: "31.6×", 20.04: "20×", 141.33: "141×", 12345.6: "12346×", 0.44: "0.4×"} {
		if got := factor(x); got != want {
			t.Errorf("factor(%v) is %q, want %q", x, got, want)
		}
	}
}

// TestManySizes draws ratios over three decades.
func TestManySizes(t *testing.T) {
	var many []Dot
	for i := range 40 {
		many = append(many, Dot{Label: strconv.Itoa(i), Method: fmt.Sprint(i % 5), Ratio: []float64{2, 12.5, 80, 1400}[i%4], Mean: 0.01 * float64(i), SD: 0.02, Series: i})
	}
	svg := Frontier(many, 0.3)
	contains(t, parse(t, svg), "2×", "12.5×", "80×", "1400×", "0", "39")
	paint(t, svg, "var(--s11)")
	at := sideBySide(many)
	for i, d := range many {
		for k := range i {
			if at[k] == at[i] {
				t.Errorf("dots %d and %d stand at the same place %v", k, i, at[i])
			}
		}
		if r := at[i] / d.Ratio; r < 0.7 || r > 1.4 {
			t.Errorf("dot %d of ratio %v stands at %v, want it nearby", i, d.Ratio, at[i])
		}
	}
}

// TestCurveShape reads a curve back from the drawing: one place per epoch, at
// equal distances, rising where the accuracy does.
func TestCurveShape(t *testing.T) {
	c := Curve{Mean: []float64{0.2, 0.6, 0.4, 0.8}, SD: []float64{0, 0, 0, 0}, Series: 2}
	svg := Curves("shape", []Curve{c}, 0, 1)
	m := regexp.MustCompile(`d="M([^"]*)" style="fill:none;stroke:var\(--s2\)`).FindStringSubmatch(svg)
	if m == nil {
		t.Fatalf("there is no line of series 2 in\n%s", svg)
	}
	var xs, ys []float64
	for _, point := range strings.Split(m[1], "L") {
		var x, y float64
		if _, err := fmt.Sscanf(point, "%g,%g", &x, &y); err != nil {
			t.Fatalf("%v in %q", err, point)
		}
		xs, ys = append(xs, x), append(ys, y)
	}
	if len(xs) != 4 {
		t.Fatalf("the line has %d places, want 4", len(xs))
	}
	for i := 1; i < 4; i++ {
		if d, first := xs[i]-xs[i-1], xs[1]-xs[0]; d/first < 0.99 || d/first > 1.01 {
			t.Errorf("epoch %d is %v from the one before, want %v", i+1, d, first)
		}
		got, want := (ys[i]-ys[0])/(ys[1]-ys[0]), (c.Mean[i]-c.Mean[0])/(c.Mean[1]-c.Mean[0])
		if d := got - want; d > 0.01 || d < -0.01 {
			t.Errorf("epoch %d stands %v of the first rise up, want %v", i+1, got, want)
		}
	}
}

// TestForestZero checks that the line at zero is in every drawing.
func TestForestZero(t *testing.T) {
	for _, v := range []Interval{{"above", 0.3, 0.2, 0.4, 1}, {"below", -0.3, -0.4, -0.2, 1}, {"none", 0, 0, 0, 1}} {
		svg := Forest([]Interval{v})
		contains(t, parse(t, svg), v.Label, "0")
		paint(t, svg, "var(--s1)", "stroke:currentColor")
	}
}

// TestTints checks that the drawing library keeps every tint apart.
func TestTints(t *testing.T) {
	seen := map[string]bool{}
	for i := range Series {
		for _, c := range []tint{series(i).(tint), shade + tint(i)} {
			got := tints.Replace("fill:" + hex(c))
			if seen[got] || !strings.Contains(got, fmt.Sprintf("var(--s%d)", i)) {
				t.Errorf("tint %#x becomes %s, want a colour of series %d of its own", uint8(c), got, i)
			}
			seen[got] = true
			if r, g, b, a := c.RGBA(); r != 0 || g != 0 || b>>8 != uint32(c) || a != 0xffff {
				t.Errorf("tint %#x is %x %x %x %x", uint8(c), r, g, b, a)
			}
		}
	}
}

func TestCosts(t *testing.T) {
	got := Costs([]Cost{
		{"an epoch", []float64{1e4, 1e5, 2e6}, []float64{0.02, 0.3, 7}},
		{"reading", []float64{1e4, 1e5, 2e6}, []float64{0.003, 0.03, 0.6}},
	}, "edges")
	for _, want := range []string{"an epoch", "reading", "edges (logarithmic)", "0.01", "1 million", "var(--s1)", "var(--s2)", "stroke-dasharray"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
}

// TestLearning reads lines back from the drawing: a panel each, in one order of
// colours, with a band for several runs and a dot where one is the best.
func TestLearning(t *testing.T) {
	names := []string{"a <b>", "c"}
	up := Line{X: []float64{1, 3, 5}, Mean: []float64{0.2, 0.4, 0.6}, Mark: 2}
	band := Line{X: []float64{1, 2}, Mean: []float64{0.5, 0.6}, SD: []float64{0.1, 0.1}, Mark: -1}
	svg := Learning(names, []Panel{{"accuracy", true, []Line{up, band}}, {"loss", false, []Line{{Mark: -1}, band}}})
	contains(t, parse(t, svg), "a <b>", "c", "accuracy, %", "loss", "epoch")
	paint(t, svg, "var(--s1)", "var(--s2)", "var(--s2);fill-opacity:0.16")
	if strings.Contains(svg, "var(--s1);fill-opacity") {
		t.Error("a single run has a band")
	}
	m := regexp.MustCompile(`d="M([^"]*)" style="fill:none;stroke:var\(--s1\)`).FindAllStringSubmatch(svg, -1)
	if len(m) != 2 || strings.Count(m[1][1], "L") != 2 { // the legend's and its own
		t.Fatalf("the lines of the first series are %q", m)
	}
	many := make([]string, 30)
	lines := make([]Line, 30)
	for i := range many {
		many[i], lines[i] = strconv.Itoa(i), up
	}
	seen := map[string]bool{}
	for _, style := range regexp.MustCompile(`style="fill:none;(stroke:var[^"]*)"`).FindAllStringSubmatch(Learning(many, []Panel{{"x", false, lines}}), -1) {
		seen[style[1]] = true
	}
	if len(seen) < 30 {
		t.Errorf("30 series have %d looks", len(seen))
	}
}

// TestCalibration checks that a bin without nodes is no dot, and that a file of
// its own needs no page.
func TestCalibration(t *testing.T) {
	nan := math.NaN()
	svg := Calibration([]Reliability{
		{"test", []float64{nan, 0.5, 0.9}, []float64{nan, 0.25, 1}, []int{0, 4, 12}},
		{"valid", []float64{nan}, []float64{nan}, []int{0}},
	})
	contains(t, parse(t, svg), "test", "valid", "mean confidence, %", "accuracy, %", "0", "100")
	paint(t, svg, "var(--s1)")
	if strings.Contains(svg, "NaN") || strings.Count(svg, "fill:var(--s1)") != 2 {
		t.Errorf("there are %d dots, want 2, in\n%s", strings.Count(svg, "fill:var(--s1)"), svg)
	}
	alone := Alone(svg)
	parse(t, alone)
	if strings.Contains(alone, "var(") || strings.Contains(alone, "currentColor") || !strings.Contains(alone, colours[1]) {
		t.Errorf("alone it is\n%s", alone)
	}
}
