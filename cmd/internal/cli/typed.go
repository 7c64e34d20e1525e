package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Typed returns the command line that was typed, as a shell would read it again.
// The program is called as said.
func Typed(program string) string { return line(append([]string{program}, os.Args[1:]...)) }

// Made returns the command line by which a file was made, as a shell would read
// it: those of the given flags that are named. Of paths, which are the values of
// the flags in files, the folders are left out, so that the line is the same
// wherever the files lie.
func Made(cmd *cobra.Command, flags, files []string) string {
	words := strings.Fields(cmd.CommandPath())
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		switch value := f.Value.String(); {
		case !f.Changed:
		case slices.Contains(files, f.Name):
			words = append(words, "--"+f.Name, filepath.Base(value))
		case slices.Contains(flags, f.Name) && f.Value.Type() == "bool":
			words = append(words, "--"+f.Name+"="+value)
		case slices.Contains(flags, f.Name):
			words = append(words, "--"+f.Name, value)
		}
	})
	return line(words)
}

// line returns words as a shell would read them.
func line(words []string) string {
	words = slices.Clone(words)
	for i, a := range words {
		words[i] = Word(a)
	}
	return strings.Join(words, " ")
}

// Word returns a as a shell would read it: quoted if need be, on one line.
func Word(a string) string {
	switch {
	case strings.ContainsFunc(a, unicode.IsControl):
		var b strings.Builder
		for _, c := range []byte(a) {
			if c < ' ' || c >= 0x7f || c == '\'' || c == '\\' {
				fmt.Fprintf(&b, `\x%02x`, c)
			} else {
				b.WriteByte(c)
			}
		}
		return "$'" + b.String() + "'"
	case a == "" || strings.ContainsAny(a, " \"'`$&;|<>()*?[]{}\\#~!"):
		return "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
	}
	return a
}
