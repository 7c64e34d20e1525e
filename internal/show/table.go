package show

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"
)

// Table lays out rows in columns, each as wide as its widest cell.
func Table(rows [][]string) string {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = Printable(cell, "") // a name's tab or line is no column or row
		}
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush() // a bytes.Buffer does not fail
	return b.String()
}
