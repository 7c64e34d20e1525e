package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"abkd/gnn/mat"
)

// A Propagation multiplies matrices with a row per node, of all types, by
//
//	S = D^-1/2·A·D^-1/2
//
// where A_vu is 1 if a relation has an edge between u and v, in either
// direction, else 0, and D has the row sums of A: the symmetric normalisation of
// label propagation (Zhou et al., NIPS 2003) and, with self-loops, of SGC
// (arXiv 1902.07153, equation 3). Its bits are the same on every machine.
type Propagation struct {
	First []int // row of the first node of each type
	Rows  int

	in     CSR
	weight []float32
	mat    *mat.Backend
}

// NewPropagation returns the propagation over those relations of g, see
// FindRelations; with loops every node has an edge to itself.
func NewPropagation(g *Graph, relations []int, loops bool) *Propagation {
	p := &Propagation{Rows: g.NumNodes(), mat: exact()}
	row := 0
	for i := range g.Types {
		p.First = append(p.First, row)
		row += g.Types[i].Count
	}
	edges := 0
	for _, i := range relations {
		edges += 2 * len(g.Relations[i].In.Col)
	}
	if loops {
		edges += p.Rows
	}
	from, to := make([]int32, 0, edges), make([]int32, 0, edges)
	for _, i := range relations {
		r := &g.Relations[i]
		s, d := int32(p.First[r.Src]), int32(p.First[r.Dst])
		for v := range r.In.Rows() {
			for _, u := range r.In.Row(v) {
				from, to = append(from, s+u, d+int32(v)), append(to, d+int32(v), s+u)
			}
		}
	}
	if loops {
		for v := range int32(p.Rows) {
			from, to = append(from, v), append(to, v)
		}
	}
	p.in, _ = NewCSR(from, to, p.Rows, p.Rows) // the edges of a graph are in range
	p.weight = make([]float32, len(p.in.Col))
	for v := range p.Rows {
		for e := p.in.Ptr[v]; e < p.in.Ptr[v+1]; e++ {
			p.weight[e] = float32(1 / math.Sqrt(float64(p.degree(v))*float64(p.degree(int(p.in.Col[e])))))
		}
	}
	return p
}

func (p *Propagation) degree(v int) int { return len(p.in.Row(v)) }

// PropagationBytes returns how much memory NewPropagation takes at most.
func PropagationBytes(g *Graph) int64 {
	return 16*(2*int64(g.NumEdges())+int64(g.NumNodes())) + 8*int64(g.NumNodes())
}

// Apply sets y = S·x.
func (p *Propagation) Apply(y, x mat.Matrix) { p.mat.SpMM(y, p.in.Ptr, p.in.Col, p.weight, x, false) }

// Spread returns F after that many rounds of
//
//	F ← α·S·F + (1-α)·Y, at first F = Y
//
// which is label propagation for labels Y, and both steps of Correct & Smooth.
func (p *Propagation) Spread(y mat.Matrix, alpha float32, rounds int) mat.Matrix {
	return p.SpreadIn(mat.New(y.Rows, y.Cols), mat.New(y.Rows, y.Cols), y, alpha, rounds)
}

// SpreadIn is Spread in the storage of two matrices of the size of y. The result
// is one of them.
func (p *Propagation) SpreadIn(f, next, y mat.Matrix, alpha float32, rounds int) mat.Matrix {
	copy(f.Data, y.Data)
	for range rounds {
		p.Apply(next, f)
		for i, v := range y.Data {
			next.Data[i] = float32(alpha*next.Data[i]) + float32((1-alpha)*v)
		}
		f, next = next, f
	}
	return f
}

// OfType returns the rows of x that belong to the nodes of type t of g.
func (p *Propagation) OfType(g *Graph, x mat.Matrix, t int) mat.Matrix {
	return x.Slice(p.First[t], p.First[t]+g.Types[t].Count)
}

// FindRelations returns the indices of the relations that a list of names,
// separated by commas, stands for: of all of that name, such as "cites", or of
// the one called "paper__cites__paper". The empty list stands for all.
func FindRelations(g *Graph, list string) (found []int, err error) {
	var known []string
	for i, r := range g.Relations {
		known = append(known, r.Rel)
		if list == "" {
			found = append(found, i)
		}
	}
	if list == "" {
		return found, nil
	}
	for _, name := range strings.Split(list, ",") {
		any := false
		for i, r := range g.Relations {
			if r.Rel == name || r.EdgeType.String() == name {
				any = true
				if !slices.Contains(found, i) {
					found = append(found, i)
				}
			}
		}
		if !any {
			return nil, fmt.Errorf("graph: %s: relation is %.40q, want one of %.40q", g.Name, name, known)
		}
	}
	return found, nil
}
