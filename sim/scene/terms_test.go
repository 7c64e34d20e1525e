package scene

import (
	"math"
	"slices"
	"testing"

	"abkd/sim/wire"
)

// listed builds the terms of s in the middle of their animation's rest.
func listed(s *wire.Snapshot, v View) *List {
	v.W, v.H, v.Scene, v.Select = 1000, 640, "node", s.Inspection.Subject
	return Build(s, v)
}

// ended is a view whose terms have all arrived.
var ended = View{Words: english, Still: true}

// TestTermsAdd has a row for each term of the sum, with the values that the
// trainer lists: their numbers add up to the sum's.
func TestTermsAdd(t *testing.T) {
	for name := range runs {
		s := snapshot(t, name)
		l := listed(s, ended)
		qs := s.Inspection.Quantities
		out := qs[len(qs)-1]
		sum := qs[out.Uses[0]]
		width := len(sum.Value.Data)
		total := make([]float64, width)
		values := 0
		for _, term := range l.terms {
			if term.value == nil {
				continue
			}
			values++
			for c, x := range term.value {
				total[c] += float64(x)
			}
		}
		for c, x := range total {
			if math.Abs(x-float64(sum.Value.Data[c])) > 1e-4*(1+math.Abs(x)) {
				t.Errorf("%s: the terms of column %d add up to %g, the sum is %g", name, c, x, sum.Value.Data[c])
			}
		}
		bars := 0
		for _, x := range l.Messages.Shapes {
			if p := Light.palette(); x.Kind == Rect && (x.Color == p.positive || x.Color == p.negative) {
				bars++
			}
		}
		if want := (values + 2) * min(width, 8); bars != want {
			t.Errorf("%s: %d bars, want %d for each of %d terms, the sum and the output", name, bars, min(width, 8), values)
		}
	}
}

// TestTermsAsked tells of the column that the reader is to find what each term
// adds to it, but not the sum.
func TestTermsAsked(t *testing.T) {
	s := snapshot(t, "mag")
	told := func(asked int) (bars, questions int, numbers []string) {
		v := ended
		v.Asked = asked
		l := listed(s, v)
		for _, x := range l.Messages.Shapes {
			if p := Light.palette(); x.Kind == Rect && (x.Color == p.positive || x.Color == p.negative) {
				bars++
			}
		}
		for _, x := range l.Messages.Texts {
			if x.Str == "?" {
				questions++
			} else {
				numbers = append(numbers, x.Str)
			}
		}
		return bars, questions, numbers
	}
	all, none, numbers := told(0)
	if none != 0 {
		t.Errorf("%d question marks where nothing is asked", none)
	}
	for _, asked := range []int{1, 3} {
		bars, questions, terms := told(asked)
		if questions != 2 || bars != all-2 || len(terms) != len(numbers)-2 {
			t.Errorf("column %d is asked: %d question marks, %d bars, numbers %q; want 2, for the sum and the output, and the rest of %d bars and %q",
				asked, questions, bars, terms, all, numbers)
		}
	}
}

// TestLaneBars draws each number as high as it is large, up or down by its sign.
func TestLaneBars(t *testing.T) {
	b := &builder{List: &List{words: english}, p: Light.palette(), unit: 8}
	b.bars(10, 100, 80, 20, []float32{1, -2, 0, 0.5, float32(math.NaN())}, 2, 1, 1, 1, -1)
	want := [][2]float32{{90, 100}, {100, 120}, {99, 101}, {100, 100}, {95, 100}}
	if len(b.Messages.Shapes) != len(want) {
		t.Fatalf("%d shapes, want %d: four bars and the mark of column 1", len(b.Messages.Shapes), len(want))
	}
	for i, w := range want {
		if x := b.Messages.Shapes[i]; x.Y0 != w[0] || x.Y1 != w[1] {
			t.Errorf("shape %d is from %g to %g, want %v", i, x.Y0, x.Y1, w)
		}
	}
}

// TestTermPlaces gives each neighbour one place, in a term of a relation over
// which it sends, left of the terms, nobody on another's.
func TestTermPlaces(t *testing.T) {
	for name := range runs {
		s := snapshot(t, name)
		l := listed(s, ended)
		seen := map[[2]int]bool{}
		for i, p := range l.places {
			sends := slices.ContainsFunc(s.Graph.Edges, func(e wire.EdgeView) bool {
				return e.Src == i && e.Dst == 0 && p.term > 0 && l.terms[p.term-1].rel == e.Rel
			})
			near := slices.ContainsFunc(s.Graph.Edges, func(e wire.EdgeView) bool { return e.Src == i && e.Dst == 0 && i != 0 })
			if near != (p.term > 0) || near != sends {
				t.Errorf("%s: node %d sends to the focus: %v; its place is %+v", name, i, near, p)
			}
			if _, drawn := l.where(Item{Node, i, 0}); drawn != (near || i == 0) {
				t.Errorf("%s: node %d is drawn: %v", name, i, drawn)
			}
			if near && seen[[2]int{p.term, p.k}] || near && p.k >= p.n {
				t.Errorf("%s: the place of node %d, %+v, is taken", name, i, p)
			}
			seen[[2]int{p.term, p.k}] = true
		}
		focus, _ := l.where(Item{Node, 0, 0})
		for i, p := range l.places {
			if h, _ := l.where(Item{Node, i, 0}); p.term > 0 && h.x1 > focus.x0 {
				t.Errorf("%s: neighbour %d stands right of the focus", name, i)
			}
		}
	}
}

// TestTermByTerm lets the messages come one term after the other, and then
// the sum.
func TestTermByTerm(t *testing.T) {
	s := snapshot(t, "mag")
	n := len(listed(s, ended).terms)
	if n < 5 {
		t.Fatalf("%d terms, want own share, bias and three relations", n)
	}
	grown := func(time float64) []float32 {
		l := listed(s, View{Words: english, Time: time})
		if !l.Moving || l.Cycle <= float64(n)*Slot || l.Rest >= l.Cycle {
			t.Fatalf("moving %v, a cycle of %g s, rest at %g s", l.Moving, l.Cycle, l.Rest)
		}
		b := &builder{List: l, View: View{Words: english, Time: time}}
		var all []float32
		for i := range n + 2 {
			_, g := b.turn(i)
			all = append(all, g)
		}
		return all
	}
	for i := range n + 2 {
		for k, g := range grown((float64(i) + 0.95) * Slot) {
			if k < i && g != 1 || k > i && g != 0 || k == i && !(g > 0.5) {
				t.Errorf("in the turn of term %d, %g of term %d stands", i, g, k)
			}
		}
	}
	dots := func(time float64) (n int) {
		for _, x := range listed(s, View{Words: english, Time: time}).Messages.Shapes {
			if x.Kind == Circle {
				n++
			}
		}
		return n
	}
	l := listed(s, ended)
	for i, term := range l.terms {
		want := 0 // a dot and its rim for each message
		for _, e := range term.edges {
			if s.Graph.StudentMessages[1][e] > 0 {
				want += 2
			}
		}
		if term.own {
			want = 2
		}
		if got := dots((float64(i) + 0.3) * Slot); got != want {
			t.Errorf("in the turn of term %d %d dots fly, want %d", i, got, want)
		}
	}
}

// TestTermsUnasked draws, while nothing is inspected, how strong each message
// is, and no number.
func TestTermsUnasked(t *testing.T) {
	s := *snapshot(t, "mag")
	s.Inspection = wire.Inspection{}
	l := listed(&s, ended)
	bars, messages := 0, 0
	for _, x := range l.Messages.Shapes {
		if x.Kind == Rect {
			bars++
		}
	}
	last := s.Graph.StudentMessages[len(s.Graph.StudentMessages)-1]
	for i, e := range s.Graph.Edges {
		if e.Dst == 0 && last[i] > 0 {
			messages++
		}
	}
	if bars != messages || messages == 0 || len(l.Messages.Texts) > 0 {
		t.Errorf("%d bars, want %d; numbers: %v", bars, messages, l.Messages.Texts)
	}
}

// TestTermOff shows a relation that was switched off as a term with a cross
// and without messages.
func TestTermOff(t *testing.T) {
	s := *snapshot(t, "mag")
	writes := (&builder{s: &s}).relation("writes")
	s.Graph.Edges = slices.DeleteFunc(slices.Clone(s.Graph.Edges), func(e wire.EdgeView) bool { return e.Rel == writes })
	s.Changes = []wire.Change{{Edit: wire.Drop{Relation: "writes"}}}
	l := listed(&s, ended)
	i := slices.IndexFunc(l.terms, func(x term) bool { return x.rel == writes })
	if i < 0 || !l.terms[i].off || len(l.terms[i].edges) > 0 {
		t.Fatalf("the term is %+v", l.terms)
	}
	crosses := 0
	for _, x := range l.Picture.Shapes {
		if x.Kind == Cross && x.R == 8*min(max(min(float32(1000)/1080, float32(640)/560), 0.8), 2) {
			crosses++
		}
	}
	if crosses != 1 {
		t.Errorf("%d crosses, want one in the term", crosses)
	}
}

// TestTermsFollow shows the model and the layer that are inspected.
func TestTermsFollow(t *testing.T) {
	s := snapshot(t, "mag")
	for subject, want := range map[string]string{
		s.Inspection.Subject: "Student, layer 2 of 2",
		"node teacher 0 " + s.Inspection.Subject[len("node student 1 "):]: "Teacher, layer 1 of 3",
		"": "Student, layer 2 of 2",
	} {
		if l := Build(s, View{Words: english, W: 1000, H: 640, Scene: "node", Select: subject}); !hasText(l, want) {
			t.Errorf("%q: the heading is %q, want %q", subject, l.Picture.Texts[0].Str, want)
		}
	}
}
