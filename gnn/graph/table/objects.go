package table

import (
	"strconv"

	"abkd/internal/show"
)

// Objects are a Table of things of which each has fields of its own.
type Objects struct {
	file, what string
	columns    []string
	index      map[string]int32
	all        [][]cell
	at         []int    // place of each in the file
	standard   []string // of each column, what rows have that say nothing
	given      []int    // of each column, 1 + the row that was given it last
}

type cell struct {
	column int32
	form   Form
	text   string
}

// A Form is what a field has in place of a text.
type Form int8

// The forms of fields.
const (
	OneText Form = iota
	ListOfTexts
	Nested // lists or objects
)

// MostColumns is more than features and what stands beside them take.
const MostColumns = 1<<16 + 1000

// NewObjects returns a table without rows; what says which part of the file it
// is.
func NewObjects(file, what string) *Objects {
	return &Objects{file: file, what: what, index: map[string]int32{}}
}

// Begin begins the next row, the one at that place of the file.
func (r *Objects) Begin(at int) {
	r.at = append(r.at, at)
	r.all = append(r.all, nil)
}

// Put gives the last row a field.
func (r *Objects) Put(name, text string) { r.Set(len(r.all)-1, name, text, OneText) }

// Set gives a row a field.
func (r *Objects) Set(row int, name, text string, form Form) {
	i := r.column(name)
	r.given[i] = row + 1
	r.all[row] = append(r.all[row], cell{i, form, text})
}

// Field returns the text that a row has under a name.
func (r *Objects) Field(row int, name string) (text string, ok bool) {
	i, known := r.index[name]
	if !known || row == len(r.all)-1 && r.given[i] != row+1 {
		return "", false
	}
	for _, c := range r.all[row] {
		if c.column == i {
			return c.text, true
		}
	}
	return "", false
}

// CheckForms refuses columns that have lists where a text is wanted, of which
// numbers reports whether they are features.
func (r *Objects) CheckForms(used func(column int) bool, numbers func(column int) bool) error {
	for i, row := range r.all {
		for _, c := range row {
			at := int(c.column)
			switch {
			case c.form == OneText || !used(at):
			case c.form == Nested:
				return Refuse("%s: %s has lists or objects in a list: want texts or numbers", r.Where(i), show.Quote(r.columns[at]))
			case !numbers(at):
				return Refuse("%s: %s is a list of several texts, and only one is supported: write one of them", r.Where(i), show.Quote(r.columns[at]))
			}
		}
	}
	return nil
}

// column returns the place of a column, a new one for a new name.
func (r *Objects) column(name string) int32 {
	i, ok := r.index[name]
	if !ok {
		i = int32(len(r.columns))
		r.columns, r.given, r.index[name] = append(r.columns, name), append(r.given, 0), i
	}
	return i
}

// File implements table.Table.
func (r *Objects) File() string { return r.file + ", " + r.what }

// Columns implements table.Table.
func (r *Objects) Columns() []string { return r.columns }

// Where implements table.Table.
func (r *Objects) Where(row int) string {
	return r.File() + "[" + strconv.Itoa(r.at[row]) + "]"
}

// Rows implements table.Table.
func (r *Objects) Rows(each func(row int, cells []string) error) error {
	cells := make([]string, len(r.columns))
	standard := append(r.standard, make([]string, len(r.columns)-len(r.standard))...)
	copy(cells, standard)
	for i, row := range r.all {
		for _, c := range row {
			cells[c.column] = c.text
		}
		if err := each(i, cells); err != nil {
			return err
		}
		for _, c := range row {
			cells[c.column] = standard[c.column]
		}
	}
	return nil
}

// Len returns how many rows there are.
func (r *Objects) Len() int { return len(r.all) }

// Standard gives all rows a field that they have unless they say another.
func (r *Objects) Standard(name, text string) {
	i := r.column(name)
	r.standard = append(r.standard, make([]string, len(r.columns)-len(r.standard))...)
	r.standard[i] = text
}

// Fields calls back with the fields of a row.
func (r *Objects) Fields(row int, each func(name, text string, form Form)) {
	for _, c := range r.all[row] {
		each(r.columns[c.column], c.text, c.form)
	}
}

// Has reports whether a row has a field of that name.
func (r *Objects) Has(name string) bool { _, ok := r.index[name]; return ok }

// Rename gives a column another name.
func (r *Objects) Rename(from, to string) {
	i := r.index[from]
	delete(r.index, from)
	r.columns[i], r.index[to] = to, i
}

// Take asks for the memory of the last row.
func (r *Objects) Take(m *Memory, where func() string) error {
	if len(r.columns) > MostColumns {
		return Refuse("%s: more than %d different fields", where(), MostColumns)
	}
	bytes := int64(64)
	for _, c := range r.all[len(r.all)-1] {
		bytes += 32 + int64(len(c.text))
	}
	return m.Take(bytes, where)
}
