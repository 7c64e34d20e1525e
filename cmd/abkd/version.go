package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/gnn/mat"
)

// A versionReport says what abkd was built from and computes with.
type versionReport struct {
	Command  string `json:"command"`
	Version  string `json:"version"`
	Commit   string `json:"commit"`   // "" if it is not known
	Modified bool   `json:"modified"` // the commit's files were changed before the build
	Go       string `json:"go"`
	System   string `json:"system"`
	Kernels  string `json:"kernels"` // of the inner loops
	Notes    notes  `json:"notes"`
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
			v := builtFrom()
			return write(cmd.OutOrStdout(), asJSON, v, v.text())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	return cmd
}

// builtFrom reads what the linker has left.
func builtFrom() *versionReport {
	v := &versionReport{Command: "version", Version: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Kernels: mat.Backend()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// short is the commit, or the version if that is not known.
func (v *versionReport) short() string {
	name := v.Version
	if v.Commit != "" {
		name = v.Commit[:min(12, len(v.Commit))]
	}
	if v.Modified {
		name += ", modified"
	}
	return name
}

func (v *versionReport) text() string {
	commit := "unknown"
	if v.Commit != "" {
		commit = v.short()
	}
	return fmt.Sprintf("abkd %s\ncommit %s\n%s, %s\nkernels %s\n", v.Version, commit, v.Go, v.System, v.Kernels)
}
