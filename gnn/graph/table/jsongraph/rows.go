package jsongraph

import (
	"slices"
	"strconv"
)

// rows are objects of a list, each with the fields that it has.
type rows struct {
	file, what string
	columns    []string
	index      map[string]int32
	all        [][]cell
	at         []int // place of each in the list
}

type cell struct {
	column int32
	text   string
}

// mostColumns is more than features and what stands beside them take.
const mostColumns = 1<<16 + 1000

func newRows(file, what string) *rows {
	return &rows{file: file, what: what, index: map[string]int32{}}
}

// begin begins the next row.
func (r *rows) begin() {
	r.at = append(r.at, len(r.all))
	r.all = append(r.all, nil)
}

// put gives the last row a field.
func (r *rows) put(name, text string) {
	i, ok := r.index[name]
	if !ok {
		i = int32(len(r.columns))
		r.columns, r.index[name] = append(r.columns, name), i
	}
	last := &r.all[len(r.all)-1]
	*last = append(*last, cell{i, text})
}

// File implements table.Table.
func (r *rows) File() string { return r.file + ", " + r.what }

// Columns implements table.Table.
func (r *rows) Columns() []string { return r.columns }

// Where implements table.Table.
func (r *rows) Where(row int) string {
	return r.File() + "[" + strconv.Itoa(r.at[row]) + "]"
}

// Rows implements table.Table.
func (r *rows) Rows(each func(row int, cells []string) error) error {
	cells := make([]string, len(r.columns))
	for i, row := range r.all {
		for _, c := range row {
			cells[c.column] = c.text
		}
		if err := each(i, cells); err != nil {
			return err
		}
		for _, c := range row {
			cells[c.column] = ""
		}
	}
	return nil
}

// numbered gives nodes without identifiers their places in the list, by which
// links of D3 name them.
func (r *rows) numbered() {
	for _, name := range []string{"id", "key", "_id", "node_id", "node"} {
		if slices.Contains(r.columns, name) {
			return
		}
	}
	r.index["id"] = int32(len(r.columns))
	r.columns = append(r.columns, "id")
	for i := range r.all {
		r.all[i] = append(r.all[i], cell{r.index["id"], strconv.Itoa(i)})
	}
}

// plainEnds takes the identifier of an end of which the whole node is there, as
// D3 leaves it.
func (r *rows) plainEnds() {
	for _, end := range []string{"source", "target"} {
		for _, id := range []string{".id", ".key", ".index"} {
			if i := slices.Index(r.columns, end+id); i >= 0 && !slices.Contains(r.columns, end) {
				r.columns[i] = end
			}
		}
	}
}

// parted returns the nodes and the edges of a list of both.
func (r *rows) parted() (nodes, edges *rows) {
	source, ok := r.index["source"]
	part := func(edge bool) *rows {
		p := newRows(r.file, r.what)
		for i, row := range r.all {
			if edge != (ok && slices.ContainsFunc(row, func(c cell) bool { return c.column == source })) {
				continue
			}
			p.begin()
			p.at[len(p.at)-1] = i
			for _, c := range row {
				if name := r.columns[c.column]; name != "group" || c.text != "nodes" && c.text != "edges" {
					p.put(name, c.text)
				}
			}
		}
		return p
	}
	return part(false), part(true)
}
