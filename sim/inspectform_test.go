package sim

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// The cells of other forms of alignment say what the step computed, or refuse; the
// parts of the loss are those of the form and of its weight in this epoch.
func TestInspectCellOfForms(t *testing.T) {
	for _, c := range []string{
		"renormalise=on", "renormalise=on&granularity=per-node&nodes=all", "hidden-only=on", "hidden-only=on&softmax=global", "attend=hard", "attend=helpful",
		"dissimilarity=energy", "dissimilarity=subspace&nodes=all", "dissimilarity=relations&nodes=all", "dissimilarity=posterior",
		"criterion=stride&dissimilarity=energy", "warmup=9", "fade=8&gate=0.2",
	} {
		t.Run(c, func(t *testing.T) {
			g := builtIn(t, "mag-mini")
			r := newRun(t, g, "dropout=0&hidden=6&layers=2&dim=8&beta=2&"+c, Options{Teacher: newTeacher(t, g), View: true})
			for range 4 {
				r.Step()
			}
			var s wire.Snapshot
			r.Snapshot(&s)
			layers, sum := 3.0, 0.0
			if strings.Contains(c, "hidden-only") {
				layers = 2
			}
			for i := range 3 {
				for j := range 2 {
					list, pair := inspected(t, r, fmt.Sprintf("cell %d %d", i, j)), fmt.Sprintf("T%d, S%d", i, j)
					a, d := float64(s.A.Row(i)[j]), float64(s.D.Row(i)[j])
					same(t, "A", find(t, list, "A", pair), one(a), 1e-5)
					same(t, "D", find(t, list, "D", pair), one(d), 1e-4)
					if len(s.G.Data) > 0 {
						d += float64(s.G.Row(i)[j])
					}
					sum += a * d / layers
				}
			}
			loss := inspected(t, r, "loss")
			same(t, "L", find(t, loss, "L", r.plan.Criterion), one(sum), 1e-5)
			same(t, "total", find(t, loss, "total", "loss"), one(r.lanes[0].losses.Total), 1e-5)
			weight := r.plan.CriterionWeight(3)
			if got := find(t, loss, "beta", "settings").Data[0]; math.Abs(float64(got)-2*weight) > 1e-6 {
				t.Errorf("beta is %v in an epoch where the criterion counts %v", got, weight)
			}
		})
	}
}
