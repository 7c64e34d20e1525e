// Package gnn trains graph neural networks on sampled blocks.
//
// Each layer carries its own derivative. Forward keeps what Backward needs;
// Backward takes dL/dY, adds to the gradients of the layer's parameters and
// returns dL/dX. There is no tape: the code of a derivative stands directly
// under the code it differentiates, and a training step allocates nothing
// once the buffers have grown.
//
// # Shapes
//
// Comments write a matrix as name [rows × cols], with
//
//	n  source nodes of a block      m  destination nodes, m ≤ n
//	p  input width                  q  output width
//	e  edges of one relation        R  relations
//	c  classes
//
// The first m source nodes of a block are its destination nodes, in order.
package gnn

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// A Param is a trainable matrix and its gradient, of the same shape. A table of
// embeddings has a gradient for some of its rows only, see NewTable.
type Param struct {
	Name      string
	W, G      mat.Matrix
	Rows      []int32 // of a table: the rows of W that the rows of G belong to, each once
	Embedding bool    // a table with a row per node, made by NewTable; counted apart from the weights
	Bias      bool    // a vector: it begins as zeros, and a file has it with one dimension
	Dense     bool    // of what stands before or behind the layers, such as an encoder
	Mix       bool    // weights of label inputs: it begins as 1 in the first row, 0 in the others
	Decay     float64 // weight decay λ: Adam adds λ·W to the gradient
	Rate      float64 // what Adam multiplies its learning rate by (1)
	Frozen    bool    // Adam leaves it as it is

	place []int32 // of a table: per row of W, 1 + its row of G, or 0
	at    []int32 // of a table: scratch of AddRows
}

// NewParam returns a zero r×c parameter.
func NewParam(name string, r, c int) *Param {
	return &Param{Name: name, W: mat.New(r, c), G: mat.New(r, c)}
}

// Copy sets the weights of dst to those of src, parameters of the same shapes:
// a snapshot that allocates nothing, such as that of the best epoch.
func Copy(dst, src []*Param) {
	if len(dst) != len(src) {
		panic(fmt.Sprintf("gnn: Copy: %d parameters, want %d", len(dst), len(src)))
	}
	for i, p := range src {
		if d := dst[i].W; d.Rows != p.W.Rows || d.Cols != p.W.Cols {
			panic(fmt.Sprintf("gnn: Copy: %s is %v, want %v", p.Name, d, p.W))
		}
		copy(dst[i].W.Data, p.W.Data)
	}
}

// A Trace is what a forward pass computed, valid until the next one.
type Trace struct {
	// Layers holds the output of each layer for the target type, after the
	// activation and before dropout. Layers[l] has at least as many rows as
	// the batch has seeds, and its first rows are the seeds. These are the
	// T_i and S_j of distillation. The last entry is the logits, except in a
	// model whose logits are computed from its last convolution (GCNII).
	Layers []mat.Matrix
	// Outputs holds what a loss may be taken on: Layers, then the logits
	// unless they are the last of them.
	Outputs []mat.Matrix
	// Hidden holds the output of each layer for every node type
	// [layer][type]; Hidden[l][Target] is Layers[l], and the others are empty
	// in models that compute on the target type alone.
	Hidden [][]mat.Matrix
	// Input holds the first layer's input for every node type, before
	// dropout; it is empty for a type that the model does not read, or reads
	// as a sparse matrix.
	Input []mat.Matrix
}

// newTrace returns an empty trace of the given numbers of layers, outputs and
// node types.
func newTrace(layers, outputs, types int) Trace {
	t := Trace{Outputs: make([]mat.Matrix, outputs), Hidden: make([][]mat.Matrix, layers), Input: make([]mat.Matrix, types)}
	t.Layers = t.Outputs[:layers:layers] // one storage: whoever sets a layer sets an output
	return t
}

// Logits returns the class logits of the target nodes, the last of Outputs.
func (t *Trace) Logits() mat.Matrix { return t.Outputs[len(t.Outputs)-1] }

// A Model computes class logits for the target nodes of a batch. New makes
// those of this package. A model of one's own has these methods and is trained,
// distilled, evaluated and saved like them; its Config is for the reader of a
// checkpoint, and Restore reads one, as Load knows New's kinds alone. The
// example of Model computes on the whole graph; that of kd.Distiller reads
// sampled batches. It may also have the methods SetBackend, SetGraph,
// RelationParams and WatchGradient, see the functions of these names.
type Model interface {
	// Config returns what the model was made from.
	Config() Config
	// Graph returns the graph that the model was made for.
	Graph() *graph.Graph
	// Params returns the parameters in a fixed order.
	Params() []*Param
	// Forward runs the model on b. Dropout is drawn from rng; a nil rng
	// means evaluation, without dropout.
	Forward(b *sample.Batch, rng *rand.Rand) *Trace
	// Backward adds to the parameters' gradients, given the gradient of the
	// loss with respect to every entry of the last Trace's Outputs. An empty
	// matrix stands for zero.
	Backward(b *sample.Batch, grad []mat.Matrix)
	// Widths returns the width of each of the Trace's Layers.
	Widths() []int
}

// A Config says which model to make. The zero value of a field is its
// default, given in parentheses. A field that the kind does not have is
// ignored, and zero in the Config of the model that is made.
type Config struct {
	Kind    string  // one of Kinds ("rgcn")
	Layers  int     // number of convolutions (3)
	Hidden  int     // width of the hidden layers, of each head for gat (64)
	Input   int     // width of the first layer's input (the target type's feature width)
	Inputs  string  // what a type without features gets: "means" of its neighbours, see graph.WithMeans, "embedding", a trained row per node, or "fastrp", see graph.WithFastRP ("means")
	Dropout float32 // probability that a hidden activation is dropped in training (0.5; negative: none)

	// InputDropout is the probability that an element of the first layer's
	// input is dropped (gcn, gat, gcnii: Dropout, as in their papers; sage,
	// mlp: none; negative: none). rgcn does not have it.
	InputDropout float32
	LabelReuse   bool    // rgcn: the logits read the labels of other training nodes, see WithLabelInputs
	RowNormalise bool    // divide each node's features by the sum of their absolute values
	Heads        int     // gat: attention heads of a layer (8)
	Alpha        float32 // gcnii: share of the first layer in each, α (0.1; negative: none)
	Lambda       float32 // gcnii: λ, layer l has the share ln(λ/l + 1) of its weights (0.5)

	Split          string  // majority, lp, cs and with LabelReuse: name of the split whose training labels are read (the graph's first)
	Rounds         int     // lp, cs: rounds of propagation (40); sgc: K, powers of S (2)
	NeighbourShare float32 // lp, cs: α, share of the neighbours in each round (0.9)
	Through        string  // lp, cs, sgc: names of the relations to propagate over, see graph.FindRelations (all)
}
