package wire_test

import (
	"testing"

	"abkd/sim"
	"abkd/sim/wire"
)

// The same of a real run: it is read after everything a user does to it.
func TestSnapshotAfterOfSession(t *testing.T) {
	s, snap := sim.NewSession(), new(wire.Snapshot)
	do := func(text string) {
		t.Helper()
		if err := s.Command(text); err != nil {
			t.Fatal(err)
		}
	}
	do("speed 0")
	do("begin teach=untrained&epochs=9")
	do("pause")
	var r wire.CurveReader
	for _, c := range []struct {
		command string
		points  int // sent of the taught student
	}{
		{"pause", 0}, {"step", 1}, {"step", 1}, {"inspect none", 1}, {"play", 7}, // to its end
		{"rewind 4", 1}, {"change pin diagonal", 1}, {"step", 1}, {"step", 1}, {"undo", 1}, {"step", 1}, {"rewind 0", 0}, {"play", 9},
		{"begin teach=untrained&epochs=3&seed=2", 3},
	} {
		do(c.command)
		for s.Tick(0) != sim.Idle {
		}
		snap = new(wire.Snapshot)
		s.Snapshot(snap)
		if got := r.Read(t, snap); got[1] != c.points {
			t.Errorf("after %s, at epoch %d: %d points are sent, want %d", c.command, snap.Epoch, got[1], c.points)
		}
	}
}
