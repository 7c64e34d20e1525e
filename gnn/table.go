package gnn

import (
	"slices"

	"abkd/gnn/mat"
)

// NewTable returns a table of embeddings with r rows, all 0; see Param.Draw. A
// batch reads some of them, and only these have a gradient; that of all others
// is 0 and takes neither memory nor time:
//
//	W [r × c]     row Rows[i] of W has the gradient in row i
//	G [k × c]     of G, and place says which that is:
//	Rows [k]      place[Rows[i]] = i + 1
//
// Tables of OGBN-MAG have 1.2 million rows, of which a batch reads some
// ten thousand.
func NewTable(name string, r, c int) *Param {
	return &Param{Name: name, W: mat.New(r, c), G: mat.Matrix{Cols: c}, Embedding: true, place: make([]int32, r)}
}

// AddRows adds row i of dx to the gradient of row nodes[i] of a table, of row i
// if nodes is nil: the derivative of mat.Gather.
func (p *Param) AddRows(dx mat.Matrix, nodes []int32) {
	p.at = resize(p.at, dx.Rows)
	for i := range p.at {
		v := int32(i)
		if nodes != nil {
			v = nodes[i]
		}
		if p.place[v] == 0 {
			p.Rows = append(p.Rows, v)
			p.place[v] = int32(len(p.Rows))
		}
		p.at[i] = p.place[v] - 1
	}
	had, want := len(p.G.Data), len(p.Rows)*p.W.Cols
	p.G.Rows, p.G.Data = len(p.Rows), slices.Grow(p.G.Data, want-had)[:want]
	clear(p.G.Data[had:])
	mat.ScatterAdd(p.G, dx, p.at) // plain additions, the same bits by every backend
}

// dropRows clears the gradient.
func (p *Param) dropRows() {
	for _, v := range p.Rows {
		p.place[v] = 0
	}
	p.Rows, p.G = p.Rows[:0], p.G.Reshape(0, p.W.Cols)
}

// Gradient returns the gradient as a matrix of W's shape: G or, of a table, a
// copy with a row of zeros for each row that has none.
func (p *Param) Gradient() mat.Matrix {
	if !p.Embedding {
		return p.G
	}
	g := mat.New(p.W.Rows, p.W.Cols)
	mat.ScatterAdd(g, p.G, p.Rows)
	return g
}
