package main

import (
	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/internal/built"
)

// A versionReport is the result of version.
type versionReport struct {
	Command string `json:"command"`
	built.Info
	Notes cli.Notes `json:"notes"`
}

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "What abkd was built from, and what computes",
		Long: `Print the version and the commit that abkd was built from, the version of Go,
the system, and the kernels of the inner loops that this machine runs.`,
		Example: `  abkd version
  abkd version --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := built.From()
			return cli.Write(cmd.OutOrStdout(), asJSON, versionReport{Command: "version", Info: v}, v.Text("abkd"))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	return cmd
}
