package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Notes are what was given and not used, or assumed where nothing was given:
// a clause each. A command prints them once, before its work, and has them in
// its JSON.
type notes []string

// add appends the clauses that are new, and returns them.
func (n *notes) add(clauses ...string) (added []string) {
	for _, clause := range clauses {
		if clause = oneLine(clause); clause != "" && !slices.Contains(*n, clause) {
			*n = append(*n, clause)
			added = append(added, clause)
		}
	}
	return added
}

// tell adds clauses and prints those that are new: for what shows in the work.
func (n *notes) tell(w io.Writer, clauses ...string) { notes(n.add(clauses...)).print(w) }

// print writes a line for each clause.
func (n notes) print(w io.Writer) {
	for _, clause := range n {
		fmt.Fprintf(w, "note: %s\n", clause)
	}
}

// MarshalJSON implements json.Marshaler: a list, empty without notes.
func (n notes) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, n...)) }
