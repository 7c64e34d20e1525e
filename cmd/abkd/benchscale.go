package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/term"
	"abkd/gnn/file"
	"abkd/gnn/mat"
	"abkd/gnn/synth"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/study/chart"
)

// A scaleBench times the same work on graphs of several sizes.
type scaleBench struct {
	scales                                []float64
	layers, hidden, roots, steps, threads int
	plot                                  string // file of the plot, "" for none
}

// A scaleReport is the result of bench scale.
type scaleReport struct {
	Command   string        `json:"command"`
	Layers    int           `json:"layers"`
	Hidden    int           `json:"hidden"`
	Threads   int           `json:"threads"`
	Backend   string        `json:"backend"`
	Sizes     []sizeReport  `json:"sizes"` // ascending
	Exponents costExponents `json:"exponents"`
	Plot      string        `json:"plot"` // "" if none was drawn
	Notes     notes         `json:"notes"`
}

// A sizeReport is what one graph costs.
type sizeReport struct {
	Scale             number `json:"scale"`
	Nodes             int    `json:"nodes"`
	Edges             int    `json:"edges"` // of the graph, reverse relations included
	ReadS             number `json:"read_s"`
	EpochS            number `json:"epoch_s"`
	EpochEdges        int64  `json:"epoch_edges"` // over which messages passed, in every layer
	GFLOPPerS         number `json:"gflop_per_second"`
	EvaluationS       number `json:"evaluation_s"`
	EvaluationGFLOPPS number `json:"evaluation_gflop_per_second"`
	Peak              *int64 `json:"peak_memory"` // of the process so far, null where it is not known
}

// costExponents say by which power of the number of edges a cost grows: 1 is
// linear.
type costExponents struct {
	Read       number `json:"read"`
	Epoch      number `json:"epoch"`
	Evaluation number `json:"evaluation"`
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
			said := notes(unused(cmd, nil))
			said.print(cmd.ErrOrStderr())
			r, err := b.run(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			r.Notes = said
			return write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	f := cmd.Flags()
	f.Float64SliceVar(&b.scales, "scales", []float64{0.003, 0.01, 0.03, 0.1}, "`sizes` relative to OGBN-Mag, at least two")
	f.IntVar(&b.layers, "layers", 3, "number of layers [1..64]")
	f.IntVar(&b.hidden, "hidden", 64, "width of the hidden layers [1..1024]")
	f.IntVar(&b.roots, "roots", 20000, "random walks of a batch at scale 1 [1..16777216]")
	f.IntVar(&b.steps, "steps", 30, "batches of an epoch [1..100000]")
	f.IntVar(&b.threads, "threads", runtime.NumCPU(), "number of threads [1..1024]")
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
	return cmp.Or(inRange("layers", "layers", b.layers), inRange("hidden", "hidden", b.hidden),
		inRange("roots", "roots", b.roots), inRange("steps", "steps", b.steps), checkThreads(b.threads))
}

func (b *scaleBench) run(ctx context.Context, stderr io.Writer) (*scaleReport, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(b.threads))
	dir, free, err := file.TemporaryFolder("abkd-scale-")
	if err != nil {
		return nil, fmt.Errorf("a folder for the graphs: %w", err)
	}
	defer free()
	r := &scaleReport{Command: "bench scale", Layers: b.layers, Hidden: b.hidden, Threads: b.threads, Backend: mat.Backend(), Plot: b.plot}
	for _, scale := range b.scales {
		s, err := b.size(ctx, stderr, filepath.Join(dir, strconv.FormatFloat(scale, 'g', -1, 64)), scale)
		if err != nil {
			return nil, fmt.Errorf("at scale %v: %w", scale, err)
		}
		r.Sizes = append(r.Sizes, s)
	}
	r.Exponents = costExponents{
		number(exponent(r.costs(func(s sizeReport) number { return s.ReadS }))),
		number(exponent(r.costs(func(s sizeReport) number { return s.EpochS }))),
		number(exponent(r.costs(func(s sizeReport) number { return s.EvaluationS }))),
	}
	if b.plot == "" {
		return r, nil
	}
	err = replaceWith(b.plot, func(w io.Writer) error {
		_, err := io.WriteString(w, r.draw())
		return err
	})
	return r, err
}

// size makes the graph of a scale in the folder dir, and times it.
func (b *scaleBench) size(ctx context.Context, stderr io.Writer, dir string, scale float64) (s sizeReport, err error) {
	made := synthJob{shape: shapeMAG, scale: scale, out: dir}
	made.Seed = 1
	if _, err := made.make(ctx, stderr); err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	from := source{data: dir, noCache: true}
	d, err := from.read(ctx, stderr)
	if err != nil {
		return s, err
	}
	e := setup.Experiment{
		Data: dir, Seed: setup.Some[uint64](1), Criterion: "none", Student: setup.Size{Layers: b.layers, Hidden: b.hidden}, LR: setup.Some(0.005),
		Epochs: 1, Sampler: "saint", Roots: max(1, int(math.Round(float64(b.roots)*scale))), Steps: b.steps,
	}
	d.graph = e.Plan().Prepare(d.graph)
	if err := (&job{experiment: e}).checkMemory(stderr, d, nil); err != nil {
		return s, err
	}
	run, err := sim.New(d.graph, e, sim.Options{})
	if err != nil {
		return s, err
	}
	defer run.Close()
	m := term.NewMeter(stderr, fmt.Sprintf("training at scale %v", scale), "steps")
	defer m.Done()
	start, flop, measured, measuring := time.Now(), mat.FLOP(), run.EvaluationTime(), run.EvaluationFLOP()
	for done := int64(1); run.Step(); done++ {
		if ctx.Err() != nil {
			return s, interruption("interrupted")
		}
		m.Set(done, int64(b.steps), "")
	}
	if err := run.Err(); err != nil {
		return s, err
	}
	all, evaluation := time.Since(start).Seconds(), (run.EvaluationTime() - measured).Seconds()
	epoch, measuring := all-evaluation, run.EvaluationFLOP()-measuring
	ops := mat.FLOP() - flop - measuring
	s = sizeReport{
		Scale: number(scale), Nodes: d.graph.NumNodes(), Edges: d.graph.NumEdges(), ReadS: number(d.took.Seconds()), EpochS: number(epoch), EpochEdges: run.Edges(), GFLOPPerS: number(float64(ops) / epoch / 1e9),
		EvaluationS: number(evaluation), EvaluationGFLOPPS: number(float64(measuring) / evaluation / 1e9),
	}
	s.Peak = peakNow()
	return s, nil
}

// costs returns the edges of each graph and one of its costs.
func (r *scaleReport) costs(of func(s sizeReport) number) (edges, cost []float64) {
	for _, s := range r.Sizes {
		edges, cost = append(edges, float64(s.Edges)), append(cost, float64(of(s)))
	}
	return edges, cost
}

// exponent returns the power of x with which y grows: the slope of the least
// squares line through the logarithms.
func exponent(x, y []float64) float64 {
	var mx, my, sxy, sxx float64
	for i := range x {
		mx, my = mx+math.Log(x[i])/float64(len(x)), my+math.Log(y[i])/float64(len(x))
	}
	for i := range x {
		dx := math.Log(x[i]) - mx
		sxy, sxx = sxy+dx*(math.Log(y[i])-my), sxx+dx*dx
	}
	return sxy / sxx
}

func (r *scaleReport) draw() string {
	var lines []chart.Cost
	for _, c := range []struct {
		name string
		of   func(s sizeReport) number
	}{
		{"one epoch", func(s sizeReport) number { return s.EpochS }},
		{"evaluation", func(s sizeReport) number { return s.EvaluationS }},
		{"reading CSV", func(s sizeReport) number { return s.ReadS }},
	} {
		edges, seconds := r.costs(c.of)
		lines = append(lines, chart.Cost{Name: c.name, Size: edges, Seconds: seconds})
	}
	return chart.Alone(chart.Costs(lines, "edges of the graph, with the reverses"))
}

func (r *scaleReport) text() string {
	rows := [][]string{{"scale", "nodes", "edges", "read s", "epoch s", "edges/s", "GFLOP/s", "evaluation s", "GFLOP/s", "peak memory, MB"}}
	for _, s := range r.Sizes {
		peak := "-"
		if s.Peak != nil {
			peak = grouped(*s.Peak / 1e6)
		}
		rows = append(rows, []string{
			fmt.Sprint(s.Scale), grouped(int64(s.Nodes)), grouped(int64(s.Edges)), fmt.Sprintf("%.3g", s.ReadS), fmt.Sprintf("%.3g", s.EpochS),
			grouped(int64(float64(s.EpochEdges) / float64(s.EpochS))), fmt.Sprintf("%.3g", s.GFLOPPerS),
			fmt.Sprintf("%.3g", s.EvaluationS), fmt.Sprintf("%.3g", s.EvaluationGFLOPPS), peak,
		})
	}
	x, drawn := r.Exponents, ""
	if r.Plot != "" {
		drawn = "drawn in " + r.Plot + "\n"
	}
	return fmt.Sprintf("R-GCN %d x %d, %d threads, backend %s, graphs of OGBN-Mag's shape\n\n%s\ngrows with the edges to the power of (1 is linear): reading %.2f, epoch %.2f, evaluation %.2f\n%s",
		r.Layers, r.Hidden, r.Threads, r.Backend, table(rows), x.Read, x.Epoch, x.Evaluation, drawn)
}
