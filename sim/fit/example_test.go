package fit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"abkd/sim"
	"abkd/sim/fit"
	"abkd/sim/setup"
)

// A run whose state is kept at the end of every epoch, and one that goes on from
// there, as after a power cut, for some epochs more.
func Example() {
	g, err := setup.BuiltIn("karate")
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "fit")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "run.checkpoint")
	for _, epochs := range []int{20, 30} {
		r, err := sim.New(g, setup.Experiment{Model: "gcn", Criterion: "none", Epochs: epochs}, sim.Options{})
		if err != nil {
			panic(err)
		}
		defer r.Close()
		job := fit.Job{Checkpoint: &fit.Checkpoint{Name: file, Lasting: true}}
		if _, err := os.Stat(file); err == nil {
			if err := job.Checkpoint.Resume(r); err != nil {
				panic(err)
			}
		}
		begun := r.Epoch()
		if _, err := job.Train(context.Background(), r); err != nil {
			panic(err)
		}
		report := fit.NewReport(r, false)
		report.Measure(r, nil, g, g.Splits[0])
		fmt.Printf("epochs %d to %d: %d parameters, test accuracy %.0f %%\n", begun+1, report.Epochs, report.Params, 100*report.Test)
	}
	// Output:
	// epochs 1 to 20: 199 parameters, test accuracy 70 %
	// epochs 21 to 30: 199 parameters, test accuracy 70 %
}
