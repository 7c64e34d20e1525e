package lab

import (
	"io"
	"maps"
	"slices"
	"time"

	"sync"

	"abkd/sim"
)

// A line is the sim.Port of a session. Of the fronts that are there one may
// steer, the others look on; without any, and with some that take nothing, the
// session goes on.
type line struct {
	arrived chan struct{} // there may be something to take

	mu     sync.Mutex
	writer *front // who steers, nil for nobody
	inbox  []sim.Message
	size   int // bytes in it

	fronts  map[*front]*sight
	unasked bool // there are pulls that the session has yet to hear of
	over    bool
}

// A sight is what a front has seen, and waits for.
type sight struct {
	latest bool // it has had the last snapshot
	pulled bool // it waits for one
	more   bool // and keeps the one before
	asked  bool // the session knows that it waits
}

func newLine() *line {
	return &line{arrived: make(chan struct{}, 1), fronts: map[*front]*sight{}}
}

// join lets the session speak with f. If f steers, what a front before it has
// said is forgotten.
func (l *line) join(f *front, steers bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fronts[f] = &sight{}
	if steers {
		l.writer, l.inbox, l.size = f, nil, 0
	}
}

// leave ends that. What f said last is done.
func (l *line) leave(f *front) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.fronts, f)
	if l.writer == f {
		l.writer = nil
	}
}

// holder returns the front that steers, nil for none.
func (l *line) holder() *front {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writer
}

// all returns the fronts that are there.
func (l *line) all() []*front {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.fronts))
}

// isFree reports whether nobody steers. One who no longer answers is given up.
func (l *line) isFree() bool {
	other := l.holder()
	if other == nil {
		return true
	}
	if other.answers(3 * time.Second) {
		return false
	}
	l.leave(other)
	other.close()
	return true
}

// hangUp ends the session after the step that it makes. The fronts are told why,
// "" for no reason.
func (l *line) hangUp(why refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.ring()
	for f := range l.fronts {
		if why != "" {
			f.send(refusalFor(why))
		}
		f.finish()
	}
}

func (l *line) ring() {
	select {
	case l.arrived <- struct{}{}:
	default: // the session has yet to notice an earlier one
	}
}

// put gives the session what f says; a front that looks on may pull, and nothing
// else that it says is heard. It reports false if f says more than the session
// takes, or is no longer one of those that it listens to.
func (l *line) put(f *front, m sim.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, there := l.fronts[f]
	switch {
	case !there:
		return false
	case m.Type == sim.PullMessage:
		s.pulled, s.more, l.unasked = true, m.More, true
	case l.writer != f:
		return true
	case l.size+messageSize(m) > mostWaiting:
		return false
	default:
		l.size += messageSize(m)
		l.inbox = append(l.inbox, m)
	}
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
	case len(l.inbox) > 0:
		m, l.inbox = l.inbox[0], l.inbox[1:]
		l.size -= messageSize(m)
		return m, true, nil
	case l.unasked:
		return l.takePulls(), true, nil
	}
	return m, false, nil
}

// takePulls makes one pull of those of all fronts that wait: the snapshot is for
// each of them. It holds what is new alone only where each has the one before. If
// one has not, there is something to be seen even where nothing changes, which
// the session is told before.
func (l *line) takePulls() sim.Message {
	more, unseen := true, false
	for _, s := range l.fronts {
		if s.pulled {
			more = more && s.more && s.latest
			unseen = unseen || !s.latest && !s.asked
		}
	}
	for _, s := range l.fronts {
		s.asked = s.pulled
	}
	if unseen {
		return sim.Message{Type: sim.UnseenMessage} // the pull comes next
	}
	l.unasked = false
	return sim.Message{Type: sim.PullMessage, More: more}
}

// Send implements sim.Port. That the session listens its fronts are told when
// they join, a snapshot is for the fronts that have pulled it, and what else it
// says is for who steers.
func (l *line) Send(m sim.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch m.Type {
	case sim.ReadyMessage:
	case sim.SnapshotMessage:
		l.sendSnapshot(letterOf(m))
	default:
		if l.writer != nil {
			l.writer.send(letterOf(m))
		}
	}
	return nil
}

func (l *line) sendSnapshot(m letter) {
	for f, s := range l.fronts {
		if s.latest = s.asked; s.asked {
			f.send(m)
			s.pulled, s.asked = false, false
		}
		l.unasked = l.unasked || s.pulled
	}
}
