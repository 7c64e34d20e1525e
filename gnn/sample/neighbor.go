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
	src       rand.Source // of the order of an epoch
	order     *rand.Rand
	own       rand.Source // of the neighbours
	draws     *rand.Rand
	rank      int
	ranks     int
	local     [][]int32 // per type and node, its row in the batch; -1 between batches
	rows      []int32   // 0, 1, 2, ..., of which Batch.Rows is a prefix
	layers    int
	batch     *Batch
}

// NewNeighbor returns a sampler whose every epoch goes once through the
// labelled target nodes train in an order drawn from src, batchSize at a time.
// The last batch of an epoch may be smaller. For State src has to be a
// *rand.PCG or another source that can be saved.
func NewNeighbor(g *graph.Graph, layers int, train []int32, batchSize, fanout int, src rand.Source) *Neighbor {
	if layers < 1 || batchSize < 1 || fanout < 1 || len(train) == 0 {
		panic(fmt.Sprintf("sample: NewNeighbor: %d layers, batch size %d, fanout %d, %d nodes, want at least 1 of each",
			layers, batchSize, fanout, len(train)))
	}
	checkNodes("NewNeighbor", train, g.Types[g.Target].Count)
	n := min(batchSize, len(train))
	s := &Neighbor{
		g: g, train: slices.Clone(train), pos: len(train), batchSize: n, fanout: fanout, ranks: 1,
		src: src, order: rand.New(src), own: src,
		local: newLocal(g), rows: make([]int32, n), layers: layers, batch: newBatch(g, layers),
	}
	s.draws = s.order
	for i := range s.rows {
		s.rows[i] = int32(i)
	}
	if i := s.repeated(train); i >= 0 {
		panic(fmt.Sprintf("sample: NewNeighbor: entry %d is node %d again, want each node once", i, train[i]))
	}
	return s
}

// repeated returns the index of the first of nodes that stood before, -1 for
// none.
func (s *Neighbor) repeated(nodes []int32) int {
	local, found := s.local[s.g.Target], -1
	for i, v := range nodes {
		if local[v] >= 0 && found < 0 {
			found = i
		}
		local[v] = 0
	}
	for _, v := range nodes {
		local[v] = -1
	}
	return found
}

// Steps returns the number of batches per epoch.
func (s *Neighbor) Steps() int { return (len(s.train) + s.batchSize - 1) / s.batchSize }

// Next draws the next batch into the storage of the last.
func (s *Neighbor) Next() *Batch {
	s.fill(s.batch)
	return s.batch
}

func (s *Neighbor) newBatch() *Batch { return newBatch(s.g, s.layers) }

func (s *Neighbor) fill(b *Batch) {
	for t := range b.Nodes {
		b.Nodes[t] = b.Nodes[t][:0]
	}
	if s.pos == len(s.train) {
		s.pos = 0
		for i := len(s.train) - 1; i > 0; i-- {
			j := s.order.IntN(i + 1)
			s.train[i], s.train[j] = s.train[j], s.train[i]
		}
	}
	roots := s.train[s.pos:min(s.pos+s.batchSize, len(s.train))]
	s.pos += len(roots)
	b.Seeds = appendDealt(b.Seeds[:0], roots, s.rank, s.ranks)
	b.Rows, b.Labels = s.rows[:len(b.Seeds)], b.Labels[:0]
	for _, v := range b.Seeds {
		s.row(b, s.g.Target, v)
		b.Labels = append(b.Labels, s.g.Labels[v])
	}
	for l := len(b.Blocks) - 1; l >= 0; l-- {
		s.draw(b, &b.Blocks[l])
	}
	clearLocal(s.local, b)
}

// draw makes a block of which all nodes of the batch so far are destinations,
// and adds the sources that it draws to the batch.
func (s *Neighbor) draw(b *Batch, block *Block) {
	for t, nodes := range b.Nodes {
		block.NumDst[t] = len(nodes)
	}
	for r := range block.Rel {
		s.drawRelation(b, &block.Rel[r].In, &s.g.Relations[r], block.NumDst[s.g.Relations[r].Dst])
	}
	for t, nodes := range b.Nodes {
		block.NumSrc[t] = len(nodes)
	}
	for i, r := range s.g.Relations {
		a := &block.Rel[i]
		a.Out, a.OutWeight = transposeInto(a.Out, a.OutWeight, a.In, block.NumSrc[r.Src])
	}
}

// drawRelation sets in to the in-edges of the first dst destinations drawn
// from r.
func (s *Neighbor) drawRelation(b *Batch, in *graph.CSR, r *graph.Relation, dst int) {
	in.Ptr, in.Col = append(in.Ptr[:0], 0), in.Col[:0]
	for i := range dst {
		row := r.In.Row(int(b.Nodes[r.Dst][i]))
		start := len(in.Col)
		in.Col = drawDistinct(in.Col, len(row), min(s.fanout, len(row)), s.draws)
		drawn := in.Col[start:]
		for e, p := range drawn {
			drawn[e] = s.row(b, r.Src, row[p])
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

// row returns the row of node v of type t in b, and adds it if it is new.
func (s *Neighbor) row(b *Batch, t int, v int32) int32 {
	i := s.local[t][v]
	if i < 0 {
		i = int32(len(b.Nodes[t]))
		s.local[t][v] = i
		b.Nodes[t] = append(b.Nodes[t], v)
	}
	return i
}
