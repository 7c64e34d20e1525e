package bench

import (
	"context"
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/stat"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/study/chart"
)

// A Scale is the same work on graphs of several sizes: a GraphSAINT epoch of an
// R-GCN and its evaluation.
type Scale struct {
	Layers, Hidden int
	Roots          int // random walks of a batch at scale 1
	Steps          int // batches of an epoch
	Threads        int
}

// Experiment returns the work on the graph of that scale in the folder data.
func (b Scale) Experiment(data string, scale float64) setup.Experiment {
	return setup.Experiment{
		Data: data, Seed: setup.Some[uint64](1), Criterion: "none", Student: setup.Size{Layers: b.Layers, Hidden: b.Hidden}, LR: setup.Some(0.005),
		Epochs: 1, Sampler: "saint", Roots: max(1, int(math.Round(float64(b.Roots)*scale))), Steps: b.Steps,
	}
}

// Time runs e on g, which is prepared for it, and tells progress of every step.
// It ends when ctx does. Of the report it knows what does not come before.
func Time(ctx context.Context, g *graph.Graph, e setup.Experiment, progress func(done int64)) (s SizeReport, err error) {
	run, err := sim.New(g, e, sim.Options{})
	if err != nil {
		return s, err
	}
	defer run.Close()
	start, flop, measured, measuring := time.Now(), run.FLOP(), run.EvaluationTime(), run.EvaluationFLOP()
	for done := int64(1); run.Step(); done++ {
		if ctx.Err() != nil {
			return s, ctx.Err()
		}
		progress(done)
	}
	if err := run.Err(); err != nil {
		return s, err
	}
	all, evaluation := time.Since(start).Seconds(), (run.EvaluationTime() - measured).Seconds()
	epoch, measuring := all-evaluation, run.EvaluationFLOP()-measuring
	ops := run.FLOP() - flop - measuring
	return SizeReport{
		Nodes: g.NumNodes(), Edges: g.NumEdges(), EpochS: show.Number(epoch), EpochEdges: run.Edges(), GFLOPPerS: show.Number(float64(ops) / epoch / 1e9),
		EvaluationS: show.Number(evaluation), EvaluationGFLOPPS: show.Number(float64(measuring) / evaluation / 1e9),
	}, nil
}

// A ScaleReport is what a Scale takes.
type ScaleReport struct {
	Layers    int          `json:"layers"`
	Hidden    int          `json:"hidden"`
	Threads   int          `json:"threads"`
	Backend   string       `json:"backend"`
	Sizes     []SizeReport `json:"sizes"` // ascending
	Exponents Exponents    `json:"exponents"`
}

// NewReport returns the report of what was timed, in the order of the sizes.
func (b Scale) NewReport(sizes []SizeReport) *ScaleReport {
	r := &ScaleReport{Layers: b.Layers, Hidden: b.Hidden, Threads: b.Threads, Backend: mat.Fastest(), Sizes: sizes}
	r.Exponents = Exponents{
		show.Number(exponent(r.costs(func(s SizeReport) show.Number { return s.ReadS }))),
		show.Number(exponent(r.costs(func(s SizeReport) show.Number { return s.EpochS }))),
		show.Number(exponent(r.costs(func(s SizeReport) show.Number { return s.EvaluationS }))),
	}
	return r
}

// A SizeReport is what one graph costs.
type SizeReport struct {
	Scale             show.Number `json:"scale"`
	Nodes             int         `json:"nodes"`
	Edges             int         `json:"edges"` // of the graph, reverse relations included
	ReadS             show.Number `json:"read_s"`
	EpochS            show.Number `json:"epoch_s"`
	EpochEdges        int64       `json:"epoch_edges"` // over which messages passed, in every layer
	GFLOPPerS         show.Number `json:"gflop_per_second"`
	EvaluationS       show.Number `json:"evaluation_s"`
	EvaluationGFLOPPS show.Number `json:"evaluation_gflop_per_second"`
	Peak              *int64      `json:"peak_memory"` // of the process so far, null where it is not known
}

// Exponents say by which power of the show.Number of edges a cost grows: 1 is
// linear.
type Exponents struct {
	Read       show.Number `json:"read"`
	Epoch      show.Number `json:"epoch"`
	Evaluation show.Number `json:"evaluation"`
}

// costs returns the edges of each graph and one of its costs.
func (r *ScaleReport) costs(of func(s SizeReport) show.Number) (edges, cost []float64) {
	for _, s := range r.Sizes {
		edges, cost = append(edges, float64(s.Edges)), append(cost, float64(of(s)))
	}
	return edges, cost
}

// exponent returns the power of x with which y grows: the slope of the line of
// least squares through the logarithms.
func exponent(x, y []float64) float64 {
	logs := func(v []float64) (out []float64) {
		for _, v := range v {
			out = append(out, math.Log(v))
		}
		return out
	}
	_, slope := stat.LinearRegression(logs(x), logs(y), nil, false)
	return slope
}

// Draw returns the costs over the edges as a drawing in the SVG format.
func (r *ScaleReport) Draw() string {
	var lines []chart.Cost
	for _, c := range []struct {
		name string
		of   func(s SizeReport) show.Number
	}{
		{"one epoch", func(s SizeReport) show.Number { return s.EpochS }},
		{"evaluation", func(s SizeReport) show.Number { return s.EvaluationS }},
		{"reading CSV", func(s SizeReport) show.Number { return s.ReadS }},
	} {
		edges, seconds := r.costs(c.of)
		lines = append(lines, chart.Cost{Name: c.name, Size: edges, Seconds: seconds})
	}
	return chart.Alone(chart.Costs(lines, "edges of the graph, with the reverses"))
}

// Text is the report for people.
func (r *ScaleReport) Text() string {
	rows := [][]string{{"scale", "nodes", "edges", "read s", "epoch s", "edges/s", "GFLOP/s", "evaluation s", "GFLOP/s", "peak memory, MB"}}
	for _, s := range r.Sizes {
		peak := "-"
		if s.Peak != nil {
			peak = show.Grouped(*s.Peak / 1e6)
		}
		rows = append(rows, []string{
			fmt.Sprint(s.Scale), show.Grouped(int64(s.Nodes)), show.Grouped(int64(s.Edges)), fmt.Sprintf("%.3g", s.ReadS), fmt.Sprintf("%.3g", s.EpochS),
			show.Grouped(int64(float64(s.EpochEdges) / float64(s.EpochS))), fmt.Sprintf("%.3g", s.GFLOPPerS),
			fmt.Sprintf("%.3g", s.EvaluationS), fmt.Sprintf("%.3g", s.EvaluationGFLOPPS), peak,
		})
	}
	x := r.Exponents
	return fmt.Sprintf("R-GCN %d x %d, %d threads, backend %s, graphs of OGBN-Mag's shape\n\n%s\ngrows with the edges to the power of (1 is linear): reading %.2f, epoch %.2f, evaluation %.2f\n",
		r.Layers, r.Hidden, r.Threads, r.Backend, show.Table(rows), x.Read, x.Epoch, x.Evaluation)
}
