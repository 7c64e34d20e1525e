package main

import (
	"io"

	"github.com/spf13/cobra"

	"abkd/assets/help"
	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/commandline"
	"abkd/cmd/internal/lessons"
	"abkd/cmd/internal/outcome"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/studies"
	"abkd/cmd/internal/training"
	"abkd/internal/built"
)

// run runs the command line args and returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := process.Context()
	defer stop()
	return process.Status("abkd", commandline.Execute(ctx, newRoot(), args, stdout, stderr, pathsFor), stderr)
}

func newRoot() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "abkd",
		Short: "Train graph neural networks and distil large ones into small ones",
		Long: `abkd trains graph neural networks on typed graphs and distils large ones into
small ones with attention-based knowledge distillation (arXiv 2310.15938).

Data sets are folders in the raw layout of the Open Graph Benchmark, packs, and
three that are built in: karate (34 nodes), mag-mini (a small graph shaped like
OGBN-Mag) and debian-mini (4,000 nodes of the archive of Debian 12, with a
teacher trained on all of it).

Exit status: 0 all went well; 1 bad input or a failure, with one line on
standard error; 130 ended by Ctrl-C, SIGTERM or SIGHUP, after what there was to
save has been saved; 2 a mistake in abkd itself.`,
		Example: `  abkd train --data mag-mini --out teacher.safetensors
  abkd distill --data mag-mini --teacher teacher.safetensors --out student.safetensors
  abkd eval --data mag-mini --weights student.safetensors`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.UnknownCommand(cmd, args[0])
			}
			if version {
				_, err := io.WriteString(cmd.OutOrStdout(), built.From().Text("abkd"))
				return err
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(cli.FlagError)
	cli.GroupFlags(root, settings.Headings, settings.Heading)
	root.AddCommand(training.NewTrain(training.By{Front: &listener{}}), training.NewDistill(training.By{Front: &listener{}}), newEval(), studies.NewCompare(studies.By{}), studies.NewTune(studies.By{}), studies.NewStudy(), studies.NewReport(), newSynth(), newInfo(), newBench(), newServe(), newLab(), newFetch(), newPack(), newImport(), newExport(), outcome.NewCurves(), lessons.New(), newLicences(), newVersion())
	for _, t := range help.Topics() {
		root.AddCommand(cli.NewTopic(t.Name, t.Text))
	}
	root.SetHelpCommand(cli.NewHelp(root))
	root.Flags().BoolVar(&version, "version", false, "print what abkd was built from")
	cli.KeepTexts(root)
	cli.Complete(root, extensions)
	root.InitDefaultCompletionCmd()
	cli.RefuseShells(root)
	return root
}
