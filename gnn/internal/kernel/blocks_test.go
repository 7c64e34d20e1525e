package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Sizes beyond every block of an implementation, against float64: the error
// stays below the bound of a sum in any order, k·2⁻²⁴·Σ|a·b|.
func TestGemmError(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 6))
		for round, s := range [][3]int{{1, 1, 1000}, {7, 530, 300}, {300, 17, 257}, {150, 1030, 5}, {145, 40, 513}, {6, 16, 256}} {
			m, n, k := s[0], s[1], s[2]
			na, ars, acs := strides(m, k, 0, round%2 == 1)
			nb, brs, bcs := strides(k, n, 0, round%3 == 1)
			a, b, c := numbers(rng, na), numbers(rng, nb), numbers(rng, m*n)
			before, accumulate := append([]float32(nil), c...), round%2 == 0
			Gemm(m, n, k, a, ars, acs, b, brs, bcs, c, n, accumulate)
			for i := range m {
				for j := range n {
					sum, size := 0.0, 0.0
					if accumulate {
						sum = float64(before[i*n+j])
						size = math.Abs(sum)
					}
					for l := range k {
						v := float64(a[i*ars+l*acs]) * float64(b[l*brs+j*bcs])
						sum += v
						size += math.Abs(v)
					}
					if d := math.Abs(float64(c[i*n+j]) - sum); !(d <= float64(k+1)*size/(1<<24)) {
						t.Fatalf("m=%d n=%d k=%d: element %d, %d is %v, want %v", m, n, k, i, j, c[i*n+j], sum)
					}
				}
			}
		}
	})
}

// An element of a product has the same bits whichever part of the product is
// computed with it.
func TestGemmPart(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 7))
		const m, n, k = 40, 70, 300
		a, b, c := numbers(rng, m*k), numbers(rng, k*n), numbers(rng, m*n)
		before := append([]float32(nil), c...)
		for _, accumulate := range []bool{false, true} {
			copy(c, before)
			Gemm(m, n, k, a, k, 1, b, n, 1, c, n, accumulate)
			for range 20 {
				i, j := rng.IntN(m), rng.IntN(n)
				h, w := 1+rng.IntN(m-i), 1+rng.IntN(n-j)
				part := append([]float32(nil), before...)
				Gemm(h, w, k, a[i*k:], k, 1, b[j:], n, 1, part[i*n+j:], n, accumulate)
				for r := range h {
					if fault := sameBits(part[(i+r)*n+j:][:w], c[(i+r)*n+j:][:w]); fault != "" {
						t.Fatalf("row %d of %d×%d from %d, %d: %s of the whole", r, h, w, i, j, fault)
					}
				}
			}
		}
	})
}

// The gradient of a class far below the best one is its tiny probability, down
// to where float32 ends, and a NaN or infinite logit shows in its whole row
// and in no other.
func TestSoftmaxCEExtremes(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		const classes = 11
		z, grad := make([]float32, classes), make([]float32, classes)
		for i := range 1100 {
			x := -float32(i) / 10
			for c := range z {
				z[c] = x
			}
			z[3] = 0
			SoftmaxCE(1, classes, z, []int32{3}, 1, grad)
			want := math.Exp(float64(x)) / (1 + (classes-1)*math.Exp(float64(x)))
			for c, g := range grad {
				// Some units in the last place for exp, the sum and the
				// quotient, and half the least number of all.
				if c != 3 && !(math.Abs(float64(g)-want) <= 8*want/(1<<23)+0.75*math.SmallestNonzeroFloat32) {
					t.Fatalf("class %d at logit %v: probability is %v, want %v", c, x, g, want)
				}
			}
		}
		inf := float32(math.Inf(1))
		for c := range classes {
			for _, v := range []float32{inf - inf, inf} {
				z, grad := make([]float32, 3*classes), make([]float32, 3*classes)
				z[classes+c] = v
				if loss := SoftmaxCE(3, classes, z, []int32{0, 1, 2}, 1, grad); loss == loss {
					t.Errorf("loss with a logit %v is %v, want NaN", v, loss)
				}
				for i, g := range grad {
					if isNaN := g != g; isNaN != (i/classes == 1) {
						t.Errorf("logit %d of row 1 is %v: gradient %d of row %d is %v", c, v, i%classes, i/classes, g)
					}
				}
			}
		}
	})
}
