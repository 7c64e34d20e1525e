//go:build openblas && cgo

package openblas

// #cgo LDFLAGS: -lopenblas
// #include <cblas.h>
// extern char *openblas_get_corename(void);
import "C"

// Core returns the name of the kernels that the library has chosen.
func Core() string { return C.GoString(C.openblas_get_corename()) }

// SetThreads sets how many threads a product may take.
func SetThreads(n int) { C.openblas_set_num_threads(C.int(n)) }

// Gemm sets C = A·B with C [m × n] and k columns of A. A is stored by rows,
// or by columns if transA; B likewise. lda, ldb and ldc are the distances
// between the rows, or columns, stored.
func Gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	C.cblas_sgemm(C.CblasRowMajor, transpose(transA), transpose(transB), C.int(m), C.int(n), C.int(k),
		1, (*C.float)(&a[0]), C.int(lda), (*C.float)(&b[0]), C.int(ldb), 0, (*C.float)(&c[0]), C.int(ldc))
}

func transpose(t bool) C.enum_CBLAS_TRANSPOSE {
	if t {
		return C.CblasTrans
	}
	return C.CblasNoTrans
}
