package report

import (
	"fmt"
	"math"

	"abkd/internal/show"
	"abkd/sim/remark"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// Remarks are what to change next time: a clause for each thing about the runs
// that the summary does not show. Settings are called as name says.
func Remarks(results []study.Result, name setup.Naming) (all []string) {
	rising, failed, silent, why := 0, 0, 0, ""
	for i := range results {
		switch r := &results[i]; {
		case r.Failure != "":
			if failed++; failed == 1 {
				why = fmt.Sprintf("%s with seed %d: %s", r.Method(), r.Seed, r.Failure)
			}
		case len(r.Curve) > 1 && r.BestEpoch == len(r.Curve) && !math.IsNaN(float64(r.Valid)):
			rising++
		}
		if isSilent(&results[i]) {
			silent++
		}
	}
	if failed > 0 {
		all = append(all, fmt.Sprintf("%s diverged and count with the best epoch before; the first is %s", show.Count(failed, len(results), "run"), why))
	}
	if rising > 0 {
		all = append(all, fmt.Sprintf("in %s the best epoch is the last: validation accuracy was still rising; more %s may help", show.Count(rising, len(results), "run"), name("epochs")))
	}
	if silent > 0 {
		all = append(all, fmt.Sprintf("in %s the alignment ends silent: no product of attention and distance is more than next to nothing, so it teaches nothing any more", show.Count(silent, len(results), "run")))
	}
	return all
}

// isSilent reports whether the alignment of a run that has come to its end teaches
// nothing any more.
func isSilent(r *study.Result) bool {
	var a, d []float32
	for i := range r.A {
		for j := range r.A[i] {
			a, d = append(a, float32(r.A[i][j])), append(d, float32(r.D[i][j]))
		}
	}
	_, silent := remark.Silent(a, d)
	return silent && r.Failure == ""
}
