package export

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// npyHeader returns what stands before the numbers of an array of float32 in
// NumPy's format, version 1.0 (NEP 1): rows × cols, little-endian, row by row.
func npyHeader(rows, cols int) []byte {
	dict := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, cols)
	const before = len("\x93NUMPY\x01\x00") + 2
	dict += strings.Repeat(" ", 63-(before+len(dict))%64) + "\n" // the numbers begin at a multiple of 64
	head := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(head[before-2:], uint16(len(dict)))
	return append(head, dict...)
}

// writeFloats writes x as it stands in an array of float32.
func writeFloats(w io.Writer, x []float32) error {
	b := make([]byte, 0, 4*len(x))
	for _, f := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	_, err := w.Write(b)
	return err
}
