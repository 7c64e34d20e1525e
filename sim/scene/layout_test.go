package scene

import (
	"math"
	"reflect"
	"testing"

	"abkd/sim/wire"
)

func TestLayoutDeterministic(t *testing.T) {
	for name := range runs {
		g := &snapshot(t, name).Graph
		if a, b := NewLayout(g), NewLayout(g); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: two layouts of one graph differ", name)
		}
	}
}

// TestLayoutRings has the focus in the middle, farther hops farther out, and
// nobody on another's place.
func TestLayoutRings(t *testing.T) {
	for name := range runs {
		g := &snapshot(t, name).Graph
		l := NewLayout(g)
		if l.X[0] != 0 || l.Y[0] != 0 {
			t.Errorf("%s: the focus stands at %g, %g", name, l.X[0], l.Y[0])
		}
		far := map[int]float64{}
		near := map[int]float64{}
		for i, v := range g.Nodes {
			r := math.Hypot(float64(l.X[i]), float64(l.Y[i]))
			if r > 1.0001 || i > 0 && r < 0.05 {
				t.Errorf("%s: node %d is %g from the middle", name, i, r)
			}
			far[v.Hop] = max(far[v.Hop], r)
			if n, ok := near[v.Hop]; !ok || r < n {
				near[v.Hop] = r
			}
		}
		for hop, r := range far {
			if n, ok := near[hop+1]; ok && n <= r {
				t.Errorf("%s: hop %d reaches out to %g, hop %d in to %g", name, hop, r, hop+1, n)
			}
		}
		if l.Gap < 0.04 {
			t.Errorf("%s: two nodes are only %g apart", name, l.Gap)
		}
	}
}

// TestLayoutUncrosses untangles a wheel whose rim is listed out of order.
func TestLayoutUncrosses(t *testing.T) {
	g := &wire.GraphView{Types: []string{"paper"}, Nodes: []wire.NodeView{{}}}
	const n = 6
	for i := range n {
		g.Nodes = append(g.Nodes, wire.NodeView{ID: i, Hop: 1})
	}
	for i := range n {
		g.Nodes = append(g.Nodes, wire.NodeView{ID: n + i, Hop: 2})
		g.Edges = append(g.Edges, wire.EdgeView{Src: 1 + n + i, Dst: 1 + (i*5+2)%n}) // one leaf for each spoke
	}
	if c := NewLayout(g).crossings(g.Edges); c != 0 {
		t.Errorf("%d crossings, want 0", c)
	}
}

func TestLayoutSmall(t *testing.T) {
	for name, g := range map[string]*wire.GraphView{
		"empty": {},
		"one":   {Types: []string{"paper"}, Nodes: make([]wire.NodeView, 1)},
		"loop":  {Types: []string{"paper"}, Nodes: make([]wire.NodeView, 1), Edges: []wire.EdgeView{{}}},
		"two":   {Types: []string{"paper"}, Nodes: []wire.NodeView{{}, {Hop: 5}}, Edges: []wire.EdgeView{{Src: 1}}},
	} {
		l := NewLayout(g)
		if len(l.X) != len(g.Nodes) || !l.fits(g) {
			t.Errorf("%s: %d places for %d nodes", name, len(l.X), len(g.Nodes))
		}
		Build(&wire.Snapshot{Graph: *g}, View{Words: english, W: 640, H: 360})
	}
}

// TestLayoutFrom lets the nodes around a new focus come from where they were.
func TestLayoutFrom(t *testing.T) {
	was := &snapshot(t, "mag").Graph
	now := *was
	// Another node is in the middle, one is gone and one is new.
	now.Nodes = append([]wire.NodeView{was.Nodes[1], was.Nodes[0]}, was.Nodes[2:]...)
	now.Nodes[0].Hop, now.Nodes[1].Hop = 0, 1
	last := len(now.Nodes) - 1
	now.Nodes[last].ID = 99999
	old, l := NewLayout(was), NewLayout(&now)
	from := l.From(old, was, &now)
	for v := range now.Nodes {
		want := v
		switch v {
		case 0, 1:
			want = 1 - v
		case last:
			continue
		}
		if from.X[v] != old.X[want] || from.Y[v] != old.Y[want] {
			t.Errorf("node %d comes from %g, %g, it stood at %g, %g", v, from.X[v], from.Y[v], old.X[want], old.Y[want])
		}
	}
	for f, want := range map[float32]*Layout{0: from, 1: l} {
		if got := l.Between(from, f); !reflect.DeepEqual(got.X, want.X) || !reflect.DeepEqual(got.Y, want.Y) {
			t.Errorf("at %g of the way the nodes are elsewhere", f)
		}
	}
	if far := float64(l.Between(from, 0.5).X[0]); math.Abs(far-float64(from.X[0]+l.X[0])/2) > 1e-6 {
		t.Errorf("half-way the focus is at %g, between %g and %g", far, from.X[0], l.X[0])
	}
}

// TestLayoutWith keeps every place when edges go.
func TestLayoutWith(t *testing.T) {
	g := snapshot(t, "karate").Graph
	l := NewLayout(&g)
	g.Edges = g.Edges[3:]
	if n := l.With(&g); !reflect.DeepEqual(n.X, l.X) || !n.fits(&g) || l.fits(&g) {
		t.Error("fewer edges move the nodes, or do not fit")
	}
}
