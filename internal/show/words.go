package show

import (
	"fmt"
	"unicode/utf8"
)

// Count is n of so many things.
func Count(n, of int, thing string) string {
	return fmt.Sprintf("%s of %s %s", Grouped(n), Grouped(of), Plural(of, thing, thing+"s"))
}

// Plural returns the word for n things.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Quote returns a text of a file in quotes, on one line and cut to what a
// sentence can hold.
func Quote[T ~string | ~[]byte](text T) string {
	const most = 40
	if len(text) <= most {
		return fmt.Sprintf("%q", string(text))
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%q…", string(text[:cut]))
}
