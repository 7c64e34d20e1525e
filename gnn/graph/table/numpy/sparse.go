package numpy

import (
	"math"
	"strings"

	"abkd/gnn/graph/table"
	"abkd/internal/show"
)

// A sparse is a matrix of which only some elements are stored, as SciPy has
// it: by rows, by columns or as a list.
type sparse struct {
	name       string
	rows, cols int
	format     string // csr, csc or coo
	ptr, index *array // csr and csc
	row, col   *array // coo
	data       *array // nil for ones
	zeros      int    // elements of the last each that are 0
}

// sparse returns the matrix whose parts are called prefix and indptr, indices,
// shape and so on, nil if there is none. file is "" for those of any file.
func (s *set) sparse(prefix, file string) (*sparse, error) {
	part := func(names ...string) *array {
		for _, e := range s.all {
			for _, name := range names {
				if e.key == prefix+name && (file == "" || e.file == file) {
					e.taken = true
					return e.array
				}
			}
		}
		return nil
	}
	m := &sparse{format: "csr", ptr: part("indptr"), index: part("indices"), row: part("row"), col: part("col")}
	shape, format := part("shape"), part("format")
	if m.data = part("data"); shape == nil || (m.ptr == nil || m.index == nil) && (m.row == nil || m.col == nil) {
		return nil, nil
	}
	m.name = shape.name
	if shape.len() != 2 {
		return nil, table.Refuse("%s: it has %d numbers, want those of rows and columns", shape.name, shape.len())
	}
	size := [2]int{}
	for i := range size {
		v, ok := shape.at(i)
		if !ok || v < 0 || v > 1<<31-1 {
			return nil, table.Refuse("%s: number %d is %s, want 0..%d", shape.name, i, shape.textAt(i), 1<<31-1)
		}
		size[i] = int(v)
	}
	m.rows, m.cols = size[0], size[1]
	if format != nil && format.len() == 1 {
		m.format = strings.ToLower(format.textAt(0))
	}
	if m.ptr == nil {
		m.format = "coo"
	}
	return m, m.check()
}

// check refuses parts that do not fit together.
func (m *sparse) check() error {
	list, n := m.index, 0
	switch m.format {
	case "csr":
		n = m.rows
	case "csc":
		n = m.cols
	case "coo":
		if m.row == nil || m.col == nil || m.row.len() != m.col.len() {
			return table.Refuse("%s: rows and columns are not as many", m.name)
		}
		list = m.row
	default:
		return table.Refuse("%s: the format is %s, want csr, csc or coo", m.name, show.Quote(m.format))
	}
	if m.data != nil && m.data.len() != list.len() {
		return table.Refuse("%s: %d values and %d places, want as many", m.name, m.data.len(), list.len())
	}
	if m.format == "coo" {
		return nil
	}
	if m.ptr.len() != n+1 {
		return table.Refuse("%s: it has %d numbers, want %d, one more than rows (or columns)", m.ptr.name, m.ptr.len(), n+1)
	}
	last := int64(0)
	for i := range n + 1 {
		v, ok := m.ptr.at(i)
		if !ok || v < last || v > int64(list.len()) || i == 0 && v != 0 {
			return table.Refuse("%s: number %d is %s, want an increasing range in 0..%d", m.ptr.name, i, m.ptr.textAt(i), list.len())
		}
		last = v
	}
	return nil
}

// each calls back with every element that is stored and is not 0.
func (m *sparse) each(f func(i, j int, v float64) error) error {
	m.zeros = 0
	put := func(i, j int64, at int) error {
		if i < 0 || j < 0 || i >= int64(m.rows) || j >= int64(m.cols) {
			return table.Refuse("%s: element %d stands in row %d and column %d of a matrix of %d rows and %d columns", m.name, at, i, j, m.rows, m.cols)
		}
		v := 1.0
		if m.data != nil {
			v = m.data.floatAt(at)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return table.Refuse("%s: element %d is %s, want a finite number", m.name, at, m.data.textAt(at))
		}
		if v == 0 {
			m.zeros++
			return nil
		}
		return f(int(i), int(j), v)
	}
	if m.format == "coo" {
		for at := range m.row.len() {
			i, ok := m.row.at(at)
			j, too := m.col.at(at)
			if !ok || !too {
				i = -1
			}
			if err := put(i, j, at); err != nil {
				return err
			}
		}
		return nil
	}
	for line := range m.ptr.len() - 1 {
		from, _ := m.ptr.at(line)
		to, _ := m.ptr.at(line + 1)
		for at := from; at < to; at++ {
			i, j := int64(line), int64(-1)
			if v, ok := m.index.at(int(at)); ok {
				j = v
			}
			if m.format == "csc" {
				i, j = j, i
			}
			if err := put(i, j, int(at)); err != nil {
				return err
			}
		}
	}
	return nil
}
