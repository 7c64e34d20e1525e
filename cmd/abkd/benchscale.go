package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/bench"
	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/term"
	"abkd/cmd/internal/training"
	"abkd/gnn/file"
	"abkd/gnn/synth"
	"abkd/gnn/synth/disk"
	"abkd/internal/machine"
	"abkd/internal/show"
)

// A scaleBench is what bench scale is asked for.
type scaleBench struct {
	bench.Scale
	scales []float64
	plot   string // file of the plot, "" for none
}

// A scaleReport is the result of bench scale.
type scaleReport struct {
	Command string `json:"command"`
	*bench.ScaleReport
	Plot  string    `json:"plot"` // "" if none was drawn
	Notes cli.Notes `json:"notes"`
}

func newBenchScale() *cobra.Command {
	var b scaleBench
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "scale",
		Short: "Time reading, training and evaluation on graphs of several sizes",
		Long: `Make graphs of OGBN-Mag's shape at several scales and time on each: reading its
CSV files, one GraphSAINT epoch of an R-GCN, and its evaluation on the whole
graph. The roots of a batch are the scale's share of --roots, so that an epoch
sees the same share of every graph. The exponents say by which power of the
number of edges each cost grows: 1 is linear. The graphs go when they are timed.`,
		Example: `  abkd bench scale
  abkd bench scale --scales 0.01,0.03,0.1,0.3 --layers 3 --hidden 512 --plot cost.svg --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			said := cli.Notes(settings.Unused(cmd, nil))
			said.Print(cmd.ErrOrStderr())
			r, err := b.run(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			r.Notes = said
			return cli.Write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	f := cmd.Flags()
	f.Float64SliceVar(&b.scales, "scales", []float64{0.003, 0.01, 0.03, 0.1}, "`sizes` relative to OGBN-Mag, at least two")
	f.IntVar(&b.Layers, "layers", 3, "number of layers [1..64]")
	f.IntVar(&b.Hidden, "hidden", 64, "width of the hidden layers [1..1024]")
	f.IntVar(&b.Roots, "roots", 20000, "random walks of a batch at scale 1 [1..16777216]")
	f.IntVar(&b.Steps, "steps", 30, "batches of an epoch [1..100000]")
	f.IntVar(&b.Threads, "threads", runtime.NumCPU(), "number of threads [1..1024]")
	f.StringVar(&b.plot, "plot", "", "`file` for a plot of the costs, in the SVG format")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

// check reports a flag that is wrong and sorts the scales: the peak of the
// memory is then that of the graph at hand.
func (b *scaleBench) check() error {
	slices.Sort(b.scales)
	if b.scales = slices.Compact(b.scales); len(b.scales) < 2 {
		return fmt.Errorf("--scales has %d different sizes, want at least 2", len(b.scales))
	}
	for _, s := range b.scales {
		if !(s >= synth.MinScale && s <= synth.MaxScale) {
			return fmt.Errorf("--scales: %v, want %v..%v (1 is OGBN-Mag's size)", s, synth.MinScale, synth.MaxScale)
		}
	}
	return cmp.Or(settings.InRange("layers", "layers", b.Layers), settings.InRange("hidden", "hidden", b.Hidden),
		settings.InRange("roots", "roots", b.Roots), settings.InRange("steps", "steps", b.Steps), checkThreads(b.Threads))
}

func (b *scaleBench) run(ctx context.Context, stderr io.Writer) (*scaleReport, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(b.Threads))
	dir, free, err := file.TemporaryFolder("abkd-scale-")
	if err != nil {
		return nil, fmt.Errorf("a folder for the graphs: %w", err)
	}
	defer free()
	var sizes []bench.SizeReport
	for _, scale := range b.scales {
		s, err := b.size(ctx, stderr, filepath.Join(dir, strconv.FormatFloat(scale, 'g', -1, 64)), scale)
		if err != nil {
			return nil, fmt.Errorf("at scale %v: %w", scale, err)
		}
		sizes = append(sizes, s)
	}
	r := &scaleReport{Command: "bench scale", ScaleReport: b.NewReport(sizes), Plot: b.plot}
	if b.plot == "" {
		return r, nil
	}
	return r, file.Replace(b.plot, file.Bytes([]byte(r.Draw())))
}

// size makes the graph of a scale in the folder dir, and times it.
func (b *scaleBench) size(ctx context.Context, stderr io.Writer, dir string, scale float64) (s bench.SizeReport, err error) {
	made := synthJob{shape: disk.MAG, scale: scale, out: dir}
	made.Seed = 1
	if _, err := made.make(ctx, stderr); err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	from := source.Source{Data: dir, NoCache: true}
	d, err := from.ReadGraph(ctx, stderr)
	if err != nil {
		return s, err
	}
	e := b.Experiment(dir, scale)
	d.Graph = e.Plan().Prepare(d.Graph)
	if err := training.CheckMemory(stderr, e, d); err != nil {
		return s, err
	}
	m := term.NewMeter(stderr, fmt.Sprintf("training at scale %v", scale), "steps")
	defer m.Done()
	s, err = bench.Time(ctx, d.Graph, e, func(done int64) { m.Set(done, int64(b.Steps), "") })
	if ctx.Err() != nil {
		return s, process.Interruption("interrupted")
	}
	s.Scale, s.ReadS, s.Peak = show.Number(scale), show.Number(d.Took.Seconds()), machine.PeakNow()
	return s, err
}

func (r *scaleReport) text() string {
	if r.Plot == "" {
		return r.Text()
	}
	return r.Text() + "drawn in " + r.Plot + "\n"
}
