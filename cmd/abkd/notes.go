package main

import (
	"fmt"
	"io"
)

// Notes are what was given and not used, or assumed where nothing was given:
// a clause each. A command prints them once, before its work, and has them in
// its JSON.
type notes []string

// add appends a clause.
func (n *notes) add(format string, args ...any) { *n = append(*n, fmt.Sprintf(format, args...)) }

// print writes a line for each clause.
func (n notes) print(w io.Writer) {
	for _, clause := range n {
		fmt.Fprintf(w, "note: %s\n", oneLine(clause))
	}
}
