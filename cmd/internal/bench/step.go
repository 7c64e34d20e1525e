// Package bench times training and evaluation on this machine.
package bench

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/internal/show"
	"abkd/kd"
)

// A Step is a full-batch training step of an R-GCN, taken several times.
type Step struct {
	Layers, Hidden, Input int
	Inputs                string
	Threads               int
	Backend               string // "" for the fastest
	Steps                 int    // that count; one more comes before them
}

// A StepReport is what a Step takes.
type StepReport struct {
	Layers          int         `json:"layers"`
	Hidden          int         `json:"hidden"`
	Input           int         `json:"input"`
	Threads         int         `json:"threads"`
	Backend         string      `json:"backend"`
	Params          int         `json:"params"`
	EmbeddingParams int         `json:"embedding_params"`
	Loss            show.Number `json:"loss"` // of the last step
	Steps           int         `json:"steps"`
	StepS           show.Number `json:"step_s"` // the fastest step, in seconds
	MedianS         show.Number `json:"median_s"`
	FLOP            int64       `json:"flop"`             // of a step's products and sums over neighbours
	GFLOPPerS       show.Number `json:"gflop_per_second"` // in the fastest step
}

// Run times the step on the training nodes of a graph, with the threads of
// the whole process. It ends when ctx does.
func (s Step) Run(ctx context.Context, g *graph.Graph, train []int32) (*StepReport, error) {
	backend, err := mat.NewBackend(s.Backend)
	if err != nil {
		return nil, err
	}
	runtime.GOMAXPROCS(s.Threads)
	c := gnn.Config{Layers: s.Layers, Hidden: s.Hidden, Input: s.Input, Inputs: s.Inputs}
	m, err := gnn.New(c, g, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		return nil, err
	}
	batch := sample.NewExact(g, m.Config().Layers, train).Next()
	trainer := kd.NewDistiller(nil, m, nil, kd.Settings{LR: 0.01, Backend: backend})
	var loss kd.Losses
	seconds := make([]float64, 0, s.Steps)
	var flop int64
	for len(seconds) <= s.Steps {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		start, before := time.Now(), backend.FLOP()
		loss = trainer.Step(batch, nil)
		seconds = append(seconds, time.Since(start).Seconds())
		flop = backend.FLOP() - before
	}
	seconds = seconds[1:]
	slices.Sort(seconds)
	params, embedding := gnn.Count(m)
	return &StepReport{
		Layers: s.Layers, Hidden: s.Hidden, Input: s.Input, Threads: s.Threads, Backend: backend.Name(),
		Params: params, EmbeddingParams: embedding, Loss: show.Number(loss.Total),
		Steps: s.Steps, StepS: show.Number(seconds[0]), MedianS: show.Number(seconds[len(seconds)/2]),
		FLOP: flop, GFLOPPerS: show.Number(float64(flop) / seconds[0] / 1e9),
	}, nil
}
