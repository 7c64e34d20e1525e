package sample

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/graph"
)

// Walk says how RandomWalk samples. The zero value of a field is its default,
// given in parentheses.
type Walk struct {
	Roots  int // walks of a batch (20000)
	Length int // edges of a walk (the number of layers)
	Steps  int // batches of an epoch (30)
}

// RandomWalk is the random-walk sampler of GraphSAINT (Zeng et al.,
// https://arxiv.org/abs/1907.04931, algorithm 2) on a graph of several
// relations. A batch is drawn in two steps:
//
//  1. From each of Roots target nodes, drawn uniformly and with replacement,
//     a walk goes Length times along an edge that leaves the node where it
//     stands, each of these edges, of whatever relation, being equally likely.
//     Where no edge leaves, it stays.
//  2. The batch is the subgraph that the visited nodes induce: every edge of
//     every relation between two of them. All layers compute on these same
//     nodes, and means are over the neighbours that were visited.
//
// Those are the walks of PyTorch Geometric's GraphSAINTRandomWalkSampler on
// the union of all relations, as in OGB's script for OGBN-MAG; roots are of the
// target type, where OGB's are of any. As there, losses and means are not
// weighted by how likely a node or an edge is to be visited.
//
// All visited target nodes are seeds; those to be trained have a loss. As in
// Full, a block leaves out the node types from which no path of the remaining
// blocks leads to the target type. The blocks share one storage.
//
// A batch costs time for the edges of the visited nodes, whatever the size of
// the graph.
type RandomWalk struct {
	g     *graph.Graph
	walk  Walk
	train []bool // per target node
	src   rand.Source
	rng   *rand.Rand

	out    []graph.CSR // per relation: row = source, entries = destinations
	leave  [][]int     // per type, the relations whose sources it is
	needed [][]bool    // [layers+1][type]: is a source of the block; the last entry is of the last block's destinations

	local  [][]int32 // per type and node, its row in the batch; -1 between batches
	zeros  []int32   // what a relation without edges points to
	edges  graph.CSR // scratch: a relation by its sources
	weight []float32 // scratch
	batch  *Batch
}

// NewRandomWalk returns a sampler for models of up to the given number of
// layers, with losses on the visited nodes of train, which are labelled target
// nodes. It draws from src; for State that has to be a *rand.PCG or another
// source that can be saved.
func NewRandomWalk(g *graph.Graph, layers int, train []int32, w Walk, src rand.Source) *RandomWalk {
	w = w.defaults(layers)
	n := g.Types[g.Target].Count
	if layers < 1 || w.Roots < 1 || w.Length < 1 || w.Steps < 1 || n == 0 {
		panic(fmt.Sprintf("sample: NewRandomWalk: %d layers, %d roots, walks of %d edges, %d steps, %d target nodes, want at least 1 of each",
			layers, w.Roots, w.Length, w.Steps, n))
	}
	checkNodes("NewRandomWalk", train, n)
	s := &RandomWalk{
		g: g, walk: w, train: make([]bool, n), src: src, rng: rand.New(src),
		out: outEdges(g), leave: make([][]int, len(g.Types)), needed: neededTypes(g, layers),
		local: newLocal(g),
	}
	for _, v := range train {
		s.train[v] = true
	}
	for i, r := range g.Relations {
		s.leave[r.Src] = append(s.leave[r.Src], i)
	}
	s.batch = s.newBatch()
	return s
}

func (w Walk) defaults(layers int) Walk {
	for _, f := range []struct {
		v   *int
		def int
	}{{&w.Roots, 20000}, {&w.Length, layers}, {&w.Steps, 30}} {
		if *f.v == 0 {
			*f.v = f.def
		}
	}
	return w
}

// neededTypes returns, for each block and then for the destinations of the
// last one, of which types it has sources.
func neededTypes(g *graph.Graph, layers int) [][]bool {
	needed := make([][]bool, layers+1)
	needed[layers] = make([]bool, len(g.Types))
	needed[layers][g.Target] = true
	for l := layers - 1; l >= 0; l-- {
		needed[l] = append([]bool(nil), needed[l+1]...)
		for _, r := range g.Relations {
			if needed[l+1][r.Dst] {
				needed[l][r.Src] = true
			}
		}
	}
	return needed
}

// Steps returns the number of batches per epoch.
func (s *RandomWalk) Steps() int { return s.walk.Steps }

// Next draws the next batch into the storage of the last.
func (s *RandomWalk) Next() *Batch {
	s.fill(s.batch)
	return s.batch
}

func (s *RandomWalk) newBatch() *Batch { return newBatch(s.g, len(s.needed)-1) }

func (s *RandomWalk) fill(b *Batch) {
	for t := range b.Nodes {
		b.Nodes[t] = b.Nodes[t][:0]
	}
	target := s.g.Target
	for range s.walk.Roots {
		t, v := target, int32(s.rng.IntN(s.g.Types[target].Count))
		s.visit(b, t, v)
		for range s.walk.Length {
			t, v = s.neighbour(t, v)
			s.visit(b, t, v)
		}
	}
	b.Seeds, b.Rows, b.Labels = b.Nodes[target], b.Rows[:0], b.Labels[:0]
	for i, v := range b.Seeds {
		if s.train[v] {
			b.Rows, b.Labels = append(b.Rows, int32(i)), append(b.Labels, s.g.Labels[v])
		}
	}
	s.induce(b)
	clearLocal(s.local, b)
}

// neighbour returns where an edge from node v of type t leads, each edge being
// equally likely; v itself if there is none.
func (s *RandomWalk) neighbour(t int, v int32) (int, int32) {
	degree := int32(0)
	for _, r := range s.leave[t] {
		degree += s.out[r].Ptr[v+1] - s.out[r].Ptr[v]
	}
	if degree == 0 {
		return t, v
	}
	k := s.rng.Int32N(degree)
	for _, r := range s.leave[t] {
		row := s.out[r].Row(int(v))
		if int(k) < len(row) {
			return s.g.Relations[r].Dst, row[k]
		}
		k -= int32(len(row))
	}
	panic("sample: RandomWalk: degree is not the number of edges")
}

// visit adds node v of type t to b unless it is there, or no layer reads it.
func (s *RandomWalk) visit(b *Batch, t int, v int32) {
	if s.needed[0][t] && s.local[t][v] < 0 {
		s.local[t][v] = int32(len(b.Nodes[t]))
		b.Nodes[t] = append(b.Nodes[t], v)
	}
}
