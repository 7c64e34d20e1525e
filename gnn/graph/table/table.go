// Package table makes graphs of tables: rows of nodes and of edges, whatever
// file they stood in.
//
//	files ── formats ──▶ Tables ──▶ Draft ──▶ Graph and Preview
//	                       └── arrays ──▲
//
// A reader of a format makes tables of a file, or fills a Draft with what has
// numbers in place of texts. Build takes tables: it tells by their names what
// the columns are. Draft.Finish makes the graph: classes, splits, reverses.
// What was understood, assumed and left out is in the Preview.
//
// Identifiers are texts: none is rounded. Memory is in proportion to the
// files, and is asked of Options.Memory before it is allocated.
package table

import (
	"fmt"
	"strings"

	"abkd/internal/show"
)

// A File is a file as it was given, unpacked.
type File struct {
	Name string // without folders
	Data []byte
}

// A Table has rows of texts below named columns.
type Table interface {
	// File is the name of the file that the table is in.
	File() string
	// Columns are the names as they are written.
	Columns() []string
	// Where says where a row stands, such as "nodes.csv, row 17".
	Where(row int) string
	// Rows calls back with each row. The cells, one for each column, are valid
	// during the call only. An error of the callback ends it.
	Rows(each func(row int, cells []string) error) error
}

// A Refused is the error of a file that is not what it should be.
type Refused struct {
	Problems []string // the first few, a sentence each
	Count    int      // of all
}

// Error returns the first problem and how many more there are.
func (r *Refused) Error() string {
	if r.Count <= 1 {
		return r.Problems[0]
	}
	return fmt.Sprintf("%s (and %s of the kind or others)", r.Problems[0], counted(r.Count-1, "more problem"))
}

// Refuse returns the error of a file with one problem.
func Refuse(format string, args ...any) error {
	return &Refused{[]string{fmt.Sprintf(format, args...)}, 1}
}

// problems collects what is wrong with the rows of a table.
type problems struct{ Refused }

// mostProblems is how many are told; the others are counted.
const mostProblems = 5

func (p *problems) add(format string, args ...any) {
	if p.Count++; p.Count <= mostProblems {
		p.Problems = append(p.Problems, fmt.Sprintf(format, args...))
	}
}

func (p *problems) err() error {
	if p.Count == 0 {
		return nil
	}
	return &p.Refused
}

// MostField is how many bytes a field of a file may have: more than the widest
// list of features takes.
const MostField = 2 << 20

// CheckField refuses a field of more than MostField bytes. where is asked for
// an error alone.
func CheckField(bytes int, where func() string) error {
	if bytes <= MostField {
		return nil
	}
	return Refuse("%s: a field has more than %s bytes, want at most that many: is the file damaged, or a quote or a separator missing?", where(), show.Grouped(MostField))
}

// Listed returns the first few of several texts.
func Listed(all []string) string {
	const few = 12
	var b strings.Builder
	for i, s := range all {
		if i == few {
			fmt.Fprintf(&b, " and %d more", len(all)-few)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(show.Quote(s))
	}
	return b.String()
}

// counted returns n with its word, in digits grouped for people.
func counted(n int, thing string) string {
	return show.Grouped(n) + " " + show.Plural(n, thing, thing+"s")
}
