package gnn

import (
	"math"

	"abkd/gnn/mat"
)

// An input makes the first layer's features of one node type:
//
//	features of width p = input     X = F            (not copied for a whole graph)
//	features of another width f     X = F·W + b      W [f × p], b [1 × p]
//	no features                     X = E            a trained row for each node
//
// F and E stand for their rows of the batch's nodes. With a scale, each row of F
// is multiplied by that of its node.
type input struct {
	backed
	features     mat.Matrix // of all nodes of the type, if it has any
	scale        []float32  // per node, nil for none
	weight, bias *Param     // the encoder, nil if there is none
	embed        *Param     // the embedding table, nil if there are features

	// Kept by forward for backward.
	nodes []int32
	rows  mat.Matrix // F or E

	gathered, x mat.Matrix // storage
	kept        bool       // gathered holds the features of keptOf, which do not change
	keptOf      []int32
}

// forward returns X for the given nodes, or for the first n if nodes is nil.
// The features of a fixed batch, whose nodes never change, are gathered once.
func (in *input) forward(nodes []int32, n int, fixed bool) mat.Matrix {
	in.nodes = nodes
	switch {
	case nodes == nil && in.scale == nil:
		in.rows = in.table().Top(n)
	case in.kept && fixed && in.gathered.Rows == n && same(in.keptOf, nodes):
		in.rows = in.gathered
	default:
		in.gather(n)
		in.kept, in.keptOf = fixed && in.embed == nil, nodes
	}
	if in.weight == nil {
		return in.rows
	}
	in.x = in.x.Reshape(n, in.weight.W.Cols)
	in.mat.Mul(in.x, in.rows, in.weight.W)
	in.mat.AddBias(in.x, in.bias.W)
	return in.x
}

// table returns the matrix of which X has rows.
func (in *input) table() mat.Matrix {
	if in.embed != nil {
		return in.embed.W
	}
	return in.features
}

// gather sets rows to F or E, in storage of the input's own.
func (in *input) gather(n int) {
	table := in.table()
	if in.nodes == nil {
		in.rows = table.Top(n)
	} else {
		in.gathered = in.gathered.Reshape(n, table.Cols)
		mat.Gather(in.gathered, table, in.nodes)
		in.rows = in.gathered
	}
	if in.scale != nil {
		in.scaleRows()
	}
}

// same reports whether a and b are the same slice.
func same(a, b []int32) bool {
	return len(a) == len(b) && (a == nil) == (b == nil) && (len(a) == 0 || &a[0] == &b[0])
}

// scaleRows multiplies the rows by their scale.
func (in *input) scaleRows() {
	x := in.rows
	in.gathered = in.gathered.Reshape(x.Rows, x.Cols)
	for i := range x.Rows {
		v := i
		if in.nodes != nil {
			v = int(in.nodes[i])
		}
		row := in.gathered.Row(i)
		for d, f := range x.Row(i) {
			row[d] = float32(f * in.scale[v])
		}
	}
	in.rows = in.gathered
}

// backward takes dL/dX, empty for zero, and adds to the parameters' gradients.
func (in *input) backward(dx mat.Matrix) {
	switch {
	case dx.Empty() || in.constant():
	case in.weight != nil:
		in.mat.AddTMul(in.weight.G, in.rows, dx)
		in.mat.AddColumnSums(in.bias.G, dx)
	default:
		in.embed.AddRows(dx, in.nodes)
	}
}

// rowScale returns 1 over the sum of the absolute values of each row, 0 for a
// row of zeros.
func rowScale(m mat.Matrix) []float32 {
	scale := make([]float32, m.Rows)
	for i := range scale {
		s := 0.0
		for _, v := range m.Row(i) {
			s += math.Abs(float64(v))
		}
		if s > 0 {
			scale[i] = float32(1 / s)
		}
	}
	return scale
}

// constant reports whether the input has nothing to train.
func (in *input) constant() bool { return in.weight == nil && in.embed == nil }
