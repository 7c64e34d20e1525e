package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Notes are what was given and not used, or assumed where nothing was given:
// a clause each. A command prints each once, as soon as it is known, and has
// all in its JSON.
type notes []string

// tell adds the clauses that are new and prints a line for each.
func (n *notes) tell(w io.Writer, clauses ...string) {
	for _, clause := range clauses {
		if clause = oneLine(clause); !slices.Contains(*n, clause) {
			*n = append(*n, clause)
			fmt.Fprintf(w, "note: %s\n", clause)
		}
	}
}

// MarshalJSON implements json.Marshaler: a list, empty without notes.
func (n notes) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, n...)) }
