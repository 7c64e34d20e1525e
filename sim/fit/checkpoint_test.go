package fit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abkd/sim"
	"abkd/sim/setup"
)

// alone returns a run of a student without a teacher.
func alone(t *testing.T) *sim.Run {
	t.Helper()
	g, err := setup.BuiltIn("karate")
	if err != nil {
		t.Fatal(err)
	}
	r, err := sim.New(g, setup.Experiment{Criterion: "none", Epochs: 9}, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A checkpoint that is not lasting is written when one is due, and if it cannot
// be the run goes on, with one warning.
func TestUnasked(t *testing.T) {
	r := alone(t)
	dir := filepath.Join(t.TempDir(), "later")
	var warned []string
	c := &Checkpoint{Name: filepath.Join(dir, "state"), Warn: func(err error) { warned = append(warned, err.Error()) }, at: time.Now()}
	step := func() {
		t.Helper()
		r.Step()
		if err := c.endEpoch(r); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if c.err != nil || warned != nil {
		t.Errorf("a checkpoint was written before one was due: %v", c.err)
	}
	for range 2 {
		c.at = c.at.Add(-keepEvery)
		step()
	}
	if len(warned) != 1 || !strings.Contains(warned[0], "cannot write "+c.Name) || c.Kept() {
		t.Errorf("warnings are %q, kept is %t, want one and nothing", warned, c.Kept())
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(-keepEvery)
	step()
	if c.err != nil || c.epoch != 4 || !c.Kept() {
		t.Errorf("the last checkpoint is of epoch %d (%v), want 4", c.epoch, c.err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 1 || names[0].Name() != "state" {
		t.Errorf("the folder holds %v (%v), want only state", names, err)
	}
}

// A lasting checkpoint that cannot be written ends the run, which says from
// where it can go on.
func TestLasting(t *testing.T) {
	r := alone(t)
	dir := t.TempDir()
	job := &Job{Checkpoint: &Checkpoint{Name: filepath.Join(dir, "sub", "state"), Lasting: true}}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	job.Progress = steps(func(r *sim.Run) {
		if r.Epoch() == 3 {
			os.RemoveAll(filepath.Join(dir, "sub"))
		}
	})
	_, err := job.Train(t.Context(), r)
	e, ok := errors.AsType[*FileError](err)
	if !ok || e.What != "checkpoint" || !e.Kept || e.Epoch != 3 || !strings.HasSuffix(e.Error(), "; the one of epoch 3 is as it was") {
		t.Errorf("the error is %v, want that of the checkpoint, with the one of epoch 3", err)
	}
}

// steps is a Progress.
type steps func(r *sim.Run)

func (s steps) Stepped(r *sim.Run) { s(r) }
