package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"abkd/internal/show"
)

// Notes are what was given and not used, or assumed where nothing was given:
// a clause each. A command prints them once, before its work, and has them in
// its JSON.
type Notes []string

// Add appends the clauses that are new, and returns them.
func (n *Notes) Add(clauses ...string) (added []string) {
	for _, clause := range clauses {
		if clause = show.Line(clause); clause != "" && !slices.Contains(*n, clause) {
			*n = append(*n, clause)
			added = append(added, clause)
		}
	}
	return added
}

// Tell adds clauses and prints those that are new: for what shows in the work.
func (n *Notes) Tell(w io.Writer, clauses ...string) { Notes(n.Add(clauses...)).Print(w) }

// Print writes a line for each clause.
func (n Notes) Print(w io.Writer) {
	for _, clause := range n {
		fmt.Fprintf(w, "note: %s\n", clause)
	}
}

// MarshalJSON implements json.Marshaler: a list, empty without notes.
func (n Notes) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, n...)) }
