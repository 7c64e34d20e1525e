//go:build !purego

package kernel

import "math"

// avx2 is the implementation in assembly for AVX2 and FMA. A goroutine inside
// assembly cannot be interrupted, which would stall the collector of the
// whole program: each call does a bounded piece of the work.
//
// All operations but Gemm, RowNorms and SoftmaxCE give the reference's bits.
type avx2 struct{}

// A piece of the work is at most so many elements, or rows of SpMM.
const pieceLen, pieceRows = 1 << 16, 64

// Name returns "avx2".
func (avx2) Name() string { return "avx2" }

// spmmRows computes, with w the weight or 1/(ptr[i+1]-ptr[i]) if it is nil,
//
//	for i := range rows {
//		for d := range width {
//			s := y[i*width+d] // 0 unless accumulate
//			for e := ptr[i]; e < ptr[i+1]; e++ {
//				s += float32(w[e] * x[int(col[e])*width+d])
//			}
//			y[i*width+d] = s
//		}
//	}
//
// It fetches rows of x ahead of their use, but reads col[last] at most. rows
// must be positive.
//
//go:noescape
func spmmRows(rows int, ptr, col *int32, last int, weight *float32, x, y *float32, width int, accumulate bool)

// SpMM works in pieces of rows.
func (avx2) SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool) {
	if len(col) == 0 || width == 0 {
		if !accumulate {
			clear(y[:rows*width])
		}
		return
	}
	var w *float32
	if weight != nil {
		w = &weight[0]
	}
	for i := 0; i < rows; i += pieceRows {
		spmmRows(min(pieceRows, rows-i), &ptr[i], &col[0], len(col)-1, w, &x[0], &y[i*width], width, accumulate)
	}
}

// biasMax computes, with a NaN passed on,
//
//	for i := range rows {
//		for d := range width {
//			y[i*width+d] = max(y[i*width+d]+bias[d], least)
//		}
//	}
//
//go:noescape
func biasMax(rows, width int, y, bias *float32, least float32)

// BiasReLU works in pieces of rows.
func (avx2) BiasReLU(rows, width int, y, bias []float32, relu bool) {
	if width == 0 {
		return
	}
	least := float32(math.Inf(-1))
	if relu {
		least = 0
	}
	h := max(1, pieceLen/width)
	for i := 0; i < rows; i += h {
		biasMax(min(h, rows-i), width, &y[i*width], &bias[0], least)
	}
}

// maskPositive computes
//
//	for i := range n {
//		dz[i] = 0
//		if y[i] > 0 {
//			dz[i] = dy[i]
//		}
//	}
//
//go:noescape
func maskPositive(n int, dz, dy, y *float32)

// ReLUBackward works in pieces.
func (avx2) ReLUBackward(dz, dy, y []float32) {
	for i := 0; i < len(y); i += pieceLen {
		maskPositive(min(pieceLen, len(y)-i), &dz[i], &dy[i], &y[i])
	}
}

// softmaxRow computes
//
//	top = max(z[:n]...)
//	for i := range n {
//		e[i] = exp(z[i] - top)
//		sum += e[i]
//	}
//
//go:noescape
func softmaxRow(n int, z, e *float32) (top, sum float32)

// scale computes
//
//	for i := range n {
//		x[i] *= a
//	}
//
//go:noescape
func scale(n int, a float32, x *float32)

// SoftmaxCE works row by row.
func (avx2) SoftmaxCE(rows, classes int, logits []float32, labels []int32, grad float32, g []float32) float64 {
	loss := 0.0
	for i, y := range labels[:rows] {
		z, e := logits[i*classes:][:classes], g[i*classes:][:classes]
		top, sum := softmaxRow(classes, &z[0], &e[0])
		// Rounded to float32 like the reference's.
		loss += float64(float32(math.Log(float64(sum))) - (z[y] - top))
		scale(classes, grad/sum, &e[0])
		e[y] -= grad
	}
	return loss
}

// adamScalars are the broadcast operands of adam, in the order it wants.
type adamScalars struct{ beta1, rest1, beta2, rest2, step, correction2, eps float32 }

// adam computes
//
//	for i, x := range dw[:n] {
//		m[i] = float32(s.beta1*m[i]) + float32(s.rest1*x)
//		v[i] = float32(s.beta2*v[i]) + float32(float32(s.rest2*x)*x)
//		w[i] -= float32(s.step*m[i]) / (sqrt(v[i])/s.correction2 + s.eps)
//	}
//
//go:noescape
func adam(n int, w, dw, m, v *float32, s *adamScalars)

// Adam works in pieces.
func (avx2) Adam(w, g, m, v []float32, s AdamStep) {
	c := adamScalars{s.Beta1, 1 - s.Beta1, s.Beta2, 1 - s.Beta2, s.LR / s.Correction1, s.Correction2, s.Eps}
	for i := 0; i < len(w); i += pieceLen {
		adam(min(pieceLen, len(w)-i), &w[i], &g[i], &m[i], &v[i], &c)
	}
}

// axpy computes
//
//	for i := range n {
//		y[i] += float32(a * x[i])
//	}
//
//go:noescape
func axpy(n int, a float32, x, y *float32)

// Axpy works in pieces.
func (avx2) Axpy(a float32, x, y []float32) {
	for i := 0; i < len(y); i += pieceLen {
		axpy(min(pieceLen, len(y)-i), a, &x[i], &y[i])
	}
}

// addColumnSums computes
//
//	for d := range width {
//		for i := range rows {
//			sum[d] += x[i*width+d]
//		}
//	}
//
// rows must be positive.
//
//go:noescape
func addColumnSums(rows, width int, x, sum *float32)

// AddColumnSums works in pieces of rows.
func (avx2) AddColumnSums(rows, width int, x, sum []float32) {
	if width == 0 {
		return
	}
	h := max(1, pieceLen/width)
	for i := 0; i < rows; i += h {
		addColumnSums(min(h, rows-i), width, &x[i*width], &sum[0])
	}
}

// rowNorms computes, in 16 partial sums,
//
//	for i := range rows {
//		s := float32(0)
//		for _, v := range x[i*width : (i+1)*width] {
//			s += v * v
//		}
//		norm[i] = sqrt(s)
//	}
//
// rows must be positive.
//
//go:noescape
func rowNorms(rows, width int, x, norm *float32)

// RowNorms works in pieces of rows.
func (avx2) RowNorms(rows, width int, x, norm []float32) {
	if width == 0 {
		clear(norm)
		return
	}
	h := max(1, pieceLen/width)
	for i := 0; i < rows; i += h {
		rowNorms(min(h, rows-i), width, &x[i*width], &norm[i])
	}
}
