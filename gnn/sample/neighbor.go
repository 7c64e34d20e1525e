package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"abkd/gnn/graph"
)

// Neighbor draws a bounded neighbourhood of a few seeds (Hamilton et al.,
// https://arxiv.org/abs/1706.02216): in every block, for every destination and
// relation, up to fanout distinct in-neighbours, each subset equally likely.
type Neighbor struct {
	g         *graph.Graph
	train     []int32 // in the order of this epoch
	pos       int     // train[pos:] is left of this epoch
	batchSize int
	fanout    int
	rng       *rand.Rand
	local     [][]int32 // per type and node, its row in the batch, or -1
	rows      []int32   // 0, 1, 2, ..., of which Batch.Rows is a prefix
	batch     Batch
}

// NewNeighbor returns a sampler whose every epoch goes once through the
// labelled target nodes train in an order drawn from rng, batchSize at a time.
// The last batch of an epoch may be smaller.
func NewNeighbor(g *graph.Graph, layers int, train []int32, batchSize, fanout int, rng *rand.Rand) *Neighbor {
	if layers < 1 || batchSize < 1 || fanout < 1 || len(train) == 0 {
		panic(fmt.Sprintf("sample: NewNeighbor: %d layers, batch size %d, fanout %d, %d nodes, want at least 1 of each",
			layers, batchSize, fanout, len(train)))
	}
	checkNodes("NewNeighbor", train, g.Types[g.Target].Count)
	n := min(batchSize, len(train))
	s := &Neighbor{
		g: g, train: slices.Clone(train), pos: len(train), batchSize: n, fanout: fanout, rng: rng,
		local: make([][]int32, len(g.Types)), rows: make([]int32, n),
		batch: Batch{Blocks: make([]Block, layers), Nodes: make([][]int32, len(g.Types)), Labels: make([]int32, 0, n)},
	}
	for i := range s.rows {
		s.rows[i] = int32(i)
	}
	for t, nt := range g.Types {
		s.local[t] = slices.Repeat([]int32{-1}, nt.Count)
	}
	for l := range s.batch.Blocks {
		s.batch.Blocks[l] = Block{make([]int, len(g.Types)), make([]int, len(g.Types)), make([]Adjacency, len(g.Relations))}
	}
	for i, v := range train {
		if s.row(g.Target, v) != int32(i) {
			panic(fmt.Sprintf("sample: NewNeighbor: entry %d is node %d again, want each node once", i, v))
		}
	}
	return s
}

// Steps returns the number of batches per epoch.
func (s *Neighbor) Steps() int { return (len(s.train) + s.batchSize - 1) / s.batchSize }

// Next draws the next batch into the storage of the last.
func (s *Neighbor) Next() *Batch {
	b, target := &s.batch, s.g.Target
	for t, nodes := range b.Nodes {
		for _, v := range nodes {
			s.local[t][v] = -1
		}
		b.Nodes[t] = nodes[:0]
	}
	if s.pos == len(s.train) {
		s.pos = 0
		for i := len(s.train) - 1; i > 0; i-- {
			j := s.rng.IntN(i + 1)
			s.train[i], s.train[j] = s.train[j], s.train[i]
		}
	}
	seeds := s.train[s.pos:min(s.pos+s.batchSize, len(s.train))]
	s.pos += len(seeds)
	b.Seeds, b.Rows, b.Labels = seeds, s.rows[:len(seeds)], b.Labels[:0]
	for _, v := range seeds {
		s.row(target, v)
		b.Labels = append(b.Labels, s.g.Labels[v])
	}
	for l := len(b.Blocks) - 1; l >= 0; l-- {
		s.draw(&b.Blocks[l])
	}
	return b
}

// draw makes a block of which all nodes of the batch so far are destinations,
// and adds the sources that it draws to the batch.
func (s *Neighbor) draw(b *Block) {
	for t, nodes := range s.batch.Nodes {
		b.NumDst[t] = len(nodes)
	}
	for r := range b.Rel {
		s.drawRelation(&b.Rel[r].In, &s.g.Relations[r], b.NumDst[s.g.Relations[r].Dst])
	}
	for t, nodes := range s.batch.Nodes {
		b.NumSrc[t] = len(nodes)
	}
	for i, r := range s.g.Relations {
		a, n := &b.Rel[i], b.NumSrc[r.Src]
		// Transpose allocates what it lacks and no more; growing by a share
		// of the size settles after a few batches.
		a.Out.Ptr = slices.Grow(a.Out.Ptr[:0], n+1)
		a.Out.Col = slices.Grow(a.Out.Col[:0], len(a.In.Col))
		a.OutWeight = slices.Grow(a.OutWeight[:0], len(a.In.Col))
		a.Out, a.OutWeight = graph.Transpose(a.Out, a.OutWeight, a.In, n)
	}
}

// drawRelation sets in to the in-edges of the first dst destinations drawn
// from r.
func (s *Neighbor) drawRelation(in *graph.CSR, r *graph.Relation, dst int) {
	in.Ptr, in.Col = append(in.Ptr[:0], 0), in.Col[:0]
	for i := range dst {
		row := r.In.Row(int(s.batch.Nodes[r.Dst][i]))
		start := len(in.Col)
		in.Col = drawDistinct(in.Col, len(row), min(s.fanout, len(row)), s.rng)
		drawn := in.Col[start:]
		for e, p := range drawn {
			drawn[e] = s.row(r.Src, row[p])
		}
		in.Ptr = append(in.Ptr, int32(len(in.Col)))
	}
}

// drawDistinct appends k distinct numbers below n, every set of them equally
// likely (Floyd, https://doi.org/10.1145/30401.315746): the i-th draw is among
// one number more than the one before, and takes that number, which cannot
// have been drawn, in place of a repeated one.
func drawDistinct(drawn []int32, n, k int, rng *rand.Rand) []int32 {
	start := len(drawn)
	for top := n - k; top < n; top++ {
		p := int32(top)
		if k < n {
			p = int32(rng.IntN(top + 1))
			if slices.Contains(drawn[start:], p) {
				p = int32(top)
			}
		}
		drawn = append(drawn, p)
	}
	return drawn
}

// row returns the row of node v of type t in the batch, and adds it if it is
// new.
func (s *Neighbor) row(t int, v int32) int32 {
	i := s.local[t][v]
	if i < 0 {
		i = int32(len(s.batch.Nodes[t]))
		s.local[t][v] = i
		s.batch.Nodes[t] = append(s.batch.Nodes[t], v)
	}
	return i
}
