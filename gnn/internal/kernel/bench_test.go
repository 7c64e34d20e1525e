package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// benchImpls runs f once with each implementation in use, and once more on
// one thread where it takes more.
func benchImpls(b *testing.B, f func(b *testing.B)) {
	for _, impl := range impls {
		for threads := 1; threads <= runtime.GOMAXPROCS(0); threads *= 2 {
			b.Run(fmt.Sprintf("impl=%s/threads=%d", impl.Name(), threads), func(b *testing.B) {
				defer Use(Use(impl))
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
				f(b)
			})
		}
	}
}

// rate reports how many operations on floating-point numbers a second took.
func rate(b *testing.B, perTurn int) {
	b.ReportMetric(float64(perTurn)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// The three products of a linear layer with n rows, p inputs and q outputs:
// NN forward, NT and TN backward.
func BenchmarkGemm(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range []struct{ n, p, q int }{{4096, 128, 512}, {4096, 512, 512}, {3000, 128, 64}, {400, 32, 64}, {34, 34, 16}} {
		x, w, y := numbers(rng, s.n*s.p), numbers(rng, s.p*s.q), numbers(rng, s.n*s.q)
		out := make([]float32, max(s.n, s.p)*max(s.p, s.q))
		for _, c := range []struct {
			layout string
			f      func()
		}{
			{"NN", func() { Gemm(s.n, s.q, s.p, x, s.p, 1, w, s.q, 1, out, s.q, false) }},
			{"NT", func() { Gemm(s.n, s.p, s.q, y, s.q, 1, w, 1, s.q, out, s.p, false) }},
			{"TN", func() { Gemm(s.p, s.q, s.n, x, 1, s.p, y, s.q, 1, out, s.q, false) }},
		} {
			b.Run(fmt.Sprintf("shape=%dx%dx%d/layout=%s", s.n, s.p, s.q, c.layout), func(b *testing.B) {
				benchImpls(b, func(b *testing.B) {
					for b.Loop() {
						c.f()
					}
					rate(b, 2*s.n*s.p*s.q)
				})
			})
		}
	}
}

// randomCSR returns a matrix of the given size with about degree entries per row.
func randomCSR(rng *rand.Rand, rows, cols, degree int) (ptr, col []int32) {
	ptr, col = make([]int32, rows+1), make([]int32, rows*degree)
	for range col {
		ptr[rng.IntN(rows)+1]++
	}
	for i := range rows {
		ptr[i+1] += ptr[i]
	}
	for e := range col {
		col[e] = int32(rng.IntN(cols))
	}
	return ptr, col
}

// The mean over the neighbours, up to the size of a whole graph of papers
// (3 GB). The bandwidth counts every row of x that is read, each of y, and the
// columns; that of copy is what the machine gives a stream.
func BenchmarkSpMM(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range []struct{ rows, cols, width int }{{3000, 10000, 32}, {3000, 10000, 128}, {700_000, 700_000, 128}} {
		b.Run(fmt.Sprintf("shape=%dx%dx%d", s.rows, s.cols, s.width), func(b *testing.B) {
			if testing.Short() && s.rows > 10000 {
				b.Skip("takes 2 GB")
			}
			ptr, col := randomCSR(rng, s.rows, s.cols, 10)
			x, y := make([]float32, s.cols*s.width), make([]float32, s.rows*s.width)
			for i := range x {
				x[i] = float32(i & 15)
			}
			b.Run("copy", func(b *testing.B) {
				b.SetBytes(int64(2 * 4 * min(len(x), len(y))))
				for b.Loop() {
					copy(y, x)
				}
			})
			benchImpls(b, func(b *testing.B) {
				b.SetBytes(4 * int64(len(col)*(s.width+1)+len(y)))
				for b.Loop() {
					SpMM(s.rows, s.width, ptr, col, nil, x, y, false)
				}
			})
		})
	}
}

// The operations by element and by row, on 4000 rows of a hidden layer and on
// a small one.
func BenchmarkElementwise(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range []struct{ rows, width int }{{4000, 512}, {4000, 8}, {34, 16}} {
		n := s.rows * s.width
		x, y, z, v := numbers(rng, n), numbers(rng, n), numbers(rng, n), make([]float32, n)
		bias, norm, labels := numbers(rng, s.width), make([]float32, s.rows), make([]int32, s.rows)
		for _, c := range []struct {
			op string
			f  func()
		}{
			{"BiasReLU", func() { BiasReLU(s.rows, s.width, y, bias, true) }},
			{"ReLUBackward", func() { ReLUBackward(z, x, y) }},
			{"SoftmaxCE", func() { SoftmaxCE(s.rows, s.width, x, labels, 1, z) }},
			{"Adam", func() { Adam(y, x, z, v, AdamStep{1e-9, 0.9, 0.999, 1e-8, 1, 1}) }},
			{"Axpy", func() { Axpy(1e-9, x, y) }},
			{"AddColumnSums", func() { AddColumnSums(s.rows, s.width, x, bias) }},
			{"RowNorms", func() { RowNorms(s.rows, s.width, x, norm) }},
		} {
			b.Run(fmt.Sprintf("op=%s/shape=%dx%d", c.op, s.rows, s.width), func(b *testing.B) {
				benchImpls(b, func(b *testing.B) {
					b.SetBytes(4 * int64(n))
					for b.Loop() {
						c.f()
					}
				})
			})
		}
	}
}
