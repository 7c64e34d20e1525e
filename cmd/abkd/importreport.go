package main

import (
	"cmp"
	"fmt"
	"strings"

	graphtable "abkd/gnn/graph/table"
	"abkd/internal/show"
)

// An importReport is the result of import.
type importReport struct {
	Command string   `json:"command"`
	Files   []string `json:"files"`
	Out     string   `json:"out"` // "" with --preview
	*graphtable.Preview
	// Fingerprint tells the graph, with its first split, from others.
	Fingerprint string `json:"fingerprint"`
}

// text is the report for people.
func (r *importReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s nodes and %s edges in %s (%s)\n\n", show.Printable(r.Name, ""), show.Grouped(int64(r.Nodes)), show.Grouped(int64(r.Edges)), show.Line(strings.Join(r.Files, ", ")), r.Format)
	rows := [][]string{{"nodes", "count", "features", "label"}}
	for _, t := range r.Types {
		label := ""
		if t.Target {
			label = fmt.Sprintf("%d classes", len(r.Classes))
		}
		rows = append(rows, []string{t.Name, show.Grouped(int64(t.Nodes)), show.Grouped(int64(t.Features)), label})
	}
	b.WriteString(show.Table(rows))
	rows = [][]string{{"edges", "count"}}
	for _, e := range r.Relations {
		rows = append(rows, []string{e.Source + " " + e.Name + " " + e.Target, show.Grouped(int64(e.Edges))})
	}
	b.WriteString("\n" + show.Table(rows))
	b.WriteString("\n" + show.Table(r.classRows()))
	if len(r.Columns) > 0 {
		rows = [][]string{{"column", "in", "is read as"}}
		for _, c := range r.Columns {
			rows = append(rows, []string{c.Column, c.File, cmp.Or(c.As, "not used")})
		}
		b.WriteString("\n" + show.Table(rows))
	}
	fmt.Fprintf(&b, "\nfingerprint %s\n\n", r.Fingerprint)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", show.Line(n))
	}
	if r.Out != "" {
		fmt.Fprintf(&b, "\nwritten to %s\n", show.Line(r.Out))
	}
	return b.String()
}

func (r *importReport) classRows() [][]string {
	const most = 60
	rows := [][]string{{"class", "train", "valid", "test", "in no part"}}
	for _, c := range r.Classes[:min(len(r.Classes), most)] {
		rows = append(rows, []string{c.Name, show.Grouped(int64(c.Train)), show.Grouped(int64(c.Valid)), show.Grouped(int64(c.Test)), show.Grouped(int64(c.None))})
	}
	if more := len(r.Classes) - most; more > 0 {
		rows = append(rows, []string{fmt.Sprintf("and %d more", more)})
	}
	return rows
}
