// Package matrixmarket reads the edges of a graph in the Matrix Market format:
// a sparse matrix as a list of places, counted from 1.
package matrixmarket

import (
	"fmt"
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
	edges     int
	rows      string
	symmetric bool
}

// Open returns the table of edges in f, of which it reads what stands above
// them.
func Open(f table.File) (table.Table, error) {
	text, err := table.Text(f)
	if err != nil {
		return nil, err
	}
	m := &matrix{name: f.Name, first: 1}
	head, rest, _ := strings.Cut(text, "\n")
	kind := strings.Fields(strings.ToLower(head))
	if len(kind) != 5 || kind[1] != "matrix" || kind[2] != "coordinate" {
		return nil, table.Refuse("%s, line 1: it says %s, want “%s matrix coordinate pattern general” or the like: a list of the places that are not 0", f.Name, show.Quote(strings.TrimSpace(head)), magic)
	}
	switch kind[4] {
	case "general":
	case "symmetric", "skew-symmetric", "hermitian":
		m.symmetric = true
	default:
		return nil, table.Refuse("%s, line 1: the symmetry is %s, want general or symmetric", f.Name, show.Quote(kind[4]))
	}
	for {
		m.first++
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "%") || line == "" && rest != "" {
			continue
		}
		var cols string
		if _, err := fmt.Sscan(line, &m.rows, &cols, &m.edges); err != nil || m.rows != cols || m.edges < 0 {
			return nil, table.Refuse("%s, line %d: it says %s, want the numbers of rows, columns and entries, rows and columns as many", f.Name, m.first, show.Quote(line))
		}
		m.text = rest
		m.first++
		return m, nil
	}
}

// File implements table.Table.
func (m *matrix) File() string { return m.name }

// Columns implements table.Table.
func (m *matrix) Columns() []string { return []string{"source", "target", "weight"} }

// Where implements table.Table.
func (m *matrix) Where(row int) string { return fmt.Sprintf("%s, line %d", m.name, row) }

// Rows implements table.Table. A symmetric matrix stores one of two entries.
func (m *matrix) Rows(each func(row int, cells []string) error) error {
	line, found := m.first-1, 0
	for l := range strings.Lines(m.text) {
		line++
		cells := strings.Fields(l)
		if len(cells) == 0 || strings.HasPrefix(cells[0], "%") {
			continue
		}
		if found++; found > m.edges {
			return table.Refuse("%s: more entries than the %d that the file says it has", m.Where(line), m.edges)
		}
		if len(cells) < 2 || !whole(cells[0]) || !whole(cells[1]) {
			return table.Refuse("%s: it says %s, want a row and a column", m.Where(line), show.Quote(strings.TrimSpace(l)))
		}
		row := []string{cells[0], cells[1], strings.Join(cells[2:], " ")}
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

func whole(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
