package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A Said keeps every text that a flag was given.
type Said struct {
	pflag.Value
	Texts []string // in their order
}

// Set implements pflag.Value.
func (v *Said) Set(text string) error {
	v.Texts = append(v.Texts, text)
	return v.Value.Set(text)
}

// Replaced returns the texts that a later and different one replaces.
func (v *Said) Replaced() (texts []string) {
	for i, text := range v.Texts {
		if text != v.Texts[len(v.Texts)-1] && !slices.Contains(v.Texts[:i], text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// KeepTexts makes the flags of cmd and of its subcommands keep their texts,
// but for those that are meant to be given several times.
func KeepTexts(cmd *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			_, several := f.Value.(pflag.SliceValue)
			if _, done := f.Value.(*Said); !several && !done {
				f.Value = &Said{Value: f.Value}
			}
		})
	}
	for _, sub := range cmd.Commands() {
		KeepTexts(sub)
	}
}

// A Rule says when a flag has no effect, and why.
type Rule struct {
	Flag string
	Idle bool
	Why  string
}

// Idle returns a clause for each flag of cmd that is given and that by the rules
// has no effect.
func Idle(cmd *cobra.Command, rules []Rule) (clauses []string) {
	for _, r := range rules {
		if f := cmd.Flags().Lookup(r.Flag); r.Idle && f != nil && f.Changed {
			clauses = append(clauses, fmt.Sprintf("--%s has no effect: %s", r.Flag, r.Why))
		}
	}
	return clauses
}
