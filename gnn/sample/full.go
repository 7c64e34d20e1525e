package sample

import (
	"fmt"
	"slices"

	"abkd/gnn/graph"
)

// Full is the sampler that does not sample: its one batch is the graph. Every
// target node is a seed, and a block leaves out the node types from which no
// path of the remaining blocks leads to the target type.
type Full struct {
	graph *graph.Graph
	batch Batch
}

// NewFull returns the batch of all of g for models of up to the given number
// of layers, with losses on the target nodes rows. It shares the storage of g
// and of rows.
func NewFull(g *graph.Graph, layers int, rows []int32) *Full {
	if layers < 1 {
		panic(fmt.Sprintf("sample: NewFull: %d layers, want at least 1", layers))
	}
	checkNodes("NewFull", rows, g.Types[g.Target].Count)
	f := &Full{g, Batch{Blocks: make([]Block, layers), Rows: rows, Labels: make([]int32, len(rows)), Fixed: true}}
	for i, v := range rows {
		f.batch.Labels[i] = g.Labels[v]
	}
	whole := make([]Adjacency, len(g.Relations)) // filled in when first needed
	dst := make([]int, len(g.Types))
	dst[g.Target] = g.Types[g.Target].Count
	for l := layers - 1; l >= 0; l-- {
		f.batch.Blocks[l] = fullBlock(g, dst, whole)
		dst = f.batch.Blocks[l].NumSrc
	}
	return f
}

// fullBlock returns the block with all in-edges of the destinations dst, which
// for each type are all its nodes or none.
func fullBlock(g *graph.Graph, dst []int, whole []Adjacency) Block {
	b := Block{NumSrc: fullSources(g, dst), NumDst: dst, Rel: make([]Adjacency, len(g.Relations))}
	for i, r := range g.Relations {
		if dst[r.Dst] == 0 {
			b.Rel[i] = transposed(graph.CSR{Ptr: []int32{0}}, b.NumSrc[r.Src])
			continue
		}
		if whole[i].In.Ptr == nil {
			whole[i] = covered(r.In, b.NumSrc[r.Src])
		}
		b.Rel[i] = whole[i]
	}
	return b
}

// fullSources returns the numbers of source nodes of such a block.
func fullSources(g *graph.Graph, dst []int) []int {
	src := slices.Clone(dst)
	for _, r := range g.Relations {
		if dst[r.Dst] > 0 {
			src[r.Src] = g.Types[r.Src].Count
		}
	}
	return src
}

// transposed returns the relation in in both directions, for src source nodes.
func transposed(in graph.CSR, src int) Adjacency {
	out, weight := graph.Transpose(graph.CSR{}, nil, in, src)
	return Adjacency{In: in, Out: out, OutWeight: weight}
}

// covered returns the relation in with its cover, for src source nodes.
func covered(in graph.CSR, src int) Adjacency {
	a := transposed(in, src)
	a.Cover = newCover(a)
	return a
}

// Steps returns 1.
func (f *Full) Steps() int { return 1 }

// Next returns the batch, always the same.
func (f *Full) Next() *Batch { return &f.batch }

func checkNodes(op string, nodes []int32, n int) {
	for i, v := range nodes {
		if uint32(v) >= uint32(n) {
			panic(fmt.Sprintf("sample: %s: entry %d is node %d, want 0..%d", op, i, v, n-1))
		}
	}
}
