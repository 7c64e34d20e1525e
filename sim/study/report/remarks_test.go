package report

import (
	"math"
	"strings"
	"testing"

	"abkd/sim/study"
)

// TestRemarks checks what is told of the runs of a comparison.
func TestRemarks(t *testing.T) {
	called := func(key string) string { return "<" + key + ">" }
	curve := make([]study.Point, 3)
	results := []study.Result{
		{Criterion: "kd", Seed: 4, Curve: curve, Outcome: study.Outcome{BestEpoch: 3}, A: [][]study.Value{{1, 0}}, D: [][]study.Value{{0.001, 2}}},
		{Criterion: "kd", Seed: 5, Curve: curve, Outcome: study.Outcome{BestEpoch: 2}},
		{Criterion: "abkd", Seed: 4, Curve: curve[:2], Outcome: study.Outcome{BestEpoch: 2}, Failure: "loss is NaN"},
	}
	// Without validation nodes the last epoch is the best for want of a better.
	blind := []study.Result{{Criterion: "kd", Curve: curve, Outcome: study.Outcome{Valid: study.Value(math.NaN()), BestEpoch: 3}}}
	if got := Remarks(blind, called); got != nil {
		t.Errorf("told without validation nodes is %q, want nothing", got)
	}
	got := strings.Join(Remarks(results, called), "\n")
	for _, want := range []string{"1 of 3 runs diverged", "the first is abkd with seed 4: loss is NaN", "in 1 of 3 runs the best epoch is the last: validation accuracy was still rising; more <epochs> may help",
		"in 1 of 3 runs the alignment ends silent"} {
		if !strings.Contains(got, want) {
			t.Errorf("told is %q, want %q in it", got, want)
		}
	}
	if got := Remarks(results[1:2], called); got != nil {
		t.Errorf("told is %q, want nothing", got)
	}
}
