package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// NewTopic returns what "help NAME" prints besides the help of commands: text,
// which begins with its title. Cobra takes a command that cannot be run for a
// topic.
func NewTopic(name, text string) *cobra.Command {
	title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
	return &cobra.Command{Use: name, Short: title, Long: text}
}

// NewHelp returns the command help, which refuses what it knows nothing of.
func NewHelp(root *cobra.Command) *cobra.Command {
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

// RefuseShells makes an error of a shell that completion does not know, for
// which it would print its help.
func RefuseShells(root *cobra.Command) {
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil || cmd == root {
		return
	}
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var shells []string
		for _, c := range cmd.Commands() {
			shells = append(shells, c.Name())
		}
		return fmt.Errorf("there is no completion for %q, want one of %s", args[0], strings.Join(shells, ", "))
	}
}
