package sim

import (
	"slices"
	"strings"
	"testing"

	"abkd/sim/setup"
	"abkd/sim/wire"
)

// The pooled loss falls to nearly nothing in twenty steps while the student
// has hardly begun to learn; node by node, with frozen projections and without
// the subspace, it cannot.
func TestPresetsOfTheCollapse(t *testing.T) {
	for name, collapses := range map[string]bool{"abkd": true, "abkd-node": false} {
		i := slices.IndexFunc(setup.Presets(), func(p setup.Preset) bool { return p.Key == name })
		if i < 0 {
			t.Fatalf("there is no preset %s", name)
		}
		s := session(t, strings.TrimSuffix("begin "+setup.Presets()[i].Experiment+"&teach=on&teacher-hidden=16&teacher-epochs=20", "&"))
		for s.run.Phase() == wire.Teaching {
			s.makeStep()
		}
		s.makeStep()
		first := taughtLane(s).losses
		for range 19 {
			s.makeStep()
		}
		last := taughtLane(s).losses
		if fell := last.Aux < first.Aux/20; fell != collapses || last.CE < first.CE/2 {
			t.Errorf("%s: in 20 steps the loss goes from %g to %g and the cross-entropy from %g to %g, want a collapse: %t",
				name, first.Aux, last.Aux, first.CE, last.CE, collapses)
		}
	}
}

// An untrained teacher keeps its weights, and students begin at once.
func TestUntrainedTeacher(t *testing.T) {
	r := stateRun(t, "teach=untrained&teacher-hidden=8&epochs=3")
	m, state := r.Teacher()
	first := m.Params()[0].W.Clone()
	for r.Step() {
	}
	if r.Phase() != wire.Finished || r.Epoch() != 3 || state.BestEpoch != 0 {
		t.Errorf("phase %d at epoch %d, teacher's best epoch %d, want %d, 3, 0", r.Phase(), r.Epoch(), state.BestEpoch, wire.Finished)
	}
	taught := stateRun(t, "teach=on&teacher-hidden=8&teacher-epochs=1&epochs=3")
	if drawn, _ := taught.Teacher(); !slices.Equal(drawn.Params()[0].W.Data, m.Params()[0].W.Data) || !slices.Equal(first.Data, m.Params()[0].W.Data) {
		t.Error("its weights are not those that a teacher begins with")
	}
	s := newSession(t, "begin teacher-hidden=16&teach=untrained")
	if snap := snapshot(t, s); snap.Phase != wire.Distilling || snap.Experiment != "teacher-hidden=16&teach=untrained" {
		t.Errorf("phase %d of %s, want %d and no weights of the default teacher", snap.Phase, snap.Experiment, wire.Distilling)
	}
}
