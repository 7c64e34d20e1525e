package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// eachImplB is eachImpl for benchmarks.
func eachImplB(b *testing.B, f func(b *testing.B)) {
	for _, impl := range impls {
		b.Run("impl="+impl.Name(), func(b *testing.B) {
			defer Use(Use(impl))
			f(b)
		})
	}
}

// The three products of a linear layer: NN forward, NT and TN backward.
func BenchmarkGemm(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range []struct{ n, p, q int }{{3000, 128, 64}, {400, 32, 64}} {
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
			b.Run(fmt.Sprintf("size=%dx%dx%d/layout=%s", s.n, s.p, s.q, c.layout), func(b *testing.B) {
				eachImplB(b, func(b *testing.B) {
					for b.Loop() {
						c.f()
					}
					b.ReportMetric(2*float64(s.n*s.p*s.q)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			})
		}
	}
}

func BenchmarkSpMM(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const rows, cols, degree = 3000, 10000, 10
	var ptr, col []int32
	for i := range rows + 1 {
		ptr = append(ptr, int32(i*degree))
	}
	for range rows * degree {
		col = append(col, int32(rng.IntN(cols)))
	}
	for _, width := range []int{32, 128} {
		x, y := numbers(rng, cols*width), numbers(rng, rows*width)
		b.Run(fmt.Sprintf("width=%d", width), func(b *testing.B) {
			eachImplB(b, func(b *testing.B) {
				for b.Loop() {
					SpMM(rows, width, ptr, col, nil, x, y, false)
				}
				b.ReportMetric(2*float64(rows*degree*width)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		})
	}
}
