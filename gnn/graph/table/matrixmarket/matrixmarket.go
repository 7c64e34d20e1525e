// Package matrixmarket reads the edges of a graph in the Matrix Market format:
// a sparse matrix as a list of places, counted from 1.
package matrixmarket

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/graph/table"
	"abkd/internal/show"
)

const magic = "%%MatrixMarket"

// Is reports whether a text begins as such a file.
func Is(head string) bool { return strings.HasPrefix(head, magic) }

// A matrix is a table of edges. Nodes are called by their numbers.
type matrix struct {
	name      string
	text      string // from the first edge on
	first     int    // line of it
	size      int    // rows, and columns
	edges     int
	field     field
	symmetric bool
	zeros     int // entries of the last Rows that are 0
}

// A field is what the header says that an entry holds.
type field struct {
	name   string
	values int
}

var fields = []field{{"pattern", 0}, {"integer", 1}, {"real", 1}, {"double", 1}, {"complex", 2}}

// Open returns the table of edges in f, of which it reads what stands above
// them.
func Open(f table.File) (table.Table, error) {
	text, err := table.Text(f)
	if err != nil {
		return nil, err
	}
	m := &matrix{name: f.Name, first: 1}
	head, rest, _ := strings.Cut(text, "\n")
	if err := m.header(strings.TrimSpace(head)); err != nil {
		return nil, err
	}
	for {
		m.first++
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "%") || line == "" && rest != "" {
			continue
		}
		if err := m.dimensions(line); err != nil {
			return nil, err
		}
		m.text = rest
		m.first++
		return m, nil
	}
}

// header reads the first line.
func (m *matrix) header(head string) error {
	kind := strings.Fields(strings.ToLower(head))
	if len(kind) != 5 || kind[1] != "matrix" || kind[2] != "coordinate" {
		return table.Refuse("%s, line 1: it says %s, want “%s matrix coordinate pattern general” or the like: a list of the places that are not 0", m.name, show.Quote(head), magic)
	}
	at := slices.IndexFunc(fields, func(f field) bool { return f.name == kind[3] })
	if at < 0 {
		return table.Refuse("%s, line 1: the values are %s, want pattern, integer, real or complex", m.name, show.Quote(kind[3]))
	}
	m.field = fields[at]
	switch kind[4] {
	case "general":
	case "symmetric", "skew-symmetric", "hermitian":
		m.symmetric = true
	default:
		return table.Refuse("%s, line 1: the symmetry is %s, want general or symmetric", m.name, show.Quote(kind[4]))
	}
	return nil
}

// dimensions reads the line that says how large the matrix is.
func (m *matrix) dimensions(line string) error {
	var n []int
	for _, s := range strings.Fields(line) {
		if v, ok := whole(s); ok {
			n = append(n, v)
		}
	}
	if len(n) != 3 || len(strings.Fields(line)) != 3 || n[0] != n[1] {
		return table.Refuse("%s, line %d: it says %s, want the numbers of rows, columns and entries, rows and columns as many", m.name, m.first, show.Quote(line))
	}
	m.size, m.edges = n[0], n[2]
	return nil
}

// File implements table.Table.
func (m *matrix) File() string { return m.name }

// Columns implements table.Table.
func (m *matrix) Columns() []string { return []string{"source", "target", "weight"} }

// Where implements table.Table.
func (m *matrix) Where(row int) string { return fmt.Sprintf("%s, line %d", m.name, row) }

// Size returns how many nodes there are. They are counted from 1.
func (m *matrix) Size() int { return m.size }

// Notes says which entries are no edges.
func (m *matrix) Notes() (all []string) {
	if m.zeros > 0 {
		all = append(all, fmt.Sprintf("%s: entries that are 0, which are no edges: %s.", m.name, show.Grouped(m.zeros)))
	}
	return all
}

// Rows implements table.Table. A symmetric matrix stores one of two entries.
func (m *matrix) Rows(each func(row int, cells []string) error) error {
	line, found := m.first-1, 0
	m.zeros = 0
	for l := range strings.Lines(m.text) {
		line++
		if l = strings.TrimSpace(l); l == "" || l[0] == '%' {
			continue
		}
		if found++; found > m.edges {
			return table.Refuse("%s: more entries than the %d that the file says it has", m.Where(line), m.edges)
		}
		row, edge, err := m.entry(line, l)
		if err != nil {
			return err
		}
		if !edge {
			m.zeros++
			continue
		}
		if err := each(line, row); err != nil {
			return err
		}
		if m.symmetric && row[0] != row[1] {
			if err := each(line, []string{row[1], row[0], row[2]}); err != nil {
				return err
			}
		}
	}
	if found < m.edges {
		return table.Refuse("%s: %d entries, and the file says that it has %d: it is cut short", m.name, found, m.edges)
	}
	return nil
}

// entry reads an entry: its row, its column and what stands there. edge is
// false where that is 0.
func (m *matrix) entry(line int, l string) (row []string, edge bool, err error) {
	if err := table.CheckField(len(l), func() string { return m.Where(line) }); err != nil {
		return nil, false, err
	}
	cells := strings.Fields(l)
	if len(cells) != 2+m.field.values {
		return nil, false, table.Refuse("%s: it says %s, want %d fields: a row, a column and what is there, which the header says is %s", m.Where(line), show.Quote(l), 2+m.field.values, m.field.name)
	}
	for i, cell := range cells[:2] {
		n, ok := whole(cell)
		if !ok {
			return nil, false, table.Refuse("%s: it says %s, want a row and a column", m.Where(line), show.Quote(l))
		}
		if n < 1 || n > m.size {
			return nil, false, table.Refuse("%s: it says %s, want a row and a column in 1..%d: they are counted from 1", m.Where(line), show.Quote(l), m.size)
		}
		cells[i] = strconv.Itoa(n)
	}
	edge = m.field.values == 0
	for _, cell := range cells[2:] {
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, false, table.Refuse("%s: the value is %s, want a finite number: an edge is there or is not", m.Where(line), show.Quote(cell))
		}
		if m.field.name == "integer" && v != math.Trunc(v) {
			return nil, false, table.Refuse("%s: the value is %s, want a whole number, as the header says", m.Where(line), show.Quote(cell))
		}
		edge = edge || v != 0
	}
	return []string{cells[0], cells[1], strings.Join(cells[2:], " ")}, edge, nil
}

// whole parses a number of up to nine digits.
func whole(s string) (int, bool) {
	if s == "" || len(strings.TrimLeft(s, "0")) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
