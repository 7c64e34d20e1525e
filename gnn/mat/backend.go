package mat

import (
	"fmt"

	"abkd/gnn/internal/kernel"
)

// A Backend computes the operations on matrices: with one implementation of the
// inner loops, and it counts what they do. Each run has its own, so that several
// in one process neither count nor choose for each other. It is safe for use by
// several goroutines.
//
// A nil *Backend is the fastest implementation of this machine and counts
// nothing.
type Backend struct{ inner *kernel.Loops }

// NewBackend returns the backend of that name, one of Backends; "" stands for
// the fastest.
func NewBackend(name string) (*Backend, error) {
	if name == "" {
		name = Fastest()
	}
	for _, i := range kernel.Available() {
		if i.Name() == name {
			return &Backend{kernel.New(i)}, nil
		}
	}
	return nil, fmt.Errorf("mat: backend is %q, want one of %q", name, Backends())
}

// Backends names the implementations that this machine can run: "go", the
// portable one, first and the fastest last.
func Backends() (names []string) {
	for _, i := range kernel.Available() {
		names = append(names, i.Name())
	}
	return names
}

// Fastest returns the name of the fastest implementation, the last of Backends.
func Fastest() string { return fastest().Name() }

// Name returns the name of the implementation, such as "go".
func (k *Backend) Name() string { return k.loops().Impl().Name() }

// FLOP returns how many multiplications and additions products and sums over
// neighbours have taken so far.
func (k *Backend) FLOP() int64 { return k.loops().FLOP() }

func (k *Backend) loops() *kernel.Loops {
	if k == nil {
		return nil
	}
	return k.inner
}

// AdamStep holds the scalars of one Adam update.
type AdamStep struct {
	LR, Beta1, Beta2, Eps float32
	Correction1           float32 // 1 - Beta1^t
	Correction2           float32 // sqrt(1 - Beta2^t)
}

// Mul sets dst = a·b.
func (k *Backend) Mul(dst, a, b Matrix) { k.mul("Mul", dst, a, b, false) }

// AddMul sets dst += a·b.
func (k *Backend) AddMul(dst, a, b Matrix) { k.mul("AddMul", dst, a, b, true) }

func (k *Backend) mul(op string, dst, a, b Matrix, accumulate bool) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols {
		panic(fmt.Sprintf("mat: %s: %v = %v · %v", op, dst, a, b))
	}
	k.loops().Gemm(dst.Rows, dst.Cols, a.Cols, a.Data, a.Cols, 1, b.Data, b.Cols, 1, dst.Data, dst.Cols, accumulate)
}

// MulT sets dst = a·bᵀ.
func (k *Backend) MulT(dst, a, b Matrix) { k.mulT("MulT", dst, a, b, false) }

// AddMulT sets dst += a·bᵀ.
func (k *Backend) AddMulT(dst, a, b Matrix) { k.mulT("AddMulT", dst, a, b, true) }

func (k *Backend) mulT(op string, dst, a, b Matrix, accumulate bool) {
	if a.Cols != b.Cols || dst.Rows != a.Rows || dst.Cols != b.Rows {
		panic(fmt.Sprintf("mat: %s: %v = %v · (%v)ᵀ", op, dst, a, b))
	}
	k.loops().Gemm(dst.Rows, dst.Cols, a.Cols, a.Data, a.Cols, 1, b.Data, 1, b.Cols, dst.Data, dst.Cols, accumulate)
}

// TMul sets dst = aᵀ·b.
func (k *Backend) TMul(dst, a, b Matrix) { k.tMul("TMul", dst, a, b, false) }

// AddTMul sets dst += aᵀ·b.
func (k *Backend) AddTMul(dst, a, b Matrix) { k.tMul("AddTMul", dst, a, b, true) }

func (k *Backend) tMul(op string, dst, a, b Matrix, accumulate bool) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols {
		panic(fmt.Sprintf("mat: %s: %v = (%v)ᵀ · %v", op, dst, a, b))
	}
	k.loops().Gemm(dst.Rows, dst.Cols, a.Rows, a.Data, 1, a.Cols, b.Data, b.Cols, 1, dst.Data, dst.Cols, accumulate)
}

// Axpy sets y += a·x, element by element.
func (k *Backend) Axpy(a float32, x, y Matrix) {
	sameShape("Axpy", x, y)
	k.loops().Axpy(a, x.Data, y.Data)
}

// AddBias adds the row bias [1 × Cols] to every row of m.
func (k *Backend) AddBias(m, bias Matrix) {
	k.loops().BiasReLU(m.Rows, m.Cols, m.Data, bias.Data, false)
}

// AddBiasReLU adds the row bias [1 × Cols] to every row of m and replaces
// negative elements by 0.
func (k *Backend) AddBiasReLU(m, bias Matrix) {
	k.loops().BiasReLU(m.Rows, m.Cols, m.Data, bias.Data, true)
}

// ReLUBackward sets dz = dy where y > 0 and 0 elsewhere.
func (k *Backend) ReLUBackward(dz, dy, y Matrix) {
	sameShape("ReLUBackward", dy, y)
	sameShape("ReLUBackward", dz, y)
	k.loops().ReLUBackward(dz.Data, dy.Data, y.Data)
}

// AddColumnSums adds the sum of the rows of m to sum [1 × Cols].
func (k *Backend) AddColumnSums(sum, m Matrix) {
	k.loops().AddColumnSums(m.Rows, m.Cols, m.Data, sum.Data)
}

// MeanRows sets mean [1 × Cols] to the mean of the rows of m, 0 if it has none.
func (k *Backend) MeanRows(mean, m Matrix) {
	mean.Zero()
	k.AddColumnSums(mean, m)
	c := 1 / float32(max(m.Rows, 1))
	for i := range mean.Data {
		mean.Data[i] = float32(mean.Data[i] * c)
	}
}

// RowNorms sets norm[i] to the Euclidean norm of row i of m.
func (k *Backend) RowNorms(norm []float32, m Matrix) {
	k.loops().RowNorms(m.Rows, m.Cols, m.Data, norm)
}

// ScatterAdd adds row i of src to row rows[i] of dst: the derivative of Gather.
func (k *Backend) ScatterAdd(dst, src Matrix, rows []int32) {
	if src.Rows != len(rows) || dst.Cols != src.Cols {
		panic(fmt.Sprintf("mat: ScatterAdd: %v into %d rows of %v", src, len(rows), dst))
	}
	for i := 0; i < len(rows); {
		n := run(rows[i:])
		k.loops().Axpy(1, src.span(i, n), dst.span(int(rows[i]), n))
		i += n
	}
}

// AddGathered adds a times row rows[i] of src to row i of dst.
func (k *Backend) AddGathered(a float32, dst, src Matrix, rows []int32) {
	if dst.Rows != len(rows) || dst.Cols != src.Cols {
		panic(fmt.Sprintf("mat: AddGathered: %d rows of %v into %v", len(rows), src, dst))
	}
	for i := 0; i < len(rows); {
		n := run(rows[i:])
		k.loops().Axpy(a, src.span(int(rows[i]), n), dst.span(i, n))
		i += n
	}
}

// SpMM sets dst[i] = Σ w_e·x[col[e]] over the entries e in ptr[i]..ptr[i+1],
// or adds it if accumulate. A nil weight takes the mean over the row (0 for
// an empty row).
func (k *Backend) SpMM(dst Matrix, ptr, col []int32, weight []float32, x Matrix, accumulate bool) {
	if dst.Cols != x.Cols {
		panic(fmt.Sprintf("mat: SpMM: %v from rows of %v", dst, x))
	}
	k.loops().SpMM(dst.Rows, dst.Cols, ptr, col, weight, x.Data, dst.Data, accumulate)
}

// SoftmaxCrossEntropy returns the summed cross-entropy of the rows of logits
// against labels and sets grad to scale times its gradient.
func (k *Backend) SoftmaxCrossEntropy(grad, logits Matrix, labels []int32, scale float32) float64 {
	sameShape("SoftmaxCrossEntropy", grad, logits)
	return k.loops().SoftmaxCE(logits.Rows, logits.Cols, logits.Data, labels, scale, grad.Data)
}

// Adam updates w in place with gradient g and moments m and v.
func (k *Backend) Adam(w, g, m, v Matrix, s AdamStep) {
	sameShape("Adam", g, w)
	sameShape("Adam", m, w)
	sameShape("Adam", v, w)
	k.loops().Adam(w.Data, g.Data, m.Data, v.Data, kernel.AdamStep(s))
}

// AdamRows is Adam on some rows of w, each once: row i of g is the gradient of
// row rows[i] of w. The other rows of w, m and v are not touched.
func (k *Backend) AdamRows(w, g, m, v Matrix, rows []int32, s AdamStep) {
	if g.Rows != len(rows) || g.Cols != w.Cols {
		panic(fmt.Sprintf("mat: AdamRows: gradient is %v, want %d×%d", g, len(rows), w.Cols))
	}
	sameShape("AdamRows", m, w)
	sameShape("AdamRows", v, w)
	k.loops().AdamRows(rows, w.Cols, w.Data, g.Data, m.Data, v.Data, kernel.AdamStep(s))
}
