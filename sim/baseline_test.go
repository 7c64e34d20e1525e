package sim

import (
	"fmt"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/sim/baseline"
	"abkd/sim/wire"
)

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
	want := baseline.Of(g, split, 1<<40)
	if got := tell("change freeze on", 3); !slices.Equal(got, want) {
		t.Errorf("where the graph stays they are %v, want %v", got, want)
	}
	cites, _ := relationNamed(g, "cites")
	without := *g
	without.Relations = slices.Clone(g.Relations)
	without.Relations[cites].In = graph.CSR{Ptr: make([]int32, len(g.Relations[cites].In.Ptr))}
	dropped := baseline.Of(&without, split, 1<<40)
	if got := tell("change drop cites", 4); !slices.Equal(got, dropped) || got[1] == want[1] {
		t.Errorf("without cites they are %v, want %v and not %v", got, dropped, want)
	}
	wrong := *g
	wrong.Labels = slices.Clone(g.Labels)
	v := split.Train[0]
	wrong.Labels[v] = (g.Labels[v] + 1) % int32(g.Classes)
	if got := tell(fmt.Sprintf("change mislabel %d %d", v, wrong.Labels[v]), 4); !slices.Equal(got, baseline.Of(&wrong, split, 1<<40)) {
		t.Errorf("with another label they are %v", got)
	}
}
