package sim

import (
	"strings"
	"testing"

	"abkd/sim/wire"
)

// keptSession returns a session of that experiment whose states are kept, and the
// states.
func keptSession(t *testing.T, text string) (*Session, *[][]byte) {
	t.Helper()
	s := NewSession()
	var states [][]byte
	s.SetKeeper(func(r *Run) { states = append(states, stateOf(r)) })
	for _, c := range []string{"speed 0", "begin " + text} {
		if err := s.Command(c); err != nil {
			t.Fatal(err)
		}
	}
	return s, &states
}

// TestKeep resumes a session from every state that was kept of it, the teacher's
// too: it ends as the one that was never ended, and goes back to what was before.
func TestKeep(t *testing.T) {
	const text = "data=karate&teach=on&teacher-hidden=3&teacher-epochs=4&epochs=6&hidden=3&dim=2&input=4&sampler=saint&roots=8&steps=2&alpha=0.3"
	s, states := keptSession(t, text)
	hashes := map[position]uint64{}
	for s.Tick(0) != Idle {
		hashes[s.run.position()] = s.run.Hash()
	}
	if len(*states) != 10 {
		t.Fatalf("%d states were kept, want one of each of 10 epochs", len(*states))
	}
	want := s.run.Hash()
	for i, state := range *states {
		again := NewSession()
		again.Command("speed 0")
		if err := again.Resume(state); err != nil {
			t.Fatalf("state %d: %v", i, err)
		}
		var shown wire.Snapshot
		again.Snapshot(&shown)
		if e, err := ExperimentOf(state); err != nil || shown.Experiment != e.String() || !strings.Contains(shown.Experiment, "epochs=6") {
			t.Errorf("state %d is of %q (%v), want all that was said", i, shown.Experiment, err)
		}
		for again.Tick(0) != Idle {
		}
		if again.run.Hash() != want {
			t.Errorf("state %d: the end has the hash %x, want %x", i, again.run.Hash(), want)
		}
		if err := again.Command("rewind 2.1"); err != nil {
			t.Fatalf("state %d: %v", i, err)
		}
		again.finishSeek()
		if at := (position{wire.Distilling, 2, 1}); again.run.Hash() != hashes[at] {
			t.Errorf("state %d: back at %v the hash is %x, want %x", i, at, again.run.Hash(), hashes[at])
		}
	}
}

// TestKeepLooksBack keeps what was furthest while the user looks back, and the
// change that is made there.
func TestKeepLooksBack(t *testing.T) {
	s, states := keptSession(t, "data=karate&teach=untrained&teacher-hidden=3&epochs=6&hidden=3&dim=2&input=4")
	for s.run.Epoch() < 4 {
		s.Tick(0)
	}
	n := len(*states)
	if err := s.Command("rewind 2"); err != nil {
		t.Fatal(err)
	}
	s.finishSeek()
	if s.Keep(); len(*states) != n {
		t.Error("a state of before takes the place of the last")
	}
	if err := s.Command("change pin uniform"); err != nil {
		t.Fatal(err)
	}
	s.Keep()
	again := NewSession()
	if err := again.Resume((*states)[len(*states)-1]); err != nil || len(*states) != n+1 || again.run.Hash() != s.run.Hash() || len(again.run.changes) != 1 {
		t.Errorf("%d states (%v), the last of epoch %d with %d changes", len(*states), err, again.run.Epoch(), len(again.run.changes))
	}
}

// TestResumeRefuses gives a session what it cannot go on from.
func TestResumeRefuses(t *testing.T) {
	_, states := keptSession(t, "data=karate&teach=untrained&teacher-hidden=3&epochs=6&hidden=3&dim=2&input=4")
	s, kept := keptSession(t, "data=karate&teach=untrained&teacher-hidden=3&epochs=2&hidden=3&dim=2&input=4")
	if s.Keep(); len(*states) > 0 || len(*kept) != 1 {
		t.Fatalf("%d and %d states, want none and one", len(*states), len(*kept))
	}
	state := (*kept)[0]
	for name, c := range map[string]struct {
		state []byte
		want  string
	}{
		"of version 3": {sealed(append([]byte("ABKR\x03\x00"), state[6:len(state)-4]...)), "written by an earlier version"},
		"damaged":      {append([]byte("ABKR\x04\x00\xff"), state[7:]...), "damaged or cut short"},
		"of train":     {sealed([]byte("ABKR\x04\x00\x0d\x00\x00\x00data=/tmp/mag")), "data"},
	} {
		if err := s.Resume(c.state); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("a state %s: %v, want %q", name, err, c.want)
		}
	}
}
