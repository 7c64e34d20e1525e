package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"abkd/gnn"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

func newSession(t *testing.T, commands ...string) *Session {
	t.Helper()
	s := NewSession()
	s.SetTeacher(gnn.Encode(newTeacher(t, builtIn(t, "mag-mini")), nil))
	do(t, s, commands...)
	return s
}

func do(t *testing.T, s *Session, commands ...string) {
	t.Helper()
	for _, c := range commands {
		if err := s.Command(c); err != nil {
			t.Fatal(err)
		}
	}
}

func snapshot(t *testing.T, s *Session) *wire.Snapshot {
	t.Helper()
	var snap wire.Snapshot
	if !s.Snapshot(&snap) {
		t.Fatal("there is no run")
	}
	return &snap
}

func TestSessionUsesTheTeacherThatFits(t *testing.T) {
	for text, want := range map[string]wire.Phase{
		"teacher-hidden=16":                              wire.Distilling,
		"teacher-hidden=16&layers=3&seed=9":              wire.Distilling,
		"teacher-hidden=16&teach=on&teacher-epochs=2":    wire.Teaching,
		"teacher-hidden=8&teacher-epochs=2":              wire.Teaching,
		"data=karate&teacher-hidden=16&teacher-epochs=2": wire.Teaching,
	} {
		s := newSession(t, "begin "+text)
		got := snapshot(t, s)
		if got.Phase != want || !got.Running {
			t.Errorf("%s: phase is %d and running %t, want %d and true", text, got.Phase, got.Running, want)
		}
		if e, err := setup.ParseExperiment(got.Experiment); err != nil || e != experiment(t, text) {
			t.Errorf("%s: the snapshot names %q", text, got.Experiment)
		}
	}
}

func TestSessionPlaysAndPauses(t *testing.T) {
	s := newSession(t, "begin teacher-hidden=16", "speed 10")
	if wait := s.Tick(time.Second); wait != 0 && wait > 100*time.Millisecond {
		t.Errorf("waits %v after the first step, want at most 100ms", wait)
	}
	now := time.Second
	for range 5 { // ten epochs a second: one step each 100 ms, none between
		s.Tick(now + 50*time.Millisecond)
		now += 100 * time.Millisecond
		s.Tick(now)
	}
	if e := snapshot(t, s).Epoch; e < 5 || e > 7 {
		t.Errorf("%d epochs after half a second at ten a second", e)
	}
	do(t, s, "pause")
	before := snapshot(t, s).Epoch
	if wait := s.Tick(time.Minute); wait != Idle || snapshot(t, s).Epoch != before {
		t.Errorf("paused: waits %v at epoch %d, want idle at %d", wait, snapshot(t, s).Epoch, before)
	}
	do(t, s, "step")
	if got := snapshot(t, s); got.Epoch != before+1 || got.Running {
		t.Errorf("after one step: epoch %d, running %t, want %d, false", got.Epoch, got.Running, before+1)
	}
	do(t, s, "play", "speed 0")
	if wait := s.Tick(2 * time.Minute); wait != 0 {
		t.Errorf("at full speed it waits %v, want 0", wait)
	}
}

func TestSessionDoesNotRaceToCatchUp(t *testing.T) {
	s := newSession(t, "begin teacher-hidden=16", "speed 1")
	s.Tick(0)
	s.Tick(time.Hour) // the tab slept
	before := snapshot(t, s).Epoch
	for range 10 {
		s.Tick(time.Hour + time.Millisecond)
	}
	if after := snapshot(t, s).Epoch; after > before+1 {
		t.Errorf("%d epochs in a millisecond after a pause", after-before)
	}
}

func TestSessionResetGivesTheSameRun(t *testing.T) {
	s := newSession(t, "begin teacher-hidden=16&seed=4", "pause")
	run := func() (losses string) {
		for range 4 {
			do(t, s, "step")
		}
		return fmt.Sprint(snapshot(t, s).Lanes[1].History)
	}
	first := run()
	do(t, s, "reset")
	if e := snapshot(t, s).Epoch; e != 0 {
		t.Errorf("epoch is %d after reset", e)
	}
	if again := run(); again != first {
		t.Errorf("got  %s\nwant %s", again, first)
	}
}

func TestSessionEnds(t *testing.T) {
	s := newSession(t, "begin teacher-hidden=16&epochs=3", "speed 0")
	for n := 0; s.Tick(0) != Idle; n++ {
		if n > 10 {
			t.Fatal("three epochs never end")
		}
	}
	if got := snapshot(t, s); got.Phase != wire.Finished || got.Running || got.Epoch != 3 {
		t.Errorf("phase %d, running %t, epoch %d, want %d, false, 3", got.Phase, got.Running, got.Epoch, wire.Finished)
	}
	do(t, s, "play")
	if got := snapshot(t, s); got.Running {
		t.Error("a finished run plays")
	}
}

func TestSessionRefuses(t *testing.T) {
	s := newSession(t)
	if err := s.Command("play"); err == nil || !strings.Contains(err.Error(), "no experiment has begun") {
		t.Errorf("play without a run: %v", err)
	}
	do(t, s, "begin teacher-hidden=16", "pause", "step")
	before := snapshot(t, s)
	for command, want := range map[string]string{
		"begin data=nowhere":              "data is",
		"begin pin=1,0&teacher-hidden=16": "pin",
		"begin split=never":               "split is",
		"focus 100000":                    "node is 100000",
		"dance":                           "command is",
	} {
		if err := s.Command(command); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q", command, err, want)
		}
	}
	if after := snapshot(t, s); after.Epoch != before.Epoch || after.Experiment != before.Experiment {
		t.Errorf("a refused command changed the run: %+v", after)
	}
}

func TestSessionFocus(t *testing.T) {
	s := newSession(t, "begin teacher-hidden=16", "pause", "focus 17")
	if got := snapshot(t, s).Graph.Nodes[0].ID; got != 17 {
		t.Errorf("focus is %d, want 17", got)
	}
	do(t, s, "reset")
	if got := snapshot(t, s).Graph.Nodes[0].ID; got != 17 {
		t.Errorf("focus is %d after reset, want 17", got)
	}
}
