package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// impls are the implementations that this machine can run. The portable one
// must give the bits of the oracles below, the others only where they promise
// it: see exact.
var impls = Available()

// exact reports whether the implementation in use promises the reference's
// bits in an operation.
func exact(op string) bool {
	switch Name() {
	case "go", "simd128":
		return true
	case "relaxed":
		return op != "Gemm" && op != "SpMM"
	case "avx2":
		return op != "Gemm" && op != "RowNorms" && op != "SoftmaxCE"
	}
	return false
}

// fault reports the first element in which got differs from want: in its bits
// where they are promised, and otherwise by more than the rounding of a sum of
// so many products of numbers can explain. "" if none does.
func fault(op string, got, want []float32, terms int) string {
	if exact(op) {
		return sameBits(got, want)
	}
	for i, g := range got {
		w := want[i]
		if g == w || g != g && w != w {
			continue
		}
		if d := math.Abs(float64(g) - float64(w)); !(d <= 4e-6*float64(terms+1)) {
			return fmt.Sprintf("element %d of %d is %v, want %v, %g less", i, len(got), g, w, d)
		}
	}
	return ""
}

// eachImpl runs f once with each implementation in use.
func eachImpl(t *testing.T, f func(t *testing.T)) {
	for _, impl := range impls {
		t.Run("impl="+impl.Name(), func(t *testing.T) {
			defer Use(Use(impl))
			if Name() != impl.Name() {
				t.Fatalf("name is %q, want %q", Name(), impl.Name())
			}
			f(t)
		})
	}
}

// sizes are around the lengths at which implementations change loops.
var sizes = []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 130}

func anySize(rng *rand.Rand) int { return sizes[rng.IntN(len(sizes))] }

// numbers returns n normal numbers, some of them 0 and -0.
func numbers(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		switch rng.IntN(8) {
		case 0:
		case 1:
			x[i] = float32(math.Copysign(0, -1))
		default:
			x[i] = float32(rng.NormFloat64())
		}
	}
	return x
}

// sprinkle sets some of x to NaN and ±Inf.
func sprinkle(rng *rand.Rand, x []float32) {
	for range len(x)/16 + 1 {
		if len(x) > 0 {
			x[rng.IntN(len(x))] = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}[rng.IntN(3)]
		}
	}
}

// sameBits reports the first element in which got and want differ, "" if
// none. The payload of a NaN does not count.
func sameBits(got, want []float32) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d elements, want %d", len(got), len(want))
	}
	for i, g := range got {
		if w := want[i]; math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
			return fmt.Sprintf("element %d of %d is %v (%#x), want %v (%#x)", i, len(got), g, math.Float32bits(g), w, math.Float32bits(w))
		}
	}
	return ""
}

// naiveGemm is Gemm's definition.
func naiveGemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	for i := range m {
		for j := range n {
			s := float32(0)
			if accumulate {
				s = c[i*ldc+j]
			}
			for l := range k {
				s += float32(a[i*ars+l*acs] * b[l*brs+j*bcs])
			}
			c[i*ldc+j] = s
		}
	}
}

// strides lays an r×c matrix out by rows, or by columns if transposed, with
// padding between them, and returns how many elements that takes.
func strides(r, c, padding int, transposed bool) (n, rs, cs int) {
	if transposed {
		return c * (r + padding), 1, r + padding
	}
	return r * (c + padding), c + padding, 1
}
