package scene

import (
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/sim/wire"
)

var nan = float32(math.NaN())

// raced is a race on its way: of the first seeds all have ended, one of the last
// has not begun.
var raced = &wire.Study{
	Levels: []wire.Level{{Model: "teacher", Test: 0.86}, {Model: "lp", Test: 0.7}, {Model: "majority", Test: 0.12}},
	Methods: []wire.Method{
		{Name: "Student alone", IsAlone: true, Endings: endings(0.7, 0.72, 0.74), Diff: 0, Low: nan, High: nan},
		{Name: "ABKD", Endings: endings(0.71, 0.71, 0.71), Diff: -0.01, Low: -0.06, High: 0.04},
		{Name: "KD", Endings: append(endings(0.8, 0.82), wire.Ending{Seed: 3, Test: 0.6, Epoch: 5, Epochs: 20}), Diff: 0.1, Low: 0.08, High: 0.12},
		{Name: "STRIDE", Endings: append(endings(0.75), wire.Ending{Seed: 2, Test: nan, Epochs: 20}), Diff: 0.05, Low: nan, High: nan},
	},
}

func endings(tests ...float32) (all []wire.Ending) {
	for i, v := range tests {
		all = append(all, wire.Ending{Seed: i + 1, Test: v, Epoch: 20, Epochs: 20})
	}
	return all
}

// results returns the middles of what is drawn of a study, by its items.
func results(l *List) map[Item][2]float32 {
	at := map[Item][2]float32{}
	for _, h := range l.hits {
		if h.item.Target == Result {
			at[h.item] = [2]float32{(h.x0 + h.x1) / 2, (h.y0 + h.y1) / 2}
		}
	}
	return at
}

// TestRaceScale has every run on one scale: a dot is as far along as its accuracy
// says, equal ones stand apart, and what is not known is not there.
func TestRaceScale(t *testing.T) {
	s := snapshot(t, "mag")
	for _, size := range sizes {
		l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "methods", Study: raced})
		at := results(l)
		a, b := at[Item{Result, 0, 0}], at[Item{Result, 2, 1}]
		if len(at) != 10 {
			t.Fatalf("%v: %d runs are drawn, want 10", size, len(at))
		}
		perPoint := (b[0] - a[0]) / (0.82 - 0.7)
		seen := map[[2]float32]bool{}
		for it, p := range at {
			want := a[0] + perPoint*(raced.Methods[it.I].Endings[it.J].Test-0.7)
			if d := p[0] - want; d > 0.1 || d < -0.1 || seen[p] {
				t.Errorf("%v: run %+v is at %v, want %g along and a place of its own", size, it, p, want)
			}
			seen[p] = true
		}
		for i := 1; i < 4; i++ {
			if !(at[Item{Result, i, 0}][1] > at[Item{Result, i - 1, 0}][1]) {
				t.Errorf("%v: lane %d is not below lane %d", size, i, i-1)
			}
		}
	}
}

// TestRaceBand paints the interval of a difference where the student alone is: a
// band that its line does not cross is a difference beyond chance.
func TestRaceBand(t *testing.T) {
	s := snapshot(t, "mag")
	l := Build(s, View{Words: english, W: 1280, H: 640, Scene: "methods", Study: raced})
	p := Light.palette()
	line := slices.IndexFunc(l.Picture.Shapes, func(x Shape) bool { return x.Kind == Line && x.Dash == Dotted && x.X0 == x.X1 })
	var bands []Shape
	for _, x := range l.Picture.Shapes {
		if x.Kind == Rect && x.Color == alpha(p.heat[0], 0.28) {
			bands = append(bands, x)
		}
	}
	if line < 0 || len(bands) != 2 {
		t.Fatalf("%d bands beside the line of the student alone (%d), want those of the two with an interval", len(bands), line)
	}
	at := l.Picture.Shapes[line].X0
	if !(bands[0].X0 < at && at < bands[0].X1) || !(at < bands[1].X0) {
		t.Errorf("the line is at %g, the bands at %g to %g and %g to %g: want the first across it and the second beyond", at, bands[0].X0, bands[0].X1, bands[1].X0, bands[1].X1)
	}
	for _, text := range []string{"72.0 %", "81.0 %", "−1.0 [−6.0, +4.0]", "+10.0 [+8.0, +12.0]", "+5.0", "Teacher 86.0 %", "largest class 12.0 %"} {
		if text == "81.0 %" {
			text = "74.0 %" // the run on its way counts as it is
		}
		if !says(l, text) {
			t.Errorf("%q is not said", text)
		}
	}
	if says(l, "stored") {
		t.Error("a race of now is called stored")
	}
	stored := *raced
	stored.Stored = true
	if l := Build(s, View{Words: english, W: 1280, H: 640, Scene: "methods", Study: &stored}); !says(l, "stored") {
		t.Error("a stored race is not called so")
	}
}

// TestRaceTip tells of a run what it is one of.
func TestRaceTip(t *testing.T) {
	s := snapshot(t, "mag")
	l := Build(s, View{Words: english, W: 1280, H: 640, Scene: "methods", Study: raced, Hover: Item{Result, 2, 2}})
	if want := "KD; seed 3: 60.0 %; epoch 5 of 20"; l.Tip != want {
		t.Errorf("the tooltip is %q, want %q", l.Tip, want)
	}
	if l := Build(s, View{Words: english, W: 1280, H: 640, Scene: "methods"}); !says(l, "No run has come to anything yet.") {
		t.Error("a race without runs says nothing")
	}
	l = Build(s, View{Words: english, W: 1280, H: 640, Scene: "frontier", Study: sized, Hover: Item{Result, 3, 0}})
	if want := "Taught student 3 × 8; seed 1: 80.0 %; 4,000"; l.Tip != want {
		t.Errorf("the tooltip is %q, want %q", l.Tip, want)
	}
}

// sized are students of some sizes beside their teacher; the third taught one is
// no better than a cheaper one.
var sized = &wire.Study{Cost: "params", Dots: []wire.Dot{
	{Kind: "teacher", Layers: 3, Hidden: 128, Seed: 1, Cost: 80_000, Test: 0.86},
	{Kind: "taught", Layers: 2, Hidden: 2, Seed: 1, Cost: 400, Test: 0.6},
	{Kind: "taught", Layers: 2, Hidden: 4, Seed: 1, Cost: 1000, Test: 0.75},
	{Kind: "taught", Layers: 3, Hidden: 8, Seed: 1, Cost: 4000, Test: 0.8},
	{Kind: "taught", Layers: 4, Hidden: 8, Seed: 1, Cost: 8000, Test: 0.78},
	{Kind: "alone", Layers: 2, Hidden: 4, Seed: 1, Cost: 1000, Test: 0.7},
	{Kind: "alone", Layers: 2, Hidden: 2, Seed: 1, Cost: 0, Test: 0.7},
}}

// TestFrontierScale has costs by their logarithm, and the paper's point beside
// what was measured, not among it.
func TestFrontierScale(t *testing.T) {
	s := snapshot(t, "mag")
	for _, size := range sizes {
		l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "frontier", Study: sized})
		at := results(l)
		if len(at) != 6 {
			t.Fatalf("%v: %d dots, want those six whose cost is known", size, len(at))
		}
		a, b := at[Item{Result, 1, 0}], at[Item{Result, 0, 0}]
		along, up := (b[0]-a[0])/float32(math.Log(80_000.0/400)), (b[1]-a[1])/(0.86-0.6)
		for it, p := range at {
			d := sized.Dots[it.I]
			x, y := a[0]+along*float32(math.Log(float64(d.Cost)/400)), a[1]+up*(d.Test-0.6)
			if math.Abs(float64(p[0]-x))+math.Abs(float64(p[1]-y)) > 0.2 {
				t.Errorf("%v: dot %d is at %v, want (%g, %g)", size, it.I, p, x, y)
			}
		}
		paper := slices.IndexFunc(l.Picture.Shapes, func(x Shape) bool { return x.Kind == Plus && x.Color == Light.palette().accent })
		if paper < 0 {
			if size[0] >= 560 {
				t.Errorf("%v: the paper's point is not there", size)
			}
			continue
		}
		for it, p := range at {
			if x := l.Picture.Shapes[paper]; p[0] >= x.X0 && p[1] <= x.Y0 && size[0] > size[1] {
				t.Errorf("%v: dot %d lies beyond the paper's point, among which it is not", size, it.I)
			}
		}
	}
}

// TestFrontierLine joins those that no cheaper one equals, and no others.
func TestFrontierLine(t *testing.T) {
	s := snapshot(t, "mag")
	l := Build(s, View{Words: english, W: 1280, H: 640, Scene: "frontier", Study: sized})
	at := results(l)
	var corners []float32
	for _, x := range l.Picture.Shapes {
		if x.Kind == Line && x.Color == alpha(Light.palette().heat[0], 0.7) {
			corners = append(corners, x.X1)
		}
	}
	want := []float32{at[Item{Result, 2, 0}][0], at[Item{Result, 2, 0}][0], at[Item{Result, 3, 0}][0], at[Item{Result, 3, 0}][0]}
	if !slices.EqualFunc(corners, want, func(a, b float32) bool { return max(a-b, b-a) < 0.1 }) {
		t.Errorf("the line turns at %v, want %v", corners, want)
	}
	for cost, said := range map[string][]string{"bytes": {"KiB", "bytes of all weights"}, "time": {"ms", "fastest inference on the whole graph, here"}} {
		other := *sized
		other.Cost = cost
		l := Build(s, View{Words: english, W: 1280, H: 640, Scene: "frontier", Study: &other})
		for _, text := range said {
			if !slices.ContainsFunc(l.Picture.Texts, func(x Text) bool { return strings.Contains(x.Str, text) }) {
				t.Errorf("%s: nothing says %q", cost, text)
			}
		}
	}
}
