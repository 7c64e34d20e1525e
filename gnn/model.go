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

	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// A Param is a trainable matrix and its gradient, of the same shape.
type Param struct {
	Name      string
	W, G      mat.Matrix
	Embedding bool // a table with a row per node; counted apart from the weights
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
	// the batch has seeds, and its first rows are the seeds. The last entry
	// is the logits. These are the T_i and S_j of distillation.
	Layers []mat.Matrix
	// Hidden holds the output of each layer for every node type
	// [layer][type]; Hidden[l][Target] is Layers[l].
	Hidden [][]mat.Matrix
	// Input holds the first layer's input for every node type.
	Input []mat.Matrix
}

// Logits returns the output of the last layer.
func (t *Trace) Logits() mat.Matrix { return t.Layers[len(t.Layers)-1] }

// A Model computes class logits for the target nodes of a batch.
type Model interface {
	// Config returns what the model was made from.
	Config() Config
	// Params returns the parameters in a fixed order.
	Params() []*Param
	// Forward runs the model on b. Dropout is drawn from rng; a nil rng
	// means evaluation, without dropout.
	Forward(b *sample.Batch, rng *rand.Rand) *Trace
	// Backward adds to the parameters' gradients, given the gradient of the
	// loss with respect to every entry of the last Trace's Layers. An empty
	// matrix stands for zero.
	Backward(b *sample.Batch, grad []mat.Matrix)
	// Widths returns the width of each layer's output.
	Widths() []int
}

// A Config says which model to make. The zero value of a field is its
// default, given in parentheses.
type Config struct {
	Kind    string  // "rgcn"
	Layers  int     // number of convolutions (3)
	Hidden  int     // width of the hidden layers (64)
	Input   int     // width of the first layer's input (the target type's feature width)
	Inputs  string  // what a type without features gets: "embedding", a trained row per node, or "means", see graph.WithMeans ("embedding")
	Dropout float32 // probability that a hidden activation is dropped in training (0.5; negative: none)
}
