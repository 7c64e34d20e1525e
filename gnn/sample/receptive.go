package sample

import (
	"fmt"
	"slices"

	"abkd/gnn/graph"
)

// Receptive is the sampler whose one batch is the receptive field of the nodes
// with a loss: they are the seeds, and each block has every in-edge of its
// destinations and no node besides. Losses and gradients are those of Full, of
// fewer rows:
//
//	block 0   sources  [ seeds | neighbours | neighbours of seeds and neighbours ]
//	          dests    [ seeds | neighbours ]
//	block 1   sources  [ seeds | neighbours ]
//	          dests    [ seeds ]
//
// The nodes that a block adds are in ascending order.
type Receptive struct{ batch Batch }

// NewReceptive returns the batch of the receptive field in g of the labelled
// target nodes seeds, for models of up to the given number of layers. It
// shares the storage of seeds.
func NewReceptive(g *graph.Graph, layers int, seeds []int32) *Receptive {
	if len(seeds) == 0 {
		panic("sample: NewReceptive: 0 seeds, want at least 1")
	}
	f, sizes := newField("NewReceptive", g, layers, seeds)
	return f.receptive(seeds, sizes)
}

// exactShare is the largest share of a graph's rows that a receptive field may
// have to be worth edges of its own.
const exactShare = 0.9

// NewExact returns a sampler whose one batch has the loss of the target nodes
// rows, nothing left out: Receptive if it has clearly fewer rows, else Full.
func NewExact(g *graph.Graph, layers int, rows []int32) Sampler {
	f, sizes := newField("NewExact", g, layers, rows)
	dst := make([]int, len(g.Types)) // of the whole graph's block
	dst[g.Target] = g.Types[g.Target].Count
	part, whole := 0, 0
	for _, n := range sizes[:layers] {
		for t := range dst {
			part, whole = part+n[t], whole+dst[t]
		}
		dst = fullSources(g, dst)
	}
	if len(rows) == 0 || float64(part) > exactShare*float64(whole) {
		return NewFull(g, layers, rows)
	}
	return f.receptive(rows, sizes)
}

// Steps returns 1.
func (r *Receptive) Steps() int { return 1 }

// Next returns the batch, always the same.
func (r *Receptive) Next() *Batch { return &r.batch }

// A field is a set of nodes that grows by those from which an edge leads to it.
type field struct {
	g     *graph.Graph
	nodes [][]int32 // per type
	local [][]int32 // per type and node, its place among nodes, or -1
	done  []int     // per type, of so many nodes the neighbours are there
}

// newField returns the field of seeds for so many layers, and its sizes: of
// the destinations of the last block, then of each block's sources, the last
// block's first.
func newField(op string, g *graph.Graph, layers int, seeds []int32) (f *field, sizes [][]int) {
	if layers < 1 {
		panic(fmt.Sprintf("sample: %s: %d layers, want at least 1", op, layers))
	}
	checkNodes(op, seeds, g.Types[g.Target].Count)
	f = &field{g: g, nodes: make([][]int32, len(g.Types)), local: make([][]int32, len(g.Types)), done: make([]int, len(g.Types))}
	for t, nt := range g.Types {
		f.local[t] = slices.Repeat([]int32{-1}, nt.Count)
	}
	f.nodes[g.Target] = slices.Clone(seeds)
	for i, v := range seeds {
		if f.local[g.Target][v] >= 0 {
			panic(fmt.Sprintf("sample: %s: entry %d is node %d again, want each node once", op, i, v))
		}
		f.local[g.Target][v] = int32(i)
	}
	sizes = [][]int{f.sizes()}
	for range layers {
		f.grow()
		sizes = append(sizes, f.sizes())
	}
	return f, sizes
}

func (f *field) sizes() (n []int) {
	for _, nodes := range f.nodes {
		n = append(n, len(nodes))
	}
	return n
}

// grow adds the sources of every edge into the field.
func (f *field) grow() {
	const found = -2
	to := f.sizes()
	for _, r := range f.g.Relations {
		for _, v := range f.nodes[r.Dst][f.done[r.Dst]:to[r.Dst]] {
			for _, u := range r.In.Row(int(v)) {
				if f.local[r.Src][u] == -1 {
					f.local[r.Src][u] = found
				}
			}
		}
	}
	for t, local := range f.local {
		for v, l := range local {
			if l == found {
				local[v] = int32(len(f.nodes[t]))
				f.nodes[t] = append(f.nodes[t], int32(v))
			}
		}
	}
	f.done = to
}

// edges returns the in-edges of the first dst nodes of each type, relation by
// relation. Those of fewer destinations are the first of them.
func (f *field) edges(dst []int) (in []graph.CSR) {
	for _, r := range f.g.Relations {
		nodes := f.nodes[r.Dst][:dst[r.Dst]]
		n := 0
		for _, v := range nodes {
			n += len(r.In.Row(int(v)))
		}
		c := graph.CSR{Ptr: make([]int32, 1, len(nodes)+1), Col: make([]int32, 0, n)}
		for _, v := range nodes {
			for _, u := range r.In.Row(int(v)) {
				c.Col = append(c.Col, f.local[r.Src][u])
			}
			c.Ptr = append(c.Ptr, int32(len(c.Col)))
		}
		in = append(in, c)
	}
	return in
}

// receptive returns the sampler of the field of seeds.
func (f *field) receptive(seeds []int32, sizes [][]int) *Receptive {
	layers := len(sizes) - 1
	r := &Receptive{Batch{
		Blocks: make([]Block, layers), Nodes: f.nodes,
		Seeds: seeds, Rows: make([]int32, len(seeds)), Labels: make([]int32, len(seeds)), Fixed: true,
	}}
	for i, v := range seeds {
		r.batch.Rows[i], r.batch.Labels[i] = int32(i), f.g.Labels[v]
	}
	in := f.edges(sizes[layers-1])
	var above []Adjacency // of the block after
	for k := range layers {
		b := Block{NumSrc: sizes[k+1], NumDst: sizes[k], Rel: make([]Adjacency, len(in))}
		for i, rel := range f.g.Relations {
			n, m := b.NumSrc[rel.Src], b.NumDst[rel.Dst]
			if above != nil && above[i].In.Rows() == m && above[i].Out.Rows() == n {
				b.Rel[i] = above[i]
				continue
			}
			ptr := in[i].Ptr[:m+1]
			b.Rel[i] = covered(graph.CSR{Ptr: ptr, Col: in[i].Col[:ptr[m]]}, n)
		}
		r.batch.Blocks[layers-1-k], above = b, b.Rel
	}
	return r
}
