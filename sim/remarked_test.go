package sim

import (
	"slices"
	"testing"

	"abkd/sim/inspect"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// TestRemarksAtTheEnd: once a run is over, and not before, it is told which units are
// dead and that the alignment is silent.
func TestRemarksAtTheEnd(t *testing.T) {
	i := slices.IndexFunc(setup.Presets(), func(p setup.Preset) bool { return p.Key == "dying" })
	s := session(t, "begin "+setup.Presets()[i].Experiment+"&epochs=60", "pause")
	defer s.run.Close()
	for s.run.Phase() == wire.Teaching {
		s.makeStep()
	}
	goTo(s, 59)
	if got := snapshot(t, s).Remarks; len(got) != 0 {
		t.Errorf("before the end it is told %+v", got)
	}
	goTo(s, 60)
	w := snapshot(t, s)
	dead, of := inspect.DeadUnits(taughtLane(s).model, s.run.eval.batch)
	most := float32(0)
	for k, a := range w.A.Data {
		most = max(most, a*w.D.Data[k])
	}
	want := []wire.Remark{{Code: "dead", Value: float32(dead), Beside: float32(of)}, {Code: "silent", Value: most, Beside: 0.01}}
	if !slices.Equal(w.Remarks, want) || dead < 2 || of != 7 {
		t.Errorf("at the end it is told %+v, want %+v", w.Remarks, want)
	}
}
