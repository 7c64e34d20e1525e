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
type Receptive struct {
	graph *graph.Graph
	batch Batch
}

// NewReceptive returns the batch of the receptive field in g of the labelled
// target nodes seeds, for models of up to the given number of layers. It
// shares the storage of seeds.
func NewReceptive(g *graph.Graph, layers int, seeds []int32) *Receptive {
	if len(seeds) == 0 {
		panic("sample: NewReceptive: 0 seeds, want at least 1")
	}
	return newField("NewReceptive", g, layers, seeds).receptive(seeds)
}

// exactShare is the largest share of a graph's rows that a receptive field may
// have to be worth edges of its own.
const exactShare = 0.9

// NewExact returns a sampler whose one batch has the loss of the target nodes
// rows, nothing left out: Receptive if it has clearly fewer rows, else Full.
func NewExact(g *graph.Graph, layers int, rows []int32) Sampler {
	if f := ExactField(g, layers, rows); f != nil {
		return f.receptive(rows)
	}
	return NewFull(g, layers, rows)
}

// ExactField returns the receptive field that is NewExact's batch, nil where
// that is Full.
func ExactField(g *graph.Graph, layers int, rows []int32) *Field {
	f := newField("NewExact", g, layers, rows)
	dst := make([]int, len(g.Types)) // of the whole graph's block
	dst[g.Target] = g.Types[g.Target].Count
	part, whole := 0, 0
	for _, n := range f.Sizes[:layers] {
		for t := range dst {
			part, whole = part+n[t], whole+dst[t]
		}
		dst = fullSources(g, dst)
	}
	if len(rows) == 0 || float64(part) > exactShare*float64(whole) {
		return nil
	}
	return f
}

// Steps returns 1.
func (r *Receptive) Steps() int { return 1 }

// Next returns the batch, always the same.
func (r *Receptive) Next() *Batch { return &r.batch }

// A Field is the receptive field of some nodes: a set that grows, layer by
// layer, by the nodes from which an edge leads to it. What a layer adds comes
// after what was there, in ascending order.
type Field struct {
	Nodes [][]int32 // per type
	Local [][]int32 // per type and node, its place among Nodes, or -1
	Sizes [][]int   // after each layer and per type, how many of Nodes; Sizes[0] are the seeds

	g    *graph.Graph
	done []int // per type, of so many nodes the neighbours are there
}

// NewField returns the receptive field in g of the target nodes seeds for so
// many layers.
func NewField(g *graph.Graph, layers int, seeds []int32) *Field {
	return newField("NewField", g, layers, seeds)
}

func newField(op string, g *graph.Graph, layers int, seeds []int32) *Field {
	if layers < 1 {
		panic(fmt.Sprintf("sample: %s: %d layers, want at least 1", op, layers))
	}
	checkNodes(op, seeds, g.Types[g.Target].Count)
	f := &Field{Nodes: make([][]int32, len(g.Types)), Local: newLocal(g), g: g, done: make([]int, len(g.Types))}
	f.Nodes[g.Target] = slices.Clone(seeds)
	for i, v := range seeds {
		if f.Local[g.Target][v] >= 0 {
			panic(fmt.Sprintf("sample: %s: entry %d is node %d again, want each node once", op, i, v))
		}
		f.Local[g.Target][v] = int32(i)
	}
	f.Sizes = [][]int{f.sizes()}
	for range layers {
		f.grow()
		f.Sizes = append(f.Sizes, f.sizes())
	}
	return f
}

func (f *Field) sizes() (n []int) {
	for _, nodes := range f.Nodes {
		n = append(n, len(nodes))
	}
	return n
}

// grow adds the sources of every edge into the field.
func (f *Field) grow() {
	const found = -2
	to := f.sizes()
	for _, r := range f.g.Relations {
		for _, v := range f.Nodes[r.Dst][f.done[r.Dst]:to[r.Dst]] {
			for _, u := range r.In.Row(int(v)) {
				if f.Local[r.Src][u] == -1 {
					f.Local[r.Src][u] = found
				}
			}
		}
	}
	for t, local := range f.Local {
		for v, l := range local {
			if l == found {
				local[v] = int32(len(f.Nodes[t]))
				f.Nodes[t] = append(f.Nodes[t], int32(v))
			}
		}
	}
	f.done = to
}

// edges returns the in-edges of the first dst nodes of each type, relation by
// relation. Those of fewer destinations are the first of them.
func (f *Field) edges(dst []int) (in []graph.CSR) {
	for _, r := range f.g.Relations {
		nodes := f.Nodes[r.Dst][:dst[r.Dst]]
		n := 0
		for _, v := range nodes {
			n += len(r.In.Row(int(v)))
		}
		c := graph.CSR{Ptr: make([]int32, 1, len(nodes)+1), Col: make([]int32, 0, n)}
		for _, v := range nodes {
			for _, u := range r.In.Row(int(v)) {
				c.Col = append(c.Col, f.Local[r.Src][u])
			}
			c.Ptr = append(c.Ptr, int32(len(c.Col)))
		}
		in = append(in, c)
	}
	return in
}

// receptive returns the sampler of the field of seeds.
func (f *Field) receptive(seeds []int32) *Receptive {
	sizes := f.Sizes
	layers := len(sizes) - 1
	r := &Receptive{f.g, Batch{
		Blocks: make([]Block, layers), Nodes: f.Nodes,
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
