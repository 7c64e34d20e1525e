package sample

import "abkd/gnn/graph"

// A Cover splits the mean over the edges of a relation into two means, one
// after the other, through nodes between:
//
//	sources --First--> N nodes between --Last--> destinations
//
// A node between stands for a destination, whose mean it takes, or for a
// source, which it passes on:
//
//	u₁ ──.                              u₁ ──.
//	u₂ ──+──> v₁     v₁ is covered      u₂ ──+──> (v₁) ──> v₁
//	u₃ ──'                              u₃ ──'
//
//	      .──> v₂                                      .──> v₂
//	u₄ ───+──> v₃    u₄ is covered      u₄ ──> (u₄) ───+──> v₃
//	      '──> v₄                                      '──> v₄
//
// What a layer does to each message, such as a product, it may do between.
// Each edge must have an end that is covered, so the least N is that of a
// vertex cover, which is at most the number of destinations with an edge and
// at most that of such sources.
type Cover struct {
	N           int
	First, Last Adjacency
}

// coverShare is the largest share of the destinations that a cover may have to
// be worth its second mean.
const coverShare = 0.9

// newCover returns a cover of the edges of a, nil if none is worth while.
func newCover(a Adjacency) *Cover {
	covered := coverEdges(a.In, a.Out)
	var between [2][]int32 // per side and node, its place among the nodes between
	n := 0
	for side, covered := range covered {
		between[side] = make([]int32, len(covered))
		for v, c := range covered {
			if c {
				between[side][v] = int32(n)
				n++
			}
		}
	}
	m, k := a.In.Rows(), a.Out.Rows()
	if float64(n) > coverShare*float64(m) {
		return nil
	}
	first, last := graph.CSR{Ptr: []int32{0}}, graph.CSR{Ptr: []int32{0}}
	for v := range m {
		row := a.In.Row(v)
		if covered[0][v] {
			last.Col = append(last.Col, between[0][v])
			first.Col = append(first.Col, row...)
			first.Ptr = append(first.Ptr, int32(len(first.Col)))
		} else {
			for _, u := range row {
				last.Col = append(last.Col, between[1][u])
			}
		}
		last.Ptr = append(last.Ptr, int32(len(last.Col)))
	}
	for u := range k {
		if covered[1][u] {
			first.Col = append(first.Col, int32(u))
			first.Ptr = append(first.Ptr, int32(len(first.Col)))
		}
	}
	return &Cover{n, transposed(first, k), transposed(last, n)}
}

// coverEdges returns which destinations and which sources cover all edges in,
// of which out is the transpose. While some node has one edge left, its
// neighbour is taken, as Karp and Sipser do
// (https://doi.org/10.1109/SFCS.1981.21): no smaller set covers these edges.
// Of the rest, mostly few, it takes the side of fewer nodes.
func coverEdges(in, out graph.CSR) (covered [2][]bool) {
	side := [2]graph.CSR{in, out}
	var left [2][]int32 // per side and node, edges not covered
	type node struct {
		side int
		v    int32
	}
	var ends []node // nodes that had one edge left
	for s, c := range side {
		covered[s], left[s] = make([]bool, c.Rows()), make([]int32, c.Rows())
		for v := range c.Rows() {
			left[s][v] = int32(len(c.Row(v)))
			if left[s][v] == 1 {
				ends = append(ends, node{s, int32(v)})
			}
		}
	}
	take := func(s int, v int32) {
		covered[s][v] = true
		left[s][v] = 0
		for _, u := range side[s].Row(int(v)) {
			if covered[1-s][u] {
				continue
			}
			if left[1-s][u]--; left[1-s][u] == 1 {
				ends = append(ends, node{1 - s, u})
			}
		}
	}
	for ; len(ends) > 0; ends = ends[1:] {
		e := ends[0]
		if left[e.side][e.v] != 1 {
			continue // its edge was covered meanwhile
		}
		for _, u := range side[e.side].Row(int(e.v)) {
			if !covered[1-e.side][u] {
				take(1-e.side, u)
				break
			}
		}
	}
	var rest [2]int
	for s := range left {
		for _, n := range left[s] {
			rest[s] += int(min(n, 1))
		}
	}
	s := 0
	if rest[1] < rest[0] {
		s = 1
	}
	for v, n := range left[s] {
		covered[s][v] = covered[s][v] || n > 0
	}
	return covered
}
