package sim

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
	"abkd/sim/wire"
)

// TestBaselines compares what is sent with what is counted by hand, and checks
// that labels outside the training nodes have no part in it.
func TestBaselines(t *testing.T) {
	g := synth.MAGMini()
	split, _ := g.Split("")
	got := Baselines(g, split, 1<<40)
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
	if over := Baselines(g, split, SpreadWork(g)-1)[1]; !math.IsNaN(float64(over.Test)) || !math.IsNaN(float64(over.Valid)) {
		t.Errorf("above the limit it is %+v, want unknown", over)
	}
	none := Baselines(g, graph.Split{Train: split.Train}, 1<<40)
	for _, b := range none {
		if !math.IsNaN(float64(b.Valid)) || !math.IsNaN(float64(b.Test)) {
			t.Errorf("without nodes to be right on %s has %v and %v, want NaN", b.Model, b.Valid, b.Test)
		}
	}
}

// TestSessionTellsBaselines begins as the page does.
func TestSessionTellsBaselines(t *testing.T) {
	s := NewSession()
	if err := s.Command("begin data=karate&model=gcn&teach=on&teacher-epochs=2&epochs=2"); err != nil {
		t.Fatal(err)
	}
	var snap wire.Snapshot
	s.Snapshot(&snap)
	if snap.Baselines != nil {
		t.Errorf("before the first epoch there are %v", snap.Baselines)
	}
	s.makeStep()
	if s.Snapshot(&snap); snap.Baselines != nil {
		t.Errorf("the first epoch waits for %v", snap.Baselines)
	}
	for s.makeStep() {
		s.Snapshot(&snap)
		if len(snap.Baselines) != 2 || !(snap.Baselines[1].Test > .5) {
			t.Fatalf("in epoch %d of %v there are %v", snap.Epoch, snap.Phase, snap.Baselines)
		}
	}
}

// TestBaselinesFollowChanges compares with the baselines of a graph that is as
// the changes say: they come with the pull after the one that is paid at once.
func TestBaselinesFollowChanges(t *testing.T) {
	g := builtIn(t, "mag-mini")
	split, _ := g.Split("")
	tell := func(text string, snapshots int) []wire.Baseline {
		t.Helper()
		p := &script{t: t, until: 10 * second, coming: []timed{
			command(0, "begin teach=untrained&teacher-hidden=2&hidden=2"), command(0, "pause"), command(1, "step"), command(1, "step"),
			pull(2), pull(second), command(2*second, text), pull(3 * second), pull(4 * second), pull(5 * second),
		}}
		if err := p.serve(NewSession()); err != nil {
			t.Fatal(err)
		}
		s := p.snapshots()
		if len(s) != snapshots || len(s[0].Baselines) != 0 || len(s[1].Baselines) != 2 {
			t.Fatalf("%d snapshots with %s, want %d, the first without baselines", len(s), text, snapshots)
		}
		return s[len(s)-1].Baselines
	}
	want := Baselines(g, split, 1<<40)
	if got := tell("change freeze on", 3); !slices.Equal(got, want) {
		t.Errorf("where the graph stays they are %v, want %v", got, want)
	}
	cites, _ := relationNamed(g, "cites")
	without := *g
	without.Relations = slices.Clone(g.Relations)
	without.Relations[cites].In = graph.CSR{Ptr: make([]int32, len(g.Relations[cites].In.Ptr))}
	dropped := Baselines(&without, split, 1<<40)
	if got := tell("change drop cites", 4); !slices.Equal(got, dropped) || got[1] == want[1] {
		t.Errorf("without cites they are %v, want %v and not %v", got, dropped, want)
	}
	wrong := *g
	wrong.Labels = slices.Clone(g.Labels)
	v := split.Train[0]
	wrong.Labels[v] = (g.Labels[v] + 1) % int32(g.Classes)
	if got := tell(fmt.Sprintf("change mislabel %d %d", v, wrong.Labels[v]), 4); !slices.Equal(got, Baselines(&wrong, split, 1<<40)) {
		t.Errorf("with another label they are %v", got)
	}
}
