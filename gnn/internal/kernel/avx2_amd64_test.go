//go:build !purego

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/cpu"
)

// The exponentials of softmaxRow are within 1.5 units in the last place of
// float32, wherever in the row they stand.
func TestSoftmaxRow(t *testing.T) {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		t.Skip("no AVX2 or FMA")
	}
	rng := rand.New(rand.NewPCG(1, 9))
	worst := 0.0
	for round := range 4000 {
		n := 1 + round%40
		z, e := make([]float32, n), make([]float32, n)
		for i := range z {
			z[i] = float32(3 - rng.ExpFloat64()*20)
		}
		best := rng.IntN(n)
		z[best] = 3.5
		top, sum := softmaxRow(n, &z[0], &e[0])
		if top != 3.5 {
			t.Fatalf("n=%d: maximum is %v, want %v", n, top, 3.5)
		}
		total := 0.0
		for i, got := range e {
			want := math.Exp(float64(z[i] - top))
			total += float64(got)
			ulp := float64(math.Nextafter32(float32(want), 2)) - float64(float32(want))
			if d := math.Abs(float64(got)-want) / ulp; !(d <= 1.5) {
				t.Fatalf("n=%d: exp(%v) is %v, want %v: off by %.2f units", n, z[i]-top, got, want, d)
			} else {
				worst = max(worst, d)
			}
		}
		if e[best] != 1 {
			t.Fatalf("n=%d: exp(0) is %v, want 1", n, e[best])
		}
		if math.Abs(float64(sum)-total) > 1e-6*total {
			t.Fatalf("n=%d: sum is %v, want %v", n, sum, total)
		}
	}
	t.Logf("worst error: %.3f units in the last place", worst)
}
