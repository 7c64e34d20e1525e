package kernel

import "fmt"

// AdamRows is Adam on some rows of w: row i of g [rows × width] is the gradient
// of row rows[i] of w, whose moments are those rows of m and v. The other rows
// are not touched. No row may be there twice.
func (l *Loops) AdamRows(rows []int32, width int, w, g, m, v []float32, s AdamStep) {
	checkMatrix("AdamRows", "g", len(g), len(rows), width)
	checkLen("AdamRows", "m", len(m), len(w))
	checkLen("AdamRows", "v", len(v), len(w))
	if width == 0 {
		return
	}
	if len(w)%width != 0 {
		panic(fmt.Sprintf("kernel: AdamRows: w has %d elements, want a multiple of %d", len(w), width))
	}
	n := uint32(len(w) / width)
	for i, r := range rows {
		if uint32(r) >= n {
			panic(fmt.Sprintf("kernel: AdamRows: row %d is %d, want 0..%d", i, r, int(n)-1))
		}
	}
	if p, ok := l.Impl().(interface {
		adamRows(rows []int32, width int, w, g, m, v []float32, s AdamStep)
	}); ok {
		p.adamRows(rows, width, w, g, m, v, s)
		return
	}
	adamRows(l.Impl(), rows, width, w, g, m, v, s)
}

// adamRows computes rows that follow each other in one call of i: they are one
// piece of storage.
func adamRows(i Impl, rows []int32, width int, w, g, m, v []float32, s AdamStep) {
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to] == rows[to-1]+1 {
			to++
		}
		lo, hi := int(rows[from])*width, (int(rows[to-1])+1)*width
		i.Adam(w[lo:hi], g[from*width:to*width], m[lo:hi], v[lo:hi], s)
		from = to
	}
}
