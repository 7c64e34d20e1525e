// Package csv reads tables of text: CSV as in RFC 4180, with the separators and
// line ends that spreadsheets write, and lists without a header as Planetoid
// and SNAP have them.
package csv

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/filetype"
	"abkd/gnn/graph/table"
)

// A file is a table whose header has been read; its rows are read when they
// are asked for.
type file struct {
	name      string
	text      string
	separator byte
	columns   []string
	skipped   int // lines above the first row
	first     int // row below the header
	short     int // rows with fewer fields than the header, of the last Rows
	loose     bool
	note      string // on the form that it has
	form      string // whose form it is, "" for none that is known
}

// mostColumns is more than features and what stands beside them take.
const mostColumns = 1<<16 + 1000

// Open returns the table in f, of which it reads the first row.
func Open(f table.File) (table.Table, error) {
	text, err := table.Text(f)
	if err != nil {
		return nil, err
	}
	if what := filetype.Of(f.Name, f.Data[:min(len(f.Data), filetype.HeadSize)]); what == filetype.XML {
		return nil, table.Refuse("%s: this is %s, want a file with a graph", f.Name, what)
	}
	t := &file{name: f.Name, text: text, first: 2}
	if len(text) > 5 && strings.EqualFold(text[:4], "sep=") && strings.IndexByte(",;\t|", text[4]) >= 0 && (text[5] == '\n' || text[5] == '\r') {
		t.separator, t.first = text[4], 3 // a first line of Excel's
	}
	t.skipComments()
	if t.separator == 0 {
		t.separator = separatorOf(t.text)
	}
	var header []string
	err = t.records(0, func(row int, cells []string) (bool, error) {
		if row < t.first-1 {
			return true, nil
		}
		header = slices.Clone(cells)
		t.first = row + 1
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	if header == nil {
		return nil, table.Refuse("%s: there is no row: the first one names the columns", f.Name)
	}
	if len(header) > mostColumns {
		return nil, table.Refuse("%s: %d columns, want at most %d: leave some out", f.Name, len(header), mostColumns)
	}
	t.nameColumns(header)
	return t, nil
}

// skipComments leaves out lines that begin with #, as lists of edges have them,
// unless the first of them is the header.
func (t *file) skipComments() {
	for strings.HasPrefix(t.text, "#") {
		_, rest, more := strings.Cut(t.text, "\n")
		if !more {
			return
		}
		t.text = rest
		t.skipped++
		t.note = t.name + ": lines that begin with # are comments"
	}
}

// nameColumns gives the columns their names, those of the header or, where the first
// row is no header, those of the form that it has.
func (t *file) nameColumns(header []string) {
	switch ext := strings.ToLower(path.Ext(t.name)); {
	case ext == ".content" || isContent(header):
		t.columns = []string{"id"}
		for i := range max(len(header)-2, 0) {
			t.columns = append(t.columns, "f"+strconv.Itoa(i))
		}
		t.columns = append(t.columns, "label")
		t.form = "Planetoid"
		t.headless("the rows are an id, words as numbers and a class, as Planetoid has them")
	case ext == ".cites":
		t.columns = []string{"target", "source"}
		t.loose, t.form = true, "Planetoid"
		t.headless("the rows are a cited and a citing node, as Planetoid has them")
	case ext == ".node_labels" && len(header) == 2:
		t.columns = []string{"id", "label"}
		t.form = "Network Repository"
		t.headless("the rows are a node and its class, as Network Repository has them")
	case (len(header) == 2 || len(header) == 3) && numbers(header):
		t.columns = []string{"source", "target", "weight"}[:len(header)]
		t.headless("there is no header: the rows are a source and a target")
	default:
		for _, name := range header {
			t.columns = append(t.columns, strings.TrimSpace(name))
		}
	}
}

func (t *file) headless(note string) {
	t.first--
	t.note = t.name + ": " + note
}

// isContent reports whether a row is an id, numbers of words, and a class.
func isContent(row []string) bool {
	n := len(row)
	return n > 3 && numbers(row[1:n-1]) && strings.Trim(row[n-1], "0123456789.") != ""
}

func numbers(cells []string) bool {
	for _, c := range cells {
		if strings.Trim(c, "0123456789.-+eE") != "" || c == "" {
			return false
		}
	}
	return true
}

// File implements table.Table.
func (t *file) File() string { return t.name }

// Columns implements table.Table.
func (t *file) Columns() []string { return t.columns }

// Where implements table.Table.
func (t *file) Where(row int) string { return fmt.Sprintf("%s, row %d", t.name, row+t.skipped) }

// Loose says that an edge may be of a node that no table has: Planetoid's lists
// have some.
func (t *file) Loose() bool { return t.loose }

// Form says whose form the file has, "" for none that is known.
func (t *file) Form() string { return t.form }

// Notes says what was found in the form of the file.
func (t *file) Notes() (all []string) {
	if t.note != "" {
		all = append(all, t.note+".")
	}
	if t.short > 0 {
		all = append(all, fmt.Sprintf("%s: %d rows have fewer fields than the header: those at the end are read as empty.", t.name, t.short))
	}
	return all
}

// Rows implements table.Table. Empty fields at the end may be missing, as
// spreadsheets write them.
func (t *file) Rows(each func(row int, cells []string) error) error {
	t.short = 0
	width := len(t.columns)
	return t.records(width, func(row int, cells []string) (bool, error) {
		if row < t.first {
			return true, nil
		}
		if len(cells) < width {
			t.short++
		}
		for len(cells) < width {
			cells = append(cells, "")
		}
		return true, each(row, cells[:width])
	})
}

// separatorOf returns the separator that is most frequent in the first line,
// outside quotes.
func separatorOf(text string) byte {
	const known = ",;\t| "
	var count [len(known)]int
	quoted := false
	for i := 0; i < len(text) && (quoted || text[i] != '\n' && text[i] != '\r'); i++ {
		if text[i] == '"' {
			quoted = !quoted
		} else if k := strings.IndexByte(known, text[i]); k >= 0 && !quoted {
			count[k]++
		}
	}
	best := 0
	for k := 1; k < 4; k++ {
		if count[k] > count[best] {
			best = k
		}
	}
	if count[best] == 0 && count[4] > 0 {
		return ' '
	}
	return known[best]
}

// A scanner takes records from the front of a text.
type scanner struct {
	*file
	at    int
	cells []string
}

// records calls back with the cells of each row that is not empty, from row 1
// on, until that returns false. width is how many cells a row may have, 0 for
// any number; empty ones behind them are let pass.
func (t *file) records(width int, each func(row int, cells []string) (bool, error)) error {
	s := scanner{file: t}
	for row := 1; s.at < len(t.text); row++ {
		if err := s.record(row); err != nil {
			return err
		}
		last := len(s.cells) - 1
		for last >= 0 && s.cells[last] == "" {
			last--
		}
		if last < 0 {
			continue
		}
		if width > 0 && row >= t.first && last >= width {
			return table.Refuse("%s: %d fields, but the header has %d: a field that holds the separator %q goes in double quotes", t.Where(row), len(s.cells), width, string(t.separator))
		}
		if more, err := each(row, s.cells); err != nil || !more {
			return err
		}
	}
	return nil
}

// record reads one row and its line end.
func (s *scanner) record(row int) error {
	s.cells = s.cells[:0]
	for {
		if s.separator == ' ' {
			for s.at < len(s.text) && s.text[s.at] == ' ' {
				s.at++ // several are one
			}
		}
		from := s.at
		cell, err := s.cell(row)
		if err == nil {
			err = table.CheckField(s.at-from, func() string { return s.Where(row) })
		}
		if err != nil {
			return err
		}
		s.cells = append(s.cells, cell)
		if s.at == len(s.text) {
			return nil
		}
		c := s.text[s.at]
		if s.at++; c == s.separator {
			continue
		}
		if c == '\r' && s.at < len(s.text) && s.text[s.at] == '\n' {
			s.at++
		}
		if n := len(s.cells); s.separator == ' ' && n > 1 && s.cells[n-1] == "" {
			s.cells = s.cells[:n-1]
		}
		return nil
	}
}

// cell reads a field up to what ends it.
func (s *scanner) cell(row int) (string, error) {
	if s.at == len(s.text) || s.text[s.at] != '"' {
		from := s.at
		for s.at < len(s.text) && !s.ends(s.text[s.at]) {
			s.at++
		}
		return s.text[from:s.at], nil
	}
	from := s.at + 1
	doubled := false
	for at := from; ; {
		n := strings.IndexByte(s.text[at:], '"')
		if n < 0 {
			return "", table.Refuse("%s: a double quote opens a field and none closes it", s.Where(row))
		}
		s.at = at + n + 1
		if s.at < len(s.text) && s.text[s.at] == '"' {
			doubled, at = true, s.at+1
			continue
		}
		break
	}
	if s.at < len(s.text) && !s.ends(s.text[s.at]) {
		return "", table.Refuse("%s: %q stands behind a closing quote: write a quote inside a quoted field twice, \"\"", s.Where(row), s.text[s.at:s.at+1])
	}
	value := s.text[from : s.at-1]
	if doubled {
		value = strings.ReplaceAll(value, `""`, `"`)
	}
	return value, nil
}

func (s *scanner) ends(c byte) bool { return c == s.separator || c == '\n' || c == '\r' }
