package sample

import (
	"slices"

	"abkd/gnn/graph"
)

// outEdges returns the out-edges of each relation of g, its rows being the
// sources. They are the in-edges of the reverse relation where g has one, as
// it has for every relation added with its reverse.
func outEdges(g *graph.Graph) []graph.CSR {
	out := make([]graph.CSR, len(g.Relations))
	for i, r := range g.Relations {
		for _, q := range g.Relations {
			if q.Src == r.Dst && q.Dst == r.Src && reverses(q.In, r.In) {
				out[i] = q.In
				break
			}
		}
		if out[i].Ptr == nil {
			out[i], _ = graph.Transpose(graph.CSR{}, nil, r.In, g.Types[r.Src].Count)
		}
	}
	return out
}

// reverses reports whether q is the transpose of r, both with sorted rows.
func reverses(q, r graph.CSR) bool {
	if len(q.Col) != len(r.Col) {
		return false
	}
	next := slices.Clone(q.Ptr[:q.Rows()]) // entry of each row of q that comes next
	for v := range r.Rows() {
		for _, u := range r.Row(v) {
			e := next[u]
			if e == q.Ptr[u+1] || q.Col[e] != int32(v) {
				return false
			}
			next[u]++
		}
	}
	return true
}

// induce sets the blocks of b to the subgraph of its nodes. The first block,
// which has every relation that any has, holds the storage.
func (s *RandomWalk) induce(b *Batch) {
	widest := 0
	for _, nodes := range b.Nodes {
		widest = max(widest, len(nodes))
	}
	if len(s.zeros) < widest+1 {
		s.zeros = make([]int32, widest+widest/4+1) // batches before keep theirs
	}
	for i := range s.g.Relations {
		if s.needed[1][s.g.Relations[i].Dst] {
			s.induceRelation(&b.Blocks[0].Rel[i], b, i)
		}
	}
	for l := range b.Blocks {
		block := &b.Blocks[l]
		for t, nodes := range b.Nodes {
			block.NumSrc[t] = len(nodes) * oneIf(s.needed[l][t])
			block.NumDst[t] = len(nodes) * oneIf(s.needed[l+1][t])
		}
		for i, r := range s.g.Relations {
			if s.needed[l+1][r.Dst] {
				block.Rel[i] = b.Blocks[0].Rel[i]
			} else {
				block.Rel[i] = Adjacency{In: graph.CSR{Ptr: s.zeros[:1]}, Out: graph.CSR{Ptr: s.zeros[:block.NumSrc[r.Src]+1]}}
			}
		}
	}
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// induceRelation sets a to the edges of relation i between nodes of b. It
// reads the edges of the side that has fewer: a field of study may have
// millions, of which hardly any come from a paper in the batch.
func (s *RandomWalk) induceRelation(a *Adjacency, b *Batch, i int) {
	r := &s.g.Relations[i]
	from, to := b.Nodes[r.Src], b.Nodes[r.Dst]
	if countEdges(r.In, to) <= countEdges(s.out[i], from) {
		keepWithin(&a.In, r.In, to, s.local[r.Src])
	} else {
		keepWithin(&s.edges, s.out[i], from, s.local[r.Dst])
		a.In, s.weight = transposeInto(a.In, s.weight, s.edges, len(to))
	}
	a.Out, a.OutWeight = transposeInto(a.Out, a.OutWeight, a.In, len(from))
}

// countEdges returns the number of entries in the given rows of c.
func countEdges(c graph.CSR, rows []int32) (n int) {
	for _, v := range rows {
		n += int(c.Ptr[v+1] - c.Ptr[v])
	}
	return n
}

// keepWithin sets part to the given rows of c, of their entries those that have a
// row in the batch.
func keepWithin(part *graph.CSR, c graph.CSR, rows, local []int32) {
	part.Ptr, part.Col = append(part.Ptr[:0], 0), part.Col[:0]
	for _, v := range rows {
		for _, u := range c.Row(int(v)) {
			if i := local[u]; i >= 0 {
				part.Col = append(part.Col, i)
			}
		}
		part.Ptr = append(part.Ptr, int32(len(part.Col)))
	}
}

// transposeInto is graph.Transpose with room to spare: Transpose allocates
// what it lacks and no more; growing by a share of the size settles after a few
// batches.
func transposeInto(t graph.CSR, weight []float32, c graph.CSR, rows int) (graph.CSR, []float32) {
	t.Ptr = slices.Grow(t.Ptr[:0], rows+1)
	t.Col = slices.Grow(t.Col[:0], len(c.Col))
	weight = slices.Grow(weight[:0], len(c.Col))
	return graph.Transpose(t, weight, c, rows)
}

// newLocal returns a place for the row of each node of g, -1 for each.
func newLocal(g *graph.Graph) [][]int32 {
	local := make([][]int32, len(g.Types))
	for t, nt := range g.Types {
		local[t] = slices.Repeat([]int32{-1}, nt.Count)
	}
	return local
}

// clearLocal sets local to -1 for the nodes of b.
func clearLocal(local [][]int32, b *Batch) {
	for t, nodes := range b.Nodes {
		for _, v := range nodes {
			local[t][v] = -1
		}
	}
}

// newBatch returns an empty batch of g with so many blocks.
func newBatch(g *graph.Graph, layers int) *Batch {
	b := &Batch{Blocks: make([]Block, layers), Nodes: make([][]int32, len(g.Types))}
	for l := range b.Blocks {
		b.Blocks[l] = Block{make([]int, len(g.Types)), make([]int, len(g.Types)), make([]Adjacency, len(g.Relations))}
	}
	return b
}
