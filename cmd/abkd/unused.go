package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/cli"
	"abkd/gnn/ogb"
	"abkd/sim/data"
	"abkd/sim/setup"
)

// unused returns a clause for each flag of cmd that is given and has no effect:
// a value that a later one replaces, a setting that none of the runs has or
// whose needs none of them meets, and what the rules say.
func unused(cmd *cobra.Command, runs []setup.Experiment, rules ...cli.Rule) (clauses []string) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		said, ok := f.Value.(*cli.Said)
		if !ok {
			return
		}
		for _, text := range said.Replaced() {
			clauses = append(clauses, fmt.Sprintf("--%s %s is not used: %s comes after it", f.Name, text, said.Texts[len(said.Texts)-1]))
		}
		if s, ok := said.Value.(setting); ok {
			if why := s.control.Idle(s.e, runs); why != "" {
				clauses = append(clauses, fmt.Sprintf("--%s has no effect: %s", f.Name, why))
			}
		}
	})
	return append(clauses, cli.Idle(cmd, rules)...)
}

// rules are those of the flags of a source.
func (s *source) rules() []cli.Rule {
	builtIn := slices.Contains(data.BuiltIn, s.data)
	why := "a pack is opened as it is"
	if builtIn {
		why = s.data + " is made, not read"
	}
	return []cli.Rule{{Flag: "cache", Idle: builtIn || ogb.IsDataset(s.data) != nil, Why: why}}
}
