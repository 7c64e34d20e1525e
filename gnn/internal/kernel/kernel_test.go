package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestGemm(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		for _, layout := range []string{"NN", "NT", "TN", "TT"} {
			t.Run("layout="+layout, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 1))
				for round := range 150 {
					m, n, k := anySize(rng), anySize(rng), anySize(rng)
					padding := rng.IntN(2) * rng.IntN(4)
					na, ars, acs := strides(m, k, padding, layout[0] == 'T')
					nb, brs, bcs := strides(k, n, padding, layout[1] == 'T')
					a, b, ldc := numbers(rng, na), numbers(rng, nb), n+padding
					if round%3 == 0 {
						sprinkle(rng, a)
						sprinkle(rng, b)
					}
					got := numbers(rng, m*ldc) // the padding must stay as it is
					want := append([]float32(nil), got...)
					accumulate := round%2 == 0
					Gemm(m, n, k, a, ars, acs, b, brs, bcs, got, ldc, accumulate)
					naiveGemm(m, n, k, a, ars, acs, b, brs, bcs, want, ldc, accumulate)
					if fault := fault("Gemm", got, want, k); fault != "" {
						t.Fatalf("m=%d n=%d k=%d padding=%d accumulate=%v: %s", m, n, k, padding, accumulate, fault)
					}
				}
			})
		}
	})
}

// A zero hides no NaN or infinity that it is multiplied with.
func TestGemmZeroTimesInfinity(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
			const k, n = 9, 5
			for l := range k {
				a, b, c := make([]float32, 2*k), make([]float32, k*n), make([]float32, 2*n)
				b[l*n+3] = v
				Gemm(2, n, k, a, k, 1, b, n, 1, c, n, false)
				for i, x := range c {
					if isNaN := x != x; isNaN != (i%n == 3) {
						t.Errorf("0·%v in row %d of B: element %d is %v", v, l, i, x)
					}
				}
			}
		}
	})
}

// sparse returns a random matrix of rows rows with entries below cols.
func sparse(rng *rand.Rand, rows, cols int) (ptr, col []int32) {
	ptr = []int32{0}
	for range rows {
		if cols > 0 {
			for range rng.IntN(4) * rng.IntN(4) {
				col = append(col, int32(rng.IntN(cols)))
			}
		}
		ptr = append(ptr, int32(len(col)))
	}
	return ptr, col
}

func TestSpMM(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 2))
		for round := range 200 {
			rows, cols, width := anySize(rng), anySize(rng), anySize(rng)
			ptr, col := sparse(rng, rows, cols)
			x, got := numbers(rng, cols*width), numbers(rng, rows*width)
			if round%3 == 0 {
				sprinkle(rng, x)
			}
			want := append([]float32(nil), got...)
			var weight []float32
			if round%4 >= 2 {
				weight = numbers(rng, len(col))
			}
			accumulate := round%2 == 0
			SpMM(rows, width, ptr, col, weight, x, got, accumulate)
			for i := range rows {
				for d := range width {
					s := float32(0)
					if accumulate {
						s = want[i*width+d]
					}
					for e := ptr[i]; e < ptr[i+1]; e++ {
						w := 1 / float32(ptr[i+1]-ptr[i])
						if weight != nil {
							w = weight[e]
						}
						s += float32(w * x[int(col[e])*width+d])
					}
					want[i*width+d] = s
				}
			}
			if fault := fault("SpMM", got, want, len(col)); fault != "" {
				t.Fatalf("rows=%d cols=%d width=%d weight=%v accumulate=%v: %s", rows, cols, width, weight != nil, accumulate, fault)
			}
		}
	})
}

// The operations by element and by row, against their definitions.
func TestElementwise(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 3))
		for round := range 100 {
			rows, width := anySize(rng), anySize(rng)
			x, y, bias := numbers(rng, rows*width), numbers(rng, rows*width), numbers(rng, width)
			if round%3 == 0 {
				sprinkle(rng, x)
				sprinkle(rng, y)
			}
			check := func(op string, got, want []float32) {
				t.Helper()
				if fault := fault(op, got, want, rows+width); fault != "" {
					t.Errorf("%s: rows=%d width=%d: %s", op, rows, width, fault)
				}
			}
			for _, relu := range []bool{false, true} {
				got, want := append([]float32(nil), x...), append([]float32(nil), x...)
				BiasReLU(rows, width, got, bias, relu)
				for i := range want {
					if want[i] += bias[i%width]; relu && want[i] < 0 {
						want[i] = 0
					}
				}
				check("BiasReLU", got, want)
			}
			got, want := numbers(rng, len(x)), make([]float32, len(x))
			ReLUBackward(got, x, y)
			for i, v := range y {
				if v > 0 {
					want[i] = x[i]
				}
			}
			check("ReLUBackward", got, want)

			got = append([]float32(nil), y...)
			a := float32(rng.NormFloat64())
			Axpy(a, x, got)
			for i := range want {
				want[i] = y[i] + float32(a*x[i])
			}
			check("Axpy", got, want)

			got, want = append([]float32(nil), bias...), append([]float32(nil), bias...)
			AddColumnSums(rows, width, x, got)
			for i, v := range x {
				want[i%width] += v
			}
			check("AddColumnSums", got, want)

			got, want = numbers(rng, rows), make([]float32, rows)
			RowNorms(rows, width, x, got)
			for i := range want {
				for _, v := range x[i*width:][:width] {
					want[i] += float32(v * v)
				}
				want[i] = float32(math.Sqrt(float64(want[i])))
			}
			check("RowNorms", got, want)
		}
	})
}

func TestSoftmaxCE(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 4))
		for range 60 {
			rows, classes := anySize(rng), anySize(rng)+1
			z, grad, labels := numbers(rng, rows*classes), numbers(rng, rows*classes), make([]int32, rows)
			scale, offset := float32(rng.Float64()), float32(rng.NormFloat64()*100)
			for i := range z {
				z[i] += offset // exp of these overflows unless the maximum is taken off
			}
			for i := range labels {
				labels[i] = int32(rng.IntN(classes))
			}
			loss := SoftmaxCE(rows, classes, z, labels, scale, grad)
			want := 0.0
			for i, y := range labels {
				row, sum := z[i*classes:][:classes], 0.0
				for _, v := range row {
					sum += math.Exp(float64(v - row[y]))
				}
				want += math.Log(sum)
				for c, v := range row {
					p := math.Exp(float64(v-row[y])) / sum
					if c == int(y) {
						p--
					}
					if got := float64(grad[i*classes+c]); math.Abs(got-float64(scale)*p) > 1e-5*float64(scale) {
						t.Fatalf("rows=%d classes=%d: gradient %d of row %d is %v, want %v", rows, classes, c, i, got, float64(scale)*p)
					}
				}
			}
			if math.Abs(loss-want) > 1e-4*(want+1) {
				t.Errorf("rows=%d classes=%d: loss is %v, want %v", rows, classes, loss, want)
			}
			if !exact("SoftmaxCE") {
				continue
			}
			other := make([]float32, len(grad))
			if l := (&Reference{}).SoftmaxCE(rows, classes, z, labels, scale, other); l != loss {
				t.Errorf("rows=%d classes=%d: loss is %v, the reference's is %v", rows, classes, loss, l)
			}
			if fault := sameBits(grad, other); fault != "" {
				t.Errorf("rows=%d classes=%d: %s", rows, classes, fault)
			}
		}
	})
}

func TestAdam(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 5))
		for _, n := range sizes {
			w, m, v := numbers(rng, n), make([]float32, n), make([]float32, n)
			wide := make([][3]float64, n) // w, m, v in float64
			for i := range wide {
				wide[i][0] = float64(w[i])
			}
			const lr, b1, b2, eps = 0.01, 0.9, 0.999, 1e-8
			for step := 1; step <= 20; step++ {
				g := numbers(rng, n)
				ref := [3][]float32{append([]float32(nil), w...), append([]float32(nil), m...), append([]float32(nil), v...)}
				c1, c2 := 1-math.Pow(b1, float64(step)), math.Sqrt(1-math.Pow(b2, float64(step)))
				s := AdamStep{LR: lr, Beta1: b1, Beta2: b2, Eps: eps, Correction1: float32(c1), Correction2: float32(c2)}
				Adam(w, g, m, v, s)
				(&Reference{}).Adam(ref[0], g, ref[1], ref[2], s)
				for i, got := range [][]float32{w, m, v} {
					if fault := fault("Adam", got, ref[i], 1); fault != "" {
						t.Fatalf("n=%d step=%d: %s of the reference", n, step, fault)
					}
				}
				for i := range wide {
					p, x := &wide[i], float64(g[i])
					p[1] = b1*p[1] + (1-b1)*x
					p[2] = b2*p[2] + (1-b2)*x*x
					p[0] -= lr / c1 * p[1] / (math.Sqrt(p[2])/c2 + eps)
					if math.Abs(p[0]-float64(w[i])) > 1e-5 {
						t.Fatalf("n=%d step=%d: weight %d is %v, want %v", n, step, i, w[i], p[0])
					}
				}
			}
		}
	})
}

func TestAllocs(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		x, y, z, m := make([]float32, 64), make([]float32, 64), make([]float32, 64), make([]float32, 64)
		ptr, col, labels := []int32{0, 2, 2, 3, 3, 3, 3, 3, 3}, []int32{1, 0, 7}, make([]int32, 8)
		n := testing.AllocsPerRun(10, func() {
			Gemm(8, 8, 8, x, 8, 1, y, 8, 1, z, 8, true)
			Gemm(8, 8, 8, x, 1, 8, y, 1, 8, z, 8, false)
			SpMM(8, 8, ptr, col, nil, x, z, false)
			BiasReLU(8, 8, z, x[:8], true)
			ReLUBackward(z, x, y)
			SoftmaxCE(8, 8, x, labels, 1, z)
			Adam(z, x, m, y, AdamStep{LR: 1, Correction1: 1, Correction2: 1})
			Axpy(2, x, y)
			AddColumnSums(8, 8, x, y[:8])
			RowNorms(8, 8, x, y[:8])
		})
		if n != 0 {
			t.Errorf("%v allocations, want 0", n)
		}
	})
}

// mustPanic checks that f panics with want and changes none of out.
func mustPanic(t *testing.T, want string, out [][]float32, f func()) {
	t.Helper()
	before := make([][]float32, len(out))
	for i, o := range out {
		before[i] = append([]float32(nil), o...)
	}
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "kernel: ") || !strings.Contains(got, want) {
			t.Errorf("panic is %q, want one with %q", got, want)
		}
		for i, o := range out {
			if fault := sameBits(o, before[i]); fault != "" {
				t.Errorf("%s: memory changed: %s", want, fault)
			}
		}
	}()
	f()
}

func TestFLOP(t *testing.T) {
	count := func(f func()) int64 {
		before := FLOP()
		f()
		return FLOP() - before
	}
	x := make([]float32, 12)
	if got := count(func() { Gemm(2, 3, 4, x, 4, 1, x, 3, 1, make([]float32, 6), 3, false) }); got != 48 {
		t.Errorf("a product of 2 × 4 by 4 × 3 takes %d operations, want 48", got)
	}
	ptr, col := []int32{0, 3, 5}, []int32{0, 1, 2, 1, 3}
	if got := count(func() { SpMM(2, 3, ptr, col, nil, x, make([]float32, 6), false) }); got != 15 {
		t.Errorf("means of 5 rows of 3 take %d operations, want 15", got)
	}
	if got := count(func() { SpMM(2, 3, ptr, col, x[:5], x, make([]float32, 6), false) }); got != 30 {
		t.Errorf("weighted sums of 5 rows of 3 take %d operations, want 30", got)
	}
}
