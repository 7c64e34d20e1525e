package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"abkd/assets/help"
)

// topics returns what "abkd help" prints besides the help of commands: cobra
// takes a command that cannot be run for a topic.
func topics() (all []*cobra.Command) {
	for _, t := range help.Topics() {
		title, _, _ := strings.Cut(strings.TrimPrefix(t.Text, "# "), "\n")
		all = append(all, &cobra.Command{Use: t.Name, Short: title, Long: t.Text})
	}
	return all
}

// newHelp returns the command help, which refuses what it knows nothing of.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about a command or a topic",
		Long:  "Print the help of a command, or of a topic: see the end of \"abkd --help\".",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) (names []string, _ cobra.ShellCompDirective) {
			of, _, err := root.Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			for _, c := range of.Commands() {
				if !c.Hidden && strings.HasPrefix(c.Name(), typed) {
					names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				if len(rest) > 0 {
					args = rest
				}
				return fmt.Errorf("there is no help on %q: %s", strings.Join(args, " "), hintAt(cmd.Root(), args[0]))
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}
