package graph

import (
	"math"
	"slices"
	"strings"

	"abkd/gnn/mat"
)

// What WithFastRP computes with. The rounds are those of label propagation: a
// node of a sparse graph is told from others by those far away.
const (
	FastRPWidth  = 128
	FastRPRounds = 40
	FastRPSeed   = 1
)

// Reverse returns what the relation in the opposite direction is called: of a
// relation from a type to itself the same.
func (t EdgeType) Reverse() EdgeType {
	if t.Src == t.Dst {
		return t
	}
	name, reversed := strings.CutPrefix(t.Rel, "rev_")
	if !reversed {
		name = "rev_" + t.Rel
	}
	return EdgeType{t.Dst, name, t.Src}
}

// Pairs returns the indices of the relations of g, those of a relation and of its
// reverse together.
func Pairs(g *Graph) (pairs [][]int) {
	paired := make([]bool, len(g.Relations))
	for i, r := range g.Relations {
		if paired[i] {
			continue
		}
		pair, back := []int{i}, r.Reverse()
		for j := i + 1; j < len(g.Relations); j++ {
			if g.Relations[j].EdgeType == back {
				pair, paired[j] = append(pair, j), true
			}
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// FastRP returns the embeddings [Rows × width] of arXiv 1908.11512 (section 3,
// with β = 0) for the edges of p:
//
//	N_1 = D^-1·A·R,  N_k = D^-1·A·N_(k-1)
//	X = √width/rounds · Σ_k N_k/‖N_k‖         row by row
//
// The elements of R [Rows × width] are √3, 0 and -√3 with probabilities 1/6,
// 2/3 and 1/6, see drawSign. A row is divided by its length so that all rounds
// count the same; the factor makes the elements at most about 1. A node without
// edges has zeros. Seed and stream choose R. The bits are the same on every
// machine.
func (p *Propagation) FastRP(width, rounds int, seed, stream uint64) mat.Matrix {
	n, next, x := mat.New(p.Rows, width), mat.New(p.Rows, width), mat.New(p.Rows, width)
	for i := range n.Data {
		n.Data[i] = float32(math.Sqrt(3) * drawSign(seed, stream, uint64(i)))
	}
	share := math.Sqrt(float64(width)) / float64(rounds)
	for range rounds {
		p.mat.SpMM(next, p.in.Ptr, p.in.Col, nil, n, false)
		n, next = next, n
		for v := range p.Rows {
			norm := 0.0
			for _, f := range n.Row(v) {
				norm += float64(f) * float64(f) // exact, so fused or not it is the same
			}
			if norm == 0 {
				continue
			}
			scale, row := share/math.Sqrt(norm), x.Row(v)
			for d, f := range n.Row(v) {
				row[d] += float32(float64(f) * scale)
			}
		}
	}
	return x
}

// drawSign returns -1, 0 or 1 with probabilities 1/6, 2/3 and 1/6: the number at
// place i of a stream that SplitMix64 (Steele et al., OOPSLA 2014) draws.
func drawSign(seed, stream, i uint64) float64 {
	const golden = 0x9e3779b97f4a7c15
	mix := func(z uint64) uint64 {
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return z ^ z>>31
	}
	switch (mix(mix(seed+golden*(stream+1))+golden*(i+1)) >> 32) * 6 >> 32 {
	case 0:
		return -1
	case 1:
		return 1
	}
	return 0
}

// WithFastRP returns g with features for the types that have none: for each
// relation that reaches the type, both directions together, FastRPWidth columns
// of Propagation.FastRP, in the order of Pairs. A type in no relation keeps none.
// g is not changed and the result shares its relations; features that another
// such function made are left out. It is g itself if there is nothing to add.
func WithFastRP(g *Graph) *Graph {
	g = without(g, Means)
	widths := FastRPWidths(g)
	if !slices.ContainsFunc(g.Types, func(t NodeType) bool { return t.Features.Cols == 0 && widths[g.TypeIndex(t.Name)] > 0 }) {
		return g
	}
	h := *g
	h.Types = slices.Clone(g.Types)
	for t := range h.Types {
		if nt := &h.Types[t]; nt.Features.Cols == 0 && widths[t] > 0 {
			nt.Features, nt.Derived = mat.New(nt.Count, widths[t]), FastRP
		}
	}
	filled := make([]int, len(h.Types)) // columns
	for stream, pair := range Pairs(g) {
		ends := fastRPEnds(g, pair)
		if len(ends) == 0 {
			continue
		}
		p := NewPropagation(g, pair, false)
		x := p.FastRP(FastRPWidth, FastRPRounds, FastRPSeed, uint64(stream))
		for _, t := range ends {
			for v, of := 0, p.OfType(g, x, t); v < of.Rows; v++ {
				copy(h.Types[t].Features.Row(v)[filled[t]:], of.Row(v))
			}
			filled[t] += FastRPWidth
		}
	}
	return &h
}

// fastRPEnds returns the types that a pair of relations joins and that have no
// features, each once.
func fastRPEnds(g *Graph, pair []int) (ends []int) {
	r := &g.Relations[pair[0]]
	for _, t := range []int{r.Src, r.Dst} {
		if g.Types[t].Features.Cols == 0 && !slices.Contains(ends, t) {
			ends = append(ends, t)
		}
	}
	return ends
}

// FastRPWidths returns the width of each type's features after WithFastRP. Of g
// it reads only names and widths.
func FastRPWidths(g *Graph) []int {
	g = without(g, Means)
	w := Widths(g)
	for _, pair := range Pairs(g) {
		for _, t := range fastRPEnds(g, pair) {
			w[t] += FastRPWidth
		}
	}
	return w
}

// FastRPBytes returns how much memory WithFastRP takes at most while it computes,
// beside the features that it adds.
func FastRPBytes(g *Graph) int64 {
	return PropagationBytes(g) + 3*4*int64(g.NumNodes())*FastRPWidth
}
