package cli

import (
	"os"
	"strings"
)

// Typed is the command line of the program of that name, quoted for a shell.
func Typed(program string) string {
	words := []string{program}
	for _, a := range os.Args[1:] {
		if strings.ContainsAny(a, " \t\n\"'`$&;|<>()*?[]{}\\#~!") || a == "" {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
