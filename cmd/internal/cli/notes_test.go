package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestNotes checks that a note is told once, on one line, and that JSON has a
// list in any case.
func TestNotes(t *testing.T) {
	var n Notes
	if b, err := json.Marshal(n); err != nil || string(b) != "[]" {
		t.Errorf("no notes are %s, %v in JSON, want []", b, err)
	}
	var out strings.Builder
	n.Tell(&out, "a", "b\nc")
	n.Tell(&out, "a", "d")
	if got, want := out.String(), "note: a\nnote: b c\nnote: d\n"; got != want {
		t.Errorf("told is %q, want %q", got, want)
	}
	if b, err := json.Marshal(n); err != nil || string(b) != `["a","b c","d"]` {
		t.Errorf("notes are %s, %v in JSON", b, err)
	}
}
