// Package mat provides the dense row-major float32 matrix on which every
// layer computes, and the few operations that training needs: methods of a
// Backend, and functions of the same names for whoever counts nothing.
//
// A shape that does not fit is a programmer's error and panics. The result of
// a product must not share storage with its operands.
package mat

import "fmt"

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

// Clone returns a copy of m with storage of its own. It stays a call, see
// gnn.KindOf.
//
//go:noinline
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

func sameShape(op string, a, b Matrix) {
	if a.Rows != b.Rows || a.Cols != b.Cols {
		panic(fmt.Sprintf("mat: %s: shapes are %v and %v, want the same", op, a, b))
	}
}
