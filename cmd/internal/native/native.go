// Package native trains in the process that shows what comes of it. A front
// steers a session as a page steers its own, through the sim.Port of sim.Serve:
//
//	front  -- Command, Pull, Do -->  Trainer  -->  session, in a goroutine of its own
//	       <-- Front's functions --           <--
package native

import (
	"io"
	"sync"
	"time"

	"abkd/assets/packs"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// A Front hears of a session, in the session's own goroutine. It must not wait
// there for the Trainer.
type Front interface {
	// Show takes the snapshot that a Pull asked for, and may keep it.
	Show(s *wire.Snapshot)
	// Refuse takes an error: a sentence, and what it is about.
	Refuse(code sim.Code, text string)
}

// A Trainer is a session that runs by itself.
type Trainer struct {
	session *sim.Session
	front   Front
	done    chan struct{}

	mu    sync.Mutex
	queue []letter
	rung  chan struct{} // there is something in the queue
}

// A letter is a message of the front's, or what only a program that is in the
// same process can ask for.
type letter struct {
	message sim.Message
	do      func(*sim.Session)
	isLast  bool
}

// New returns a session that is served until Close, whose runs may need so many
// bytes.
func New(front Front, memory int64) *Trainer {
	t := &Trainer{session: sim.NewSession(), front: front, done: make(chan struct{}), rung: make(chan struct{}, 1)}
	t.session.SetMemory(memory)
	if err := t.session.SetShipped(setup.DebianMini, packs.DebianMini); err != nil {
		panic(err) // it is embedded
	}
	go func() {
		defer close(t.done)
		sim.Serve(t.session, t) // an error is a bug of the session, of which the front has heard
	}()
	return t
}

// Command asks for what c says.
func (t *Trainer) Command(c wire.Command) {
	t.put(letter{message: sim.Message{Type: sim.CommandMessage, Text: wire.String(c)}})
}

// Pull asks for a snapshot, as soon as there is something new.
func (t *Trainer) Pull() { t.put(letter{message: sim.Message{Type: sim.PullMessage}}) }

// Do has something done to the session between two of its steps.
func (t *Trainer) Do(f func(*sim.Session)) { t.put(letter{do: f}) }

// Close ends the session once all that was asked for is done.
func (t *Trainer) Close() {
	t.put(letter{isLast: true})
	<-t.done
}

func (t *Trainer) put(l letter) {
	t.mu.Lock()
	t.queue = append(t.queue, l)
	t.mu.Unlock()
	select {
	case t.rung <- struct{}{}:
	default:
	}
}

// Receive implements sim.Port.
func (t *Trainer) Receive(wait time.Duration) (sim.Message, bool, error) {
	if m, ok, err := t.next(); ok || err != nil || wait == 0 {
		return m, ok, err
	}
	var timer <-chan time.Time // never, for sim.Idle
	if wait != sim.Idle {
		timer = time.After(wait)
	}
	select {
	case <-t.rung:
	case <-timer:
	}
	return t.next()
}

// next takes the oldest message, after it has done what was asked for before it.
func (t *Trainer) next() (sim.Message, bool, error) {
	for {
		t.mu.Lock()
		if len(t.queue) == 0 {
			t.mu.Unlock()
			return sim.Message{}, false, nil
		}
		l := t.queue[0]
		t.queue = t.queue[1:]
		t.mu.Unlock()
		switch {
		case l.isLast:
			return sim.Message{}, false, io.EOF
		case l.do == nil:
			return l.message, true, nil
		}
		if l.do(t.session); t.session.Run() != nil {
			// A front is shown what is new after a command: this one asks for nothing.
			return sim.Message{Type: sim.CommandMessage, Text: wire.String(wire.Name{})}, true, nil
		}
	}
}

// Send implements sim.Port.
func (t *Trainer) Send(m sim.Message) error {
	switch m.Type {
	case sim.SnapshotMessage:
		s, err := wire.DecodeSnapshot(m.Bytes)
		if err != nil {
			return err
		}
		t.front.Show(s)
	case sim.ErrorMessage:
		t.front.Refuse(m.Code, m.Text)
	}
	return nil
}
