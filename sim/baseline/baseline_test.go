package baseline

import (
	"math"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
)

// TestOf compares what is sent with what is counted by hand, and checks
// that labels outside the training nodes have no part in it.
func TestOf(t *testing.T) {
	g := synth.MAGMini()
	split, _ := g.Split("")
	got := Of(g, split, 1<<40)
	count := make([]int, g.Classes)
	for _, v := range split.Train {
		count[g.Labels[v]]++
	}
	most, right := 0, 0
	for k, n := range count {
		if n > count[most] {
			most = k
		}
	}
	for _, v := range split.Test {
		if g.Labels[v] == int32(most) {
			right++
		}
	}
	if want := float32(right) / float32(len(split.Test)); got[0].Model != "majority" || got[0].Test != want {
		t.Errorf("%+v, want %v of the test nodes for the largest class", got[0], want)
	}
	if got[1].Model != "lp" || got[1].Test < .8 || got[1].Test > .9 {
		t.Errorf("%+v, want about .84 of the test nodes", got[1])
	}
	if over := Of(g, split, Work(g)-1)[1]; !math.IsNaN(float64(over.Test)) || !math.IsNaN(float64(over.Valid)) {
		t.Errorf("above the limit it is %+v, want unknown", over)
	}
	none := Of(g, graph.Split{Train: split.Train}, 1<<40)
	for _, b := range none {
		if !math.IsNaN(float64(b.Valid)) || !math.IsNaN(float64(b.Test)) {
			t.Errorf("without nodes to be right on %s has %v and %v, want NaN", b.Model, b.Valid, b.Test)
		}
	}
}
