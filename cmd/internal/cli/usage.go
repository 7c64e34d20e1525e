// Package cli makes cobra speak as this program does: errors of flags in one
// pattern, help in groups and on topics, completion of values, and the texts
// that a flag was given.
package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/term"
)

// fewFlags need no headings.
const fewFlags = 16

// GroupFlags makes the help of root and its commands list their flags under
// those headings, in that order, where there are many: each flag under that
// which heading gives, and those for which it is none of them under Other.
func GroupFlags(root *cobra.Command, headings []string, heading func(*pflag.Flag) string) {
	cobra.AddTemplateFunc("flagUsages", func(cmd *cobra.Command) string {
		return FlagUsages(cmd, headings, heading, term.WidthOf(cmd.OutOrStdout()))
	})
	root.SetUsageTemplate(strings.NewReplacer(
		".LocalFlags.FlagUsages", "flagUsages .",
		"rpad .CommandPath .CommandPathPadding", fmt.Sprintf(`rpad (printf "%s help %%s" .Name) 22`, root.Name()), // of a topic
	).Replace(root.UsageTemplate()))
}

// FlagUsages is the list of the flags of cmd as GroupFlags has it, in lines of
// that width.
func FlagUsages(cmd *cobra.Command, headings []string, heading func(*pflag.Flag) string, width int) string {
	flags := cmd.LocalFlags()
	by, n := map[string]*pflag.FlagSet{}, 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		h := heading(f)
		if by[h] == nil {
			by[h] = pflag.NewFlagSet(h, pflag.ContinueOnError)
			by[h].SortFlags = false
		}
		by[h].AddFlag(f)
		n++
	})
	if n <= fewFlags {
		return flags.FlagUsagesWrapped(width)
	}
	var b strings.Builder
	for _, h := range append(slices.Clone(headings), "") {
		if by[h] == nil {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		if h == "" {
			h = "Other"
		}
		b.WriteString("  " + h + ":\n" + by[strings.TrimSuffix(h, "Other")].FlagUsagesWrapped(width))
	}
	return b.String()
}
