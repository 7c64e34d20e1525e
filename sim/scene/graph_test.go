package scene

import (
	"math"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// stagedGraph builds the messages of one layer of s alone and returns the
// builder with its plot.
func stagedGraph(s *wire.Snapshot, v View) (*builder, plot) {
	l := &List{words: english}
	v.Layout = NewLayout(&s.Graph)
	b := &builder{List: l, View: v, W: v.W, H: v.H, p: v.Theme.palette(), s: s, y: &l.Picture}
	b.scale()
	return b, b.stage(b.area())
}

// TestMessagesOnUsedEdges finds in the picture of each layer one dot for each
// edge that the layer uses, on that edge, and no other.
func TestMessagesOnUsedEdges(t *testing.T) {
	s := snapshot(t, "mag")
	for layer, norms := range s.Graph.StudentMessages {
		l := Build(s, View{Words: english, W: 1400, H: 700, Layer: layer + 1, Time: 0.3 * Period})
		used := 0
		for _, m := range norms {
			if m > 0 {
				used++
			}
		}
		// A message is a tail and two dots.
		if got := len(l.Messages.Shapes); used == 0 || used == len(norms) || got != 3*used {
			t.Errorf("layer %d: %d shapes, want 3 for each of %d used edges of %d", layer, got, used, len(norms))
		}
	}
}

// TestMessagePosition follows a message from its source to its destination.
func TestMessagePosition(t *testing.T) {
	s := snapshot(t, "karate")
	for e := range s.Graph.Edges {
		b, p := stagedGraph(s, View{Words: english, W: 600, H: 600})
		x0, y0, x1, y1, ok := b.span(&p, e)
		if !ok {
			t.Fatalf("edge %d has no length", e)
		}
		far := float32(math.Inf(1))
		for _, u := range []float32{0, 0.2, 0.4, 0.6, 0.79} {
			b.Messages.Shapes = b.Messages.Shapes[:0]
			b.message(&p, e, 1, u)
			if n := len(b.Messages.Shapes); n != 3 {
				t.Fatalf("edge %d: %d shapes, want a tail and two dots", e, n)
			}
			dot := b.Messages.Shapes[2]
			// On the segment: the distances to both ends add up to its length.
			d := math.Hypot(float64(dot.X0-x0), float64(dot.Y0-y0)) + math.Hypot(float64(dot.X0-x1), float64(dot.Y0-y1))
			if length := math.Hypot(float64(x1-x0), float64(y1-y0)); math.Abs(d-length) > 0.01 {
				t.Errorf("edge %d at %g: the dot is off the edge", e, u)
			}
			left := float32(math.Hypot(float64(dot.X0-x1), float64(dot.Y0-y1)))
			if left >= far {
				t.Errorf("edge %d at %g: %g px to go, before it were %g", e, u, left, far)
			}
			far = left
		}
	}
}

func TestStrengthShows(t *testing.T) {
	b, p := stagedGraph(snapshot(t, "karate"), View{Words: english, W: 600, H: 600})
	lastR, lastA := b.dot(&p, 0)
	for s := float32(0.05); s <= 1; s += 0.05 {
		r, a := b.dot(&p, s)
		if r <= lastR || a <= lastA || a > 1.0001 {
			t.Errorf("strength %g: radius %g, opacity %g; before %g, %g", s, r, a, lastR, lastA)
		}
		lastR, lastA = r, a
	}
	lastW, lastO := float32(0), float32(0)
	for a := float32(0); a <= 1; a += 0.05 {
		w, o := linkWidth(a, b.unit)
		if w <= lastW || o <= lastO {
			t.Errorf("attention %g: width %g, opacity %g; before %g, %g", a, w, o, lastW, lastO)
		}
		lastW, lastO = w, o
	}
}

// TestLayers cycles through the layers with time, unless one is held or
// nothing may move.
func TestLayers(t *testing.T) {
	s := snapshot(t, "mag")
	n := len(s.Graph.StudentMessages)
	for _, c := range []struct {
		name string
		v    View
		want string
		move bool
	}{
		{"first", View{Words: english, Time: 0.5}, "Student, layer 1 of 2", true},
		{"second", View{Words: english, Time: Period + 0.5}, "Student, layer 2 of 2", true},
		{"again", View{Words: english, Time: 2*Period + 0.5}, "Student, layer 1 of 2", true},
		{"held", View{Words: english, Time: 0.5, Layer: 2}, "Student, layer 2 of 2", true},
		{"still", View{Words: english, Time: Period + 0.5, Still: true}, "Student, layer 1 of 2", false},
		{"teacher", View{Words: english, Time: 2*Period + 0.5, Teacher: true}, "Teacher, layer 3 of 3", true},
		{"chinese", View{Words: chinese}, "学生，第 1 层，共 2 层", true},
	} {
		c.v.W, c.v.H = 1280, 640
		l := Build(s, c.v)
		if got := l.Picture.Texts[0].Str; n != 2 || !hasText(l, c.want) || l.Moving != c.move {
			t.Errorf("%s: caption %q, moving %v; want %q, %v", c.name, got, l.Moving, c.want, c.move)
		}
	}
}

func hasText(l *List, s string) bool {
	for _, x := range append(l.Picture.Texts, l.Overlay.Texts...) {
		if x.Str == s {
			return true
		}
	}
	return false
}

// TestVerdicts counts a tick for each right and a cross for each wrong paper,
// and one more of each in the legend.
func TestVerdicts(t *testing.T) {
	s := snapshot(t, "mag")
	for _, teacher := range []bool{false, true} {
		want := map[Kind]int{Tick: 1, Cross: 1}
		for _, v := range s.Graph.Nodes {
			said := v.Student
			if teacher {
				said = v.Teacher
			}
			if v.Label < 0 || said < 0 {
				continue
			}
			if said == v.Label {
				want[Tick]++
			} else {
				want[Cross]++
			}
		}
		got := map[Kind]int{}
		for _, x := range Build(s, View{Words: english, W: 1280, H: 640, Teacher: teacher}).Picture.Shapes {
			if x.Kind == Tick || x.Kind == Cross {
				got[x.Kind]++
			}
		}
		if got[Tick] != want[Tick] || got[Cross] != want[Cross] || want[Tick]+want[Cross] < 4 {
			t.Errorf("teacher %v: %d ticks, %d crosses, want %d, %d", teacher, got[Tick], got[Cross], want[Tick], want[Cross])
		}
	}
}

// TestHit finds every node and cell where it was painted.
func TestHit(t *testing.T) {
	for _, size := range sizes {
		s := snapshot(t, "karate")
		v := View{Words: english, W: size[0], H: size[1], Layout: NewLayout(&s.Graph)}
		l := Build(s, v)
		want := len(s.Graph.Nodes) + len(s.Graph.Edges) + 3*len(s.A.Data) + 1 + len(s.Graph.StudentMessages) + len(s.Graph.TeacherActs) + len(s.Graph.StudentActs)
		if len(l.hits) != want {
			t.Errorf("%v: %d things to point at, want %d", size, len(l.hits), want)
		}
		places, hidden := l.Places(), 0
		for _, h := range l.hits {
			at, ok := places[h.item]
			if !ok && h.item.Target == Edge {
				hidden++ // below nodes or other edges all along
				continue
			}
			if it, there := l.At(at[0], at[1]); !ok || !there || it != h.item {
				t.Errorf("%v: at the place of %+v is %+v", size, h.item, it)
			}
		}
		if hidden > len(s.Graph.Edges)/6 {
			t.Errorf("%v: %d of %d edges cannot be pointed at", size, hidden, len(s.Graph.Edges))
		}
		if it, ok := l.At(-1, -1); ok {
			t.Errorf("outside is %+v", it)
		}
	}
}

func TestTooltip(t *testing.T) {
	s := snapshot(t, "mag")
	for _, c := range []struct {
		it   Item
		want string
	}{
		{Item{Node, 0, 0}, "paper "},
		{Item{Distance, 1, 0}, "T2 → S1; A = "},
		{Item{Step, 0, 0}, ""},
		{Item{Node, 9999, 0}, ""},
	} {
		l := Build(s, View{Words: english, W: 390, H: 600, Hover: c.it})
		if !strings.HasPrefix(l.Tip, c.want) || (c.want == "") != (l.Tip == "") || (l.Tip == "") != (len(l.Overlay.Texts) == 0) {
			t.Errorf("%+v: the tooltip is %q, want it to begin %q", c.it, l.Tip, c.want)
		}
		if by := Build(s, View{Words: english, W: 390, H: 600, Focus: c.it}); by.Tip != l.Tip {
			t.Errorf("%+v: by keyboard %q, by pointer %q", c.it, by.Tip, l.Tip)
		}
	}
}
