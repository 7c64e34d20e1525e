package scene

import (
	"slices"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// TestLegendComplete names each type and relation that is drawn, once, and
// none that is not.
func TestLegendComplete(t *testing.T) {
	for _, run := range []string{"mag", "karate"} {
		s := snapshot(t, run)
		for lang, words := range languages {
			l := Build(s, View{W: 640, H: 640, Tab: "graph", Words: words})
			b := builder{List: l}
			want := map[string]int{}
			for _, v := range s.Graph.Nodes {
				want[b.named(s.Graph.Types[v.Type])] = 1
			}
			for _, e := range s.Graph.Edges {
				want[b.named(strings.TrimPrefix(s.Graph.Relations[e.Rel].Name, "rev_"))] = 1
			}
			got := map[string]int{}
			for _, x := range l.Picture.Texts {
				if x.Size < 14 && !x.Bold {
					got[x.Str]++
				}
			}
			for name := range want {
				if got[name] != 1 {
					t.Errorf("%s, %s: the legend names %q %d times, want once", run, lang, name, got[name])
				}
			}
			for _, r := range s.Graph.Relations {
				if strings.HasPrefix(r.Name, "rev_") && got[b.named(r.Name)] > 0 {
					t.Errorf("%s: the legend names the reverse %q", run, r.Name)
				}
			}
		}
	}
}

// TestStyles gives each relation a look of its own in both colour and dash,
// and its reverse the same.
func TestStyles(t *testing.T) {
	var s wire.Snapshot
	for _, name := range []string{"affiliated_with", "rev_affiliated_with", "rev_writes", "writes", "cites", "has_topic", "rev_has_topic"} {
		s.Graph.Relations = append(s.Graph.Relations, wire.RelationView{Name: name})
	}
	b := builder{s: &s, p: Light.palette()}
	type look struct {
		tint int
		dash Dash
	}
	looks := map[string]look{}
	for i, r := range s.Graph.Relations {
		tint, dash := b.style(i)
		base := strings.TrimPrefix(r.Name, "rev_")
		if was, ok := looks[base]; ok && was != (look{tint, dash}) {
			t.Errorf("%s looks like %v, its reverse like %v", base, look{tint, dash}, was)
		}
		looks[base] = look{tint, dash}
	}
	for a, x := range looks {
		for c, y := range looks {
			if a != c && (x.tint == y.tint || x.dash == y.dash) {
				t.Errorf("%s and %s share colour or dash: %v, %v", a, c, x, y)
			}
		}
	}
	if tint, dash := b.style(99); tint != 0 || dash != Solid {
		t.Errorf("a relation that is not there looks like %d, %d", tint, dash)
	}
}

// TestOpposite draws two edges between the same nodes beside each other.
func TestOpposite(t *testing.T) {
	s := &wire.Snapshot{Graph: wire.GraphView{
		Types: []string{"paper"},
		Nodes: []wire.NodeView{{}, {ID: 1, Hop: 1}},
		Edges: []wire.EdgeView{{Src: 0, Dst: 1}, {Src: 1, Dst: 0}},
	}}
	b, p := stagedGraph(s, View{Words: english, W: 400, H: 400})
	ax0, ay0, ax1, ay1, ok := b.span(&p, 0)
	bx0, by0, bx1, by1, ok2 := b.span(&p, 1)
	if !ok || !ok2 {
		t.Fatal("the edges have no length")
	}
	if dx, dy := ax0-bx1, ay0-by1; dx*dx+dy*dy < 4 {
		t.Errorf("the edges begin and end at the same place: %g, %g and %g, %g", ax0, ay0, bx1, by1)
	}
	if cross := (ax1-ax0)*(by1-by0) - (ay1-ay0)*(bx1-bx0); cross > 1 || cross < -1 {
		t.Errorf("the edges are not parallel: cross product %g", cross)
	}
}

// TestCovered lets a message pass below the nodes.
func TestCovered(t *testing.T) {
	b, p := stagedGraph(snapshot(t, "karate"), View{Words: english, W: 600, H: 600})
	x, y, r := b.at(&p, 0)
	for _, c := range []struct{ dx, want float32 }{{0, 0}, {r - 3, 0}, {r, 0.5}, {r + 3, 1}, {r + 4, 1}} {
		if got := b.uncovered(&p, x+c.dx, y, 3); got < c.want-0.01 || got > c.want+0.01 {
			t.Errorf("%g px from the middle of a node of radius %g: %g of a dot shows, want %g", c.dx, r, got, c.want)
		}
	}
}

// TestChips leaves the chips out where they would touch the caption.
func TestChips(t *testing.T) {
	s := aligned(8, 2)
	s.Graph.Nodes = make([]wire.NodeView, 1)
	s.Graph.Types = []string{"paper"}
	s.Graph.TeacherMessages = make([][]float32, 8)
	for w, want := range map[float32]bool{800: true, 240: false} {
		_, got := Build(s, View{Words: english, W: w, H: 500, Tab: "graph", Teacher: true}).where(Item{Step, 7, 0})
		if got != want {
			t.Errorf("width %g: chips are there: %v, want %v", w, got, want)
		}
	}
}

// TestTipsInside keeps the tooltip of everything inside the picture.
func TestTipsInside(t *testing.T) {
	for _, size := range sizes {
		s := snapshot(t, "mag")
		v := View{Words: english, W: size[0], H: size[1], Layout: NewLayout(&s.Graph)}
		l := Build(s, v)
		for _, h := range slices.Clone(l.hits) {
			v.Hover = h.item
			l.Build(s, v)
			if h.item.Target == Step {
				continue
			}
			if len(l.Overlay.Texts) == 0 || l.Tip == "" {
				t.Errorf("%v: %+v has no tooltip", size, h.item)
			}
			for i := range l.Overlay.Texts {
				if x0, y0, x1, y1 := l.Overlay.Texts[i].Box(); x0 < 0 || y0 < 0 || x1 > v.W || y1 > v.H {
					t.Errorf("%v: the tooltip of %+v leaves the picture", size, h.item)
				}
			}
		}
	}
}
