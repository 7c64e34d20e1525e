package main

import (
	"strings"

	"github.com/spf13/cobra"

	"abkd/assets/licences"
	"abkd/cmd/internal/cli"
)

func newLicences() *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:   "licences",
		Short: "The licences of abkd and of all that is in it",
		Long: `Print the notice of abkd and the modules, packages and fonts of others that are
part of it or of the page, with the texts of their licences.`,
		Example: `  abkd licences | less
  abkd licences --list`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text := licences.ThirdParty
			if list {
				text, _, _ = strings.Cut(text, "\n\n=")
				text += "\n"
			}
			return cli.Write(cmd.OutOrStdout(), false, nil, licences.Notice+"\n"+text)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "names and versions alone, without the texts")
	return cmd
}
