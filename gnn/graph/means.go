package graph

import (
	"slices"

	"abkd/gnn/mat"
)

// WithMeans returns g with features for the types that have none: a node's
// are the mean, over the relations that reach it, of the mean of its
// neighbours' features:
//
//	x_v = mean_{r: s->t, N_r(v) not empty} mean_{u ∈ N_r(v)} x_u
//
// It begins at the types that have features and goes outwards, so an
// institution's features are those of its authors, which are those of their
// papers. A node without such neighbours gets zeros; a type that no features
// reach keeps none. g is not changed and the result shares its relations; it
// is g itself if there is nothing to add. Features that WithFastRP made are left
// out.
func WithMeans(g *Graph) *Graph {
	g = without(g, FastRP)
	rounds := meanRounds(g)
	if len(rounds) == 0 {
		return g
	}
	h := *g
	h.Types = slices.Clone(g.Types)
	for _, round := range rounds {
		known := slices.Clone(h.Types)
		for t, relations := range round {
			if len(relations) > 0 {
				h.Types[t].Features, h.Types[t].Derived = meanOver(g, t, relations, known), Means
			}
		}
	}
	return &h
}

// WithoutDerived undoes WithMeans and WithFastRP.
func WithoutDerived(g *Graph) *Graph { return without(without(g, Means), FastRP) }

// without returns g without the features of that derivation.
func without(g *Graph, d Derivation) *Graph {
	if !slices.ContainsFunc(g.Types, func(t NodeType) bool { return t.Derived == d }) {
		return g
	}
	h := *g
	h.Types = slices.Clone(g.Types)
	for t := range h.Types {
		if h.Types[t].Derived == d {
			h.Types[t].Features, h.Types[t].Derived = mat.Matrix{}, 0
		}
	}
	return &h
}

// Widths returns the width of each type's features, 0 for a type without any.
func Widths(g *Graph) []int {
	w := make([]int, len(g.Types))
	for t, nt := range g.Types {
		w[t] = nt.Features.Cols
	}
	return w
}

// MeanWidths returns the width of each type's features after WithMeans. Of g
// it reads only names and widths.
func MeanWidths(g *Graph) []int {
	g = without(g, FastRP)
	w := Widths(g)
	for _, round := range meanRounds(g) {
		for t, relations := range round {
			if len(relations) > 0 {
				w[t] = sourceWidth(g)
			}
		}
	}
	return w
}

// sourceWidth is the width of the features that are averaged: the target
// type's, else the first type's that has any.
func sourceWidth(g *Graph) int {
	if w := g.Types[g.Target].Features.Cols; w > 0 {
		return w
	}
	for _, t := range g.Types {
		if t.Features.Cols > 0 {
			return t.Features.Cols
		}
	}
	return 0
}

// meanRounds says, for each round of averaging and each type, over which
// relations the type gets its features in that round: those from types that
// had features before the round.
func meanRounds(g *Graph) (rounds [][][]int) {
	width := sourceWidth(g)
	has, fits := make([]bool, len(g.Types)), make([]bool, len(g.Types))
	for t, nt := range g.Types {
		has[t] = nt.Features.Cols > 0
		fits[t] = has[t] && nt.Features.Cols == width
	}
	for {
		round, any := make([][]int, len(g.Types)), false
		for i, r := range g.Relations {
			if !has[r.Dst] && fits[r.Src] {
				round[r.Dst], any = append(round[r.Dst], i), true
			}
		}
		if !any {
			return rounds
		}
		rounds = append(rounds, round)
		for t := range round {
			if len(round[t]) > 0 {
				has[t], fits[t] = true, true
			}
		}
	}
}

// exact returns what computes means with the bits of the portable loops, so that
// the features of a model are the same on every machine: all but the browser's
// relaxed kernels do.
func exact() *mat.Backend {
	if mat.Fastest() != "relaxed" {
		return nil
	}
	portable, err := mat.NewBackend("go")
	if err != nil { // every machine has it
		panic(err)
	}
	return portable
}

// meanOver returns the means for the nodes of type t over those relations.
func meanOver(g *Graph, t int, relations []int, known []NodeType) mat.Matrix {
	n, width := g.Types[t].Count, sourceWidth(g)
	sum, part := mat.New(n, width), mat.New(n, width)
	count := make([]float32, n) // of relations that reach each node
	k := exact()
	for _, i := range relations {
		r := &g.Relations[i]
		k.SpMM(part, r.In.Ptr, r.In.Col, nil, known[r.Src].Features, false)
		k.Axpy(1, part, sum)
		for v := range count {
			if len(r.In.Row(v)) > 0 {
				count[v]++
			}
		}
	}
	for v, c := range count {
		row := sum.Row(v)
		for d := range row {
			row[d] /= max(c, 1)
		}
	}
	return sum
}
