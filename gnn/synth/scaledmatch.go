package synth

import (
	"math/rand/v2"
	"slices"

	"abkd/gnn/graph"
)

// A side is the nodes at one end of a relation.
type side struct {
	degree []int32 // how many edges each node is to have
	class  []int32 // home class of each node, nil on the side that wishes
	year   []int32 // when each node appeared, nil if that does not matter
}

func (s *side) when(v int32) int32 {
	if s.year == nil {
		return 0
	}
	return s.year[v] - firstYear
}

// stubs holds ends of edges that have no other end yet, by class and year:
// those of a cell are nodes[start[cell]:start[cell+1]].
type stubs struct {
	start []int32
	nodes []int32
}

// group sorts the nodes of ends by cell, which has that many values.
func group(ends []int32, cell []uint16, cells int) stubs {
	s := stubs{make([]int32, cells+1), make([]int32, len(ends))}
	for _, c := range cell {
		s.start[c+1]++
	}
	for c := range cells {
		s.start[c+1] += s.start[c]
	}
	next := slices.Clone(s.start[:cells])
	for i, v := range ends {
		s.nodes[next[cell[i]]] = v
		next[cell[i]]++
	}
	return s
}

// A matching joins the stubs of two sides at random, as the configuration
// model does (Molloy and Reed, 1995), but stubs of one class with each other
// and no pair of nodes twice. Both sides keep their degrees:
//
//	left node   3 stubs that wish for class 0, 2 and 2    \  a stub of class 2
//	right node  2 stubs, of its home class 2              /  meets one that wishes for 2
//
// Stubs whose class runs out meet any other that is left.
type matching struct {
	rng         *rand.Rand
	left, right side
	loops       bool // a node may meet its own number: the sides are of two types
	out         graph.CSR
	filled      []int32 // edges that each left node has
}

// match joins the sides. wish draws the class that an edge of a left node is
// to go to.
func match(rng *rand.Rand, left, right side, classes int, loops bool, wish func(u int32) int32) graph.CSR {
	m := &matching{rng: rng, left: left, right: right, loops: loops}
	n := len(left.degree)
	m.out.Ptr, m.filled = make([]int32, n+1), make([]int32, n)
	for u, d := range left.degree {
		m.out.Ptr[u+1] = m.out.Ptr[u] + d
	}
	m.out.Col = make([]int32, m.out.Ptr[n])
	var ends []int32
	var cell []uint16
	collect := func(s *side, class func(v int32) int32) stubs {
		ends, cell = ends[:0], cell[:0]
		for v, d := range s.degree {
			for range d {
				ends, cell = append(ends, int32(v)), append(cell, uint16(class(int32(v))*years+s.when(int32(v))))
			}
		}
		return group(ends, cell, classes*years)
	}
	offers := collect(&m.right, func(v int32) int32 { return right.class[v] })
	wishes := collect(&m.left, wish)
	wishes, offers = m.join(wishes, offers, classes, 8)
	wishes, _ = m.join(wishes, offers, 1, 64)
	for _, u := range wishes.nodes {
		m.force(u)
	}
	for u := range n {
		slices.Sort(m.out.Row(u))
	}
	return m.out
}

// join lets each wish take an offer of its class that is not of a later year,
// in the order of their years, and returns what is left of both as one class.
func (m *matching) join(wishes, offers stubs, classes, tries int) (restWishes, restOffers stubs) {
	var w, o, pool []int32
	var wCell, oCell []uint16
	for k := range classes {
		pool = pool[:0]
		for y := range years {
			cell := k*years + y
			pool = append(pool, offers.nodes[offers.start[cell]:offers.start[cell+1]]...)
			for _, u := range wishes.nodes[wishes.start[cell]:wishes.start[cell+1]] {
				i, ok := m.choose(u, pool, tries)
				if !ok {
					w, wCell = append(w, u), append(wCell, uint16(m.left.when(u)))
					continue
				}
				m.add(u, pool[i])
				pool[i] = pool[len(pool)-1]
				pool = pool[:len(pool)-1]
			}
		}
		for _, v := range pool {
			o, oCell = append(o, v), append(oCell, uint16(m.right.when(v)))
		}
	}
	return group(w, wCell, years), group(o, oCell, years)
}

// choose draws an offer of the pool that u may take.
func (m *matching) choose(u int32, pool []int32, tries int) (i int, ok bool) {
	for range min(tries, 4*len(pool)) {
		if i = m.rng.IntN(len(pool)); m.may(u, pool[i]) {
			return i, true
		}
	}
	return 0, false
}

func (m *matching) may(u, v int32) bool {
	row := m.out.Col[m.out.Ptr[u]:][:m.filled[u]]
	return (m.loops || u != v) && !slices.Contains(row, v)
}

func (m *matching) add(u, v int32) {
	m.out.Col[m.out.Ptr[u]+m.filled[u]] = v
	m.filled[u]++
}

// force gives u one more edge, to a node that has all of its own already: to
// one drawn at random, or the next that will do, of the right year if there
// is one.
func (m *matching) force(u int32) {
	n := int32(len(m.right.degree))
	first := m.rng.Int32N(n)
	for _, late := range []bool{false, true} {
		for i := range n {
			v := (first + i) % n
			if m.may(u, v) && (late || m.right.when(v) <= m.left.when(u)) {
				m.add(u, v)
				return
			}
		}
	}
	panic("synth: a node has more edges than there are nodes")
}
