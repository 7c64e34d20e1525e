package kernel

// The tests of the package compute with these loops, which Use changes.
var loops *Loops

// Use makes the tests compute with i and returns the implementation before.
func Use(i Impl) Impl {
	old := loops.Impl()
	loops = New(i)
	return old
}

// Name returns the name of the implementation that the tests compute with.
func Name() string { return loops.Impl().Name() }

// FLOP returns what the loops have counted.
func FLOP() int64 { return loops.FLOP() }

func Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	loops.Gemm(m, n, k, a, ars, acs, b, brs, bcs, c, ldc, accumulate)
}

func SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool) {
	loops.SpMM(rows, width, ptr, col, weight, x, y, accumulate)
}

func BiasReLU(rows, width int, y, bias []float32, relu bool) {
	loops.BiasReLU(rows, width, y, bias, relu)
}

func ReLUBackward(dz, dy, y []float32) { loops.ReLUBackward(dz, dy, y) }

func SoftmaxCE(rows, classes int, logits []float32, labels []int32, scale float32, grad []float32) float64 {
	return loops.SoftmaxCE(rows, classes, logits, labels, scale, grad)
}

func Adam(w, g, m, v []float32, s AdamStep) { loops.Adam(w, g, m, v, s) }

func AdamRows(rows []int32, width int, w, g, m, v []float32, s AdamStep) {
	loops.AdamRows(rows, width, w, g, m, v, s)
}

func Axpy(a float32, x, y []float32) { loops.Axpy(a, x, y) }

func AddColumnSums(rows, width int, x, sum []float32) { loops.AddColumnSums(rows, width, x, sum) }

func RowNorms(rows, width int, x, norm []float32) { loops.RowNorms(rows, width, x, norm) }
