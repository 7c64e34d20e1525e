//go:build mpi

package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"abkd/cmd/internal/mpi"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/parallel"
	"abkd/kd"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// TestEqual lets the processes of mpirun learn by every criterion, each of which
// compares what it comes to with one process and with local ranks.
func TestEqual(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, ranks := range []int{1, 2, 4} {
		r := finish(t, mpirun(ranks, self))
		lines := strings.Count(r.stdout, "\n")
		if r.status != 0 || lines != len(kd.Names)+len(others) {
			t.Errorf("%d ranks: status %d, %d lines; stdout:\n%s\nstderr:\n%s", ranks, r.status, lines, r.stdout, r.stderr)
		}
		t.Logf("%d ranks, largest difference of a loss from that of one process, over its size:\n%s", ranks, r.stdout)
	}
}

// others are the runs beside those of each criterion.
var others = []string{"criterion=abkd&head=batchnorm&frozen=on&nodes=all", "data=karate&model=gat&criterion=none", "criterion=fitnet", "criterion=abkd&sampler=neighbor&batch=100&fanout=10000"}

// runEqual is a rank of TestEqual. It returns the exit status.
func runEqual() int {
	world, err := mpi.Begin()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	world.Fail = func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	texts := slices.Clone(others)
	for _, name := range kd.Names {
		texts = append(texts, "criterion="+name+"&nodes=all&alpha=0.4&inputs=embedding&input=8")
	}
	for _, text := range texts {
		largest, err := difference(world, text+"&dropout=0&teach=untrained&teacher-hidden=8&hidden=5&epochs=4")
		if err == nil && !(largest <= 1e-5) {
			err = fmt.Errorf("a loss is off by %g", largest)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "rank %d: %s: %v\n", world.Rank(), text, err)
			return 1
		}
		if world.Rank() == 0 {
			fmt.Printf("%.1e  %s\n", largest, text)
		}
	}
	world.End()
	return 0
}

// difference returns the largest of a loss of the ranks of world from that of one
// process. What local ranks come to must have the same bits.
func difference(world parallel.Group, text string) (float64, error) {
	e, err := setup.ParseExperiment(text)
	if err != nil {
		return 0, err
	}
	g, err := setup.BuiltIn(e.Plan().Data)
	if err != nil {
		return 0, err
	}
	curve, params, err := train(g, e, world)
	if err != nil {
		return 0, err
	}
	one, _, err := train(g, e, nil)
	if err != nil {
		return 0, err
	}
	err = parallel.Run(world.Size(), func(group parallel.Group) error {
		_, local, err := train(g, e, group)
		if err != nil {
			return err
		}
		for i, p := range local {
			if !slices.Equal(p.W.Data, params[i].W.Data) {
				return fmt.Errorf("%s is another than of local ranks", p.Name)
			}
		}
		return nil
	})
	largest := 0.0
	for i, a := range curve {
		b := one[i]
		for _, pair := range [][2]float32{{a.Total, b.Total}, {a.CE, b.CE}, {a.KD, b.KD}, {a.Aux, b.Aux}} {
			x, y := float64(pair[0]), float64(pair[1])
			largest = max(largest, math.Abs(x-y)/max(1, math.Abs(y)))
		}
	}
	return largest, err
}

// train returns the learning curve of e on a group of ranks, and the weights.
func train(g *graph.Graph, e setup.Experiment, group parallel.Group) ([]wire.Point, []*gnn.Param, error) {
	r, err := sim.New(g, e, sim.Options{Group: group})
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	for r.Step() {
	}
	m, _ := r.Learner()
	return r.History(), m.Params(), r.Err()
}
