package fit

import (
	"strings"
	"testing"

	"abkd/internal/show"
)

// TestAloneText wants it said which student is better, and where that is not known.
func TestAloneText(t *testing.T) {
	of := func(difference float32) *Report {
		return &Report{Distillation: &Distillation{Alone: &Alone{Difference: show.Number(difference)}}, TestNodes: 200}
	}
	nan := show.Number(0)
	nan /= nan
	for _, tt := range []struct {
		r    *Report
		want string
	}{
		{of(.02), "the student is above the one alone: test +2.00 points, +4 of 200 nodes"},
		{of(-.02), "the student is BELOW the one alone: test -2.00 points, -4 of 200 nodes"},
		{of(0), "LEVEL WITH the one alone: test +0.00 points, +0 of 200 nodes"},
		{of(float32(nan)), "not compared"},
		{&Report{Distillation: &Distillation{}}, "not trained; <alone> trains it beside"},
	} {
		if got := tt.r.aloneText(func(key string) string { return "<" + key + ">" }); !strings.Contains(got, tt.want) {
			t.Errorf("it says %q, want %q in it", got, tt.want)
		}
	}
}
