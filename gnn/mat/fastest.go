package mat

// fastest computes with the fastest implementation of this machine, and counts
// nothing. The functions below are its methods.
func fastest() *Backend { return nil }

// Mul sets dst = a·b.
func Mul(dst, a, b Matrix) { fastest().Mul(dst, a, b) }

// AddMul sets dst += a·b.
func AddMul(dst, a, b Matrix) { fastest().AddMul(dst, a, b) }

// MulT sets dst = a·bᵀ.
func MulT(dst, a, b Matrix) { fastest().MulT(dst, a, b) }

// AddMulT sets dst += a·bᵀ.
func AddMulT(dst, a, b Matrix) { fastest().AddMulT(dst, a, b) }

// TMul sets dst = aᵀ·b.
func TMul(dst, a, b Matrix) { fastest().TMul(dst, a, b) }

// AddTMul sets dst += aᵀ·b.
func AddTMul(dst, a, b Matrix) { fastest().AddTMul(dst, a, b) }

// Axpy sets y += a·x, element by element.
func Axpy(a float32, x, y Matrix) { fastest().Axpy(a, x, y) }

// AddBias adds the row bias [1 × Cols] to every row of m.
func AddBias(m, bias Matrix) { fastest().AddBias(m, bias) }

// AddBiasReLU adds the row bias [1 × Cols] to every row of m and replaces
// negative elements by 0.
func AddBiasReLU(m, bias Matrix) { fastest().AddBiasReLU(m, bias) }

// ReLUBackward sets dz = dy where y > 0 and 0 elsewhere.
func ReLUBackward(dz, dy, y Matrix) { fastest().ReLUBackward(dz, dy, y) }

// AddColumnSums adds the sum of the rows of m to sum [1 × Cols].
func AddColumnSums(sum, m Matrix) { fastest().AddColumnSums(sum, m) }

// MeanRows sets mean [1 × Cols] to the mean of the rows of m, 0 if it has none.
func MeanRows(mean, m Matrix) { fastest().MeanRows(mean, m) }

// RowNorms sets norm[i] to the Euclidean norm of row i of m.
func RowNorms(norm []float32, m Matrix) { fastest().RowNorms(norm, m) }

// ScatterAdd adds row i of src to row rows[i] of dst: the derivative of Gather.
func ScatterAdd(dst, src Matrix, rows []int32) { fastest().ScatterAdd(dst, src, rows) }

// AddGathered adds a times row rows[i] of src to row i of dst.
func AddGathered(a float32, dst, src Matrix, rows []int32) { fastest().AddGathered(a, dst, src, rows) }

// SpMM sets dst[i] = Σ w_e·x[col[e]] over the entries e in ptr[i]..ptr[i+1],
// or adds it if accumulate. A nil weight takes the mean over the row (0 for
// an empty row).
func SpMM(dst Matrix, ptr, col []int32, weight []float32, x Matrix, accumulate bool) {
	fastest().SpMM(dst, ptr, col, weight, x, accumulate)
}

// SoftmaxCrossEntropy returns the summed cross-entropy of the rows of logits
// against labels and sets grad to scale times its gradient.
func SoftmaxCrossEntropy(grad, logits Matrix, labels []int32, scale float32) float64 {
	return fastest().SoftmaxCrossEntropy(grad, logits, labels, scale)
}

// Adam updates w in place with gradient g and moments m and v.
func Adam(w, g, m, v Matrix, s AdamStep) { fastest().Adam(w, g, m, v, s) }

// AdamRows is Adam on some rows of w, each once: row i of g is the gradient of
// row rows[i] of w. The other rows of w, m and v are not touched.
func AdamRows(w, g, m, v Matrix, rows []int32, s AdamStep) { fastest().AdamRows(w, g, m, v, rows, s) }
