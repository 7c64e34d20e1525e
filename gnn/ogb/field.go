//go:build !js

package ogb

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// trimField returns a field without the blanks and the quotes around it.
func trimField(field []byte) []byte {
	field = bytes.TrimSpace(field)
	if n := len(field); n >= 2 && field[0] == '"' && field[n-1] == '"' {
		field = bytes.TrimSpace(field[1 : n-1])
	}
	return field
}

func trimText(field string) string { return string(trimField([]byte(field))) }

// looseInt parses an integer that may have blanks or quotes around it or be
// written as a float, such as 3.0 or 1e3.
func looseInt(field []byte) (int64, bool) {
	field = trimField(field)
	if v, n, ok := parseInt(field); ok && n == len(field) {
		return v, true
	}
	if !inDigits(field) {
		return 0, false // no decimal number, though strconv may take it
	}
	f, err := strconv.ParseFloat(string(field), 64)
	v := int64(f)
	const exact = 1 << 53 // a larger float may stand for several integers
	return v, err == nil && f > -exact && f < exact && float64(v) == f
}

// looseFloat parses a number that may have blanks or quotes around it.
func looseFloat(field []byte) (float32, bool) {
	field = trimField(field)
	f, n, ok := parseFloat(field)
	return f, ok && n == len(field)
}

// badField returns an error about field i, from 0, of the current row.
func (t *table) badField(i int, field []byte, want string) error {
	return t.errorf("field %d is %s, want %s%s", i+1, show.Quote(field), want, t.guess())
}

// guess says what makes the current row unreadable as a whole, if it is known.
func (t *table) guess() string {
	if bytes.IndexByte(t.row, 0) >= 0 {
		return ": is it text in UTF-16? Want UTF-8"
	}
	if bytes.IndexByte(t.row, '\r') >= 0 {
		return ": lines end with a carriage return alone, want a line feed"
	}
	if bytes.HasPrefix(t.row, []byte{'#'}) {
		return ": the file has no header or comments, remove them"
	}
	for _, separator := range []string{";", "\t", "|", " "} {
		if !bytes.Contains(t.row, comma) && bytes.Contains(bytes.TrimSpace(t.row), []byte(separator)) {
			return fmt.Sprintf(": fields are separated by %q, want a comma", separator)
		}
	}
	first, _, _ := bytes.Cut(t.row, comma)
	first = bytes.ToLower(trimField(first))
	if word := string(first); word == "true" || word == "false" {
		return ": is it a mask? Want the numbers of its nodes"
	}
	if _, err := strconv.ParseFloat(string(first), 64); err == nil || noLabel(first) || len(first) == 0 {
		return ""
	}
	if t.line == 1 && first[0] >= 'a' && first[0] <= 'z' {
		return ": the file has no header, remove it if this is one"
	}
	return ""
}

// noLabel reports whether a trimmed field says that a node has no label.
func noLabel(field []byte) bool { return graph.NoLabel(string(field)) }

// boolean parses the ways in which tools write True and False.
func boolean(s string) (bool, error) {
	switch strings.ToLower(trimText(s)) {
	case "true", "1", "1.0":
		return true, nil
	case "false", "0", "0.0":
		return false, nil
	}
	return false, fmt.Errorf("is %s, want True or False", show.Quote(s))
}

func title(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
