package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"abkd/assets/help"
	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/paths"
	"abkd/cmd/internal/term"
	"abkd/gnn/file"
	"abkd/internal/crash"
)

// The exit statuses beside 0.
const (
	statusFailed      = 1
	statusCrashed     = 2
	statusInterrupted = 130
)

// An interruption is the error of a command that was ended by a signal.
type interruption string

func (e interruption) Error() string { return string(e) }

// run runs the command line args and returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, stop) // so a second signal ends the program at once
	return statusOf(crash.Guard(func() (err error) {
		root := newRoot()
		var locks paths.Locks
		defer locks.Free()
		var p profile
		p.addFlag(root)
		defer func() { err = errors.Join(err, p.stop()) }()
		root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
			if err := cli.CheckGiven(cmd); err != nil {
				return err
			}
			if err := locks.Take(pathsFor(cmd, args)); err != nil {
				return err
			}
			return p.start()
		}
		root.SetArgs(args)
		root.SetOut(stdout)
		root.SetErr(stderr)
		return root.ExecuteContext(ctx)
	}), stderr)
}

// endings returns the signals that end the work cleanly. A program that was
// started to outlive its terminal, as by nohup, does.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// statusOf says in one line what err is, and returns the exit status for it.
func statusOf(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "abkd: %s\n", oneLine(err.Error()))
	if c, ok := errors.AsType[*crash.Error](err); ok {
		if os.Getenv("ABKD_DEBUG") == "1" {
			fmt.Fprintf(stderr, "%s", c.Stack)
		}
		return statusCrashed
	}
	if _, ok := errors.AsType[interruption](err); ok {
		return statusInterrupted
	}
	return statusFailed
}

// await calls f, but gives it up when ctx is done. It is for work that has
// nothing to save, such as reading. Meanwhile m, if not nil, shows the time.
func await(ctx context.Context, m *term.Meter, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- crash.Guard(f) }()
	var tick <-chan time.Time
	if m != nil {
		defer m.Done()
		t := time.NewTicker(term.BarInterval)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return interruption("interrupted before anything was saved")
		case <-tick:
			m.Tick()
		}
	}
}

func newRoot() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "abkd",
		Short: "Train graph neural networks and distil large ones into small ones",
		Long: `abkd trains graph neural networks on typed graphs and distils large ones into
small ones with attention-based knowledge distillation (arXiv 2310.15938).

Data sets are folders in the raw layout of the Open Graph Benchmark, and two
that are built in: karate (34 nodes) and mag-mini (a small graph shaped like
OGBN-Mag).

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
				_, err := io.WriteString(cmd.OutOrStdout(), builtFrom().text())
				return err
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(cli.FlagError)
	cli.GroupFlags(root, headings, heading)
	root.AddCommand(newTrain(), newDistill(), newEval(), newCompare(), newTune(), newSynth(), newInfo(), newBench(), newServe(), newFetch(), newPack(), newExport(), newLicences(), newVersion())
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

// A profile is the file of the hidden flag --cpuprofile.
type profile struct {
	name string
	f    *file.File
}

func (p *profile) addFlag(root *cobra.Command) {
	root.PersistentFlags().StringVar(&p.name, "cpuprofile", "", "write a CPU profile to this `file`")
	if err := root.PersistentFlags().MarkHidden("cpuprofile"); err != nil {
		panic(err)
	}
}

func (p *profile) start() (err error) {
	if p.name == "" {
		return nil
	}
	if p.f, err = file.Create(p.name); err != nil {
		return fmt.Errorf("--cpuprofile %s: %w", p.name, cause(err))
	}
	return pprof.StartCPUProfile(p.f)
}

// stop completes the file, whatever became of the command.
func (p *profile) stop() error {
	if p.f == nil {
		return nil
	}
	pprof.StopCPUProfile()
	if err := p.f.Commit(); err != nil {
		return fmt.Errorf("--cpuprofile %s: %w", p.name, cause(err))
	}
	return nil
}
