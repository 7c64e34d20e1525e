package show

import "fmt"

// Count is n of so many things.
func Count(n, of int, thing string) string {
	return fmt.Sprintf("%s of %s %s", Grouped(int64(n)), Grouped(int64(of)), Plural(of, thing, thing+"s"))
}

// Plural returns the word for n things.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
