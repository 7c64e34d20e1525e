// Package mat provides the dense row-major float32 matrix on which every
// layer computes, and the few operations that training needs.
//
// A shape that does not fit is a programmer's error and panics. The result of
// a product must not share storage with its operands.
package mat

import (
	"fmt"

	"abkd/gnn/internal/kernel"
)

// A Matrix is a dense row-major matrix: element (i, j) is Data[i*Cols+j].
// The zero Matrix is empty. Copies of a Matrix share Data.
type Matrix struct {
	Rows, Cols int
	Data       []float32
}

// New returns a zero r×c matrix.
func New(r, c int) Matrix {
	if r < 0 || c < 0 {
		panic(fmt.Sprintf("mat: New: size is %d×%d, want no negative side", r, c))
	}
	return Matrix{r, c, make([]float32, r*c)}
}

// Row returns row i of m, sharing its storage.
func (m Matrix) Row(i int) []float32 {
	if uint(i) >= uint(m.Rows) { // storage may go on after the last row
		panic(fmt.Sprintf("mat: Row: row is %d of %v, want 0..%d", i, m, m.Rows-1))
	}
	return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols]
}

// Top returns the first r rows of m, sharing their storage.
func (m Matrix) Top(r int) Matrix {
	if r < 0 || r > m.Rows {
		panic(fmt.Sprintf("mat: Top: %d rows of %v", r, m))
	}
	return Matrix{r, m.Cols, m.Data[:r*m.Cols]}
}

// Slice returns rows lo to hi-1 of m, sharing their storage.
func (m Matrix) Slice(lo, hi int) Matrix {
	if lo < 0 || hi < lo || hi > m.Rows {
		panic(fmt.Sprintf("mat: Slice: rows %d to %d of %v", lo, hi, m))
	}
	return Matrix{hi - lo, m.Cols, m.Data[lo*m.Cols : hi*m.Cols]}
}

// Zero sets every element of m to 0.
func (m Matrix) Zero() { clear(m.Data) }

// Empty reports whether m has no element.
func (m Matrix) Empty() bool { return len(m.Data) == 0 }

// Clone returns a copy of m with storage of its own.
func (m Matrix) Clone() Matrix {
	return Matrix{m.Rows, m.Cols, append([]float32(nil), m.Data...)}
}

// Reshape returns an r×c matrix that reuses m's storage where it is large
// enough. The elements are not cleared. New storage has room to spare if it is
// large or replaces some: sampled batches are of about one size, and each that
// is a little larger than those before would otherwise replace everything.
func (m Matrix) Reshape(r, c int) Matrix {
	n := r * c
	switch {
	case r < 0 || c < 0 || cap(m.Data) == 0 && n < largeStorage:
		return New(r, c)
	case n > cap(m.Data):
		return Matrix{r, c, make([]float32, n, n+n/16)}
	}
	return Matrix{r, c, m.Data[:n]}
}

// largeStorage is the number of elements from which storage that is collected
// late would matter: 4 MiB.
const largeStorage = 1 << 20

// String returns the shape, such as "12×3".
func (m Matrix) String() string { return fmt.Sprintf("%d×%d", m.Rows, m.Cols) }

// Mul sets dst = a·b.
func Mul(dst, a, b Matrix) { mul("Mul", dst, a, b, false) }

// AddMul sets dst += a·b.
func AddMul(dst, a, b Matrix) { mul("AddMul", dst, a, b, true) }

func mul(op string, dst, a, b Matrix, accumulate bool) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols {
		panic(fmt.Sprintf("mat: %s: %v = %v · %v", op, dst, a, b))
	}
	kernel.Gemm(dst.Rows, dst.Cols, a.Cols, a.Data, a.Cols, 1, b.Data, b.Cols, 1, dst.Data, dst.Cols, accumulate)
}

// MulT sets dst = a·bᵀ.
func MulT(dst, a, b Matrix) { mulT("MulT", dst, a, b, false) }

// AddMulT sets dst += a·bᵀ.
func AddMulT(dst, a, b Matrix) { mulT("AddMulT", dst, a, b, true) }

func mulT(op string, dst, a, b Matrix, accumulate bool) {
	if a.Cols != b.Cols || dst.Rows != a.Rows || dst.Cols != b.Rows {
		panic(fmt.Sprintf("mat: %s: %v = %v · (%v)ᵀ", op, dst, a, b))
	}
	kernel.Gemm(dst.Rows, dst.Cols, a.Cols, a.Data, a.Cols, 1, b.Data, 1, b.Cols, dst.Data, dst.Cols, accumulate)
}

// TMul sets dst = aᵀ·b.
func TMul(dst, a, b Matrix) { tMul("TMul", dst, a, b, false) }

// AddTMul sets dst += aᵀ·b.
func AddTMul(dst, a, b Matrix) { tMul("AddTMul", dst, a, b, true) }

func tMul(op string, dst, a, b Matrix, accumulate bool) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols {
		panic(fmt.Sprintf("mat: %s: %v = (%v)ᵀ · %v", op, dst, a, b))
	}
	kernel.Gemm(dst.Rows, dst.Cols, a.Rows, a.Data, 1, a.Cols, b.Data, b.Cols, 1, dst.Data, dst.Cols, accumulate)
}

// Axpy sets y += a·x, element by element.
func Axpy(a float32, x, y Matrix) {
	sameShape("Axpy", x, y)
	kernel.Axpy(a, x.Data, y.Data)
}

// AddBias adds the row bias [1 × Cols] to every row of m.
func AddBias(m, bias Matrix) { kernel.BiasReLU(m.Rows, m.Cols, m.Data, bias.Data, false) }

// AddBiasReLU adds the row bias [1 × Cols] to every row of m and replaces
// negative elements by 0.
func AddBiasReLU(m, bias Matrix) { kernel.BiasReLU(m.Rows, m.Cols, m.Data, bias.Data, true) }

// ReLUBackward sets dz = dy where y > 0 and 0 elsewhere.
func ReLUBackward(dz, dy, y Matrix) {
	sameShape("ReLUBackward", dy, y)
	sameShape("ReLUBackward", dz, y)
	kernel.ReLUBackward(dz.Data, dy.Data, y.Data)
}

// AddColumnSums adds the sum of the rows of m to sum [1 × Cols].
func AddColumnSums(sum, m Matrix) { kernel.AddColumnSums(m.Rows, m.Cols, m.Data, sum.Data) }

// MeanRows sets mean [1 × Cols] to the mean of the rows of m, 0 if it has none.
func MeanRows(mean, m Matrix) {
	mean.Zero()
	AddColumnSums(mean, m)
	c := 1 / float32(max(m.Rows, 1))
	for i := range mean.Data {
		mean.Data[i] = float32(mean.Data[i] * c)
	}
}

// RowNorms sets norm[i] to the Euclidean norm of row i of m.
func RowNorms(norm []float32, m Matrix) { kernel.RowNorms(m.Rows, m.Cols, m.Data, norm) }

// Gather sets row i of dst to row rows[i] of src.
func Gather(dst, src Matrix, rows []int32) {
	if dst.Rows != len(rows) || dst.Cols != src.Cols {
		panic(fmt.Sprintf("mat: Gather: %d rows of %v into %v", len(rows), src, dst))
	}
	for i := 0; i < len(rows); {
		n := run(rows[i:])
		copy(dst.span(i, n), src.span(int(rows[i]), n))
		i += n
	}
}

// ScatterAdd adds row i of src to row rows[i] of dst: the derivative of Gather.
func ScatterAdd(dst, src Matrix, rows []int32) {
	if src.Rows != len(rows) || dst.Cols != src.Cols {
		panic(fmt.Sprintf("mat: ScatterAdd: %v into %d rows of %v", src, len(rows), dst))
	}
	for i := 0; i < len(rows); {
		n := run(rows[i:])
		kernel.Axpy(1, src.span(i, n), dst.span(int(rows[i]), n))
		i += n
	}
}

// AddGathered adds a times row rows[i] of src to row i of dst.
func AddGathered(a float32, dst, src Matrix, rows []int32) {
	if dst.Rows != len(rows) || dst.Cols != src.Cols {
		panic(fmt.Sprintf("mat: AddGathered: %d rows of %v into %v", len(rows), src, dst))
	}
	for i := 0; i < len(rows); {
		n := run(rows[i:])
		kernel.Axpy(a, src.span(int(rows[i]), n), dst.span(i, n))
		i += n
	}
}

// run returns how many of rows, from the first on, follow each other: they are
// one piece of storage.
func run(rows []int32) int {
	n := 1
	for n < len(rows) && rows[n] == rows[n-1]+1 {
		n++
	}
	return n
}

// span returns the n rows of m from row i on, sharing their storage.
func (m Matrix) span(i, n int) []float32 {
	if i < 0 || i+n > m.Rows {
		panic(fmt.Sprintf("mat: rows are %d to %d of %v, want 0..%d", i, i+n-1, m, m.Rows-1))
	}
	return m.Data[i*m.Cols : (i+n)*m.Cols]
}

// SpMM sets dst[i] = Σ w_e·x[col[e]] over the entries e in ptr[i]..ptr[i+1],
// or adds it if accumulate. A nil weight takes the mean over the row (0 for
// an empty row).
func SpMM(dst Matrix, ptr, col []int32, weight []float32, x Matrix, accumulate bool) {
	if dst.Cols != x.Cols {
		panic(fmt.Sprintf("mat: SpMM: %v from rows of %v", dst, x))
	}
	kernel.SpMM(dst.Rows, dst.Cols, ptr, col, weight, x.Data, dst.Data, accumulate)
}

// SoftmaxCrossEntropy returns the summed cross-entropy of the rows of logits
// against labels and sets grad to scale times its gradient.
func SoftmaxCrossEntropy(grad, logits Matrix, labels []int32, scale float32) float64 {
	sameShape("SoftmaxCrossEntropy", grad, logits)
	return kernel.SoftmaxCE(logits.Rows, logits.Cols, logits.Data, labels, scale, grad.Data)
}

// AdamStep holds the scalars of one Adam update.
type AdamStep = kernel.AdamStep

// Adam updates w in place with gradient g and moments m and v.
func Adam(w, g, m, v Matrix, s AdamStep) {
	sameShape("Adam", g, w)
	sameShape("Adam", m, w)
	sameShape("Adam", v, w)
	kernel.Adam(w.Data, g.Data, m.Data, v.Data, s)
}

// AdamRows is Adam on some rows of w, each once: row i of g is the gradient of
// row rows[i] of w. The other rows of w, m and v are not touched.
func AdamRows(w, g, m, v Matrix, rows []int32, s AdamStep) {
	if g.Rows != len(rows) || g.Cols != w.Cols {
		panic(fmt.Sprintf("mat: AdamRows: gradient is %v, want %d×%d", g, len(rows), w.Cols))
	}
	sameShape("AdamRows", m, w)
	sameShape("AdamRows", v, w)
	kernel.AdamRows(rows, w.Cols, w.Data, g.Data, m.Data, v.Data, s)
}

// FLOP returns how many multiplications and additions products and sums over
// neighbours have taken since the program began, in all goroutines.
func FLOP() int64 { return kernel.FLOP() }

// Backend names the implementation of the inner loops in use, such as "go".
func Backend() string { return kernel.Name() }

// Backends names the implementations that this machine can run: "go", the
// portable one, first and the fastest, which is in use at the start, last.
func Backends() (names []string) {
	for _, i := range kernel.Available() {
		names = append(names, i.Name())
	}
	return names
}

// SetBackend makes the implementation of that name the one in use. It must
// not be called while another goroutine computes.
func SetBackend(name string) error {
	for _, i := range kernel.Available() {
		if i.Name() == name {
			kernel.Use(i)
			return nil
		}
	}
	return fmt.Errorf("mat: backend is %q, want one of %q", name, Backends())
}

func sameShape(op string, a, b Matrix) {
	if a.Rows != b.Rows || a.Cols != b.Cols {
		panic(fmt.Sprintf("mat: %s: shapes are %v and %v, want the same", op, a, b))
	}
}
