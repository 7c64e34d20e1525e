package fit_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/parallel"
	"abkd/sim"
	"abkd/sim/fit"
	"abkd/sim/setup"
)

// interrupter ends a run after some steps.
type interrupter struct {
	after int
	end   context.CancelFunc
}

func (i *interrupter) Stepped(*sim.Run) {
	if i.after--; i.after == 0 {
		i.end()
	}
}

// Ranks of which one is interrupted end after the same step, and go on from their
// checkpoint to the weights of ranks that were not; the first writes the files.
func TestTrainRanks(t *testing.T) {
	g, err := setup.BuiltIn("mag-mini")
	if err != nil {
		t.Fatal(err)
	}
	e, err := setup.ParseExperiment("criterion=none&sampler=saint&roots=40&steps=3&epochs=3&hidden=6")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	train := func(name string, resume bool, after int) (params []*gnn.Param, interrupted [3]bool) {
		err := parallel.Run(3, func(group parallel.Group) error {
			r, err := sim.New(g, e, sim.Options{Group: group})
			if err != nil {
				return err
			}
			defer r.Close()
			job := fit.Job{Checkpoint: &fit.Checkpoint{Name: filepath.Join(dir, name), Lasting: true}, Metrics: fit.Metrics{Name: filepath.Join(dir, name+".jsonl"), Resume: resume}}
			if resume {
				if err := job.Checkpoint.Resume(r); err != nil {
					return err
				}
			}
			ctx, end := context.WithCancel(context.Background())
			defer end()
			if group.Rank() == 1 {
				job.Progress = &interrupter{after, end}
			}
			if interrupted[group.Rank()], err = job.Train(ctx, r); err != nil {
				return err
			}
			if group.Rank() == 2 {
				m, _ := r.Learner()
				params = m.Params()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return params, interrupted
	}
	want, _ := train("whole", false, 0)
	if _, interrupted := train("ended", false, 5); interrupted != [3]bool{true, true, true} {
		t.Errorf("interrupted are %v, want all", interrupted)
	}
	got, _ := train("ended", true, 0)
	for i, p := range got {
		if !slices.Equal(p.W.Data, want[i].W.Data) {
			t.Errorf("%s is another after the interruption", p.Name)
		}
	}
	one, err := sim.New(g, e, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	job := fit.Job{Metrics: fit.Metrics{Name: filepath.Join(dir, "one.jsonl")}}
	if _, err := job.Train(context.Background(), one); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"whole.jsonl", "ended.jsonl", "one.jsonl"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || strings.Count(string(text), "\n") != 3 {
			t.Errorf("%s has %d lines, error %v, want 3 epochs", name, strings.Count(string(text), "\n"), err)
		}
	}
}

// What only the first rank fails at ends all.
func TestTrainRanksFails(t *testing.T) {
	g, err := setup.BuiltIn("karate")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "no", "folder")
	err = parallel.Run(2, func(group parallel.Group) error {
		r, err := sim.New(g, setup.Experiment{Model: "gcn", Criterion: "none", Epochs: 50}, sim.Options{Group: group})
		if err != nil {
			return err
		}
		defer r.Close()
		job := fit.Job{Checkpoint: &fit.Checkpoint{Name: name, Lasting: true}}
		_, err = job.Train(context.Background(), r)
		return err
	})
	if _, ok := errors.AsType[*fit.FileError](err); !ok || !strings.HasPrefix(fmt.Sprint(err), "rank 0: checkpoint") {
		t.Errorf("error is %v, want that of the checkpoint", err)
	}
}
