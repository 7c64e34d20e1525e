package scene

import (
	"cmp"
	"slices"

	"abkd/sim/wire"
)

// lanes are where nodes stand by type: each type has a lane, in which the nodes
// whose messages reach the focus stand before it, and those farther off behind
// them. Places are shares of width and height.
//
//	 a  a   |  P P P  \
//	    a   |   a a    (P)
//	f f f   |   f f   /
type lanes struct {
	x, y []float32  // [node]
	w, h [2]float32 // of the smallest cell that a node has: of the first hop, and of those behind
}

// Where the second hop, the first one and the focus stand.
const (
	farEnd    = 0.36
	nearStart = 0.44
	nearEnd   = 0.8
	focusAt   = 0.92
)

// newLanes places the nodes of g.
func newLanes(g *wire.GraphView) (l lanes) {
	n := len(g.Nodes)
	l.x, l.y, l.w, l.h = make([]float32, n), make([]float32, n), [2]float32{1, 1}, [2]float32{1, 1}
	types := []int{}
	for i, v := range g.Nodes {
		if i > 0 && !slices.Contains(types, v.Type) {
			types = append(types, v.Type)
		}
	}
	slices.SortFunc(types, func(a, b int) int {
		if a == g.Target || b == g.Target {
			return cmp.Compare(a^g.Target, b^g.Target) // that of the focus is the first
		}
		return cmp.Compare(a, b)
	})
	for lane, typ := range types {
		top, h := float32(lane)/float32(len(types)), 1/float32(len(types))
		for behind, near := range [2]bool{true, false} {
			var nodes []int
			for i, v := range g.Nodes {
				if i > 0 && v.Type == typ && (v.Hop <= 1) == near {
					nodes = append(nodes, i)
				}
			}
			x0, x1 := float32(0), float32(farEnd)
			if near {
				x0, x1 = nearStart, nearEnd
			}
			l.placeIn(nodes, behind, x0, x1, top, h)
		}
	}
	if n > 0 {
		l.x[0], l.y[0] = focusAt, 0.5
	}
	return l
}

// placeIn places nodes in rows between x0 and x1, those of a row that is not full
// at the end that is nearer to the focus.
func (l *lanes) placeIn(nodes []int, behind int, x0, x1, top, h float32) {
	n := len(nodes)
	if n == 0 {
		return
	}
	rows := 1
	for rows*rows*6 < n {
		rows++
	}
	cols := (n + rows - 1) / rows
	cw, ch := (x1-x0)/float32(max(cols, 5)), h/float32(rows)
	l.w[behind], l.h[behind] = min(l.w[behind], cw), min(l.h[behind], ch)
	for k, v := range nodes {
		l.x[v] = x1 - (float32(k%cols)+0.5)*cw
		l.y[v] = top + (float32(k/cols)+0.5)*ch
	}
}

// between returns the places at t, 0..1, of the way from those of from.
func (l lanes) between(from lanes, t float32) lanes {
	x, y := make([]float32, len(l.x)), make([]float32, len(l.y))
	for i := range x {
		x[i], y[i] = from.x[i]*(1-t)+l.x[i]*t, from.y[i]*(1-t)+l.y[i]*t
	}
	l.x, l.y = x, y
	return l
}

// radius is that of the nodes in a: of the first hop, or of those behind.
func (l *lanes) radius(a area, behind int, most float32) float32 {
	return min(max(min(l.w[behind]*a.w, l.h[behind]*a.h)/2.7, 3), most)
}

// isNear reports whether edge i is pointed at or selected, or ends at a node that
// is.
func (b *builder) isNear(i int) bool {
	e := b.s.Graph.Edges[i]
	for _, it := range [...]Item{b.Hover, b.Focus, b.lit.item, b.selected.item} {
		switch {
		case it.Target == Edge && it.I == i, it.Target == Node && (it.I == e.Src || it.I == e.Dst):
			return true
		}
	}
	return b.lit.rel == e.Rel+1 && e.Dst == 0
}

// isFar reports whether node i stands back: it is beyond the first hop, and
// nothing that is near ends there.
func (b *builder) isFar(i int) bool {
	if b.s.Graph.Nodes[i].Hop <= 1 {
		return false
	}
	it := Item{Node, i, 0}
	if b.isPointedAt(it) || b.selected.item == it {
		return false
	}
	for k, e := range b.s.Graph.Edges {
		if (e.Src == i || e.Dst == i) && b.isNear(k) {
			return false
		}
	}
	return true
}
