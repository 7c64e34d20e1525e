package scene

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"abkd/sim"
	"abkd/sim/lesson"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// runs are short real runs, made once: what they compute is not at issue
// here, only that the picture shows it.
var runs = map[string]setup.Experiment{
	"mag":    {Epochs: 6},
	"karate": {Data: "karate", Epochs: 6},
	"none":   {Criterion: "none", Epochs: 2},
	"deep":   {Data: "karate", Teacher: setup.Size{Layers: 8, Hidden: 32}, Student: setup.Size{Layers: 4, Hidden: 8}, Epochs: 2},
}

var (
	snapshots = map[string]*wire.Snapshot{}
	guard     sync.Mutex
)

func snapshot(t testing.TB, name string) *wire.Snapshot {
	t.Helper()
	guard.Lock()
	defer guard.Unlock()
	if s := snapshots[name]; s != nil {
		return s
	}
	e := runs[name]
	e.Teach, e.TeacherEpochs = "on", 6
	g, err := setup.BuiltIn(e.Data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sim.New(g, e, sim.Options{View: true, Baseline: true})
	if err != nil {
		t.Fatal(err)
	}
	for r.Step() {
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	s := new(wire.Snapshot)
	r.Show(wire.Showable)
	r.Snapshot(s)
	focus := &s.Graph.Nodes[0]
	if err := r.Inspect(wire.Subject{Kind: "node", Model: "student", Layer: len(s.Graph.StudentActs) - 1, Type: s.Graph.Types[focus.Type], I: focus.ID}); err != nil {
		t.Fatal(err)
	}
	r.Snapshot(s)
	snapshots[name] = s
	return s
}

// The sizes of a laptop, a lecture hall, a phone and a small frame.
var sizes = [][2]float32{{1280, 640}, {1920, 1080}, {390, 600}, {640, 360}, {900, 900}}

// views calls f with each run in each size, theme, language and tab.
func views(t *testing.T, f func(t *testing.T, s *wire.Snapshot, v View)) {
	for _, name := range []string{"mag", "karate", "none", "deep"} {
		s := snapshot(t, name)
		for _, size := range sizes {
			for _, lang := range []string{"en", "zh-Hans", "en-XA"} {
				for k, tab := range []string{"", "graph", "align", "", "graph", "", "", "", "", "", "", "", ""} {
					v := View{W: size[0], H: size[1], Words: languages[lang], Tab: tab, Theme: Theme(len(tab) % 3), Time: 6.5, Scene: [...]string{"", "", "", "node", "node", "frontier", "alignment", "start", "depth", "teacher", "labels", "methods", "collapse"}[k], Study: raced}
					if other := map[string]*wire.Study{"frontier": sized, "collapse": went}[v.Scene]; other != nil {
						v.Study = other
					}
					v.Select = s.Inspection.Subject
					t.Run(fmt.Sprintf("run=%s/size=%gx%g/lang=%s/tab=%s/scene=%s", name, v.W, v.H, lang, tab, v.Scene), func(t *testing.T) { f(t, s, v) })
				}
			}
		}
	}
}

// bounds returns the rectangle that a shape may paint.
func (s *Shape) bounds() (x0, y0, x1, y1 float32) {
	switch s.Kind {
	case Line:
		return min(s.X0, s.X1) - s.R, min(s.Y0, s.Y1) - s.R, max(s.X0, s.X1) + s.R, max(s.Y0, s.Y1) + s.R
	case Rect:
		return s.X0, s.Y0, s.X1, s.Y1
	case Circle:
		r := s.R + s.Stroke/2
		return s.X0 - r, s.Y0 - r, s.X0 + r, s.Y0 + r
	}
	r := 1.37*s.R + s.Stroke/2
	return s.X0 - r, s.Y0 - r, s.X0 + r, s.Y0 + r
}

func TestNothingOutside(t *testing.T) {
	views(t, func(t *testing.T, s *wire.Snapshot, v View) {
		v.Hover = Item{Node, 0, 0}
		l := Build(s, v)
		for _, y := range []*Layer{&l.Picture, &l.Messages, &l.Overlay} {
			for i := range y.Shapes {
				x0, y0, x1, y1 := y.Shapes[i].bounds()
				if x0 < 0 || y0 < 0 || x1 > v.W || y1 > v.H || x0 != x0 || y1 != y1 {
					t.Errorf("shape %+v is outside of %gx%g", y.Shapes[i], v.W, v.H)
				}
			}
			for i := range y.Texts {
				x0, y0, x1, y1 := y.Texts[i].Box()
				if x0 < 0 || y0 < 0 || x1 > v.W || y1 > v.H {
					t.Errorf("text %+v ends at %g, %g of %gx%g", y.Texts[i], x1, y1, v.W, v.H)
				}
			}
		}
	})
}

// TestLabelsApart allows the letters of nodes that stand close, and nothing
// else, to touch.
func TestLabelsApart(t *testing.T) {
	views(t, func(t *testing.T, s *wire.Snapshot, v View) {
		texts := Build(s, v).Picture.Texts
		for i := range texts {
			ax0, ay0, ax1, ay1 := texts[i].Box()
			for j := range i {
				if len(texts[i].Str) == 1 && len(texts[j].Str) == 1 {
					continue
				}
				bx0, by0, bx1, by1 := texts[j].Box()
				// The box has .23 em above the capitals for accents.
				if ax0 < bx1 && bx0 < ax1 && ay0+0.1*texts[i].Size < by1 && by0+0.1*texts[j].Size < ay1 {
					t.Errorf("%+v overlaps %+v", texts[i], texts[j])
				}
			}
		}
	})
}

func TestReadableSizes(t *testing.T) {
	views(t, func(t *testing.T, s *wire.Snapshot, v View) {
		for _, x := range Build(s, v).Picture.Texts {
			if least := float32(9); len(x.Str) > 1 && x.Size < least {
				t.Errorf("%q is %g px, want at least %g", x.Str, x.Size, least)
			}
		}
	})
}

// TestCellNumbers reads the numbers off the picture: each is that of the
// snapshot, those of a matrix have the same number of decimals, and who
// multiplies and adds what is shown gets what is shown.
func TestCellNumbers(t *testing.T) {
	found := 0
	for _, name := range []string{"mag", "karate", "deep"} {
		s := snapshot(t, name)
		for _, size := range sizes {
			l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "alignment"})
			var shown [3][]float64
			var decimals [3]int
			for m := range 3 {
				shown[m] = make([]float64, s.A.Rows*s.A.Cols)
				decimals[m] = -1
			}
			seen := 0
			for _, h := range l.hits {
				if h.item.Target < Attention || h.item.Target > Product {
					continue
				}
				m, k := int(h.item.Target-Attention), h.item.I*s.A.Cols+h.item.J
				for _, x := range l.Picture.Texts {
					if x.X <= h.x0 || x.X >= h.x1 || x.Y <= h.y0 || x.Y >= h.y1 {
						continue
					}
					got, err := strconv.ParseFloat(x.Str, 64)
					_, after, _ := strings.Cut(x.Str, ".")
					if decimals[m] < 0 {
						decimals[m] = len(after)
					}
					half := 0.5001 * math.Pow10(-len(after))
					if want := float64([...]float32{s.A.Data[k], s.D.Data[k], 0}[m]); err != nil || m < 2 && math.Abs(got-want) > half || len(after) != decimals[m] {
						t.Errorf("%s at %v: cell %+v reads %q, want %g with %d decimals", name, size, h.item, x.Str, want, decimals[m])
					}
					shown[m][k] = got
					seen++
				}
			}
			if seen == 0 && name == "deep" {
				continue // no room for any
			}
			if want := 3 * s.A.Rows * s.A.Cols; seen != want {
				t.Errorf("%s at %v: %d numbers in cells, want %d", name, size, seen, want)
			}
			found += seen
			sum, half := 0.0, 0.5001*math.Pow10(-decimals[2])
			for k := range shown[2] {
				if p := shown[0][k] * shown[1][k]; math.Abs(p-shown[2][k]) > half {
					t.Errorf("%s at %v: %g × %g is shown as %g", name, size, shown[0][k], shown[1][k], shown[2][k])
				}
				sum += shown[2][k]
			}
			for _, x := range l.Picture.Texts {
				if text, is := strings.CutPrefix(x.Str, "Σ = "); is {
					if got, err := strconv.ParseFloat(text, 64); err != nil || math.Abs(got-sum) > half {
						t.Errorf("%s at %v: the sum reads %q, what is shown adds up to %g", name, size, x.Str, sum)
					}
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("%d numbers were read", found)
	}
}

func TestShortNumbers(t *testing.T) {
	var b builder
	b.List = &List{words: english}
	for _, c := range []struct {
		v    float32
		want string
	}{{0.25, ".25"}, {1.02, "1.02"}, {12.3, "12.3"}, {0, ".00"}} {
		if got := b.entry(c.v, 2, true); got != c.want {
			t.Errorf("entry(%g) = %q, want %q", c.v, got, c.want)
		}
	}
}

// TestLabelled finds the label of every layer, in the stacks and at the
// matrices.
func TestLabelled(t *testing.T) {
	s := snapshot(t, "deep")
	texts := Build(s, View{Words: english, W: 1280, H: 640}).Picture.Texts
	count := func(want string) (n int) {
		for _, x := range texts {
			if x.Str == want {
				n++
			}
		}
		return n
	}
	for i := range s.A.Rows {
		if n := count("T" + strconv.Itoa(i+1)); n != 2 {
			t.Errorf("T%d stands %d times, want 2: stack, matrices", i+1, n)
		}
	}
	for j := range s.A.Cols {
		if n := count("S" + strconv.Itoa(j+1)); n != 4 {
			t.Errorf("S%d stands %d times, want 4: stack, three matrices", j+1, n)
		}
	}
}

func TestNoAlignment(t *testing.T) {
	for lang, want := range map[string]string{"en": "No layer alignment", "zh-Hans": "没有层对齐"} {
		l := Build(snapshot(t, "none"), View{W: 1280, H: 640, Words: languages[lang]})
		if !slices.ContainsFunc(l.Picture.Texts, func(x Text) bool { return x.Str == want }) {
			t.Errorf("lang %s: %q is not said", lang, want)
		}
	}
}

func TestWaiting(t *testing.T) {
	for name, s := range map[string]*wire.Snapshot{"nil": nil, "zero": {}, "failed": {Phase: wire.Failed, Error: "sim: no"}} {
		l := Build(s, View{Words: english, W: 640, H: 360})
		if len(l.Picture.Texts) == 0 || l.Moving {
			t.Errorf("%s snapshot: %d texts, moving %v; want a sentence at rest", name, len(l.Picture.Texts), l.Moving)
		}
	}
}

// TestSteady builds the same picture again and again in the same storage.
func TestSteady(t *testing.T) {
	s := snapshot(t, "mag")
	v := View{Words: english, W: 1280, H: 640, Layout: NewLayout(&s.Graph)}
	l := Build(s, v)
	first := Build(s, v)
	frame := 0
	for name, change := range map[string]func(*View){
		"overview": func(*View) {},
		"terms":    func(v *View) { v.Scene, v.Select = "node", s.Inspection.Subject },
		"zoomed":   func(v *View) { v.Pose = v.Home().Zoomed(3, 0.2, 0.4) },
		"beat":     func(v *View) { v.Beat = Backward },
		"lit":      func(v *View) { v.Select, v.Light = s.Inspection.Subject, "m of writes" },
		"labels":   func(v *View) { v.Scene, v.Temperature = "labels", 3 },
		"clouds":   func(v *View) { v.Scene, v.From, v.Came = "teacher", new(Crowd), 0.4 },
		"discs":    func(v *View) { v.Scene, v.Light = "depth", "node student 1 paper 12" },
		"race":     func(v *View) { v.Scene, v.Study, v.From, v.Came = "methods", raced, new(Crowd), 0.4 },
		"frontier": func(v *View) { v.Scene, v.Study = "frontier", sized },
		"units":    func(v *View) { v.Scene, v.Study = "collapse", went },
		"verdicts": func(v *View) { v.Scene, v.From, v.Came = "start", new(Crowd), 0.4 },
	} {
		w := v
		change(&w)
		n := testing.AllocsPerRun(20, func() {
			frame++
			w.Time = float64(frame%5) * 1.7
			w.Since = w.Time / 4
			l.Build(s, w)
		})
		if n > 0 {
			t.Errorf("%s: %v allocations a frame, want 0", name, n)
		}
	}
	v.Time = 0
	l.Build(s, v)
	same := func(a, b Layer) bool { return slices.Equal(a.Shapes, b.Shapes) && slices.Equal(a.Texts, b.Texts) }
	if !same(l.Picture, first.Picture) || !same(l.Messages, first.Messages) {
		t.Error("the same view of the same snapshot gives another picture")
	}
}

func TestTabs(t *testing.T) {
	s := snapshot(t, "mag")
	for tab, want := range map[string][2]bool{"": {true, true}, "graph": {true, false}, "align": {false, true}} {
		l := Build(s, View{Words: english, W: 390, H: 600, Tab: tab})
		_, node := l.where(Item{Node, 0, 0})
		_, cell := l.where(Item{Attention, 0, 0})
		if got := [2]bool{node, cell}; got != want {
			t.Errorf("tab %q shows graph, matrices: %v, want %v", tab, got, want)
		}
	}
}

// TestLarge checks that in a hall no text of the picture, but the letters and numbers
// inside marks, is smaller than 20 CSS pixels, and that all stays inside.
func TestLarge(t *testing.T) {
	const w, least = 1260, 20 // what a screen of 1920 × 1080 leaves
	for _, scene := range lesson.Scenes() {
		h := map[bool]float32{true: 480, false: 980}[scene.ID == "start"] // curves stand above that one
		s := snapshot(t, "mag")
		l := Build(s, View{W: w, H: h, Large: 1.5, Bare: true, Scene: scene.ID, Select: s.Inspection.Subject, Time: 6.5, Still: true})
		usual := Build(s, View{W: w, H: h, Scene: scene.ID, Select: s.Inspection.Subject, Time: 6.5, Still: true})
		if largest(l) < 1.15*largest(usual) {
			t.Errorf("scene %s: the largest text is %g, and usually %g", scene.ID, largest(l), largest(usual))
		}
		for _, text := range l.Picture.Texts {
			if x0, y0, x1, y1 := text.Box(); x0 < -1 || y0 < -1 || x1 > w+1 || y1 > h+1 {
				t.Errorf("scene %s: %q leaves the picture: %g to %g, %g to %g", scene.ID, text.Str, x0, x1, y0, y1)
			}
			if text.Size < least && len([]rune(text.Str)) > 2 {
				t.Errorf("scene %s: %q has %.1f pixels, want %d", scene.ID, text.Str, text.Size, least)
			}
		}
	}
}

func largest(l *List) (size float32) {
	for i := range l.Picture.Texts {
		size = max(size, l.Picture.Texts[i].Size)
	}
	return size
}

// TestNext checks that one goes through all that can be pointed at, both ways.
func TestNext(t *testing.T) {
	l := Build(snapshot(t, "mag"), View{W: 1280, H: 640})
	all := l.Places()
	seen := map[Item]bool{}
	it := l.Next(Item{}, false)
	for first := it; !seen[it]; it = l.Next(it, false) {
		if seen[it] = true; l.Next(l.Next(it, false), true) != it {
			t.Fatalf("back from what follows %v is %v", it, l.Next(l.Next(it, false), true))
		}
		if l.Next(it, false) == first && !seen[first] {
			t.Fatal("it goes round without an end")
		}
	}
	for it := range all {
		if !seen[it] {
			t.Errorf("%v is never reached", it)
		}
	}
	if last := l.Next(Item{}, true); l.Next(last, false) != l.Next(Item{}, false) {
		t.Errorf("before nothing is %v, want the last", last)
	}
}
