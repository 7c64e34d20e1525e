package kernel

import (
	"fmt"
	"math"
	"testing"
)

// ones returns n ones, which no operation below leaves as they are.
func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func TestGemmRefuses(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		const huge = math.MaxInt/2 + 1
		for _, c := range []struct {
			want                             string
			m, n, k, ars, acs, brs, bcs, ldc int
			lenA, lenB, lenC                 int
		}{
			{"a has 5 elements", 2, 4, 3, 3, 1, 4, 1, 4, 5, 12, 8},
			{"b has 11 elements", 2, 4, 3, 3, 1, 4, 1, 4, 6, 11, 8},
			{"c has 7 elements", 2, 4, 3, 3, 1, 4, 1, 4, 6, 12, 7},
			{"a has 0 elements", 2, 4, 3, 3, 1, 4, 1, 4, 0, 12, 8},
			{"a has 6 elements", 2, 4, 3, 3, 2, 4, 1, 4, 6, 12, 8},
			{"b has 12 elements", 2, 4, 3, 3, 1, 1, 4, 4, 6, 12, 8},
			{"rows of c are 3 apart, want at least 4", 2, 4, 3, 3, 1, 4, 1, 3, 6, 12, 8},
			{"sizes are -1, 4, 3", -1, 4, 3, 3, 1, 4, 1, 4, 6, 12, 8},
			{"sizes are 2, -4, 3", 2, -4, 3, 3, 1, 4, 1, 4, 6, 12, 8},
			{"sizes are 2, 4, -3", 2, 4, -3, 3, 1, 4, 1, 4, 6, 12, 8},
			{"a has 6 elements", 2, 4, 3, -3, 1, 4, 1, 4, 6, 12, 8},
			{"b has 12 elements", 2, 4, 3, 3, 1, 4, -1, 4, 6, 12, 8},
			{"a has 6 elements", 2, 4, 3, huge, 1, 4, 1, 4, 6, 12, 8},
			{"a has 6 elements", 3, 4, 3, huge, 1, 4, 1, 4, 6, 12, 12}, // 2·huge wraps to a negative number
			{"b has 12 elements", 2, 4, 5, 1, 1, huge, 1, 4, 6, 12, 8}, // 4·huge wraps to 0
			{"c has 8 elements", 5, 1, 3, 3, 1, 4, 1, huge, 15, 12, 8},
			{"c has 1 elements", 2, 4, 0, 0, 1, 4, 1, 4, 0, 0, 1},
		} {
			out := ones(c.lenC)
			mustPanic(t, "Gemm: "+c.want, [][]float32{out}, func() {
				Gemm(c.m, c.n, c.k, ones(c.lenA), c.ars, c.acs, ones(c.lenB), c.brs, c.bcs, out, c.ldc, false)
			})
		}
	})
}

func TestSpMMRefuses(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		for _, c := range []struct {
			want        string
			rows, width int
			ptr, col    []int32
			weights     int // -1: nil
			lenX, lenY  int
		}{
			{"ptr has 2 elements, want 3", 2, 2, []int32{0, 1}, []int32{0}, -1, 4, 4},
			{"ptr has 0 elements, want 1", 0, 2, nil, nil, -1, 4, 0},
			{"y has 3 elements, want 2×2", 2, 2, []int32{0, 1, 1}, []int32{0}, -1, 4, 3},
			{"y has 4 elements, want -2×-2", -2, -2, []int32{0, 1, 1}, []int32{0}, -1, 4, 4},
			{"x has 5 elements, want a multiple of 2", 2, 2, []int32{0, 1, 1}, []int32{0}, -1, 5, 4},
			{"2 weights, want 1", 2, 2, []int32{0, 1, 1}, []int32{0}, 2, 4, 4},
			{"0 weights, want 1", 2, 2, []int32{0, 1, 1}, []int32{0}, 0, 4, 4},
			{"row pointers run from 1 to 1, want 0 to 1", 2, 2, []int32{1, 1, 1}, []int32{0}, -1, 4, 4},
			{"row pointers run from 0 to 2, want 0 to 1", 2, 2, []int32{0, 1, 2}, []int32{0}, -1, 4, 4},
			{"row pointers run from 0 to -1", 2, 2, []int32{0, 1, -1}, []int32{0}, -1, 4, 4},
			{"row pointer 2 is 1, want at least 5", 2, 2, []int32{0, 5, 1}, []int32{0}, -1, 4, 4},
			{"row pointer 1 is -3, want at least 0", 2, 2, []int32{0, -3, 1}, []int32{0}, -1, 4, 4},
			{"entry 1 points to row 2, got 2 rows", 2, 2, []int32{0, 1, 2}, []int32{0, 2}, -1, 4, 4},
			{"entry 0 points to row -1, got 2 rows", 2, 2, []int32{0, 1, 2}, []int32{-1, 1}, -1, 4, 4},
			{"entry 0 points to row 0, got 0 rows", 1, 2, []int32{0, 1}, []int32{0}, -1, 0, 2},
		} {
			out := ones(c.lenY)
			var weight []float32
			if c.weights >= 0 {
				weight = ones(c.weights)
			}
			mustPanic(t, "SpMM: "+c.want, [][]float32{out}, func() {
				SpMM(c.rows, c.width, c.ptr, c.col, weight, ones(c.lenX), out, false)
			})
		}
	})
}

func TestOthersRefuse(t *testing.T) {
	const huge = math.MaxInt/2 + 1
	eachImpl(t, func(t *testing.T) {
		out, more := ones(6), ones(6)
		for _, c := range []struct {
			want string
			f    func()
		}{
			{"BiasReLU: y has 6 elements, want 2×4", func() { BiasReLU(2, 4, out, ones(4), true) }},
			{"BiasReLU: bias has 2 elements, want 3", func() { BiasReLU(2, 3, out, ones(2), true) }},
			{"BiasReLU: y has 6 elements, want -2×-3", func() { BiasReLU(-2, -3, out, ones(3), true) }},
			{fmt.Sprintf("BiasReLU: y has 0 elements, want %d×4", huge), func() { BiasReLU(huge, 4, out[:0], ones(4), true) }},
			{"ReLUBackward: dz has 6 elements, want 5", func() { ReLUBackward(out, ones(5), ones(5)) }},
			{"ReLUBackward: dy has 5 elements, want 6", func() { ReLUBackward(out, ones(5), ones(6)) }},
			{"SoftmaxCE: logits has 5 elements, want 2×3", func() { SoftmaxCE(2, 3, ones(5), []int32{0, 0}, 1, out) }},
			{"SoftmaxCE: grad has 5 elements, want 2×3", func() { SoftmaxCE(2, 3, ones(6), []int32{0, 0}, 1, out[:5]) }},
			{"SoftmaxCE: labels has 1 elements, want 2", func() { SoftmaxCE(2, 3, ones(6), []int32{0}, 1, out) }},
			{"SoftmaxCE: label of row 1 is 3, want 0..2", func() { SoftmaxCE(2, 3, ones(6), []int32{0, 3}, 1, out) }},
			{"SoftmaxCE: label of row 0 is -1, want 0..2", func() { SoftmaxCE(2, 3, ones(6), []int32{-1, 2}, 1, out) }},
			{"SoftmaxCE: label of row 0 is 0, want 0..-1", func() { SoftmaxCE(1, 0, nil, []int32{0}, 1, nil) }},
			{"Adam: g has 5 elements, want 6", func() { Adam(out, ones(5), more, ones(6), AdamStep{}) }},
			{"Adam: m has 5 elements, want 6", func() { Adam(out, ones(6), more[:5], ones(6), AdamStep{}) }},
			{"Adam: v has 7 elements, want 6", func() { Adam(out, ones(6), more, ones(7), AdamStep{}) }},
			{"Axpy: x has 5 elements, want 6", func() { Axpy(1, ones(5), out) }},
			{"AddColumnSums: x has 5 elements, want 2×6", func() { AddColumnSums(2, 6, ones(5), out) }},
			{"AddColumnSums: sum has 6 elements, want 3", func() { AddColumnSums(2, 3, ones(6), out) }},
			{"RowNorms: x has 5 elements, want 6×1", func() { RowNorms(6, 1, ones(5), out) }},
			{"RowNorms: norm has 6 elements, want 5", func() { RowNorms(5, 1, ones(5), out) }},
		} {
			mustPanic(t, c.want, [][]float32{out, more}, c.f)
		}
	})
}

// The same checks must let every empty shape pass.
func TestEmpty(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		c := ones(6)
		Gemm(2, 3, 0, nil, 0, 1, nil, 3, 1, c, 3, true)
		if fault := sameBits(c, ones(6)); fault != "" {
			t.Errorf("adding an empty product: %s", fault)
		}
		Gemm(2, 2, 0, nil, 7, 1, nil, 7, 1, c, 3, false)
		if fault := sameBits(c, []float32{0, 0, 1, 0, 0, 1}); fault != "" {
			t.Errorf("an empty product: %s", fault)
		}
		Gemm(0, 3, 4, nil, 4, 1, ones(12), 3, 1, nil, 3, false)
		Gemm(3, 0, 4, ones(12), 4, 1, nil, 0, 1, nil, 0, false)
		SpMM(0, 3, []int32{0}, nil, nil, nil, nil, false)
		SpMM(2, 0, []int32{0, 1, 1}, []int32{9}, nil, nil, nil, false)
		SpMM(1, 3, []int32{0, 0}, nil, nil, nil, c[:3], false)
		BiasReLU(0, 3, nil, ones(3), true)
		BiasReLU(3, 0, nil, nil, true)
		ReLUBackward(nil, nil, nil)
		Axpy(1, nil, nil)
		Adam(nil, nil, nil, nil, AdamStep{})
		AddColumnSums(0, 6, nil, c)
		RowNorms(6, 0, nil, c)
		if fault := sameBits(c, make([]float32, 6)); fault != "" {
			t.Errorf("norms of empty rows: %s", fault)
		}
		if loss := SoftmaxCE(0, 3, nil, nil, 1, nil); loss != 0 {
			t.Errorf("loss of no rows is %v, want 0", loss)
		}
	})
}
