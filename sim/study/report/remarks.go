package report

import (
	"fmt"
	"math"

	"abkd/internal/show"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// Remarks are what to change next time: a clause for each thing about the runs
// that the summary does not show. Settings are called as name says.
func Remarks(results []study.Result, name setup.Naming) (all []string) {
	rising, failed, why := 0, 0, ""
	for i := range results {
		switch r := &results[i]; {
		case r.Failure != "":
			if failed++; failed == 1 {
				why = fmt.Sprintf("%s with seed %d: %s", r.Method(), r.Seed, r.Failure)
			}
		case len(r.Curve) > 1 && r.BestEpoch == len(r.Curve) && !math.IsNaN(float64(r.Valid)):
			rising++
		}
	}
	if failed > 0 {
		all = append(all, fmt.Sprintf("%s diverged and count with the best epoch before; the first is %s", show.Count(failed, len(results), "run"), why))
	}
	if rising > 0 {
		all = append(all, fmt.Sprintf("in %s the best epoch is the last: validation accuracy was still rising; more %s may help", show.Count(rising, len(results), "run"), name("epochs")))
	}
	return all
}
