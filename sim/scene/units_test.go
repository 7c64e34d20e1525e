package scene

import (
	"math"
	"testing"

	"abkd/sim/wire"
)

// went are two courses: in the first two of three units die, one of which comes
// back, and its first epoch is not known; the other has just begun.
var went = &wire.Study{Courses: []wire.Course{
	{
		Name: "published", Epochs: 100, L: []float32{2, 1, 0.5, 0.1}, Taught: 0.5, Alone: 0.52, Units: 3, At: []int{1, 2, 3, 4},
		Share: []float32{nan, nan, nan, 0.5, 1, 0, 0.5, 0, 0, 0.5, 0, 0.2},
	},
	{Name: "frozen", Epochs: 100, L: []float32{1}, Taught: 0.4, Alone: nan, Units: 3, At: []int{1}, Share: []float32{1, 1, 1}},
}}

// TestUnits has a bar for each unit and epoch that is known, dead ones in the
// colour of what is wrong, epochs by their logarithm.
func TestUnits(t *testing.T) {
	s := snapshot(t, "mag")
	for _, size := range sizes {
		l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "collapse", Study: went})
		p := Light.palette()
		dead, rows := 0, map[float32]bool{}
		for _, x := range l.Picture.Shapes {
			if x.Kind == Rect && x.R == 0 && x.Color == p.wrong {
				dead++
				rows[x.Y0] = true
			}
		}
		if dead != 5 || len(rows) != 3 { // four bars of two units, and the legend
			t.Errorf("%v: %d bars of dead units in %d rows, want 5 in 3", size, dead, len(rows))
		}
		if !says(l, "dead: 1 of 3") || !says(l, "dead: 0 of 3") || !says(l, "L = 0.1") || !says(l, "L = 1") {
			t.Errorf("%v: it does not say how many are dead, or L", size)
		}
		var curve []Shape
		for _, x := range l.Picture.Shapes {
			if x.Kind == Line && x.Color == p.heat[1] {
				curve = append(curve, x)
			}
		}
		if len(curve) < 2 {
			t.Fatalf("%v: %d pieces of L", size, len(curve))
		}
		first, last := curve[0], curve[len(curve)-1]
		if got, want := float64((last.X1-first.X0)/(first.X1-first.X0)), math.Log(4)/math.Log(2); len(curve) == 3 && math.Abs(got-want) > 0.01 {
			t.Errorf("%v: epoch 4 is %g times as far along as epoch 2, want %g", size, got, want)
		}
		for i, x := range curve {
			if x.Y1 < x.Y0 {
				t.Errorf("%v: L rises in piece %d", size, i)
			}
		}
	}
	if l := Build(s, View{Words: english, W: 760, H: 524, Scene: "collapse"}); !says(l, "No run has come to anything yet.") {
		t.Error("without runs nothing is said")
	}
}

// TestUnitsUnknown tells a student without hidden units from one of which nothing
// was recorded.
func TestUnitsUnknown(t *testing.T) {
	for want, units := range map[string]int{"This student has no hidden units.": 0, "Which units were at work in this run was not recorded.": 5} {
		c := wire.Course{Name: "this run", Epochs: 3, Units: units, L: []float32{3, 2, 1}}
		if l := Build(snapshot(t, "mag"), View{Words: english, W: 1280, H: 800, Scene: "collapse", Study: &wire.Study{Courses: []wire.Course{c}}}); !says(l, want) {
			t.Errorf("of %d units it does not say %q", units, want)
		}
	}
}

// TestCourseEnds says what L and D came to above their curves, in every size: where
// they stay high to the end, too.
func TestCourseEnds(t *testing.T) {
	high := wire.Course{Name: "node by node", Epochs: 100, L: []float32{2, 2, 2}, D: []float32{1.9, 1.9, 1.9}, At: []int{1, 2, 3}, Units: 1, Share: []float32{1, 1, 1}}
	for _, size := range sizes {
		l := Build(snapshot(t, "mag"), View{Words: english, W: size[0], H: size[1], Scene: "collapse", Study: &wire.Study{Courses: []wire.Course{high, high, high}}})
		said := 0
		for _, text := range l.Picture.Texts {
			if text.Str != "L = 2" && text.Str != "D = 1.9" {
				continue
			}
			said++
			x0, y0, x1, y1 := text.Box()
			for _, s := range l.Picture.Shapes {
				isCurve := s.Kind == Line && (s.Color == Light.palette().heat[1] || s.Dash == Dotted)
				if isCurve && min(s.X0, s.X1) < x1 && max(s.X0, s.X1) > x0 && min(s.Y0, s.Y1) < y1 && max(s.Y0, s.Y1) > y0 {
					t.Errorf("%v: %q lies on a curve", size, text.Str)
				}
			}
		}
		if said != 6 {
			t.Errorf("%v: %d ends are said, want 6", size, said)
		}
	}
}

// TestManyUnits bounds what a wide and deep student costs.
func TestManyUnits(t *testing.T) {
	c := wire.Course{Name: "wide", Epochs: 1000, Units: 256, L: []float32{1}}
	for e := 1; e <= 90; e++ {
		c.At = append(c.At, e*10)
		for range 3 * c.Units {
			c.Share = append(c.Share, 0.5)
		}
	}
	l := Build(snapshot(t, "mag"), View{Words: english, W: 1280, H: 800, Scene: "collapse", Study: &wire.Study{Courses: []wire.Course{c}}})
	if n := len(l.Picture.Shapes); n > mostBars+3*mostUnits+100 {
		t.Errorf("%d shapes", n)
	}
}
