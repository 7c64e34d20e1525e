package mat

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// random returns an r×c matrix of normal numbers.
func random(rng *rand.Rand, r, c int) Matrix {
	m := New(r, c)
	for i := range m.Data {
		m.Data[i] = float32(rng.NormFloat64())
	}
	return m
}

// dot returns the sum of the products of the elements of a and b.
func dot(a, b Matrix) (s float64) {
	for i, v := range a.Data {
		s += float64(v) * float64(b.Data[i])
	}
	return s
}

func transpose(m Matrix) Matrix {
	t := New(m.Cols, m.Rows)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			t.Row(j)[i] = v
		}
	}
	return t
}

// wantClose checks got against want element by element.
func wantClose(t *testing.T, what string, got, want Matrix) {
	t.Helper()
	if got.Rows != want.Rows || got.Cols != want.Cols {
		t.Fatalf("%s: shape is %v, want %v", what, got, want)
	}
	for i, v := range got.Data {
		if d := float64(v) - float64(want.Data[i]); !(math.Abs(d) <= 1e-4) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, v, want.Data[i])
		}
	}
}

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
			t.Errorf("panic is %q, want one with %q", got, want)
		}
	}()
	f()
}

// Each of the six products against the definition, summed in float64.
func TestProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, s := range [][3]int{{0, 0, 0}, {1, 1, 1}, {0, 3, 2}, {3, 0, 2}, {3, 2, 0}, {1, 5, 1}, {4, 1, 4}, {5, 7, 3}, {33, 65, 17}} {
		t.Run(fmt.Sprintf("m=%d/k=%d/n=%d", s[0], s[1], s[2]), func(t *testing.T) {
			a, b, old := random(rng, s[0], s[1]), random(rng, s[1], s[2]), random(rng, s[0], s[2])
			product, sum := New(s[0], s[2]), New(s[0], s[2])
			for i := range s[0] {
				for j := range s[2] {
					x := 0.0
					for l := range s[1] {
						x += float64(a.Row(i)[l]) * float64(b.Row(l)[j])
					}
					product.Row(i)[j], sum.Row(i)[j] = float32(x), float32(float64(old.Row(i)[j])+x)
				}
			}
			for _, c := range []struct {
				name    string
				f       func(dst, a, b Matrix)
				a, b, w Matrix
			}{
				{"Mul", Mul, a, b, product}, {"AddMul", AddMul, a, b, sum},
				{"MulT", MulT, a, transpose(b), product}, {"AddMulT", AddMulT, a, transpose(b), sum},
				{"TMul", TMul, transpose(a), b, product}, {"AddTMul", AddTMul, transpose(a), b, sum},
			} {
				dst := old.Clone()
				c.f(dst, c.a, c.b)
				wantClose(t, c.name, dst, c.w)
			}
		})
	}
}

func TestStorage(t *testing.T) {
	m := random(rand.New(rand.NewPCG(1, 2)), 4, 3)
	c := m.Clone()
	m.Row(2)[1] = 7
	if m.Data[7] != 7 || c.Data[7] == 7 {
		t.Errorf("row 2 of m is %v, of its clone %v, want 7 in the first alone", m.Row(2), c.Row(2))
	}
	top := m.Top(3)
	if top.Zero(); top.Rows != 3 || len(top.Data) != 9 || m.Row(2)[1] != 0 || m.Row(3)[0] == 0 {
		t.Errorf("top is %v %v of %v, want three rows of zeros, shared", top, top.Data, m.Data)
	}
	if s := m.Slice(1, 3); s.Rows != 2 || s.Cols != 3 || len(s.Data) != 6 || &s.Data[0] != &m.Row(1)[0] {
		t.Errorf("rows 1 and 2 are %v with %d elements, want them shared", s, len(s.Data))
	}
	if s := m.Slice(4, 4); !s.Empty() || s.Cols != 3 {
		t.Errorf("no rows are %v, want 0×3", s)
	}
	if s := m.Reshape(2, 5); &s.Data[0] != &m.Data[0] || s.Rows != 2 || s.Cols != 5 || len(s.Data) != 10 {
		t.Errorf("reshaped to %v with %d elements, want 2×5 in the same storage", s, len(s.Data))
	}
	if s := m.Reshape(5, 5); &s.Data[0] == &m.Data[0] || len(s.Data) != 25 {
		t.Errorf("reshaped to %v with %d elements, want 5×5 in new storage", s, len(s.Data))
	}
	for n, want := range map[int]bool{25: false, 1 << 20: true} { // the first storage of that size has room to spare
		first := Matrix{}.Reshape(n, 1)
		if more := first.Reshape(n+n/16, 1); (&more.Data[0] == &first.Data[0]) != want {
			t.Errorf("first storage of %d elements has room for %d, want more than it needs: %t", n, cap(first.Data), want)
		}
	}
	small := New(1, 100).Reshape(1, 160)
	if more := small.Reshape(10, 17); &more.Data[0] != &small.Data[0] || len(more.Data) != 170 {
		t.Errorf("storage that replaces other storage has room for %d elements, want 170", cap(small.Data))
	}
	if r := m.Row(1); cap(r) != 3 {
		t.Errorf("capacity of a row is %d, want 3: an append must not write to the next", cap(r))
	}
	var zero Matrix
	if !zero.Empty() || !New(3, 0).Empty() || m.Empty() {
		t.Error("empty is wrong")
	}
	if m.String() != "4×3" {
		t.Errorf("shape is %q, want 4×3", m)
	}
}

func TestGatherScatter(t *testing.T) {
	for _, rows := range [][]int32{{}, {2, 0, 2, 5, 2}, {0, 1, 2, 3, 4, 5}, {3, 4, 5, 4, 5, 0, 1}, {5, 4, 3, 3, 4}} {
		t.Run(fmt.Sprintf("rows=%v", rows), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 3))
			x, y := random(rng, 6, 4), random(rng, len(rows), 4)
			got := New(len(rows), 4)
			Gather(got, x, rows)
			for i, r := range rows {
				if !slices.Equal(got.Row(i), x.Row(int(r))) {
					t.Errorf("row %d is %v, want %v", i, got.Row(i), x.Row(int(r)))
				}
			}
			sum := y.Clone()
			AddGathered(2, sum, x, rows)
			for i, v := range sum.Data {
				if want := y.Data[i] + 2*got.Data[i]; math.Abs(float64(v-want)) > 1e-5 {
					t.Errorf("element %d is %v after adding twice what is gathered, want %v", i, v, want)
				}
			}
			// ⟨Gather(x), y⟩ = ⟨x, Scatter(y)⟩: one is the derivative of the other.
			back := New(6, 4)
			ScatterAdd(back, y, rows)
			if a, b := dot(got, y), dot(x, back); math.Abs(a-b) > 1e-4 {
				t.Errorf("products are %v and %v, want the same", a, b)
			}
			twice := back.Clone()
			ScatterAdd(twice, y, rows)
			for i, v := range twice.Data {
				if math.Abs(float64(v-2*back.Data[i])) > 1e-5 {
					t.Errorf("element %d is %v after two, %v after one, want the double", i, v, back.Data[i])
				}
			}
		})
	}
	Gather(Matrix{}, Matrix{}, nil)
	AddGathered(2, Matrix{}, Matrix{}, nil)
	ScatterAdd(Matrix{}, Matrix{}, nil)
}

// SpMM is the product with the dense matrix of the same entries.
func TestSpMM(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	ptr, col := []int32{0, 2, 2, 5, 6}, []int32{0, 3, 1, 2, 4, 4}
	weight := []float32{0.5, -1, 2, 3, 0, 1}
	x, old := random(rng, 5, 3), random(rng, 4, 3)
	for _, mean := range []bool{false, true} {
		dense, w := New(4, 5), weight
		for i := range 4 {
			for e := ptr[i]; e < ptr[i+1]; e++ {
				dense.Row(i)[col[e]] = weight[e]
				if mean {
					dense.Row(i)[col[e]] = 1 / float32(ptr[i+1]-ptr[i])
				}
			}
		}
		if mean {
			w = nil
		}
		got, want := old.Clone(), old.Clone()
		SpMM(got, ptr, col, w, x, true)
		AddMul(want, dense, x)
		wantClose(t, fmt.Sprintf("mean=%v accumulate=true", mean), got, want)
		SpMM(got, ptr, col, w, x, false)
		Mul(want, dense, x)
		wantClose(t, fmt.Sprintf("mean=%v accumulate=false", mean), got, want)
	}
}

func TestRows(t *testing.T) {
	m := Matrix{2, 3, []float32{1, -2, 3, 5, 2, -4}}
	mean := Matrix{1, 3, []float32{9, 9, 9}}
	MeanRows(mean, m)
	wantClose(t, "MeanRows", mean, Matrix{1, 3, []float32{3, 0, -0.5}})
	MeanRows(mean, New(0, 3))
	wantClose(t, "MeanRows of none", mean, New(1, 3))

	sum := Matrix{1, 3, []float32{1, 1, 1}}
	AddColumnSums(sum, m)
	wantClose(t, "AddColumnSums", sum, Matrix{1, 3, []float32{7, 1, 0}})

	norm := make([]float32, 2)
	RowNorms(norm, Matrix{2, 2, []float32{3, -4, 0, 0}})
	wantClose(t, "RowNorms", Matrix{1, 2, norm}, Matrix{1, 2, []float32{5, 0}})

	bias, c := Matrix{1, 3, []float32{-2, 1, 0}}, m.Clone()
	AddBias(c, bias)
	wantClose(t, "AddBias", c, Matrix{2, 3, []float32{-1, -1, 3, 3, 3, -4}})
	c = m.Clone()
	AddBiasReLU(c, bias)
	wantClose(t, "AddBiasReLU", c, Matrix{2, 3, []float32{0, 0, 3, 3, 3, 0}})
	d := Matrix{2, 3, []float32{1, 2, 3, 4, 5, 6}}
	ReLUBackward(d, d, c) // in place
	wantClose(t, "ReLUBackward", d, Matrix{2, 3, []float32{0, 0, 3, 4, 5, 0}})
	Axpy(-2, d, c)
	wantClose(t, "Axpy", c, Matrix{2, 3, []float32{0, 0, -3, -5, -7, 0}})
}

// The gradient of the cross-entropy against a difference of losses, on other
// data first so that what is left in grad would show.
func TestSoftmaxCrossEntropyGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	grad, sink := New(7, 5), New(7, 5)
	labels := []int32{0, 4, 2, 2, 1, 3, 0}
	const h, scale = 1e-2, 0.25
	for range 2 {
		z, v := random(rng, 7, 5), random(rng, 7, 5)
		SoftmaxCrossEntropy(grad, z, labels, scale)
		up, down := z.Clone(), z.Clone()
		Axpy(h, v, up)
		Axpy(-h, v, down)
		diff := scale * (SoftmaxCrossEntropy(sink, up, labels, 1) - SoftmaxCrossEntropy(sink, down, labels, 1)) / (2 * h)
		rms := math.Sqrt(dot(grad, grad) / float64(len(grad.Data)))
		if got := dot(grad, v); math.Abs(got-diff) > 1e-2*rms {
			t.Errorf("directional derivative is %v, want %v", got, diff)
		}
	}
}

// Adam's first step is LR in the direction of the gradient's sign.
func TestAdam(t *testing.T) {
	w, g := New(2, 2), Matrix{2, 2, []float32{3, -0.1, 20, -1}}
	m, v := New(2, 2), New(2, 2)
	Adam(w, g, m, v, AdamStep{LR: 0.5, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Correction1: 0.1, Correction2: float32(math.Sqrt(0.001))})
	wantClose(t, "weights", w, Matrix{2, 2, []float32{-0.5, 0.5, -0.5, 0.5}})
	wantClose(t, "first moment", m, Matrix{2, 2, []float32{0.3, -0.01, 2, -0.1}})
}

// Of some rows it is the same, and the others stay.
func TestAdamRows(t *testing.T) {
	w, g := New(3, 2), Matrix{2, 2, []float32{3, -0.1, 20, -1}}
	m, v := New(3, 2), New(3, 2)
	AdamRows(w, g, m, v, []int32{2, 0}, AdamStep{LR: 0.5, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Correction1: 0.1, Correction2: float32(math.Sqrt(0.001))})
	wantClose(t, "weights", w, Matrix{3, 2, []float32{-0.5, 0.5, 0, 0, -0.5, 0.5}})
	wantClose(t, "first moment", m, Matrix{3, 2, []float32{2, -0.1, 0, 0, 0.3, -0.01}})
}

// Two backends count for themselves, and a nil one for nobody.
func TestBackendsCountApart(t *testing.T) {
	one, _ := NewBackend("")
	other, _ := NewBackend("go")
	dst, a := New(3, 3), New(3, 3)
	one.Mul(dst, a, a)
	Mul(dst, a, a)
	other.Mul(dst, a, a)
	other.Mul(dst, a, a)
	if one.FLOP() != 54 || other.FLOP() != 108 || (*Backend)(nil).FLOP() != 0 {
		t.Errorf("counts are %d, %d and %d, want 54, 108 and 0", one.FLOP(), other.FLOP(), (*Backend)(nil).FLOP())
	}
}

func TestRefuses(t *testing.T) {
	a, b := New(2, 3), New(4, 5)
	big := New(10, 3).Reshape(2, 3) // with storage after the last row
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"mat: New: size is -1×3", func() { New(-1, 3) }},
		{"mat: New: size is -2×-3", func() { a.Reshape(-2, -3) }},
		{"mat: Top: 3 rows of 2×3", func() { a.Top(3) }},
		{"mat: Top: -1 rows of 2×3", func() { a.Top(-1) }},
		{"mat: Row: row is 2 of 2×3, want 0..1", func() { big.Row(2) }},
		{"mat: Row: row is -1 of 2×3, want 0..1", func() { big.Row(-1) }},
		{"mat: Mul: 2×5 = 2×3 · 4×5", func() { Mul(New(2, 5), a, b) }},
		{"mat: Mul: 3×3 = 2×3 · 3×3", func() { Mul(New(3, 3), a, New(3, 3)) }},
		{"mat: AddMul: 2×4 = 2×3 · 3×3", func() { AddMul(New(2, 4), a, New(3, 3)) }},
		{"mat: MulT: 2×4 = 2×3 · (4×5)ᵀ", func() { MulT(New(2, 4), a, b) }},
		{"mat: AddMulT: 3×4 = 2×3 · (4×3)ᵀ", func() { AddMulT(New(3, 4), a, New(4, 3)) }},
		{"mat: TMul: 3×5 = (2×3)ᵀ · 4×5", func() { TMul(New(3, 5), a, b) }},
		{"mat: AddTMul: 2×5 = (2×3)ᵀ · 2×5", func() { AddTMul(New(2, 5), a, New(2, 5)) }},
		{"mat: Axpy: shapes are 2×3 and 4×5", func() { Axpy(1, a, b) }},
		{"mat: Axpy: shapes are 2×3 and 3×2", func() { Axpy(1, a, New(3, 2)) }},
		{"mat: ReLUBackward: shapes are 2×3 and 4×5", func() { ReLUBackward(a, a, b) }},
		{"bias has 5 elements, want 3", func() { AddBias(a, New(1, 5)) }},
		{"sum has 5 elements, want 3", func() { AddColumnSums(New(1, 5), a) }},
		{"norm has 1 elements, want 2", func() { RowNorms(make([]float32, 1), a) }},
		{"mat: Gather: 1 rows of 4×5 into 2×3", func() { Gather(a, b, []int32{0}) }},
		{"mat: rows are 2 to 2 of 2×3, want 0..1", func() { Gather(New(1, 3), big, []int32{2}) }},
		{"mat: rows are 1 to 2 of 2×3, want 0..1", func() { Gather(New(2, 3), big, []int32{1, 2}) }},
		{"mat: rows are -1 to 0 of 2×3, want 0..1", func() { ScatterAdd(big, New(2, 3), []int32{-1, 0}) }},
		{"mat: ScatterAdd: 2×3 into 1 rows of 4×5", func() { ScatterAdd(b, a, []int32{0}) }},
		{"mat: rows are 5 to 5 of 2×3, want 0..1", func() { ScatterAdd(big, New(1, 3), []int32{5}) }},
		{"mat: SpMM: 2×3 from rows of 4×5", func() { SpMM(a, []int32{0, 0, 0}, nil, nil, b, false) }},
		{"entry 0 points to row 2, got 2 rows", func() { SpMM(New(1, 3), []int32{0, 1}, []int32{2}, nil, big, false) }},
		{"mat: SoftmaxCrossEntropy: shapes", func() { SoftmaxCrossEntropy(a, b, nil, 1) }},
		{"mat: Slice: rows 1 to 3 of 2×3", func() { big.Slice(1, 3) }},
		{"mat: Slice: rows 2 to 1 of 2×3", func() { big.Slice(2, 1) }},
		{"mat: Slice: rows -1 to 1 of 2×3", func() { big.Slice(-1, 1) }},
		{"mat: AddGathered: 1 rows of 4×5 into 2×3", func() { AddGathered(1, a, b, []int32{0}) }},
		{"mat: rows are 2 to 2 of 2×3, want 0..1", func() { AddGathered(1, New(1, 3), big, []int32{2}) }},
		{"mat: AdamRows: gradient is 2×3, want 1×3", func() { AdamRows(a, a, a, a, []int32{0}, AdamStep{}) }},
		{"mat: AdamRows: gradient is 1×2, want 1×3", func() { AdamRows(a, New(1, 2), a, a, []int32{0}, AdamStep{}) }},
		{"mat: AdamRows: shapes", func() { AdamRows(a, New(1, 3), b, a, []int32{0}, AdamStep{}) }},
		{"kernel: AdamRows: row 0 is 2, want 0..1", func() { AdamRows(a, New(1, 3), a, a, []int32{2}, AdamStep{}) }},
		{"mat: Adam: shapes", func() { Adam(a, a, b, a, AdamStep{}) }},
	} {
		mustPanic(t, c.want, c.f)
	}
}

func TestAllocs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	a, b, c, row := random(rng, 8, 8), random(rng, 8, 8), New(8, 8), New(1, 8)
	rows, norm := []int32{0, 1, 2, 3, 4, 5, 6, 7}, make([]float32, 8)
	ptr := []int32{0, 1, 2, 3, 4, 5, 6, 7, 8}
	n := testing.AllocsPerRun(10, func() {
		Mul(c, a, b)
		AddMulT(c, a, b)
		TMul(c, a, b)
		Axpy(0.5, a, c)
		AddBias(c, row)
		AddBiasReLU(c, row)
		ReLUBackward(c, a, b)
		MeanRows(row, a)
		RowNorms(norm, a)
		Gather(c, a, rows)
		ScatterAdd(c, a, rows)
		SpMM(c, ptr, rows, nil, a, false)
		SoftmaxCrossEntropy(c, a, rows, 1)
		Adam(c.Reshape(4, 8), a.Top(4), b.Top(4), a.Top(4), AdamStep{LR: 1, Eps: 1, Correction1: 1, Correction2: 1})
	})
	if n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestBackends(t *testing.T) {
	names := Backends()
	if names[0] != "go" || Fastest() != names[len(names)-1] {
		t.Errorf("backends are %q and %q is the fastest, want \"go\" first and the fastest last", names, Fastest())
	}
	for _, name := range append(names, "") {
		if k, err := NewBackend(name); err != nil || k.Name() != cmp.Or(name, Fastest()) {
			t.Errorf("backend %q is %q, %v", name, k.Name(), err)
		}
	}
	if k, err := NewBackend("abacus"); err == nil || k != nil || !strings.Contains(err.Error(), `backend is "abacus", want one of ["go"`) {
		t.Errorf("backend %v, error %v", k, err)
	}
}
