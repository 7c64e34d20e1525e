package gnn

import (
	"abkd/gnn/mat"
)

// An input makes the first layer's features of one node type:
//
//	features of width p = input     X = F            (not copied for a whole graph)
//	features of another width f     X = F·W + b      W [f × p], b [1 × p]
//	no features                     X = E            a trained row for each node
//
// F and E stand for their rows of the batch's nodes.
type input struct {
	features     mat.Matrix // of all nodes of the type, if it has any
	weight, bias *Param     // the encoder, nil if there is none
	embed        *Param     // the embedding table, nil if there are features

	// Kept by forward for backward.
	nodes []int32
	rows  mat.Matrix // F or E

	gathered, x mat.Matrix // storage
}

// forward returns X for the given nodes, or for the first n if nodes is nil.
func (in *input) forward(nodes []int32, n int) mat.Matrix {
	table := in.features
	if in.embed != nil {
		table = in.embed.W
	}
	in.nodes = nodes
	if nodes == nil {
		in.rows = table.Top(n)
	} else {
		in.gathered = in.gathered.Reshape(n, table.Cols)
		mat.Gather(in.gathered, table, nodes)
		in.rows = in.gathered
	}
	if in.weight == nil {
		return in.rows
	}
	in.x = in.x.Reshape(n, in.weight.W.Cols)
	mat.Mul(in.x, in.rows, in.weight.W)
	mat.AddBias(in.x, in.bias.W)
	return in.x
}

// backward takes dL/dX, empty for zero, and adds to the parameters' gradients.
func (in *input) backward(dx mat.Matrix) {
	switch {
	case dx.Empty() || in.constant():
	case in.weight != nil:
		mat.AddTMul(in.weight.G, in.rows, dx)
		mat.AddColumnSums(in.bias.G, dx)
	case in.nodes != nil:
		mat.ScatterAdd(in.embed.G, dx, in.nodes)
	default:
		mat.Axpy(1, dx, in.embed.G.Top(dx.Rows))
	}
}

// constant reports whether the input has nothing to train.
func (in *input) constant() bool { return in.weight == nil && in.embed == nil }
