//go:build js

// Command trainer is the program of the page's dedicated worker: it trains
// while the page and the stage stay free to draw.
//
//	page  -- teacher, graph, command, pull -->  trainer
//	      <-- ready, opened, snapshot, error --
//
// A graph is the bytes of a pack with the name of its file. It is answered by
// opened, whose text is the experiment to begin with, or by an error.
//
// A pull is a credit of one snapshot, paid as soon as there is something the
// page has not seen. So a slow page gets fewer snapshots, never a queue of
// them, and a run is not held up by who looks at it. A page that keeps the
// learning curves of the last snapshot says so with more: true, and gets only
// what is new of them, see wire.Snapshot.AppendAfter.
package main

import (
	"fmt"
	"math"
	"time"

	"abkd/gnn/mat"
	"abkd/sim"
	"abkd/sim/wire"
	"abkd/wasm/port"
)

func main() {
	t := &trainer{
		port: port.Self(), session: sim.NewSession(),
		yielder: port.NewYielder(), timer: time.NewTimer(0), start: time.Now(),
	}
	defer func() {
		if r := recover(); r != nil {
			t.port.Send("error", "text", fmt.Sprint(r)) // then main returns, and the page hears of that too
		}
	}()
	t.port.Send("ready", "backend", mat.Backend())
	for {
		t.turn()
	}
}

type trainer struct {
	port    *port.Port
	session *sim.Session
	yielder *port.Yielder
	timer   *time.Timer
	start   time.Time

	next     time.Duration // when the next step is due
	pulled   bool          // the page waits for a snapshot
	more     bool          // it has kept the last one
	changed  bool          // there is something new for it
	snapshot wire.Snapshot
	bytes    []byte
}

// turn handles what has arrived, makes the step that is due, pays a pull, and
// waits for whichever comes first: a message or the next step.
func (t *trainer) turn() {
	for m, ok := t.port.Next(); ok; m, ok = t.port.Next() {
		t.handle(m)
	}
	now := time.Since(t.start)
	t.changed = t.changed || now >= t.next
	wait := t.session.Tick(now)
	t.next = now + wait
	if wait == sim.Idle {
		t.next = math.MaxInt64
	}
	var kept []wire.Lane
	if t.more {
		kept = t.snapshot.Lanes
	}
	if t.pulled && t.changed && t.session.Snapshot(&t.snapshot) {
		t.bytes = t.snapshot.AppendAfter(t.bytes[:0], kept)
		t.port.SendBytes("snapshot", t.bytes)
		t.pulled, t.changed = false, false
	}
	switch wait {
	case 0:
		t.yielder.Yield()
	case sim.Idle:
		<-t.port.Arrived()
	default:
		t.timer.Reset(wait)
		select {
		case <-t.timer.C:
		case <-t.port.Arrived():
		}
	}
}

func (t *trainer) handle(m port.Message) {
	switch m.Type() {
	case "pull":
		t.pulled, t.more = true, m.Bool("more")
	case "teacher":
		t.session.SetTeacher(m.Bytes(nil, "bytes"))
	case "graph":
		t.open(m)
	case "command":
		t.changed = true
		if err := t.session.Command(m.Text("text")); err != nil {
			t.port.Send("error", "text", err.Error())
		}
	default:
		t.port.Send("error", "text", fmt.Sprintf("trainer: message is %q, want pull, teacher, graph or command", m.Type()))
	}
}

// open opens the pack in m.
func (t *trainer) open(m port.Message) {
	if n := m.Size("bytes"); n > sim.MaxPackBytes { // it would not fit into memory twice
		t.port.Send("error", "text", fmt.Sprintf("trainer: %s: %d bytes, want at most %d", m.Text("name"), n, sim.MaxPackBytes))
		return
	}
	e, err := t.session.SetPack(m.Bytes(nil, "bytes"), m.Text("name"))
	if err != nil {
		t.port.Send("error", "text", err.Error())
		return
	}
	t.port.Send("opened", "text", e.String())
}
