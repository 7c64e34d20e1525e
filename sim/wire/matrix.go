package wire

import "strconv"

// A Matrix is row-major; it is a copy of what was computed.
type Matrix struct {
	Rows, Cols int
	Data       []float32 // [Rows × Cols]
}

// Row returns row i, sharing its storage.
func (m Matrix) Row(i int) []float32 { return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// Empty reports whether m has no elements.
func (m Matrix) Empty() bool { return m.Rows == 0 || m.Cols == 0 }

// String returns the shape of m, such as "3×2".
func (m Matrix) String() string { return strconv.Itoa(m.Rows) + "×" + strconv.Itoa(m.Cols) }
