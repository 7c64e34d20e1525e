package lab

import (
	"io"
	"sync"
	"time"

	"abkd/sim"
)

// A line is the sim.Port of a session. A front may leave it and another join;
// without one, and with one that takes nothing, the session goes on.
type line struct {
	arrived chan struct{} // there may be something to take

	mu    sync.Mutex
	front *front // nil for nobody
	inbox []sim.Message
	size  int    // bytes in it
	asked *front // whose pull the session has
	over  bool
}

func newLine() *line { return &line{arrived: make(chan struct{}, 1)} }

// join lets the session speak with f. What a front before it has said is
// forgotten, and the snapshot that it waited for.
func (l *line) join(f *front) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.front, l.inbox, l.size = f, nil, 0
}

// leave ends that, if it is still f whom the session speaks with. What f said
// last is done.
func (l *line) leave(f *front) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.front == f {
		l.front = nil
	}
}

// holder returns the front that is there, nil for none.
func (l *line) holder() *front {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.front
}

// hangUp ends the session after the step that it makes.
func (l *line) hangUp() {
	l.mu.Lock()
	l.over = true
	f := l.front
	l.mu.Unlock()
	l.ring()
	if f != nil {
		f.finish()
	}
}

func (l *line) ring() {
	select {
	case l.arrived <- struct{}{}:
	default: // the session has yet to notice an earlier one
	}
}

// put gives the session what f says. It reports false if f says more than the
// session takes, or is no longer the one that it listens to.
func (l *line) put(f *front, m sim.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.front != f || l.size+messageSize(m) > mostWaiting {
		return false
	}
	l.size += messageSize(m)
	l.inbox = append(l.inbox, m)
	l.ring()
	return true
}

// messageSize returns about how many bytes a message takes while it waits.
func messageSize(m sim.Message) int { return len(m.Bytes) + len(m.Text) + 128 }

// Receive implements sim.Port.
func (l *line) Receive(wait time.Duration) (sim.Message, bool, error) {
	if m, ok, err := l.take(); ok || err != nil || wait == 0 {
		return m, ok, err
	}
	var late <-chan time.Time
	if wait != sim.Idle {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-l.arrived:
	case <-late:
	}
	return l.take()
}

// take returns the oldest message, if there is one.
func (l *line) take() (m sim.Message, ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over:
		return m, false, io.EOF
	case len(l.inbox) == 0:
		return m, false, nil
	}
	m, l.inbox = l.inbox[0], l.inbox[1:]
	l.size -= messageSize(m)
	if m.Type == sim.PullMessage {
		l.asked = l.front
	}
	return m, true, nil
}

// Send implements sim.Port. That the session listens its fronts are told when
// they join, and a snapshot is for the front that has pulled it: it may hold no
// more than what is new to that one.
func (l *line) Send(m sim.Message) error {
	l.mu.Lock()
	f, pulled := l.front, l.asked
	l.mu.Unlock()
	if f == nil || m.Type == sim.ReadyMessage || m.Type == sim.SnapshotMessage && f != pulled {
		return nil
	}
	f.send(letterOf(m))
	return nil
}
