package scene

import (
	"testing"
)

// TestLanes has a lane for each type, with the first hop between the others and
// the focus.
func TestLanes(t *testing.T) {
	for _, name := range []string{"mag", "karate"} {
		s := snapshot(t, name)
		g := &s.Graph
		for _, size := range sizes {
			l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "alone", Step: 4})
			places := make([]hit, len(g.Nodes))
			for i := range places {
				h, ok := l.where(Item{Node, i, 0})
				if !ok {
					t.Fatalf("%s at %v: node %d is not drawn", name, size, i)
				}
				places[i] = hit{x0: (h.x0 + h.x1) / 2, y0: (h.y0 + h.y1) / 2}
			}
			at := func(i int) hit { return places[i] }
			focus := at(0)
			for i := 1; i < len(g.Nodes); i++ {
				a := at(i)
				if a.x0 >= focus.x0 {
					t.Errorf("%s at %v: node %d stands behind the focus", name, size, i)
				}
				for j := 1; j < len(g.Nodes); j++ {
					b := at(j)
					if g.Nodes[i].Hop <= 1 && g.Nodes[j].Hop > 1 && a.x0 <= b.x0 {
						t.Errorf("%s at %v: node %d of hop %d stands before node %d of hop %d", name, size, j, g.Nodes[j].Hop, i, g.Nodes[i].Hop)
					}
					// A type between two nodes of another would share their lane.
					for k := 1; k < len(g.Nodes); k++ {
						if c := at(k); g.Nodes[i].Type == g.Nodes[k].Type && g.Nodes[j].Type != g.Nodes[i].Type && a.y0 <= b.y0 && b.y0 <= c.y0 {
							t.Fatalf("%s at %v: node %d stands in the lane of nodes %d and %d", name, size, j, i, k)
						}
					}
				}
			}
		}
	}
}

// TestQuietLanes has edges into the focus alone and no message, until something
// is pointed at: then those of that.
func TestQuietLanes(t *testing.T) {
	s := snapshot(t, "mag")
	g := &s.Graph
	v := View{Words: english, W: 760, H: 524, Scene: "alone", Step: 4, Time: 1}
	edges := func(l *List) map[int]bool {
		all := map[int]bool{}
		for _, h := range l.hits {
			if h.item.Target == Edge {
				all[h.item.I] = true
			}
		}
		return all
	}
	quiet := Build(s, v)
	for i := range edges(quiet) {
		if g.Edges[i].Dst != 0 {
			t.Errorf("edge %d, %+v, is drawn though nothing of it is pointed at", i, g.Edges[i])
		}
	}
	if len(quiet.Messages.Shapes) > 0 || quiet.Moving {
		t.Errorf("%d shapes of messages, moving %v, while nothing is pointed at", len(quiet.Messages.Shapes), quiet.Moving)
	}
	near, into := 0, 0
	for i, n := range g.Nodes {
		if n.Hop != 1 {
			continue
		}
		if near == 0 {
			near = i
		}
	}
	v.Hover = Item{Node, near, 0}
	l := Build(s, v)
	for i, e := range g.Edges {
		if (e.Src == near || e.Dst == near) && e.Src != e.Dst {
			into++
			if !edges(l)[i] {
				t.Errorf("edge %d, %+v, of the node that is pointed at is not drawn", i, e)
			}
		}
	}
	if into < 2 || len(l.Messages.Shapes) == 0 || !l.Moving {
		t.Errorf("%d edges, %d shapes of messages, moving %v, of the node that is pointed at", into, len(l.Messages.Shapes), l.Moving)
	}
	// On the way from the overview all are on their way, too.
	v.Pose = Pose{X: 0.5, Y: 0.5, Zoom: 1}
	v.Pose.Share[Overview], v.Pose.Share[Neighbourhood] = 0.5, 0.5
	between, ends := Build(s, v), [2]*List{Build(s, View{Words: english, W: 760, H: 524}), quiet}
	h, _ := between.where(Item{Node, near, 0})
	a, _ := ends[0].where(Item{Node, near, 0})
	b, _ := ends[1].where(Item{Node, near, 0})
	if h.x0 == a.x0 || h.x0 == b.x0 {
		t.Errorf("half-way node %d stands at %g, at the ends at %g and %g", near, h.x0, a.x0, b.x0)
	}
}
