//go:build js && wasm && !purego

package kernel

import (
	"math"
	"unsafe"
)

// A module is the second WebAssembly module, beside Go's own, that the host
// has made to work on Go's memory (wasm/kernel): Go compiles to no vector
// instructions. It checks nothing, and what it does wrong ends the program:
// the exported functions of this package have validated every length before.
//
// Lengths and offsets fit 32 bits, as the memory has at most 2³² bytes. Only
// sizes that no length bounds may exceed them: a stride along a side of 1,
// which the module never takes, and the sizes handled below.
type module struct {
	name    string
	scratch []float32 // as large as the module asks for
}

// Name returns "simd128" or "relaxed".
func (w *module) Name() string { return w.name }

// Gemm adds the products of each element in index order. Variant simd128
// rounds each product as the reference does, and so gives the same bits.
func (w *module) Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	if k > math.MaxInt32 { // possible with strides of 0
		(&Reference{}).Gemm(m, n, k, a, ars, acs, b, brs, bcs, c, ldc, accumulate)
		return
	}
	kernGemm(uint32(m), uint32(n), uint32(k), first(a), uint32(ars), uint32(acs), first(b), uint32(brs), uint32(bcs),
		first(c), uint32(ldc), accumulate, first(w.scratch))
}

// SpMM adds the entries of each row in order, rounding as Gemm does.
func (w *module) SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool) {
	kernSpMM(uint32(rows), uint32(width), first(ptr), first(col), first(weight), first(x), first(y), accumulate, first(w.scratch))
}

// BiasReLU gives the bits of the reference, as every operation below does.
func (w *module) BiasReLU(rows, width int, y, bias []float32, relu bool) {
	if len(y) > 0 { // else rows or width may be anything
		kernBiasReLU(uint32(rows), uint32(width), first(y), first(bias), relu)
	}
}

// ReLUBackward works element by element.
func (w *module) ReLUBackward(dz, dy, y []float32) {
	kernReLUBackward(uint32(len(y)), first(dz), first(dy), first(y))
}

// SoftmaxCE leaves the logarithm of each row's sum to Go.
func (w *module) SoftmaxCE(rows, classes int, logits []float32, labels []int32, scale float32, grad []float32) float64 {
	loss := 0.0
	for most := len(w.scratch) / 2; rows > 0; {
		n := min(rows, most)
		kernSoftmaxCE(uint32(n), uint32(classes), first(logits), first(labels), scale, first(grad), first(w.scratch))
		for i := range n {
			sum, margin := w.scratch[2*i], w.scratch[2*i+1]
			loss += float64(float32(math.Log(float64(sum))) - margin)
		}
		rows, logits, labels, grad = rows-n, logits[n*classes:], labels[n:], grad[n*classes:]
	}
	return loss
}

// Adam works element by element.
func (w *module) Adam(x, g, m, v []float32, s AdamStep) {
	kernAdam(uint32(len(x)), first(x), first(g), first(m), first(v), s.LR/s.Correction1, s.Beta1, s.Beta2, s.Eps, s.Correction2)
}

// Axpy works element by element.
func (w *module) Axpy(a float32, x, y []float32) { kernAxpy(uint32(len(y)), a, first(x), first(y)) }

// AddColumnSums adds the rows in order.
func (w *module) AddColumnSums(rows, width int, x, sum []float32) {
	if len(x) > 0 {
		kernAddColumnSums(uint32(rows), uint32(width), first(x), first(sum))
	}
}

// RowNorms sums the squares of a row in order.
func (w *module) RowNorms(rows, width int, x, norm []float32) {
	kernRowNorms(uint32(rows), uint32(width), first(x), first(norm))
}

// first points to the first element of s. The module dereferences it only if
// there is one.
func first[T float32 | int32](s []T) *T { return unsafe.SliceData(s) }

// kernVariant returns which variant the host has loaded: 1 for simd128, 2 for
// relaxed, 0 for none, and then nothing below may be called.
//
//go:wasmimport kern variant
func kernVariant() int32

// kernScratch returns how many bytes of scratch memory the others want.
//
//go:wasmimport kern scratch
func kernScratch() int32

//go:wasmimport kern gemm
//go:noescape
func kernGemm(m, n, k uint32, a *float32, ars, acs uint32, b *float32, brs, bcs uint32, c *float32, ldc uint32, accumulate bool, scratch *float32)

//go:wasmimport kern spmm
//go:noescape
func kernSpMM(rows, width uint32, ptr, col *int32, weight, x, y *float32, accumulate bool, scratch *float32)

//go:wasmimport kern softmaxCE
//go:noescape
func kernSoftmaxCE(rows, classes uint32, logits *float32, labels *int32, scale float32, grad, rest *float32)

//go:wasmimport kern biasReLU
//go:noescape
func kernBiasReLU(rows, width uint32, y, bias *float32, relu bool)

//go:wasmimport kern reluBackward
//go:noescape
func kernReLUBackward(n uint32, dz, dy, y *float32)

//go:wasmimport kern adam
//go:noescape
func kernAdam(n uint32, w, g, m, v *float32, lr, beta1, beta2, eps, correction2 float32)

//go:wasmimport kern axpy
//go:noescape
func kernAxpy(n uint32, a float32, x, y *float32)

//go:wasmimport kern addColumnSums
//go:noescape
func kernAddColumnSums(rows, width uint32, x, sum *float32)

//go:wasmimport kern rowNorms
//go:noescape
func kernRowNorms(rows, width uint32, x, norm *float32)
