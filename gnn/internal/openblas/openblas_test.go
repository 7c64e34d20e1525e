//go:build openblas && cgo

package openblas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"abkd/gnn/internal/kernel"
)

// A product is one of the three of a linear layer with n rows, p inputs and q
// outputs, computed by both.
type product struct {
	name         string
	blas, kernel func()
	bc, kc       []float32
	multiplyAdds float64
	m, n, k      int
}

func products(rng *rand.Rand, n, p, q int) []*product {
	numbers := func(size int) []float32 {
		x := make([]float32, size)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		return x
	}
	x, w, y := numbers(n*p), numbers(p*q), numbers(n*q)
	list := []*product{
		{name: "NN", m: n, n: q, k: p},
		{name: "NT", m: n, n: p, k: q},
		{name: "TN", m: p, n: q, k: n},
	}
	for _, c := range list {
		c.bc, c.kc = make([]float32, c.m*c.n), make([]float32, c.m*c.n)
		c.multiplyAdds = float64(n) * float64(p) * float64(q)
	}
	nn, nt, tn := list[0], list[1], list[2]
	var loops *kernel.Loops // the fastest
	nn.blas = func() { Gemm(false, false, n, q, p, x, p, w, q, nn.bc, q) }
	nn.kernel = func() { loops.Gemm(n, q, p, x, p, 1, w, q, 1, nn.kc, q, false) }
	nt.blas = func() { Gemm(false, true, n, p, q, y, q, w, q, nt.bc, p) }
	nt.kernel = func() { loops.Gemm(n, p, q, y, q, 1, w, 1, q, nt.kc, p, false) }
	tn.blas = func() { Gemm(true, false, p, q, n, x, p, y, q, tn.bc, q) }
	tn.kernel = func() { loops.Gemm(p, q, n, x, 1, p, y, q, 1, tn.kc, q, false) }
	return list
}

// shapes are rows, inputs and outputs of layers.
var shapes = [][3]int{{4096, 128, 512}, {4096, 512, 512}, {4096, 128, 128}, {3000, 128, 64}, {4096, 512, 8}, {20000, 128, 349}}

// The two libraries agree.
func TestGemm(t *testing.T) {
	SetThreads(1)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range [][3]int{{100, 30, 70}, {333, 128, 349}} {
		for _, c := range products(rng, s[0], s[1], s[2]) {
			c.blas()
			c.kernel()
			for i, got := range c.kc {
				if want := c.bc[i]; math.Abs(float64(got-want)) > 1e-5*math.Sqrt(float64(c.k))*4 {
					t.Fatalf("size=%v layout=%s: element %d is %v, OpenBLAS's is %v", s, c.name, i, got, want)
				}
			}
		}
	}
}

// BenchmarkGemm lets the two take turns on one thread and reports the rates
// of the fastest turns and their ratio.
func BenchmarkGemm(b *testing.B) {
	SetThreads(1)
	b.Log("OpenBLAS runs its kernels for " + Core())
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range shapes {
		for _, c := range products(rng, s[0], s[1], s[2]) {
			b.Run(fmt.Sprintf("size=%dx%dx%d/layout=%s", s[0], s[1], s[2], c.name), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // Run has set it
				blas, ours := time.Hour, time.Hour
				for b.Loop() {
					blas = min(blas, took(c.blas))
					ours = min(ours, took(c.kernel))
				}
				rate := func(d time.Duration) float64 { return 2 * c.multiplyAdds / d.Seconds() / 1e9 }
				b.ReportMetric(rate(blas), "OpenBLAS-GFLOP/s")
				b.ReportMetric(rate(ours), "GFLOP/s")
				b.ReportMetric(rate(ours)/rate(blas), "ratio")
			})
		}
	}
}

func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
