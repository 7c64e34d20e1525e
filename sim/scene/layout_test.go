package scene

import (
	"math"
	"reflect"
	"slices"
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

// TestNobodyOnTheWay walks to another focus, around which a third of the nodes
// are new: none lies on another at any moment, and those that stay are seen.
func TestNobodyOnTheWay(t *testing.T) {
	s := snapshot(t, "mag")
	other := *s
	other.Graph.Nodes = append([]wire.NodeView{}, s.Graph.Nodes...)
	n := other.Graph.Nodes
	k := slices.IndexFunc(n, func(v wire.NodeView) bool { return v.Type == s.Graph.Target && v.Hop == 2 })
	n[0], n[k] = n[k], n[0]
	n[0].Hop, n[k].Hop = 0, 2
	for i := 3; i < len(n); i += 3 {
		n[i].ID += 10_000
	}
	to := NewLayout(&other.Graph)
	from := to.From(NewLayout(&s.Graph), &s.Graph, &other.Graph)
	const steps = 40
	for _, v := range []View{{W: 760, H: 520}, {W: 760, H: 520, Scene: "alone", Step: 4}, {W: 358, H: 300, Tab: "graph"}} {
		v.Pose = v.Home()
		for step := range steps {
			b, p := stagedGraph(&other, v)
			b.Layout = to.Between(from, float32(step)/steps)
			p.lanes, p.room = b.Pose.Share[Neighbourhood], b.area()
			p.laneR = [2]float32{to.lanes.radius(p.room, 0, 2.6*b.unit), to.lanes.radius(p.room, 1, 2.2*b.unit)}
			rest := p
			b.giveWay(&p)
			kept := 0
			for i := range n {
				x, y, r := b.at(&p, i)
				for j := range i {
					x2, y2, r2 := b.at(&p, j)
					if d := math.Hypot(float64(x-x2), float64(y-y2)); min(r, r2) > 0 && float64(r+r2) > d+1e-3 {
						t.Fatalf("frame %d, %d of %d: node %d of radius %g lies on node %d of radius %g, %g away", v.Frame(), step, steps, i, r, j, r2, d)
					}
				}
				if _, _, whole := b.at(&rest, i); from.known[i] && r > 0.8*whole {
					kept++
				}
			}
			if kept < len(n)/4 {
				t.Errorf("frame %d, %d of %d: only %d of %d nodes are about as large as at rest", v.Frame(), step, steps, kept, len(n))
			}
		}
	}
}
