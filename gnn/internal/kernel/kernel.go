// Package kernel is the one seam between the mathematics and the machine: the
// inner loops of training, on raw slices.
//
// The methods of Loops check every length and index and then call their
// implementation, so that an implementation in assembly or WebAssembly
// never reads out of bounds. ref.go is the portable implementation; it is
// always compiled and is the oracle of every other one.
//
// # Order of sums
//
// Every sum of products runs in index order, each product rounded to float32
// before it is added (no fused multiply-add). The reference therefore gives
// the same bits on every architecture. Sums that become a loss are kept in
// float64.
//
// The other implementations fuse or reorder some sums, each saying which. Every
// one of them gives the same bits at each call, whatever the number of threads.
package kernel

import (
	"fmt"
	"sync/atomic"
)

// An Impl is one implementation of the inner loops. Its methods may assume
// that the arguments have been checked by the method of Loops of that name,
// and that Gemm's m, n and k are at least 1.
type Impl interface {
	// Name is the short name shown to the user, such as "go".
	Name() string
	Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool)
	SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool)
	BiasReLU(rows, width int, y, bias []float32, relu bool)
	ReLUBackward(dz, dy, y []float32)
	SoftmaxCE(rows, classes int, logits []float32, labels []int32, scale float32, grad []float32) float64
	Adam(w, g, m, v []float32, s AdamStep)
	Axpy(a float32, x, y []float32)
	AddColumnSums(rows, width int, x, sum []float32)
	RowNorms(rows, width int, x, norm []float32)
}

// AdamStep holds the scalars of one Adam update, see Adam.
type AdamStep struct {
	LR, Beta1, Beta2, Eps float32
	Correction1           float32 // 1 - Beta1^t
	Correction2           float32 // sqrt(1 - Beta2^t)
}

// available lists what Available returns.
var available = append([]Impl{&Reference{}}, machine()...)

// Available returns the implementations that this machine can run, the
// portable one first and the fastest last.
func Available() []Impl { return available }

// Loops are the inner loops of one run: an implementation behind checks, and a
// count of what it has done. A nil *Loops is the fastest implementation and
// counts nothing.
type Loops struct {
	impl Impl
	flop atomic.Int64
}

// New returns loops that i computes.
func New(i Impl) *Loops { return &Loops{impl: i} }

// Impl returns the implementation.
func (l *Loops) Impl() Impl {
	if l == nil {
		return available[len(available)-1]
	}
	return l.impl
}

// FLOP returns how many multiplications and additions Gemm and SpMM have done:
// two for each product that they add, and one for each term of a mean. What goes
// element by element is not counted.
func (l *Loops) FLOP() int64 {
	if l == nil {
		return 0
	}
	return l.flop.Load()
}

func (l *Loops) count(n int64) {
	if l != nil {
		l.flop.Add(n)
	}
}

// Gemm sets C = A·B, or C += A·B if accumulate, with A [m × k], B [k × n] and
// C [m × n]. Element (i, l) of A is a[i*ars+l*acs], element (l, j) of B is
// b[l*brs+j*bcs] and element (i, j) of C is c[i*ldc+j]: the strides make the
// transposed products the same operation.
func (l *Loops) Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	if m < 0 || n < 0 || k < 0 {
		panic(fmt.Sprintf("kernel: Gemm: sizes are %d, %d, %d, want none negative", m, n, k))
	}
	if m == 0 || n == 0 {
		return
	}
	checkSpan("Gemm", "c", len(c), m, n, ldc, 1)
	if m > 1 && ldc < n {
		panic(fmt.Sprintf("kernel: Gemm: rows of c are %d apart, want at least %d", ldc, n))
	}
	if k == 0 {
		for i := 0; i < m && !accumulate; i++ {
			clear(c[i*ldc:][:n])
		}
		return
	}
	checkSpan("Gemm", "a", len(a), m, k, ars, acs)
	checkSpan("Gemm", "b", len(b), k, n, brs, bcs)
	l.count(2 * int64(m) * int64(n) * int64(k))
	l.Impl().Gemm(m, n, k, a, ars, acs, b, brs, bcs, c, ldc, accumulate)
}

// SpMM sets y[i] = Σ w_e·x[col[e]] over the entries e in ptr[i]..ptr[i+1] of
// row i, or adds it if accumulate. A nil weight takes the mean over the row
// instead (0 for an empty row). x has rows of the given width.
func (l *Loops) SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool) {
	checkMatrix("SpMM", "y", len(y), rows, width)
	checkLen("SpMM", "ptr", len(ptr), rows+1)
	if weight != nil && len(weight) != len(col) {
		panic(fmt.Sprintf("kernel: SpMM: %d weights, want %d (one per entry)", len(weight), len(col)))
	}
	if ptr[0] != 0 || int(ptr[rows]) != len(col) {
		panic(fmt.Sprintf("kernel: SpMM: row pointers run from %d to %d, want 0 to %d", ptr[0], ptr[rows], len(col)))
	}
	for i := range rows {
		if ptr[i] > ptr[i+1] {
			panic(fmt.Sprintf("kernel: SpMM: row pointer %d is %d, want at least %d", i+1, ptr[i+1], ptr[i]))
		}
	}
	if width == 0 {
		return
	}
	if len(x)%width != 0 {
		panic(fmt.Sprintf("kernel: SpMM: x has %d elements, want a multiple of %d", len(x), width))
	}
	n := uint32(len(x) / width)
	for e, j := range col {
		if uint32(j) >= n {
			panic(fmt.Sprintf("kernel: SpMM: entry %d points to row %d, got %d rows", e, j, n))
		}
	}
	terms := int64(len(col)) * int64(width)
	if weight != nil {
		terms *= 2
	}
	l.count(terms)
	l.Impl().SpMM(rows, width, ptr, col, weight, x, y, accumulate)
}

// BiasReLU adds bias [1 × width] to every row of y and, if relu, replaces
// negative elements by 0.
func (l *Loops) BiasReLU(rows, width int, y, bias []float32, relu bool) {
	checkMatrix("BiasReLU", "y", len(y), rows, width)
	checkLen("BiasReLU", "bias", len(bias), width)
	l.Impl().BiasReLU(rows, width, y, bias, relu)
}

// ReLUBackward sets dz = dy where y > 0 and 0 elsewhere.
func (l *Loops) ReLUBackward(dz, dy, y []float32) {
	checkLen("ReLUBackward", "dz", len(dz), len(y))
	checkLen("ReLUBackward", "dy", len(dy), len(y))
	l.Impl().ReLUBackward(dz, dy, y)
}

// SoftmaxCE returns Σ_i -log p_i[labels[i]] with p_i the softmax of row i of
// logits, and sets grad = scale·(p - onehot(labels)), its gradient times scale.
func (l *Loops) SoftmaxCE(rows, classes int, logits []float32, labels []int32, scale float32, grad []float32) float64 {
	checkMatrix("SoftmaxCE", "logits", len(logits), rows, classes)
	checkMatrix("SoftmaxCE", "grad", len(grad), rows, classes)
	checkLen("SoftmaxCE", "labels", len(labels), rows)
	for i, y := range labels {
		if uint32(y) >= uint32(classes) {
			panic(fmt.Sprintf("kernel: SoftmaxCE: label of row %d is %d, want 0..%d", i, y, classes-1))
		}
	}
	return l.Impl().SoftmaxCE(rows, classes, logits, labels, scale, grad)
}

// Adam updates w with gradient g and moments m and v (Kingma and Ba,
// https://arxiv.org/abs/1412.6980, algorithm 1):
//
//	m = β₁·m + (1-β₁)·g;  v = β₂·v + (1-β₂)·g²
//	w = w - LR/Correction1 · m / (√v/Correction2 + ε)
func (l *Loops) Adam(w, g, m, v []float32, s AdamStep) {
	checkLen("Adam", "g", len(g), len(w))
	checkLen("Adam", "m", len(m), len(w))
	checkLen("Adam", "v", len(v), len(w))
	l.Impl().Adam(w, g, m, v, s)
}

// Axpy sets y += a·x.
func (l *Loops) Axpy(a float32, x, y []float32) {
	checkLen("Axpy", "x", len(x), len(y))
	l.Impl().Axpy(a, x, y)
}

// AddColumnSums adds the sum of each column of x [rows × width] to sum.
func (l *Loops) AddColumnSums(rows, width int, x, sum []float32) {
	checkMatrix("AddColumnSums", "x", len(x), rows, width)
	checkLen("AddColumnSums", "sum", len(sum), width)
	l.Impl().AddColumnSums(rows, width, x, sum)
}

// RowNorms sets norm[i] to the Euclidean norm of row i of x [rows × width].
func (l *Loops) RowNorms(rows, width int, x, norm []float32) {
	checkMatrix("RowNorms", "x", len(x), rows, width)
	checkLen("RowNorms", "norm", len(norm), rows)
	l.Impl().RowNorms(rows, width, x, norm)
}

func checkLen(op, name string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("kernel: %s: %s has %d elements, want %d", op, name, got, want))
	}
}

// checkMatrix panics unless n elements are a rows×cols matrix. Like checkSpan
// it computes in float64, in which no product wraps around.
func checkMatrix(op, name string, n, rows, cols int) {
	if rows < 0 || cols < 0 || float64(rows)*float64(cols) != float64(n) {
		panic(fmt.Sprintf("kernel: %s: %s has %d elements, want %d×%d", op, name, n, rows, cols))
	}
}

// checkSpan panics unless a strided r×c matrix lies within n elements.
func checkSpan(op, name string, n, r, c, rs, cs int) {
	if rs < 0 || cs < 0 || float64(r-1)*float64(rs)+float64(c-1)*float64(cs) >= float64(n) {
		panic(fmt.Sprintf("kernel: %s: %s has %d elements, want more than (%d-1)·%d + (%d-1)·%d", op, name, n, r, rs, c, cs))
	}
}
