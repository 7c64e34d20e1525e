//go:build mpi

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/commandline"
	"abkd/cmd/internal/mpi"
	"abkd/cmd/internal/paths"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/studies"
	"abkd/cmd/internal/training"
	"abkd/gnn/parallel"
)

const program = "abkd-mpi"

func main() {
	if len(os.Args) > 1 && slices.Contains(studying, os.Args[1]) {
		ctx, stop := process.Context()
		defer stop()
		os.Exit(run(ctx, newRoot(nil, mpi.Rank()), mpi.Rank(), os.Args[1:]))
	}
	world, err := mpi.Begin()
	if err != nil {
		os.Exit(process.Status(program, err, os.Stderr))
	}
	ctx, stop := process.Context()
	defer stop()
	attend(ctx, world)
	status := run(ctx, newRoot(world, world.Rank()), world.Rank(), os.Args[1:])
	if status == 0 || ctx.Err() != nil && status == 130 {
		world.End() // the first rank may still be measuring
	}
	os.Exit(status) // not 0 without End: mpirun ends the other ranks
}

// studying are the commands whose processes share a folder. They never begin MPI:
// so the end of one need not be the end of the others.
var studying = []string{"compare", "tune"}

// attend ends this rank when it can never go on. What to say then is for the
// first rank: mpirun itself tells which process was killed.
func attend(ctx context.Context, world *mpi.World) {
	end := func(why string) {
		if world.Rank() == 0 {
			fmt.Fprintf(os.Stderr, "%s: %s; --resume goes on from the last checkpoint\n", program, why)
		}
		os.Exit(1)
	}
	world.Fail = func(err error) {
		time.Sleep(patience / 2) // mostly mpirun ends this process now
		end(fmt.Sprintf("the ranks cannot reach each other: %v", err))
	}
	context.AfterFunc(ctx, func() {
		for range time.Tick(time.Second / 2) {
			if world.Waits() > patience {
				end("the ranks were told to end, and one of them does not answer")
			}
		}
	})
}

// patience is for how long a rank that was told to end waits for the others.
const patience = 10 * time.Second

// aside is for how long another rank leaves it to the first to tell an error, which
// is longer than mpirun needs to end it.
const aside = 15 * time.Second

// run runs the command line args and returns the exit status. The first rank
// alone prints and writes. An error that all ranks come to, such as one of a flag,
// it tells; another rank tells its own if it is still there a while later.
func run(ctx context.Context, root *cobra.Command, rank int, args []string) int {
	if rank == 0 {
		return process.Status(program, commandline.Execute(ctx, root, args, os.Stdout, os.Stderr, pathsFor), os.Stderr)
	}
	err := commandline.Execute(ctx, root, args, io.Discard, io.Discard, sharedPaths)
	if err != nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(aside + time.Duration(rank)*100*time.Millisecond):
			return process.Status(program, fmt.Errorf("rank %d: %w", rank, err), os.Stderr)
		}
	}
	return process.Status(program, err, io.Discard)
}

// newRoot returns the commands for a rank of group, which is nil for those that
// share a folder.
func newRoot(group parallel.Group, rank int) *cobra.Command {
	root := &cobra.Command{
		Use:   program,
		Short: "Train and compare graph neural networks in several processes",
		Long: `abkd-mpi trains or distils one model in the processes that mpirun starts, on one
machine or on several that see the same files. Each rank computes on its share
of every batch, and what they have computed is added up, so the losses are those
of one process with the same batches.

The flags are those of abkd, without those for pages that look on. The first
rank prints and writes, and --max-memory is of each rank. With --resume a run
goes on from its checkpoint: with as many ranks bit for bit, with another number
in the same order of the training nodes, with new draws of neighbours, walks and
dropout.

Ctrl-C ends the training cleanly if mpirun gives the ranks the time that a step
and a checkpoint take, which is a second unless it is told otherwise, such as by
mpirun --mca odls_base_sigkill_timeout 10. If a rank is killed all end within
seconds, and the last checkpoint is whole. mpirun -q leaves out what mpirun
itself says of that.

compare and tune have a rank for each run. With mpirun --enable-recovery the runs
of a rank that is killed are done by the others; otherwise all end, and the same
command goes on. If it is the first rank, which reports, the same command does.`,
		Example: `  mpirun -np 4 abkd-mpi train --data mag --sampler neighbor --checkpoint mag.state --out mag.safetensors
  mpirun -np 8 --hostfile hosts abkd-mpi distill --data mag --teacher mag.safetensors --out student.safetensors
  mpirun --enable-recovery -np 16 --hostfile hosts abkd-mpi compare --data mag --preset full --out compared`,
		SilenceErrors: true, SilenceUsage: true, SuggestionsMinimumDistance: 2,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.UnknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(cli.FlagError)
	cli.GroupFlags(root, settings.Headings, settings.Heading)
	by, sharing := training.By{Group: group}, studies.By{Ranks: true, Rank: rank}
	for _, cmd := range []*cobra.Command{training.NewTrain(by), training.NewDistill(by), studies.NewCompare(sharing), studies.NewTune(sharing)} {
		cmd.Example = strings.ReplaceAll(cmd.Example, "  abkd ", "  mpirun -np 4 abkd-mpi ")
		root.AddCommand(cmd)
	}
	root.SetHelpCommand(cli.NewHelp(root))
	cli.KeepTexts(root)
	return root
}

func pathsFor(cmd *cobra.Command, args []string) []paths.Path {
	if !cmd.HasParent() {
		return nil
	}
	if slices.Contains(studying, cmd.Name()) {
		return sharedPaths(cmd, args)
	}
	return commandline.Paths(cmd, args, (*commandline.Args).Training)
}

// sharedPaths are those that every rank reads and writes.
func sharedPaths(cmd *cobra.Command, args []string) []paths.Path {
	if !slices.Contains(studying, cmd.Name()) {
		return nil
	}
	return commandline.Paths(cmd, args, (*commandline.Args).Study)
}
