package sample

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/parallel"
)

// A Sharder is a sampler whose batches several ranks share out among
// themselves. The roots of a batch are dealt like cards: the entry i of those
// of the whole batch is of the rank i mod size. The ranks make their samplers
// alike and call Shard before the first Next.
type Sharder interface {
	Sampler
	// Shard leaves to this sampler the share of rank in each batch of size
	// ranks. What it draws for this share comes from own, which is that of
	// this rank alone; it may be nil where nothing is drawn.
	Shard(rank, size int, own rand.Source)
}

// Deal returns the entries of roots that are dealt to rank of size ranks.
func Deal(roots []int32, rank, size int) []int32 { return appendDealt(nil, roots, rank, size) }

func appendDealt(dst, roots []int32, rank, size int) []int32 {
	for i := rank; i < len(roots); i += size {
		dst = append(dst, roots[i])
	}
	return dst
}

func checkShard(op string, rank, size, roots int) {
	if size < 1 || rank < 0 || rank >= size || roots < size {
		panic(fmt.Sprintf("sample: %s: rank %d of %d for batches of %d roots, want ranks from 0 and a root for each", op, rank, size, roots))
	}
}

// Shard implements Sharder. The order of an epoch is drawn from the source that
// the sampler was made with, which is to give the same numbers on every rank;
// neighbours are drawn from own. The last batch of an epoch may have fewer
// seeds than there are ranks: some have none then.
func (s *Neighbor) Shard(rank, size int, own rand.Source) {
	checkShard("Neighbor.Shard", rank, size, s.batchSize)
	if !parallel.Several(size) {
		return
	}
	s.rank, s.ranks, s.own, s.draws = rank, size, own, rand.New(own)
}

// sharded reports whether s draws for one of several ranks.
func (s *Neighbor) sharded() bool { return parallel.Several(s.ranks) }

// Shard implements Sharder: the rank draws its share of the roots, and all
// walks, from own, the state of which is State.
func (s *RandomWalk) Shard(rank, size int, own rand.Source) {
	checkShard("RandomWalk.Shard", rank, size, s.walk.Roots)
	if !parallel.Several(size) {
		return
	}
	s.walk.Roots = (s.walk.Roots - rank + size - 1) / size
	s.src, s.rng = own, rand.New(own)
}

// Shard implements Sharder: the batch becomes the receptive field of the target
// nodes that are dealt to the rank. Its rows are those of them that the batch of
// the whole graph has losses on.
func (f *Full) Shard(rank, size int, _ rand.Source) {
	n := f.graph.Types[f.graph.Target].Count
	checkShard("Full.Shard", rank, size, n)
	if !parallel.Several(size) {
		return
	}
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	f.batch = shardOf(f.graph, len(f.batch.Blocks), Deal(all, rank, size), f.batch.Rows)
}

// Shard implements Sharder: the batch becomes the receptive field of the seeds
// that are dealt to the rank.
func (r *Receptive) Shard(rank, size int, _ rand.Source) {
	seeds := r.batch.Seeds
	checkShard("Receptive.Shard", rank, size, len(seeds))
	if !parallel.Several(size) {
		return
	}
	mine := Deal(seeds, rank, size)
	r.batch = shardOf(r.graph, len(r.batch.Blocks), mine, mine)
}

// shardOf returns the receptive field of seeds with losses on those of them
// that are in rows.
func shardOf(g *graph.Graph, layers int, seeds, rows []int32) Batch {
	b := newField("Shard", g, layers, seeds).receptive(seeds).batch
	learned := make([]bool, g.Types[g.Target].Count)
	for _, v := range rows {
		learned[v] = true
	}
	b.Rows, b.Labels = b.Rows[:0], b.Labels[:0]
	for i, v := range seeds {
		if learned[v] {
			b.Rows, b.Labels = append(b.Rows, int32(i)), append(b.Labels, g.Labels[v])
		}
	}
	return b
}
