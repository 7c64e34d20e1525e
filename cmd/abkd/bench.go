package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/bench"
	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/memory"
	"abkd/sim/setup"
)

func newBench() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure the speed of training on this machine", Args: cli.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newBenchStep(), newBenchScale())
	return cmd
}

// A stepReport is the result of bench step.
type stepReport struct {
	Command string `json:"command"`
	Data    string `json:"data"`
	*bench.StepReport
	Notes cli.Notes `json:"notes"`
}

// A stepBench is what bench step is asked for.
type stepBench struct {
	source.Source
	bench.Step
}

func newBenchStep() *cobra.Command {
	var b stepBench
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "step",
		Short: "Time one full-batch R-GCN training step",
		Long: `Time full-batch training steps of an R-GCN: forward, cross-entropy on all
training nodes, backward, Adam; without dropout. Rows that the loss does not
reach are not computed. The first step is not counted. Types without features
get embedding tables, all of which are trained, as in scripts for PyTorch.`,
		Example: `  abkd bench step --data mag-mini --threads 1
  abkd bench step --data aminer_academic2 --layers 3 --hidden 512 --threads 2 --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := b.ReadGraph(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			b.Notes.Add(settings.Unused(cmd, nil, append(b.Rules(), cli.Rule{Flag: "inputs", Idle: allFeatured(d.Graph), Why: "every node type has features"})...)...)
			b.Notes.Print(cmd.ErrOrStderr())
			r, err := b.run(cmd.Context(), d)
			if err != nil {
				return err
			}
			text := fmt.Sprintf("R-GCN %d x %d on %s, %d threads, backend %s: fastest step %.4g s (%.4g GFLOP, %.4g GFLOP/s), median %.4g s of %d\n",
				r.Layers, r.Hidden, r.Data, r.Threads, r.Backend, r.StepS, float64(r.FLOP)/1e9, r.GFLOPPerS, r.MedianS, r.Steps)
			return cli.Write(cmd.OutOrStdout(), asJSON, r, text)
		},
	}
	b.Source.AddFlags(cmd, source.FirstSplit)
	f := cmd.Flags()
	f.IntVar(&b.Layers, "layers", 3, "number of layers [1..64]")
	f.IntVar(&b.Hidden, "hidden", 512, "width of the hidden layers [1..1024]")
	f.IntVar(&b.Input, "input", 128, "width of the input and of embedding tables [1..4096]")
	f.StringVar(&b.Inputs, "inputs", "embedding", "what types without features get")
	cli.OneOf(f, "inputs", "embedding", "means", "fastrp")
	f.IntVar(&b.Threads, "threads", runtime.NumCPU(), "number of threads [1..1024]")
	f.IntVar(&b.Steps, "steps", 5, "number of counted steps [1..1048576]")
	f.StringVar(&b.Backend, "backend", "", "implementation of the inner loops (default: the fastest that this machine has)")
	cli.OneOf(f, "backend", mat.Backends()...)
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

func checkThreads(n int) error {
	if n < 1 || n > 1024 {
		return fmt.Errorf("--threads is %d, want 1..1024", n)
	}
	return nil
}

func (b *stepBench) run(ctx context.Context, d source.Dataset) (*stepReport, error) {
	if err := checkThreads(b.Threads); err != nil {
		return nil, err
	}
	if err := cmp.Or(settings.InRange("layers", "layers", b.Layers), settings.InRange("hidden", "hidden", b.Hidden), settings.InRange("input", "input", b.Input)); err != nil {
		return nil, err
	}
	if b.Steps < 1 || b.Steps > 1<<20 {
		return nil, fmt.Errorf("--steps is %d, want 1..%d", b.Steps, 1<<20)
	}
	if len(d.Split.Train) == 0 {
		return nil, fmt.Errorf("--split %q: there are no training nodes, want at least one", d.Split.Name)
	}
	if err := b.checkMemory(d); err != nil {
		return nil, err
	}
	r, err := b.Run(ctx, d.Graph, d.Split.Train)
	if ctx.Err() != nil {
		return nil, process.Interruption("interrupted")
	}
	return &stepReport{Command: "bench step", Data: b.Data, StepReport: r, Notes: b.Notes}, err
}

// checkMemory refuses a step that the machine has no memory for: the estimate is
// that of a run that evaluates nothing.
func (b *stepBench) checkMemory(d source.Dataset) error {
	if b.Inputs != "embedding" {
		if err := b.CheckDerived(d.Graph, b.Inputs); err != nil {
			return err
		}
	}
	e := setup.Experiment{Split: d.Split.Name, Criterion: "none", Student: setup.Size{Layers: b.Layers, Hidden: b.Hidden}, Inputs: b.Inputs, Input: b.Input}
	may := b.Allowance()
	f, err := e.Plan().Footprint(d.Graph, nil, may.Most)
	if err != nil {
		return err
	}
	f.Evaluation, f.Measuring = 0, 0
	f.AddGarbage(d.Graph)
	return may.Refuse("the step is", f.Total()+memory.Program, ": "+memory.Text(f)+"; lower --hidden or --input")
}

// allFeatured reports whether every node type of g has features.
func allFeatured(g *graph.Graph) bool {
	return !slices.ContainsFunc(g.Types, func(t graph.NodeType) bool { return t.Features.Cols == 0 })
}
