//go:build js && wasm && !purego

package kernel

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// The host's choice of a variant arrives: else the tests of this package would
// pass without having run it.
func TestVariant(t *testing.T) {
	want, set := os.LookupEnv("ABKD_KERNEL")
	if !set {
		t.Skip("ABKD_KERNEL does not say which variant the host was asked for")
	}
	if want == "none" {
		want = "go"
	}
	if len(impls) > 2 || impls[0].Name() != "go" || Name() != want {
		t.Errorf("implementation in use is %q of %d, want %q", Name(), len(impls), want)
	}
}

// checkProduct compares C with its definition: bit by bit, and for relaxed,
// which may leave out roundings, within what k roundings can differ by.
func checkProduct(t *testing.T, k int, got, want []float32, size float64) {
	t.Helper()
	if Name() != "relaxed" {
		if fault := sameBits(got, want); fault != "" {
			t.Error(fault)
		}
		return
	}
	for i, g := range got {
		if d := math.Abs(float64(g) - float64(want[i])); !(d <= size*float64(k)*0x1p-23) {
			t.Fatalf("element %d is %v, want %v", i, g, want[i])
		}
	}
}

// The sums keep their order and their bits across the borders of the blocks
// in which a product is computed, for every k.
func TestGemmBlocks(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		for _, s := range []struct{ m, n, k int }{
			{95, 15, 255}, {96, 16, 256}, {97, 17, 257}, {99, 127, 260}, {193, 129, 30}, {7, 257, 513}, {101, 5, 1030}, {1, 3, 5000}, {3, 1, 5000},
		} {
			for _, layout := range []string{"NN", "NT", "TN", "TT"} {
				rng := rand.New(rand.NewPCG(2, uint64(s.m)))
				na, ars, acs := strides(s.m, s.k, 1, layout[0] == 'T')
				nb, brs, bcs := strides(s.k, s.n, 1, layout[1] == 'T')
				a, b := numbers(rng, na), numbers(rng, nb)
				for _, accumulate := range []bool{false, true} {
					got := numbers(rng, s.m*s.n)
					want := append([]float32(nil), got...)
					Gemm(s.m, s.n, s.k, a, ars, acs, b, brs, bcs, got, s.n, accumulate)
					naiveGemm(s.m, s.n, s.k, a, ars, acs, b, brs, bcs, want, s.n, accumulate)
					checkProduct(t, s.k, got, want, 20*math.Sqrt(float64(s.k)))
				}
				if t.Failed() {
					t.Fatalf("m=%d n=%d k=%d layout=%s", s.m, s.n, s.k, layout)
				}
			}
		}
	})
}

// A stride along a side of 1 is never taken, and may be anything.
func TestGemmStridesOfOne(t *testing.T) {
	const huge = 1<<40 + 1 // 1 in 32 bits
	eachImpl(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(2, 2))
		for _, s := range []struct{ m, n, k, ars, acs, brs, bcs, ldc int }{
			{1, 9, 9, huge, 1, 9, 1, huge},
			{9, 1, 9, 9, 1, 1, huge, 1},
			{9, 9, 1, 1, huge, huge, 1, 9},
			{1, 1, 1, huge, huge, huge, huge, huge},
			{9, 9, 9, 0, 1, 9, 1, 9}, // one row, again and again
			{9, 9, 9, 0, 0, 0, 0, 9},
			{9, 9, 9, 1, 1, 1, 1, 9},
		} {
			a, b, c := numbers(rng, 81), numbers(rng, 81), make([]float32, 81)
			want := make([]float32, 81)
			Gemm(s.m, s.n, s.k, a, s.ars, s.acs, b, s.brs, s.bcs, c, s.ldc, false)
			naiveGemm(s.m, s.n, s.k, a, s.ars, s.acs, b, s.brs, s.bcs, want, s.ldc, false)
			checkProduct(t, s.k, c, want, 50)
			if t.Failed() {
				t.Fatalf("%+v", s)
			}
		}
	})
}

// The module sees memory that Go has come by after it was attached.
func TestMemoryGrows(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		const n = 3000
		x := make([]float32, n*n) // 36 MB
		x[n*n-1], x[n-1] = 2, 3
		y := make([]float32, n)
		Gemm(n, 1, n, x, n, 1, x, 1, 1, y, 1, false)
		if y[n-1] != 6 || y[0] != 9 {
			t.Errorf("product is %v, …, %v, want 9, …, 6", y[0], y[n-1])
		}
	})
}

// The exponential of SoftmaxCE gives the bits of math.Exp, down to where
// float32 ends, and passes on what is no number.
func TestSoftmaxCEBits(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		const classes = 6 // one vector, and a rest
		var z []float32
		for bits := uint32(0); bits < math.Float32bits(120); bits += 9973 {
			z = append(z, -math.Float32frombits(bits))
			if len(z)%classes == 0 {
				z = append(z, 0) // the largest of the row
			}
		}
		for _, v := range []float32{float32(math.Inf(-1)), float32(math.NaN()), float32(math.Inf(1)), -math.MaxFloat32, math.MaxFloat32} {
			for len(z)%classes != 3 {
				z = append(z, 1)
			}
			z = append(z, v)
		}
		for range classes {
			z = append(z, float32(math.Inf(-1)))
		}
		rows := len(z) / classes // more than fit the scratch memory at once
		z = z[:rows*classes]
		labels := make([]int32, rows)
		for i := range labels {
			labels[i] = int32(i % classes)
		}
		got, want := make([]float32, len(z)), make([]float32, len(z))
		loss := SoftmaxCE(rows, classes, z, labels, 0.5, got)
		wantLoss := (&Reference{}).SoftmaxCE(rows, classes, z, labels, 0.5, want)
		if fault := sameBits(got, want); fault != "" {
			t.Error(fault)
		}
		if loss != wantLoss && !(loss != loss && wantLoss != wantLoss) {
			t.Errorf("loss is %v, want %v", loss, wantLoss)
		}
		finite := rows - 20
		loss = SoftmaxCE(finite, classes, z[:finite*classes], labels[:finite], 0.5, got[:finite*classes])
		wantLoss = (&Reference{}).SoftmaxCE(finite, classes, z[:finite*classes], labels[:finite], 0.5, want[:finite*classes])
		if loss != wantLoss || loss != loss {
			t.Errorf("loss of the finite rows is %v, want %v", loss, wantLoss)
		}
	})
}

// Operations on no element, of any shape that has none.
func TestNoElement(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		if Name() != "go" { // whose loop would count them
			const huge = 1 << 40
			BiasReLU(huge, 0, nil, nil, true)
			AddColumnSums(huge, 0, nil, nil)
		}
		sum := ones(3)
		AddColumnSums(0, 3, nil, sum)
		if fault := sameBits(sum, ones(3)); fault != "" {
			t.Error(fault)
		}
	})
}
