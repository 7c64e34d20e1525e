package gnn

import (
	"fmt"

	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// relConv is the relational graph convolution of Schlichtkrull et al.,
// https://arxiv.org/abs/1703.06103, equation 2, with a self weight for every
// node type. For a node v of type t, with N_r(v) its neighbours over a
// relation r: s → t,
//
//	Y_t[v] = X_t[v]·W_t + b_t + Σ_r mean_{u ∈ N_r(v)} X_s[u]·W_r
//
// followed by ReLU if the layer is hidden. A node without neighbours over r
// takes 0 from it.
//
// A product with W_r costs much more than a mean, and by linearity
// mean(X_s)·W_r = mean(X_s·W_r): the product may come after the mean, once for
// every destination, or before it, once for every source. The block says which
// is cheaper. Without a cover (see sample.Cover) the mean is taken first, and
// Backward needs no other input than that mean:
//
//	X_s [n × p] --SpMM--> mean_r [m × p] --·W_r--.
//	X_t [n × p] --first m rows-----------·W_t---(+)--> Y_t [m × q]
//
// With a cover of k nodes, fewer than destinations, the product stands between
// its two means: after that of a covered destination, before that of a covered
// source. Each edge passes through one of them.
//
//	X_s [n × p] --SpMM--> mean_r [k × p] --·W_r--> [k × q] --SpMM--(+)--> Y_t [m × q]
type relConv struct {
	backed
	Self []*Param // W_t [p × q], per node type
	Bias []*Param // b_t [1 × q], per node type
	Rel  []*Param // W_r [p × q], per relation

	src, dst []int  // node types of each relation
	relu     bool   // the layer is hidden
	constant []bool // per node type, nobody needs dL/dX_t

	// Kept by Forward for Backward.
	x    []mat.Matrix // X_t [n × p]
	mean []mat.Matrix // mean_r [m × p], with a cover [k × p]
	y    []mat.Matrix // Y_t [m × q], after ReLU

	dz, dx []mat.Matrix // per node type
	dmean  mat.Matrix

	between mat.Matrix // [k × q], after the product or, backward, before it
}

// newRelConv returns a layer over relations from src[r] to dst[r] whose
// parameters are to be filled in.
func newRelConv(types int, src, dst []int, relu bool) *relConv {
	return &relConv{
		Self: make([]*Param, types), Bias: make([]*Param, types), Rel: make([]*Param, len(src)),
		src: src, dst: dst, relu: relu, constant: make([]bool, types),
		x: make([]mat.Matrix, types), mean: make([]mat.Matrix, len(src)), y: make([]mat.Matrix, types),
		dz: make([]mat.Matrix, types), dx: make([]mat.Matrix, types),
	}
}

// Forward returns Y_t [m × q] for each node type, given the sources' features
// X_t [n × p]. The result is valid until the next call.
func (l *relConv) Forward(b *sample.Block, x []mat.Matrix) []mat.Matrix {
	l.check(b, x)
	copy(l.x, x)
	for t, w := range l.Self {
		m := b.NumDst[t]
		l.y[t] = l.y[t].Reshape(m, w.W.Cols)
		l.mat.Mul(l.y[t], x[t].Top(m), w.W)
	}
	for r, w := range l.Rel {
		if l.idle(b, r) {
			continue
		}
		y, c := l.y[l.dst[r]], b.Rel[r].Cover
		if c == nil {
			l.mean[r] = meanOf(l.mat, l.mean[r], &b.Rel[r], x[l.src[r]])
			l.mat.AddMul(y, l.mean[r], w.W)
			continue
		}
		l.mean[r] = meanOf(l.mat, l.mean[r], &c.First, x[l.src[r]])
		l.between = l.between.Reshape(c.N, w.W.Cols)
		l.mat.Mul(l.between, l.mean[r], w.W)
		l.mat.SpMM(y, c.Last.In.Ptr, c.Last.In.Col, nil, l.between, true)
	}
	for t, bias := range l.Bias {
		if l.relu {
			l.mat.AddBiasReLU(l.y[t], bias.W)
		} else {
			l.mat.AddBias(l.y[t], bias.W)
		}
	}
	return l.y
}

// Backward takes dL/dY_t [m × q] for each node type, adds to the parameters'
// gradients and returns dL/dX_t [n × p], valid until the next call. An empty
// matrix, given or returned, stands for zero.
func (l *relConv) Backward(b *sample.Block, dy []mat.Matrix) []mat.Matrix {
	for t := range l.dx {
		l.dz[t] = l.activationBackward(t, dy[t])
		l.dx[t] = l.dx[t].Reshape(0, l.Self[t].W.Rows)
	}
	for t, w := range l.Self {
		dz := l.dz[t]
		if dz.Empty() {
			continue
		}
		l.mat.AddColumnSums(l.Bias[t].G, dz)
		l.mat.AddTMul(w.G, l.x[t].Top(dz.Rows), dz)
		if !l.constant[t] {
			l.mat.MulT(l.startDX(b, t).Top(dz.Rows), dz, w.W)
		}
	}
	for r, w := range l.Rel {
		dz := l.dz[l.dst[r]]
		if dz.Empty() || l.idle(b, r) {
			continue
		}
		a := &b.Rel[r]
		if c := a.Cover; c != nil {
			l.between = l.between.Reshape(c.N, dz.Cols)
			l.mat.SpMM(l.between, c.Last.Out.Ptr, c.Last.Out.Col, c.Last.OutWeight, dz, false)
			a, dz = &c.First, l.between
		}
		l.mat.AddTMul(w.G, l.mean[r], dz)
		if s := l.src[r]; !l.constant[s] {
			l.dmean = l.dmean.Reshape(dz.Rows, w.W.Rows)
			l.mat.MulT(l.dmean, dz, w.W)
			l.mat.SpMM(l.startDX(b, s), a.Out.Ptr, a.Out.Col, a.OutWeight, l.dmean, true)
		}
	}
	return l.dx
}

// activationBackward returns dL/dZ for Y = ReLU(Z): the gradient passes where
// the value passed. For the last layer Y is Z.
func (l *relConv) activationBackward(t int, dy mat.Matrix) mat.Matrix {
	y, dz := l.y[t], l.dz[t]
	if dy.Empty() || y.Empty() {
		return dz.Reshape(0, y.Cols)
	}
	if dy.Rows != y.Rows || dy.Cols != y.Cols {
		panic(fmt.Sprintf("gnn: relConv.Backward: gradient of type %d is %v, want %v", t, dy, y))
	}
	dz = dz.Reshape(y.Rows, y.Cols)
	if l.relu {
		l.mat.ReLUBackward(dz, dy, y)
	} else {
		copy(dz.Data, dy.Data)
	}
	return dz
}

// startDX returns dL/dX_t, zero when it is first asked for.
func (l *relConv) startDX(b *sample.Block, t int) mat.Matrix {
	if l.dx[t].Empty() {
		l.dx[t] = l.dx[t].Reshape(b.NumSrc[t], l.Self[t].W.Rows)
		l.dx[t].Zero()
	}
	return l.dx[t]
}

// meanOf returns the means over the in-edges of a of the rows of x, in the
// storage of m.
func meanOf(on *mat.Backend, m mat.Matrix, a *sample.Adjacency, x mat.Matrix) mat.Matrix {
	m = m.Reshape(a.In.Rows(), x.Cols)
	on.SpMM(m, a.In.Ptr, a.In.Col, nil, x, false)
	return m
}

// idle reports whether relation r of b carries no message.
func (l *relConv) idle(b *sample.Block, r int) bool {
	return b.NumDst[l.dst[r]] == 0 || len(b.Rel[r].In.Col) == 0
}

func (l *relConv) check(b *sample.Block, x []mat.Matrix) {
	if len(x) != len(l.Self) || len(b.NumSrc) != len(l.Self) || len(b.NumDst) != len(l.Self) || len(b.Rel) != len(l.Rel) {
		panic(fmt.Sprintf("gnn: relConv.Forward: features of %d types, block of %d types and %d relations, want %d types and %d relations",
			len(x), len(b.NumSrc), len(b.Rel), len(l.Self), len(l.Rel)))
	}
	for t, x := range x {
		if p := l.Self[t].W.Rows; x.Rows != b.NumSrc[t] || x.Cols != p {
			panic(fmt.Sprintf("gnn: relConv.Forward: features of type %d are %v, want %d×%d (block sources × layer input)",
				t, x, b.NumSrc[t], p))
		}
	}
}
