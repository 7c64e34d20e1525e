package cli

import (
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
