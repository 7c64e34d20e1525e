package scene

import (
	"cmp"
	"math"
	"slices"

	"abkd/sim/wire"
)

// A Layout places the nodes of a graph in the unit disc: the focus in the
// middle, every other node on the ring of its hop.
//
//	  . 2 .
//	2  1 1  2
//	   1f1
//	2  1    2
//	  . 2 .
//
// Within a ring nodes are ordered so that few edges cross. A Layout depends on
// nothing but the graph's shape.
type Layout struct {
	X, Y []float32 // [node]
	Gap  float32   // smallest distance of two nodes

	lanes lanes
	known []bool // [node] on the way to its place: whether it stood somewhere before; nil at rest
	twin  []bool // [edge] another edge runs the opposite way
	angle []float64
	rings [][]int // [hop] nodes in order of angle
	near  [][]int // [node] neighbours
}

// NewLayout returns the layout of g.
func NewLayout(g *wire.GraphView) *Layout {
	n := len(g.Nodes)
	l := &Layout{X: make([]float32, n), Y: make([]float32, n), Gap: 2, angle: make([]float64, n), near: make([][]int, n)}
	l.lanes = newLanes(g)
	l.pair(g.Edges)
	for _, e := range g.Edges {
		if e.Src != e.Dst {
			l.near[e.Src] = append(l.near[e.Src], e.Dst)
			l.near[e.Dst] = append(l.near[e.Dst], e.Src)
		}
	}
	for i, v := range g.Nodes {
		hop := max(v.Hop, 0)
		if hop == 0 && i > 0 {
			hop = 1 // only the focus stands in the middle
		}
		for hop >= len(l.rings) {
			l.rings = append(l.rings, nil)
		}
		l.rings[hop] = append(l.rings[hop], i)
	}
	l.rings = slices.DeleteFunc(l.rings, func(r []int) bool { return len(r) == 0 })
	l.order(g)
	l.place()
	return l
}

// With returns l for a graph with the same nodes and other edges: all stay
// where they are.
func (l *Layout) With(g *wire.GraphView) *Layout {
	n := *l
	n.pair(g.Edges)
	return &n
}

// From returns l with every node where it stood in old, the layout of was. A
// node that was not there comes out of a neighbour that was, or else out of
// the middle.
func (l *Layout) From(old *Layout, was, g *wire.GraphView) *Layout {
	n := *l
	n.X, n.Y = make([]float32, len(l.X)), make([]float32, len(l.Y))
	n.lanes = l.lanes.between(l.lanes, 1)
	n.known = make([]bool, len(l.X))
	index := map[[2]int]int{}
	for i, v := range was.Nodes {
		index[[2]int{v.Type, v.ID}] = i
	}
	at := func(v int) (i int, ok bool) {
		i, ok = index[[2]int{g.Nodes[v].Type, g.Nodes[v].ID}]
		return i, ok
	}
	for v := range n.X {
		i, ok := at(v)
		n.known[v] = ok
		for k := 0; !ok && k < len(l.near[v]); k++ {
			i, ok = at(l.near[v][k])
		}
		if ok {
			n.X[v], n.Y[v] = old.X[i], old.Y[i]
			n.lanes.x[v], n.lanes.y[v] = old.lanes.x[i], old.lanes.y[i]
		}
	}
	return &n
}

// Between returns the layout at t, 0..1, of the way from one to l, both of the
// same graph.
func (l *Layout) Between(from *Layout, t float32) *Layout {
	n := *l
	n.X, n.Y = make([]float32, len(l.X)), make([]float32, len(l.Y))
	t = t * t * (3 - 2*t)
	for i := range n.X {
		n.X[i] = from.X[i]*(1-t) + l.X[i]*t
		n.Y[i] = from.Y[i]*(1-t) + l.Y[i]*t
	}
	n.lanes, n.known = l.lanes.between(from.lanes, t), from.known
	return &n
}

// pair finds the edges that have another beside them.
func (l *Layout) pair(edges []wire.EdgeView) {
	l.twin = make([]bool, len(edges))
	directed := map[[2]int]bool{}
	for _, e := range edges {
		directed[[2]int{e.Src, e.Dst}] = true
	}
	for i, e := range edges {
		l.twin[i] = directed[[2]int{e.Dst, e.Src}]
	}
}

// order sorts the rings: first by type, then by sweeps that move each node to
// the mean direction of its neighbours. The sweep with the fewest crossings
// stays.
func (l *Layout) order(g *wire.GraphView) {
	for _, ring := range l.rings {
		slices.SortStableFunc(ring, func(a, b int) int { return cmp.Compare(g.Nodes[a].Type, g.Nodes[b].Type) })
		l.spread(ring)
	}
	best, fewest := []float64(nil), math.MaxInt
	for range 12 {
		for h := 1; h < len(l.rings); h++ {
			l.sweep(l.rings[h])
		}
		for h := len(l.rings) - 2; h > 0; h-- {
			l.sweep(l.rings[h])
		}
		l.place()
		if c := l.crossings(g.Edges); c < fewest {
			best, fewest = slices.Clone(l.angle), c
		}
	}
	if best != nil {
		l.angle = best
	}
}

// spread gives a ring's nodes equal distances in their order.
func (l *Layout) spread(ring []int) {
	for i, v := range ring {
		l.angle[v] = 2*math.Pi*float64(i)/float64(len(ring)) - math.Pi/2
	}
}

func (l *Layout) sweep(ring []int) {
	if len(l.rings) == 0 || len(ring) == 0 {
		return
	}
	focus := l.rings[0][0]
	want := make([]float64, len(l.angle))
	for _, v := range ring {
		x, y := 0.2*math.Cos(l.angle[v]), 0.2*math.Sin(l.angle[v])
		for _, u := range l.near[v] {
			if u != focus {
				x, y = x+math.Cos(l.angle[u]), y+math.Sin(l.angle[u])
			}
		}
		want[v] = math.Atan2(y, x)
	}
	slices.SortStableFunc(ring, func(a, b int) int { return cmp.Compare(want[a], want[b]) })
	l.spread(ring)
	// Turn the whole ring towards where its nodes want to be.
	var x, y float64
	for _, v := range ring {
		x, y = x+math.Cos(want[v]-l.angle[v]), y+math.Sin(want[v]-l.angle[v])
	}
	turn := math.Atan2(y, x)
	for _, v := range ring {
		l.angle[v] += turn
	}
}

// place sets the positions from the angles.
func (l *Layout) place() {
	total, inner := 0, 0
	for _, ring := range l.rings[min(1, len(l.rings)):] {
		total += len(ring)
	}
	for h, ring := range l.rings {
		if h == 0 {
			continue
		}
		inner += len(ring)
		even := float64(h) / float64(len(l.rings)-1)
		crowd := math.Sqrt(float64(inner) / float64(total))
		r := (even + crowd) / 2
		for i, v := range ring {
			q := r
			if len(ring) > 20 && i%2 == 1 {
				q -= 0.13 // a crowded ring stands in two rows
			}
			l.X[v], l.Y[v] = float32(q*math.Cos(l.angle[v])), float32(q*math.Sin(l.angle[v]))
		}
	}
	l.Gap = 2
	for i := range l.X {
		for j := range i {
			l.Gap = min(l.Gap, float32(math.Hypot(float64(l.X[i]-l.X[j]), float64(l.Y[i]-l.Y[j]))))
		}
	}
}

// crossings counts the pairs of edges that cross.
func (l *Layout) crossings(edges []wire.EdgeView) (n int) {
	if len(edges) > 400 {
		edges = edges[:400]
	}
	side := func(a, b, c int) bool {
		return (l.X[b]-l.X[a])*(l.Y[c]-l.Y[a]) > (l.Y[b]-l.Y[a])*(l.X[c]-l.X[a])
	}
	for i, e := range edges {
		for _, f := range edges[:i] {
			if e.Src == f.Src || e.Src == f.Dst || e.Dst == f.Src || e.Dst == f.Dst {
				continue
			}
			if side(e.Src, e.Dst, f.Src) != side(e.Src, e.Dst, f.Dst) && side(f.Src, f.Dst, e.Src) != side(f.Src, f.Dst, e.Dst) {
				n++
			}
		}
	}
	return n
}

// fits reports whether l can be the layout of g.
func (l *Layout) fits(g *wire.GraphView) bool {
	return len(l.X) == len(g.Nodes) && len(l.twin) == len(g.Edges)
}
