package graph

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitNameWanted is what readers want of the name of a split.
const SplitNameWanted = "a name without blanks, control characters, &, = and #"

// CheckSplitName refuses the name of a split that cannot be said as a setting,
// in a command line or a link. Readers call it, so that a graph that was read
// can be trained on.
func CheckSplitName(name string) error {
	if name == "" || !Sayable(name) {
		return fmt.Errorf("name of a split is %.40q, want %s", name, SplitNameWanted)
	}
	return nil
}

// Sayable reports whether text can be the value of a setting.
func Sayable(text string) bool {
	odd := func(r rune) bool { return strings.ContainsRune("&=#", r) || unicode.IsSpace(r) || unicode.IsControl(r) }
	return utf8.ValidString(text) && !strings.ContainsFunc(text, odd)
}
