package show

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"
)

// widestCell is how many characters of a name a table shows.
const widestCell = 100

// cell is text as a table shows it: on one line, and not so long that the
// others of its column are lost.
func cell(text string) string {
	n := 0
	for at := range text {
		if n++; n > widestCell {
			return Printable(text[:at], "") + "…"
		}
	}
	return Printable(text, "")
}

// Table lays out rows in columns, each as wide as its widest cell. Of a longer
// name it shows the beginning.
func Table(rows [][]string) string {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, text := range row {
			row[i] = cell(text) // a name's tab or line is no column or row
		}
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush() // a bytes.Buffer does not fail
	return b.String()
}
