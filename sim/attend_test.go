package sim

import (
	"io"
	"strings"
	"testing"
	"time"
)

// A heckler is a port at which a front says all that it can while a run is
// attended, and then hangs up or not.
type heckler struct {
	t       *testing.T
	says    []string
	pull    bool
	seen    int
	refused []string
	gone    bool
}

func (h *heckler) Receive(wait time.Duration) (m Message, ok bool, err error) {
	switch {
	case h.gone:
		return m, false, io.EOF
	case len(h.says) > 0:
		m, h.says = Message{Type: CommandMessage, Text: h.says[0]}, h.says[1:]
		return m, true, nil
	case h.pull:
		h.pull = false
		return Message{Type: PullMessage}, true, nil
	case wait == Idle:
		h.t.Fatal("the session waits for a front that says nothing")
	}
	h.pull = true
	return m, false, nil
}

func (h *heckler) Send(m Message) error {
	switch m.Type {
	case SnapshotMessage:
		h.seen++
	case ErrorMessage:
		h.refused = append(h.refused, m.Text)
	}
	return nil
}

// TestAttend steers a run in all ways that there are: its weights are those of one
// that nobody steered, nothing is recorded, and what would change it is refused.
func TestAttend(t *testing.T) {
	const text = "data=karate&teach=on&teacher-hidden=8&teacher-epochs=3&epochs=4&hidden=3&dim=2&input=4"
	alone := stateRun(t, text)
	for alone.Step() {
	}
	r := newRun(t, builtIn(t, "karate"), text, Options{Baseline: true, View: true})
	begins := []string{"begin data=karate", "reset", "rewind 0", "undo", "extend 90", "change pin uniform", "plan 0:pin uniform"}
	h := &heckler{t: t, says: append([]string{"pause", "step", "focus 3", "show predictions"}, begins...), pull: true}
	a := Attend(r, h, true)
	for steps := 0; ; steps++ {
		if steps == 3 {
			h.says = []string{"pause", "speed 1000", "play", "speed 0"}
		}
		if steps < 3 {
			h.says = append(h.says, "step")
		}
		more, err := a.Step()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	if len(h.refused) != len(begins) {
		t.Errorf("refused are %q, want %d", h.refused, len(begins))
	}
	for _, text := range h.refused {
		if !strings.Contains(text, "the run is that of a command") {
			t.Errorf("a command is refused by %q", text)
		}
	}
	if got := stateOf(r); sameButTimes(t, stateRun(t, text), got, stateOf(alone)) != nil {
		t.Error("the run came to something else than alone")
	}
	if s := a.server.session; len(s.timeline.frames) > 0 || h.seen == 0 {
		t.Errorf("%d frames were recorded, %d snapshots sent", len(s.timeline.frames), h.seen)
	}
	h.gone = true
	a.Linger(time.Hour)
	if _, err := Attend(stateRun(t, text), h, false).Step(); err != io.EOF {
		t.Errorf("at a port that is closed the error is %v", err)
	}
}
