package commandline

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/paths"
	"abkd/cmd/internal/process"
	"abkd/internal/crash"
)

// Execute runs the command of root that args name. What it reads and writes,
// which pathsFor returns, is checked and locked before; a panic is an error.
func Execute(ctx context.Context, root *cobra.Command, args []string, stdout, stderr io.Writer, pathsFor func(*cobra.Command, []string) []paths.Path) error {
	return crash.Guard(func() (err error) {
		var locks paths.Locks
		defer locks.Free()
		var p process.Profile
		p.AddFlag(root)
		defer func() { err = errors.Join(err, p.Stop()) }()
		root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
			if err := cli.CheckGiven(cmd); err != nil {
				return err
			}
			if err := locks.Take(pathsFor(cmd, args)); err != nil {
				return err
			}
			return p.Start()
		}
		root.SetArgs(args)
		out := cli.NewOutput(stdout)
		root.SetOut(out)
		root.SetErr(stderr)
		return out.Check(root.ExecuteContext(ctx))
	})
}
