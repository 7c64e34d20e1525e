package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/kd"
)

func newBench() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure the speed of training on this machine", Args: cli.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newBenchStep(), newBenchScale())
	return cmd
}

// A stepReport is the result of bench step.
type stepReport struct {
	Command         string `json:"command"`
	Data            string `json:"data"`
	Layers          int    `json:"layers"`
	Hidden          int    `json:"hidden"`
	Input           int    `json:"input"`
	Threads         int    `json:"threads"`
	Backend         string `json:"backend"`
	Params          int    `json:"params"`
	EmbeddingParams int    `json:"embedding_params"`
	Loss            number `json:"loss"` // of the last step
	Steps           int    `json:"steps"`
	StepS           number `json:"step_s"` // the fastest step, in seconds
	MedianS         number `json:"median_s"`
	FLOP            int64  `json:"flop"`             // of a step's products and sums over neighbours
	GFLOPPerS       number `json:"gflop_per_second"` // in the fastest step
	Notes           notes  `json:"notes"`
}

// A stepBench times full-batch training steps of an R-GCN.
type stepBench struct {
	source
	layers, hidden, input, threads, steps int
	inputs, backend                       string
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
			d, err := b.read(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			b.notes.add(unused(cmd, nil, append(b.rules(), rule{"inputs", allFeatured(d.graph), "every node type has features"})...)...)
			b.notes.print(cmd.ErrOrStderr())
			r, err := b.run(cmd.Context(), d)
			if err != nil {
				return err
			}
			text := fmt.Sprintf("R-GCN %d x %d on %s, %d threads, backend %s: fastest step %.4g s (%.4g GFLOP, %.4g GFLOP/s), median %.4g s of %d\n",
				r.Layers, r.Hidden, r.Data, r.Threads, r.Backend, r.StepS, float64(r.FLOP)/1e9, r.GFLOPPerS, r.MedianS, r.Steps)
			return write(cmd.OutOrStdout(), asJSON, r, text)
		},
	}
	b.source.addFlags(cmd, firstSplit)
	f := cmd.Flags()
	f.IntVar(&b.layers, "layers", 3, "number of layers [1..64]")
	f.IntVar(&b.hidden, "hidden", 512, "width of the hidden layers [1..1024]")
	f.IntVar(&b.input, "input", 128, "width of the input and of embedding tables [1..4096]")
	f.StringVar(&b.inputs, "inputs", "embedding", "what types without features get")
	cli.OneOf(f, "inputs", "embedding", "means")
	f.IntVar(&b.threads, "threads", runtime.NumCPU(), "number of threads [1..1024]")
	f.IntVar(&b.steps, "steps", 5, "number of counted steps [1..1048576]")
	f.StringVar(&b.backend, "backend", "", "implementation of the inner loops (default: the fastest that this machine has)")
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

func (b *stepBench) run(ctx context.Context, d dataset) (*stepReport, error) {
	if err := checkThreads(b.threads); err != nil {
		return nil, err
	}
	if err := cmp.Or(inRange("layers", "layers", b.layers), inRange("hidden", "hidden", b.hidden), inRange("input", "input", b.input)); err != nil {
		return nil, err
	}
	if b.steps < 1 || b.steps > 1<<20 {
		return nil, fmt.Errorf("--steps is %d, want 1..%d", b.steps, 1<<20)
	}
	if len(d.split.Train) == 0 {
		return nil, fmt.Errorf("--split %q: there are no training nodes, want at least one", d.split.Name)
	}
	if b.backend != "" {
		if err := mat.SetBackend(b.backend); err != nil {
			return nil, err
		}
	}
	runtime.GOMAXPROCS(b.threads)
	c := gnn.Config{Layers: b.layers, Hidden: b.hidden, Input: b.input, Inputs: b.inputs}
	m, err := gnn.New(c, d.graph, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		return nil, err
	}
	batch := sample.NewExact(d.graph, m.Config().Layers, d.split.Train).Next()
	trainer := kd.NewDistiller(nil, m, nil, kd.Settings{LR: 0.01})
	var loss kd.Losses
	seconds := make([]float64, 0, b.steps)
	var flop int64
	for len(seconds) <= b.steps {
		if ctx.Err() != nil {
			return nil, interruption("interrupted")
		}
		start, before := time.Now(), mat.FLOP()
		loss = trainer.Step(batch, nil)
		seconds = append(seconds, time.Since(start).Seconds())
		flop = mat.FLOP() - before
	}
	seconds = seconds[1:]
	slices.Sort(seconds)
	params, embedding := gnn.Count(m)
	return &stepReport{
		Command: "bench step", Data: b.data, Layers: b.layers, Hidden: b.hidden, Input: b.input,
		Threads: b.threads, Backend: mat.Backend(), Params: params, EmbeddingParams: embedding,
		Loss: number(loss.Total), Steps: b.steps, StepS: number(seconds[0]), MedianS: number(seconds[len(seconds)/2]),
		FLOP: flop, GFLOPPerS: number(float64(flop) / seconds[0] / 1e9), Notes: b.notes,
	}, nil
}
