package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"abkd/sim/study"
)

// TestRemarks checks what is told of the course of a run.
func TestRemarks(t *testing.T) {
	teacher := filepath.Join(t.TempDir(), "t")
	mini := []string{"--data", "mag-mini", "--seed", "1", "--out", filepath.Join(t.TempDir(), "w")}
	abkd(t, "train", "--data", "mag-mini", "--epochs", "30", "--out", teacher).ok(t)
	aligned := "distill --teacher " + teacher + " --hidden 3 --epochs 40 --criterion abkd --beta 1 --alpha 0 --head linear "
	const collapsed = "note: the alignment has collapsed: since epoch "
	for _, c := range []struct{ args, want, not string }{
		{"train --epochs 2", "note: best epoch 2 is the last: validation accuracy was still rising; more --epochs may help\n", ""},
		{"train --epochs 100", "", "note: best epoch"},
		{"train --epochs 10 --lr 1 --layers 4", ": lower --lr\n", ""},
		{"train --epochs 10", "", "a guess has"},
		{aligned + "--granularity pooled", collapsed, ""},
		{aligned + "--granularity per-node --frozen --no-subspace", "", collapsed},
	} {
		r := abkd(t, append(strings.Fields(c.args), mini...)...).ok(t)
		if !strings.Contains(r.stderr, c.want) || c.not != "" && strings.Contains(r.stderr, c.not) {
			t.Errorf("%s: told is %q, want %q and not %q", c.args, r.stderr, c.want, c.not)
		}
	}
}

// TestStudyRemarks checks what is told of the runs of a comparison.
func TestStudyRemarks(t *testing.T) {
	curve := make([]study.Point, 3)
	results := []study.Result{
		{Criterion: "kd", Seed: 4, Curve: curve, Size: study.Size{BestEpoch: 3}},
		{Criterion: "kd", Seed: 5, Curve: curve, Size: study.Size{BestEpoch: 2}},
		{Criterion: "abkd", Seed: 4, Curve: curve[:2], Size: study.Size{BestEpoch: 2}, Failure: "loss is NaN"},
	}
	// Without validation nodes the last epoch is the best for want of a better.
	blind := []study.Result{{Criterion: "kd", Curve: curve, Size: study.Size{Valid: study.Value(math.NaN()), BestEpoch: 3}}}
	if got := studyRemarks(blind); got != nil {
		t.Errorf("told without validation nodes is %q, want nothing", got)
	}
	got := strings.Join(studyRemarks(results), "\n")
	for _, want := range []string{"1 of 3 runs diverged", "the first is abkd with seed 4: loss is NaN", "in 1 of 3 runs the best epoch is the last"} {
		if !strings.Contains(got, want) {
			t.Errorf("told is %q, want %q in it", got, want)
		}
	}
	if got := studyRemarks(results[1:2]); got != nil {
		t.Errorf("told is %q, want nothing", got)
	}
}
