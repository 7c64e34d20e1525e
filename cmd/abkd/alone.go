package main

import (
	"fmt"
	"math"
)

// An aloneReport says what the student achieves without the teacher: from the
// same weights, with the same batches, epochs and dropout.
type aloneReport struct {
	modelReport
	BestEpoch  int    `json:"best_epoch"`
	Difference number `json:"difference"` // the student's test accuracy less that of the one alone
}

// aloneText says whether the student is above the one alone, and how to know
// where that was not tried.
func (r *fitReport) aloneText(testNodes int) string {
	a := r.Alone
	if a == nil {
		return "student alone: not trained; --alone trains it beside, and compares\n"
	}
	d := float64(a.Difference)
	if math.IsNaN(d) {
		return "student and student alone: not compared, as the split has no test nodes\n"
	}
	nodes := int(math.Round(d * float64(testNodes)))
	where := "LEVEL WITH the one alone"
	switch {
	case nodes > 0:
		where = "above the one alone"
	case nodes < 0:
		where = "BELOW the one alone"
	}
	return fmt.Sprintf("the student is %s: test %+.2f points, %+d of %s nodes, in this one run\n", where, 100*d, nodes, grouped(int64(testNodes)))
}
