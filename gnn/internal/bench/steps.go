//go:build !js

package main

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
	"abkd/kd"
)

// A step is the full-batch training of an R-GCN: forward, cross-entropy on
// the training nodes, backward, Adam; without dropout. Types without features
// have embedding tables, all of which are trained.
type step struct {
	graph   *graph.Graph
	model   gnn.Model
	batch   *sample.Batch
	trainer *kd.Distiller
	loss    float64
}

func newStep(g *graph.Graph, layers, hidden int) (*step, error) {
	m, err := gnn.New(gnn.Config{Layers: layers, Hidden: hidden, Dropout: -1, Inputs: "embedding"}, g, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		return nil, err
	}
	split, err := g.Split("")
	if err != nil {
		return nil, err
	}
	return &step{
		graph: g, model: m, batch: sample.NewFull(g, layers, split.Train).Next(),
		trainer: kd.NewDistiller(nil, m, nil, kd.Settings{LR: 0.01}),
	}, nil
}

func (s *step) do() { s.loss = s.trainer.Step(s.batch, nil).Total }

// write describes the step to PyTorch, see peer.py. The model must be as it was made.
func (s *step) write(f *files) {
	var b strings.Builder
	for t, n := range s.graph.Types {
		fmt.Fprintf(&b, "type %d %d\n", n.Count, n.Features.Cols)
		f.floats(fmt.Sprintf("features.%d", t), n.Features.Data)
	}
	for r, rel := range s.graph.Relations {
		fmt.Fprintf(&b, "relation %d %d\n", rel.Src, rel.Dst)
		out, weight := graph.Transpose(graph.CSR{}, nil, rel.In, s.graph.Types[rel.Src].Count)
		name := func(what string) string { return fmt.Sprintf(what, r) }
		f.ints(name("in.%d.ptr"), rel.In.Ptr)
		f.ints(name("in.%d.col"), rel.In.Col)
		f.ints(name("out.%d.ptr"), out.Ptr)
		f.ints(name("out.%d.col"), out.Col)
		f.floats(name("out.%d.weight"), weight)
	}
	fmt.Fprintf(&b, "layers %d %d\n", s.model.Config().Layers, s.graph.Target)
	for i, p := range s.model.Params() {
		fmt.Fprintf(&b, "param %d %d\n", p.W.Rows, p.W.Cols)
		f.floats(fmt.Sprintf("param.%d", i), p.W.Data)
	}
	f.ints("rows", s.batch.Rows)
	f.ints("labels", s.batch.Labels)
	f.text("model", b.String())
}

// A trial is a step to time.
type trial struct {
	name           string
	layers, hidden int
	threads        []int
	bar            bool
	graph          func() (*graph.Graph, error)
}

// steps times training steps.
func (b *bench) steps() error {
	generated := func(papers int) func() (*graph.Graph, error) {
		return func() (*graph.Graph, error) { return synth.MAG(synth.Config{Papers: papers, Seed: 1}), nil }
	}
	trials := []trial{
		{"MAG-shaped, 20000 papers", 2, 64, []int{1, 2}, false, generated(20_000)},
		{"MAG-shaped, 10000 papers", 3, 512, []int{1, 2}, true, generated(10_000)},
	}
	if b.quick {
		trials = []trial{{"MAG-shaped, 100 papers", 2, 8, []int{1}, true, generated(100)}}
	}
	if b.data != "" {
		read := func() (*graph.Graph, error) { return ogb.Read(b.data, ogb.Options{}) }
		trials = append(trials, trial{filepath.Base(b.data), 3, 512, []int{1, 2}, true, read})
	}
	fmt.Fprintf(b.w, "### Training step of an R-GCN, the whole graph\n\n")
	t := table{{"graph", "layers × width", "threads", "ours, s", "PyTorch, s", "ours : PyTorch", "allocations"}}
	allocations := 0.0
	for _, k := range trials {
		g, err := k.graph()
		if err != nil {
			return err
		}
		for _, threads := range k.threads {
			if threads > runtime.NumCPU() {
				continue
			}
			n, err := b.tryStep(&t, k, g, threads)
			if err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, strings.Join(t[len(t)-1], "  ")) // these take long
			allocations = max(allocations, n)
		}
	}
	t.write(b.w)
	b.bars = append(b.bars, bar{what: "allocations per training step after warm-up", reached: allocations, atMost: true})
	return nil
}

// tryStep adds the row of a step to t and returns its allocations.
func (b *bench) tryStep(t *table, k trial, g *graph.Graph, threads int) (allocations float64, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	s, err := newStep(g, k.layers, k.hidden)
	if err != nil {
		return 0, err
	}
	all := []contender{local("ours", s.do)}
	if b.peer != nil {
		peer, reason := startTorch(b.python, threads)
		if peer == nil {
			return 0, errors.New(reason)
		}
		defer peer.close()
		c, err := peer.contenderFor(s)
		if err != nil {
			return 0, err
		}
		all = append(all, c)
	}
	seconds, err := race(all, min(b.rounds, 10))
	if err != nil {
		return 0, err
	}
	allocations = s.allocations()
	cells := []string{k.name, fmt.Sprintf("%d × %d", k.layers, k.hidden), fmt.Sprint(threads), figure(seconds[0]), "", "", figure(allocations)}
	if b.peer != nil {
		ratio := seconds[1] / seconds[0]
		cells[4], cells[5] = figure(seconds[1]), figure(ratio)
		if k.bar {
			b.bars = append(b.bars, bar{what: fmt.Sprintf("training step over PyTorch, %s, threads=%d", k.name, threads), reached: ratio, atLeast: 2, stretch: 4})
		}
	}
	t.add(cells...)
	return allocations, nil
}

// contenderFor returns PyTorch as a contender for s, having compared the
// losses of the first steps.
func (t *torch) contenderFor(s *step) (contender, error) {
	f, err := newFiles()
	if err != nil {
		return contender{}, err
	}
	defer f.remove()
	if s.write(f); f.err != nil {
		return contender{}, f.err
	}
	c, err := t.contender("step %s", f.dir)
	if err != nil {
		return c, err
	}
	for i := range 2 {
		if _, err := c.run(1); err != nil {
			return c, err
		}
		if s.do(); math.Abs(s.loss-t.value) > 1e-3*math.Abs(s.loss) {
			return c, fmt.Errorf("PyTorch's loss of step %d is %v, want %v", i+1, t.value, s.loss)
		}
	}
	return c, nil
}

// allocations returns how many allocations of this process a step takes: the
// least of several, as the runtime makes some of its own now and then.
func (s *step) allocations() float64 {
	least := uint64(math.MaxUint64)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s.do()
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	return float64(least)
}
