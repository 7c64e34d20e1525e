// Package sample cuts the blocks on which a model computes out of a graph.
//
// # Order of nodes
//
// A block is the bipartite graph of one message-passing step. In every block
// and for every node type the first NumDst source nodes are the destination
// nodes, in the same order, and the destinations of block l are the sources of
// block l+1. Row i of any layer's output is therefore the same node as row i
// of the last layer's output:
//
//	block 0   sources  [ seeds | added by block 1 | added by block 0 ]
//	          dests    [ seeds | added by block 1 ]
//	block 1   sources  [ seeds | added by block 1 ]
//	          dests    [ seeds ]
//
// A model of fewer layers than the batch has blocks takes the last ones; its
// input nodes are a prefix of the batch's.
package sample

import (
	"abkd/gnn/graph"
)

// An Adjacency is one relation of a block, in both directions.
type Adjacency struct {
	In        graph.CSR // row = destination, entries = sources
	Out       graph.CSR // row = source, entries = destinations
	OutWeight []float32 // 1/deg of the destination of each entry of Out
	Cover     *Cover    // the same mean in two steps; nil if that does not pay, or was not tried
}

// A Block is the bipartite graph of one message-passing step.
type Block struct {
	NumSrc, NumDst []int       // per node type
	Rel            []Adjacency // per relation of the graph
}

// A Batch is what one training step computes on.
type Batch struct {
	Blocks []Block   // first to last layer
	Nodes  [][]int32 // per node type, the source nodes of Blocks[0]; nil as a whole where each type has its nodes 0..n-1
	Seeds  []int32   // the destinations of the last block, of the target type; nil means 0..n-1
	Rows   []int32   // rows of the seeds on which the losses are taken
	Labels []int32   // [len(Rows)], label of each
	Fixed  bool      // every batch of the sampler is this one, so what is computed on it from constants may be kept
}

// Sources returns the numbers of the first n nodes of type t, which are the
// sources of a block with n of them; nil stands for 0 to n-1.
func (b *Batch) Sources(t, n int) []int32 {
	if b.Nodes == nil {
		return nil
	}
	return b.Nodes[t][:n:n]
}

// Top returns b for a model of fewer layers: its last n blocks. The nodes of
// the result are b's; the model reads a prefix of each type.
func (b *Batch) Top(n int) []Block { return b.Blocks[len(b.Blocks)-n:] }

// A Sampler makes the batches of an epoch.
type Sampler interface {
	// Steps returns the number of batches per epoch.
	Steps() int
	// Next returns the next batch, valid until the next call.
	Next() *Batch
}
